"""The outgoing side of the event log on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.database import insert_new
from infra.storage.logs import SqlEvents, append_events, event_row
from tests.contract.events_suite import EventsSuite
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from triage.domain.events import Event


class SqliteEvents(OnSqlitePart, EventsSuite):
    part, adapter = "events", SqlEvents


class TestSqliteEvents(SqliteEvents):
    pass


class TestPostgresEvents(OnPostgresPart, EventsSuite):
    part, adapter = "events", SqlEvents


class WritesAtOnce(SqlEvents):
    def append(self, events: Iterable[Event]) -> None:
        append_events(self._connection, events)
        self._connection.exec_driver_sql("COMMIT")
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")


class SortsById(SqlEvents):
    def append(self, events: Iterable[Event]) -> None:
        super().append(sorted(events, key=lambda event: event.id) if not isinstance(events, list) else events)


class PutsRepeatsAtTheEnd(SqlEvents):
    def write(self) -> None:
        for event in self._events:
            same = tables.events.c.id == event.id
            self._connection.execute(
                delete(tables.events).where(same, tables.events.c.payload == event.payload, tables.events.c.key == event.key)
            )
            append_events(self._connection, [event])


class KeepsTheFirstQuietly(SqlEvents):
    def write(self) -> None:
        insert_new(self._connection, tables.events, [event_row(event) for event in self._events], ["id"])


BREAKS = {
    WritesAtOnce: "test_is_part_of_the_transaction",
    SortsById: "test_appends_in_this_order",
    PutsRepeatsAtTheEnd: "test_skips_a_repeat",
    KeepsTheFirstQuietly: "test_refuses_an_id_with_other_content",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteEvents, BREAKS) == expected(BREAKS)
