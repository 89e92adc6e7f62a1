"""Dead letters on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from infra.storage import tables
from infra.storage.dead_letters import SqlDeadLetters
from streams.ports import DeadLetter
from tests.contract.dead_letters_suite import DeadLettersSuite
from tests.contract.on_postgres import OnPostgres
from tests.contract.on_sqlite import OnSqlite
from tests.contract.saboteurs import caught, expected


class SqliteDeadLetters(OnSqlite, DeadLettersSuite):
    adapter = SqlDeadLetters


class TestSqliteDeadLetters(SqliteDeadLetters):
    pass


class TestPostgresDeadLetters(OnPostgres, DeadLettersSuite):
    adapter = SqlDeadLetters


class KeepsOnlyTheFirstReaders(SqlDeadLetters):
    def add(self, letter: DeadLetter) -> None:
        if all(kept.logged.event.id != letter.logged.event.id for kept in self.open()):
            super().add(letter)


class CountsThoseOfAll(SqlDeadLetters):
    def count_open(self, reader: str = "") -> int:
        return super().count_open()


class StaysOpen(SqlDeadLetters):
    def done(self, letter_id: str, at: datetime) -> None:
        super().done(letter_id, at)
        with self._database.writing() as connection:
            connection.execute(tables.dead_letters.update().values(replayed_at=None))


class OpensAgain(SqlDeadLetters):
    def add(self, letter: DeadLetter) -> None:
        closed = tables.dead_letters.c.replayed_at.is_not(None)
        with self._database.writing() as connection:
            connection.execute(tables.dead_letters.delete().where(closed))
        super().add(replace(letter))


BREAKS = {
    KeepsOnlyTheFirstReaders: "test_keeps_each_once",
    CountsThoseOfAll: "test_counts_the_open_ones",
    StaysOpen: "test_closes_on_replay",
    OpensAgain: "test_closes_on_replay",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteDeadLetters, BREAKS) == expected(BREAKS)
