"""Events set aside so that the line can go on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from infra.storage import tables
from infra.storage.database import Database, insert_new
from streams.ports import DeadLetter, DeadLetters
from triage.domain.errors import NotFound


class SqlDeadLetters(DeadLetters):
    """Dead letters in a table, each with a copy of its event, so that it can be replayed wherever the event came from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, letter: DeadLetter) -> None:
        row = {
            "id": letter.id,
            "reader": letter.reader,
            "event_id": letter.logged.event.id,
            "at": letter.at,
            "replayed_at": letter.replayed_at,
            "document": letter,
        }
        with self._database.writing() as connection:
            insert_new(connection, tables.dead_letters, [row], ["reader", "event_id"])

    def open(self, reader: str = "", limit: int = 100) -> list[DeadLetter]:
        letter = tables.dead_letters.c
        statement = select(letter.document).where(*_is_open(reader)).order_by(letter.at, letter.id).limit(limit)
        with self._database.reading() as connection:
            return list(connection.scalars(statement))

    def count_open(self, reader: str = "") -> int:
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).where(*_is_open(reader))) or 0

    def done(self, letter_id: str, at: datetime) -> None:
        """It was handled on a replay. Raise ``NotFound`` if there is no such letter."""
        letters = tables.dead_letters
        with self._database.writing() as connection:
            if connection.execute(update(letters).where(letters.c.id == letter_id).values(replayed_at=at)).rowcount == 0:
                raise NotFound("dead letter", letter_id)


def _is_open(reader: str) -> list[ColumnElement[bool]]:
    """Conditions on the open letters of the reader, or of all."""
    letter = tables.dead_letters.c
    return [letter.replayed_at.is_(None), *([letter.reader == reader] if reader else [])]
