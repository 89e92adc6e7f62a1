"""Reading the log of what happened: the events table and a position for each reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from itertools import islice

from sqlalchemy import ColumnElement, Connection, func, select

from infra.storage import tables
from infra.storage.database import Database, put, take_locks
from infra.storage.logs import EVENT_COLUMNS, event_of
from streams.ports import EventLog, Logged
from triage.domain.events import EventType

_EVERY = frozenset(EventType)


class SqlEventLog(EventLog):
    """The events table, whose numbers are given in the order of commits (``logs.append_events``); gaps are those of transactions undone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, reader: str, types: Sequence[EventType], limit: int) -> list[Logged]:
        """As the port says. Raise ``ValueError`` for a limit below 1."""
        if limit < 1:
            raise ValueError(f"limit is {limit}: ask for at least one event")
        with self._database.reading() as connection:
            after = tables.events.c.number > _position(connection, reader)
            if set(types) >= _EVERY:
                return _run(connection, limit, after)
            # One query a type: each walks its index and stops at the limit, where one over some types would sort the whole backlog.
            runs = [_run(connection, limit, after, tables.events.c.type == type.value) for type in dict.fromkeys(types)]
        return list(islice(merge(*runs, key=lambda logged: logged.position), limit))

    def commit(self, reader: str, position: int) -> None:
        with self._database.writing() as connection:
            take_locks(connection, [f"reader {reader}"])
            now_at = _position(connection, reader)
            if position < now_at:
                raise ValueError(
                    f"reader {reader!r} is at {now_at} and cannot go back to {position}. Commit the position after the last event."
                )
            put(connection, tables.readers, [{"name": reader, "position": position}])

    def position(self, reader: str) -> int:
        with self._database.reading() as connection:
            return _position(connection, reader)

    def end(self) -> int:
        with self._database.reading() as connection:
            return connection.scalar(select(func.max(tables.events.c.number))) or 0

    def backlog(self, reader: str, types: Sequence[EventType]) -> int:
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).where(*_after(types, _position(connection, reader)))) or 0

    def oldest_waiting(self, reader: str, types: Sequence[EventType]) -> datetime | None:
        event = tables.events.c
        with self._database.reading() as connection:
            waiting = select(event.at).where(*_after(types, _position(connection, reader))).order_by(event.number).limit(1)
            at: datetime | None = connection.scalar(waiting)
        return at


def _after(types: Sequence[EventType], position: int) -> tuple[ColumnElement[bool], ...]:
    """Conditions on the events of these types after the position."""
    event = tables.events.c
    return event.type.in_([type.value for type in types]), event.number > position


def _position(connection: Connection, reader: str) -> int:
    return connection.scalar(select(tables.readers.c.position).where(tables.readers.c.name == reader)) or 0


def _run(connection: Connection, limit: int, *conditions: ColumnElement[bool]) -> list[Logged]:
    """The first events that the conditions hold for."""
    event = tables.events.c
    statement = select(event.number, *EVENT_COLUMNS).where(*conditions)
    return [Logged(row.number, event_of(row)) for row in connection.execute(statement.order_by(event.number).limit(limit))]
