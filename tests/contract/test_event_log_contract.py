"""The event log on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.database import Database, put
from infra.storage.event_log import SqlEventLog
from streams.ports import Logged
from tests.contract.event_log_suite import EventLogSuite
from tests.contract.on_sqlite import OnSqlite, copy
from tests.contract.saboteurs import caught, expected
from triage.domain.events import EventType


class SqliteEventLog(OnSqlite, EventLogSuite):
    adapter = SqlEventLog

    def crashed(self, folder: Path, to: Path) -> Path:
        return copy(folder, to)


class TestSqliteEventLog(SqliteEventLog):
    pass


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
    ForgetsPositions: "test_is_durable",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteEventLog, BREAKS) == expected(BREAKS)
