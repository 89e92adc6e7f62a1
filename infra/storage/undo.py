"""How things stood before acts that can still be taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from infra.storage import tables
from infra.storage.database import put
from triage.domain.undo import Before
from triage.ports import UndoNotes


class SqlUndoNotes(UndoNotes):
    """A row an act, for as long as it can be taken back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, before: Before) -> None:
        put(self._connection, tables.undo_notes, [{"act_id": before.act_id, "at": before.at, "document": before}])

    def get(self, act_id: str) -> Before | None:
        note = tables.undo_notes.c
        before: Before | None = self._connection.scalar(select(note.document).where(note.act_id == act_id))
        return before

    def remove(self, act_id: str) -> None:
        self._connection.execute(delete(tables.undo_notes).where(tables.undo_notes.c.act_id == act_id))

    def forget(self, before: datetime) -> int:
        return self._connection.execute(delete(tables.undo_notes).where(tables.undo_notes.c.at < before)).rowcount
