"""The two logs as written inside a transaction: audit rows, which join the chain later, and outgoing events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from infra.storage import tables
from infra.storage.backend import ONLY_READS, may_write
from infra.storage.database import insert, take_locks
from infra.storage.once import add_once
from triage.domain.audit import AuditRow
from triage.domain.errors import NotAllowed
from triage.domain.events import Event, EventType
from triage.ports import Audit, Events

AUDIT_COLUMNS = tuple(tables.audit.c[name] for name in ("id", "at", "actor", "action", "object", "purpose", "detail"))
EVENT_COLUMNS = tuple(tables.events.c[name] for name in ("id", "type", "key", "at", "trace", "payload", "version"))
"""In the order of the fields of ``AuditRow`` and ``Event``."""


def audit_row(row: AuditRow) -> dict[str, object]:
    """The audit row as a row of the table, not yet in the chain."""
    return {column.name: getattr(row, column.name) for column in AUDIT_COLUMNS}


def event_row(event: Event) -> dict[str, object]:
    """The event as a row of the table."""
    return {column.name: getattr(event, column.name) for column in EVENT_COLUMNS} | {"type": event.type.value}


def event_of(row: Row[Any]) -> Event:
    """The event that stands in a row with ``EVENT_COLUMNS``."""
    return Event(row.id, EventType(row.type), row.key, row.at, row.trace, row.payload, row.version)


def append_events(connection: Connection, events: Iterable[Event]) -> None:
    """Write events as the last thing that a transaction does before it commits.

    Where several can write at once, their number is given under a lock that ends with the commit: so numbers become visible in
    the order in which they were given, and a reader that has moved on has missed nothing.
    """
    rows = [event_row(event) for event in events]
    if rows:
        take_locks(connection, ["event log"])
        add_once(connection, "event", tables.events, rows)


class SqlAudit(Audit):
    """Audit rows in a table, numbered as they were written; the chain takes them as they become visible."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, rows: Iterable[AuditRow]) -> None:
        insert(self._connection, tables.audit, [audit_row(row) for row in rows])

    def of_object(self, object: str, limit: int) -> list[AuditRow]:
        table = tables.audit
        statement = select(*AUDIT_COLUMNS).where(table.c.object == object).order_by(table.c.number.desc()).limit(limit)
        return [AuditRow(*row) for row in self._connection.execute(statement)][::-1]

    def actors(self, objects: Sequence[str], action: str, since: datetime) -> Mapping[str, tuple[str, ...]]:
        row, found = tables.audit.c, dict[str, list[str]]()
        statement = select(row.object, row.actor).where(row.object.in_(objects), row.action == action, row.at >= since)
        for object, actor in self._connection.execute(statement.order_by(row.number.desc())):
            actors = found.setdefault(object, [])
            if actor not in actors:
                actors.append(actor)
        return {object: tuple(actors) for object, actors in found.items()}


class SqlEvents(Events):
    """Events in a table, numbered in the order in which they were committed: kept here until the unit of work ends, then ``write``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._events: list[Event] = []

    def append(self, events: Iterable[Event]) -> None:
        """As the port says; an id that has other content in the log raises ``AlreadyExists`` when the unit of work ends."""
        if not may_write(self._connection):
            raise NotAllowed(ONLY_READS)
        self._events.extend(events)

    def write(self) -> None:
        """Write what was appended; nothing may follow but the commit."""
        append_events(self._connection, self._events)
