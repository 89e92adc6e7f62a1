"""The searches that people keep."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from infra.storage import tables
from infra.storage.database import put
from triage.domain.query import SavedSearch
from triage.ports import SavedSearches


class SqlSavedSearches(SavedSearches):
    """Saved searches in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, search: SavedSearch) -> None:
        row = {"id": search.id, "user_id": search.user, "created_at": search.created_at, "document": search}
        put(self._connection, tables.saved_searches, [row])

    def of_user(self, user_id: str) -> list[SavedSearch]:
        kept = tables.saved_searches.c
        statement = select(kept.document).where(kept.user_id == user_id).order_by(kept.created_at, kept.id)
        return list(self._connection.scalars(statement))

    def all(self) -> list[SavedSearch]:
        kept = tables.saved_searches.c
        return list(self._connection.scalars(select(kept.document).order_by(kept.created_at, kept.id)))

    def remove(self, search_id: str) -> None:
        self._connection.execute(delete(tables.saved_searches).where(tables.saved_searches.c.id == search_id))
