"""Accounts and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from infra.storage import tables
from infra.storage.database import put
from triage.domain.access import User
from triage.domain.errors import AlreadyExists, Conflict
from triage.ports import Users


class SqlUsers(Users):
    """Accounts in a table under their folded name; sessions under the hash of their token."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, user: User) -> None:
        """Add or replace the account. Raise ``AlreadyExists`` if another account has the name."""
        try:
            put(self._connection, tables.users, [{"id": user.id, "folded_name": user.name.casefold(), "document": user}])
        except Conflict as taken:
            raise AlreadyExists("user", user.name) from taken

    def by_name(self, name: str) -> User | None:
        user: User | None = self._connection.scalar(select(tables.users.c.document).where(tables.users.c.folded_name == name.casefold()))
        return user

    def by_id(self, user_id: str) -> User | None:
        user: User | None = self._connection.scalar(select(tables.users.c.document).where(tables.users.c.id == user_id))
        return user

    def all(self) -> list[User]:
        return list(self._connection.scalars(select(tables.users.c.document).order_by(tables.users.c.folded_name)))

    def start_session(self, token_hash: str, user_id: str, expires_at: datetime) -> None:
        put(self._connection, tables.sessions, [{"token_hash": token_hash, "user_id": user_id, "expires_at": expires_at}])

    def by_session(self, token_hash: str, now: datetime) -> User | None:
        users, session = tables.users, tables.sessions
        statement = (
            select(users.c.document)
            .join(session, session.c.user_id == users.c.id)
            .where(session.c.token_hash == token_hash, session.c.expires_at > now)
        )
        user: User | None = self._connection.scalar(statement)
        return user

    def end_session(self, token_hash: str) -> None:
        self._connection.execute(delete(tables.sessions).where(tables.sessions.c.token_hash == token_hash))
