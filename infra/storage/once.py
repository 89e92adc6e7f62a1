"""Adding records that are written once: a repeat is nothing, other content under the same id is a conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, select

from infra.storage.database import insert_new
from triage.domain.errors import AlreadyExists


def add_once(connection: Connection, kind: str, table: Table, rows: Sequence[Mapping[str, object]], key: str = "id") -> None:
    """Add the rows that are not there yet, in this order. Rows have the same columns; ``key`` is a unique one of them.

    Raise ``AlreadyExists`` (naming ``kind`` and the id) if a row of the same key is there with other values.
    """
    if insert_new(connection, table, rows, [key]) == len(rows):
        return
    columns = [table.c[name] for name in rows[0]]
    found = connection.execute(select(*columns).where(table.c[key].in_([row[key] for row in rows]))).mappings()
    stored = {row[key]: dict(row) for row in found}
    for row in rows:
        if stored[row[key]] != row:
            raise AlreadyExists(kind, str(row[key]))
