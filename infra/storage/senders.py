"""What concerns the sender of a tip: pictures, choices made later, released outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, select

from infra.storage import tables
from infra.storage.database import put
from triage.domain.attachment import Attachment
from triage.domain.sender import Outcome, SenderState
from triage.ports import Attachments, Outcomes, Senders

_AT_ONCE = 500
"""Identifiers named in one statement; engines bound how many there may be."""


class SqlAttachments(Attachments):
    """What is known about pictures, in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, attachment: Attachment) -> None:
        row = {"id": attachment.id, "tip_id": attachment.tip_id, "at": attachment.at, "document": attachment}
        put(self._connection, tables.attachments, [row])

    def get(self, attachment_id: str) -> Attachment | None:
        table = tables.attachments.c
        attachment: Attachment | None = self._connection.scalar(select(table.document).where(table.id == attachment_id))
        return attachment

    def of_tip(self, tip_id: str) -> list[Attachment]:
        table = tables.attachments.c
        return list(self._connection.scalars(select(table.document).where(table.tip_id == tip_id).order_by(table.at, table.id)))

    def forget(self, attachment_ids: Sequence[str]) -> None:
        self._connection.execute(delete(tables.attachments).where(tables.attachments.c.id.in_(attachment_ids)))

    def kept(self, attachment_ids: Sequence[str]) -> frozenset[str]:
        table, found = tables.attachments.c, set[str]()
        for start in range(0, len(attachment_ids), _AT_ONCE):
            some = attachment_ids[start : start + _AT_ONCE]
            pictures = self._connection.scalars(select(table.document).where(table.id.in_(some)))
            found.update(picture.id for picture in pictures if picture.destroyed_at is None)
        return frozenset(found)


class SqlSenders(Senders):
    """Choices in a table; who chose nothing has no row."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, tip_id: str) -> SenderState:
        table = tables.sender_states.c
        state: SenderState | None = self._connection.scalar(select(table.document).where(table.tip_id == tip_id))
        return state or SenderState(tip_id)

    def put(self, state: SenderState) -> None:
        put(self._connection, tables.sender_states, [{"tip_id": state.tip_id, "document": state}])


class SqlOutcomes(Outcomes):
    """Released outcomes in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, outcome: Outcome) -> None:
        put(self._connection, tables.outcomes, [{"tip_id": outcome.tip_id, "document": outcome}])

    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Outcome]:
        table = tables.outcomes.c
        found = self._connection.scalars(select(table.document).where(table.tip_id.in_(tip_ids)))
        return {outcome.tip_id: outcome for outcome in found}
