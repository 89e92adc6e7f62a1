"""The accounts of partners' staff and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from infra.storage import tables
from infra.storage.database import put
from ingest.domain.partner import Staff
from ingest.ports import StaffAccounts
from triage.domain.errors import AlreadyExists, Conflict


class SqlStaffAccounts(StaffAccounts):
    """Accounts in a table under their folded name; sessions under the hash of their token."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, staff: Staff) -> None:
        row = {"id": staff.id, "folded_name": staff.name.casefold(), "partner": staff.partner, "document": staff}
        try:
            put(self._connection, tables.staff, [row])
        except Conflict as taken:
            raise AlreadyExists("staff account", staff.name) from taken

    def by_name(self, name: str) -> Staff | None:
        staff: Staff | None = self._connection.scalar(select(tables.staff.c.document).where(tables.staff.c.folded_name == name.casefold()))
        return staff

    def by_id(self, staff_id: str) -> Staff | None:
        staff: Staff | None = self._connection.scalar(select(tables.staff.c.document).where(tables.staff.c.id == staff_id))
        return staff

    def of_partner(self, slug: str) -> list[Staff]:
        staff = tables.staff.c
        return list(self._connection.scalars(select(staff.document).where(staff.partner == slug).order_by(staff.folded_name)))

    def start_session(self, token_hash: str, staff_id: str, expires_at: datetime) -> None:
        put(self._connection, tables.staff_sessions, [{"token_hash": token_hash, "staff_id": staff_id, "expires_at": expires_at}])

    def by_session(self, token_hash: str, now: datetime) -> Staff | None:
        staff, session = tables.staff, tables.staff_sessions
        statement = (
            select(staff.c.document)
            .join(session, session.c.staff_id == staff.c.id)
            .where(session.c.token_hash == token_hash, session.c.expires_at > now)
        )
        found: Staff | None = self._connection.scalar(statement)
        return found

    def end_session(self, token_hash: str) -> None:
        self._connection.execute(delete(tables.staff_sessions).where(tables.staff_sessions.c.token_hash == token_hash))

    def end_sessions(self, staff_id: str) -> None:
        self._connection.execute(delete(tables.staff_sessions).where(tables.staff_sessions.c.staff_id == staff_id))
