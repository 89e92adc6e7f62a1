"""Large bytes in a table: for installations whose processes share a database and no disk. What comes here is sealed already."""

from __future__ import annotations

from sqlalchemy import delete, select

from infra.blobs import check_name
from infra.storage import tables
from infra.storage.database import Database, put
from triage.ports import Blobs


class SqlBlobs(Blobs):
    """A row each. What was destroyed leaves the table at once; the engine's own files forget it with its next cleaning."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, name: str, content: bytes) -> None:
        with self._database.writing() as connection:
            put(connection, tables.blobs, [{"name": check_name(name), "content": content}])

    def get(self, name: str) -> bytes | None:
        with self._database.reading() as connection:
            return connection.scalar(select(tables.blobs.c.content).where(tables.blobs.c.name == check_name(name)))

    def destroy(self, name: str) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(tables.blobs).where(tables.blobs.c.name == check_name(name)))

    def names(self, prefix: str) -> list[str]:
        name = tables.blobs.c.name
        with self._database.reading() as connection:
            return list(connection.scalars(select(name).where(name.startswith(f"{prefix}_", autoescape=True)).order_by(name)))
