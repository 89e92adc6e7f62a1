"""The intake store on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.database import Database
from infra.storage.intake import SqlIntakeStore
from ingest.ports import Acceptance, Outcome, Verdict
from tests.contract.intake_suite import IntakeSuite
from tests.contract.on_postgres import OnPostgres
from tests.contract.on_sqlite import OnSqlite
from tests.contract.saboteurs import caught, expected
from triage.domain.errors import Unavailable


class SqliteIntake(OnSqlite, IntakeSuite):
    adapter = SqlIntakeStore


class TestSqliteIntake(SqliteIntake):
    pass


class TestPostgresIntake(OnPostgres, IntakeSuite):
    adapter = SqlIntakeStore


class StoresOneByOne(SqlIntakeStore):
    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        return [outcome for acceptance in group for outcome in super(StoresOneByOne, self).accept([acceptance], now)]


class StartsAfresh(SqlIntakeStore):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.writing() as connection:
            connection.execute(delete(tables.receipts))


class AnswersStoredOnesFirst(SqlIntakeStore):
    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        return sorted(super().accept(group, now), key=lambda outcome: outcome.verdict is not Verdict.STORED)


class RepeatsTheNewestAnswer(SqlIntakeStore):
    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        outcomes = super().accept(group, now)
        return [
            replace(outcome, answer=acceptance.answer) if outcome.verdict is Verdict.REPEATED else outcome
            for outcome, acceptance in zip(outcomes, group, strict=True)
        ]


class TakesAnyBodyForTheSame(SqlIntakeStore):
    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        outcomes = super().accept(group, now)
        return [Outcome(Verdict.REPEATED) if outcome.verdict is Verdict.CONFLICT else outcome for outcome in outcomes]


class KeepsAnswersForEver(SqlIntakeStore):
    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        return super().accept(group, now - timedelta(days=30))


class DropsWhenLocked(SqlIntakeStore):
    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        with suppress(Unavailable):
            return super().accept(group, now)
        return [Outcome(Verdict.STORED)] * len(group)


class KeepsTheContactWithTheAnswer(SqlIntakeStore):
    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        outcomes = super().accept(group, now)
        with self._database.writing() as connection:
            for acceptance in group:
                connection.execute(tables.readers.insert().values(name=str(acceptance.sealed_contact), position=0).prefix_with("OR IGNORE"))
        return outcomes


BREAKS = {
    StoresOneByOne: "test_stores_all_parts_or_none",
    StartsAfresh: "test_is_durable",
    AnswersStoredOnesFirst: "test_answers_each_on_its_own",
    RepeatsTheNewestAnswer: "test_repeats_the_first_answer",
    TakesAnyBodyForTheSame: "test_refuses_another_body",
    KeepsAnswersForEver: "test_forgets_answers_in_time",
    DropsWhenLocked: "test_says_when_to_retry",
    KeepsTheContactWithTheAnswer: "test_keeps_contacts_apart",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteIntake, BREAKS) == expected(BREAKS)
