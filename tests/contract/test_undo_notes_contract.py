"""Undo notes on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.undo import SqlUndoNotes
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from tests.contract.undo_notes_suite import UndoNotesSuite
from triage.domain.undo import Before


class SqliteUndoNotes(OnSqlitePart, UndoNotesSuite):
    part, adapter = "undo", SqlUndoNotes


class TestSqliteUndoNotes(SqliteUndoNotes):
    pass


class TestPostgresUndoNotes(OnPostgresPart, UndoNotesSuite):
    part, adapter = "undo", SqlUndoNotes


class KeepsTheFirst(SqlUndoNotes):
    def put(self, before: Before) -> None:
        if self.get(before.act_id) is None:
            super().put(before)


class RemovesNothing(SqlUndoNotes):
    def remove(self, act_id: str) -> None:
        pass


class ForgetsAll(SqlUndoNotes):
    def forget(self, before: datetime) -> int:
        return super().forget(before) + self._connection.execute(delete(tables.undo_notes)).rowcount


BREAKS = {
    KeepsTheFirst: "test_keeps_one_as_it_was",
    RemovesNothing: "test_forgets_what_was_removed",
    ForgetsAll: "test_forgets_old_ones",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteUndoNotes, BREAKS) == expected(BREAKS)
