"""Records that belong to something, in a table of their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Table, delete, select

from infra.storage.database import put
from triage.ports import Kept, Records

K = TypeVar("K", bound=Kept)

MOST_AT_ONCE = 500
"""Ids that one statement names."""


class SqlRecords(Records[K], Generic[K]):
    """Records in ``table``, which is of the shape that ``infra.storage.tables.work_side`` gives."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = table

    def put(self, record: K) -> None:
        row = {"id": record.id, "owner": record.owner, "other": record.other, "at": record.at, "document": record}
        put(self._connection, self._table, [row])

    def get(self, id: str) -> K | None:
        kept = self._table.c
        found: K | None = self._connection.scalar(select(kept.document).where(kept.id == id))
        return found

    def get_many(self, ids: Sequence[str]) -> Mapping[str, K]:
        return {record.id: record for record in self._in(self._table.c.id, ids)}

    def of(self, owner: str) -> list[K]:
        return self._in(self._table.c.owner, [owner])

    def of_many(self, owners: Sequence[str]) -> Mapping[str, list[K]]:
        found: dict[str, list[K]] = {}
        for record in self._in(self._table.c.owner, owners):
            found.setdefault(record.owner, []).append(record)
        return found

    def beside(self, other: str) -> list[K]:
        return self._in(self._table.c.other, [other])

    def newest(self, limit: int) -> list[K]:
        kept = self._table.c
        return list(self._connection.scalars(select(kept.document).order_by(kept.at.desc(), kept.id.desc()).limit(limit)))

    def remove(self, id: str) -> None:
        self._connection.execute(delete(self._table).where(self._table.c.id == id))

    def _in(self, column: Any, values: Sequence[str]) -> list[K]:
        kept = self._table.c
        asked = list(dict.fromkeys(values))  # named twice, a value may stand in two statements
        found: list[K] = []
        for start in range(0, len(asked), MOST_AT_ONCE):
            some = asked[start : start + MOST_AT_ONCE]
            found += self._connection.scalars(select(kept.document).where(column.in_(some)).order_by(kept.at, kept.id))
        return found
