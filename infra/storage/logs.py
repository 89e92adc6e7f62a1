"""The two logs as written inside a transaction: audit rows, which join the chain later, and outgoing events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from infra.storage import tables
from infra.storage.once import add_once
from triage.domain.audit import AuditRow
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


class SqlAudit(Audit):
    """Audit rows in a table, numbered in the order in which they were committed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, rows: Iterable[AuditRow]) -> None:
        written = [audit_row(row) for row in rows]
        if written:
            self._connection.execute(insert(tables.audit), written)

    def of_object(self, object: str, limit: int) -> list[AuditRow]:
        table = tables.audit
        statement = select(*AUDIT_COLUMNS).where(table.c.object == object).order_by(table.c.number.desc()).limit(limit)
        return [AuditRow(*row) for row in self._connection.execute(statement)][::-1]


class SqlEvents(Events):
    """Events in a table, numbered in the order in which they were committed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, events: Iterable[Event]) -> None:
        add_once(self._connection, "event", tables.events, [event_row(event) for event in events])
