"""The event log on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.database import Database, put
from infra.storage.event_log import SqlEventLog
from infra.storage.logs import SqlEvents, event_row
from infra.storage.once import add_once
from streams.ports import EventLog, Logged
from tests.contract.binding import IMPATIENT, StorageWith
from tests.contract.event_log_suite import EventLogSuite
from tests.contract.on_postgres import OnPostgres
from tests.contract.on_sqlite import OnSqlite
from tests.contract.saboteurs import caught, expected
from tests.contract.tips_suite import Behind
from triage.domain.events import Event, EventType


class SqliteEventLog(OnSqlite, EventLogSuite):
    adapter = SqlEventLog


class TestSqliteEventLog(SqliteEventLog):
    pass


class TestPostgresEventLog(OnPostgres, EventLogSuite):
    adapter = SqlEventLog


class PostgresOutgoing(OnPostgres, EventLogSuite):
    """The log as it is; ``adapter`` writes it."""

    adapter = SqlEvents

    @contextmanager
    def open(self, folder: Path, wait_seconds: float = IMPATIENT) -> Iterator[EventLog]:
        with self.database_in(folder, wait_seconds) as database:
            yield SqlEventLog(database)

    @contextmanager
    def behind(self, folder: Path) -> Iterator[Behind]:
        with self.database_in(folder) as database:
            yield Behind(StorageWith(database, "events", self.adapter), SqlEventLog(database))


class NumbersAtOnce(SqlEvents):
    def append(self, events: Iterable[Event]) -> None:
        add_once(self._connection, "event", tables.events, [event_row(event) for event in events])


class ReadsTypeByType(SqlEventLog):
    def read(self, reader: str, types: Sequence[EventType], limit: int) -> list[Logged]:
        return sorted(super().read(reader, types, limit), key=lambda logged: logged.event.type is EventType.CASE_CHANGED)


class CommitsOnRead(SqlEventLog):
    def read(self, reader: str, types: Sequence[EventType], limit: int) -> list[Logged]:
        found = super().read(reader, types, limit)
        if len(found) == 2 and len(types) == 1 and types[0] is EventType.TIP_RECEIVED and found[-1].position == 2:
            self.commit(reader, found[-1].position)
        return found


class MovesAnywhere(SqlEventLog):
    def commit(self, reader: str, position: int) -> None:
        with self._database.writing() as connection:
            put(connection, tables.readers, [{"name": reader, "position": position}])


class OnePositionForAll(SqlEventLog):
    def position(self, reader: str) -> int:
        with self._database.reading() as connection:
            return max(connection.scalars(tables.readers.select().with_only_columns(tables.readers.c.position)), default=0)


class ReadsEverything(SqlEventLog):
    def read(self, reader: str, types: Sequence[EventType], limit: int) -> list[Logged]:
        return super().read(reader, list(EventType), limit)


class CountsFromTheBeginning(SqlEventLog):
    def backlog(self, reader: str, types: Sequence[EventType]) -> int:
        return super().backlog("nobody", types)


class ForgetsPositions(SqlEventLog):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.writing() as connection:
            connection.execute(delete(tables.readers))


BREAKS = {
    ReadsTypeByType: "test_keeps_order",
    CommitsOnRead: "test_redelivers",
    MovesAnywhere: "test_moves_forward_only",
    OnePositionForAll: "test_keeps_readers_apart",
    ReadsEverything: "test_reads_only_what_is_asked",
    CountsFromTheBeginning: "test_counts_what_waits",
    ForgetsPositions: "test_is_durable",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteEventLog, BREAKS) == expected(BREAKS)


@pytest.mark.usefixtures("postgres_server")
def test_the_suite_catches_what_only_many_writers_show(pytester: pytest.Pytester) -> None:
    breaks = {NumbersAtOnce: "test_shows_none_before_one_ahead"}
    assert caught(pytester, PostgresOutgoing, breaks, breaks.values()) == expected(breaks)
