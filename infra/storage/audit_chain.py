"""Sealing committed audit rows into the hash chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, select, update

from infra.storage import tables
from infra.storage.database import Database, take_locks
from infra.storage.logs import AUDIT_COLUMNS
from triage.domain.audit import GENESIS, AuditRow, SealedRow, chain_hash
from triage.ports import AuditChain

ASKED_AT_ONCE = 500
"""Objects that one query names."""


class SqlAuditChain(AuditChain):
    """Position and hash in the audit table; both are empty until a row is sealed, and never change afterwards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seal(self, limit: int) -> int:
        if self.unsealed() == 0:  # a sealer with nothing to do takes no lock
            return 0
        audit = tables.audit
        with self._database.writing() as connection:
            take_locks(connection, ["audit chain"])
            newest = select(audit.c.position, audit.c.hash).where(audit.c.position.is_not(None)).order_by(audit.c.position.desc()).limit(1)
            end, previous = connection.execute(newest).one_or_none() or (0, GENESIS)
            links = []
            for position, (number, row) in enumerate(self._waiting(connection, limit), start=end + 1):
                previous = chain_hash(previous, row)
                links.append({"row": number, "place": position, "link": previous})
            if links:
                statement = update(audit).where(audit.c.number == bindparam("row"))
                connection.execute(statement.values(position=bindparam("place"), hash=bindparam("link")), links)
        return len(links)

    def rows(self, after: int, limit: int) -> list[SealedRow]:
        audit = tables.audit
        statement = select(audit.c.position, audit.c.hash, *AUDIT_COLUMNS).where(audit.c.position > after)
        with self._database.reading() as connection:
            found = connection.execute(statement.order_by(audit.c.position).limit(limit)).all()
        return [SealedRow(position, AuditRow(*fields), link) for position, link, *fields in found]

    def of_objects(self, objects: Sequence[str]) -> Mapping[str, list[SealedRow]]:
        audit, found = tables.audit, dict[str, list[SealedRow]]()
        statement = select(audit.c.position, audit.c.hash, *AUDIT_COLUMNS).where(audit.c.position.is_not(None))
        with self._database.reading() as connection:
            for start in range(0, len(objects), ASKED_AT_ONCE):
                of_these = statement.where(audit.c.object.in_(objects[start : start + ASKED_AT_ONCE])).order_by(audit.c.position)
                for position, link, *fields in connection.execute(of_these):
                    row = AuditRow(*fields)
                    found.setdefault(row.object, []).append(SealedRow(position, row, link))
        return found

    def unsealed(self) -> int:
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).where(tables.audit.c.position.is_(None))) or 0

    def _waiting(self, connection: Connection, limit: int) -> list[tuple[int, AuditRow]]:
        """Up to ``limit`` unsealed rows with their numbers, in the order in which they were committed."""
        audit = tables.audit
        statement = select(audit.c.number, *AUDIT_COLUMNS).where(audit.c.position.is_(None)).order_by(audit.c.number).limit(limit)
        return [(number, AuditRow(*fields)) for number, *fields in connection.execute(statement)]
