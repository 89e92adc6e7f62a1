"""What people at the desks see and do: queues, notices, acts, and the thread with the sender of a tip."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, delete, func, or_, select, type_coerce

from infra.storage import tables
from infra.storage.database import put
from infra.storage.once import add_once
from triage.domain.assessment import Urgency
from triage.domain.case import Act, EntryState, Message, Notice, QueueEntry
from triage.ports import Acts, Messages, Notices, Queue


class SqlQueue(Queue):
    """Queue entries in a table, under an index in the order in which desks read them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, entry: QueueEntry) -> None:
        row = {
            "tip_id": entry.tip_id,
            "desk": entry.desk,
            "open": entry.state is not EntryState.DONE,
            "life_threat": entry.life_threat,
            "due_at": entry.due_at,
            "band_rank": entry.band.rank,
            "entered_at": entry.entered_at,
            "snoozed_until": entry.snoozed_until,
            "document": entry,
        }
        put(self._connection, tables.queue, [row])

    def get(self, tip_id: str) -> QueueEntry | None:
        entry: QueueEntry | None = self._connection.scalar(select(tables.queue.c.document).where(tables.queue.c.tip_id == tip_id))
        return entry

    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, QueueEntry]:
        entry = tables.queue.c
        found = self._connection.scalars(select(entry.document).where(entry.tip_id.in_(tip_ids)))
        return {one.tip_id: one for one in found}

    def open(self, desk: str, limit: int, offset: int = 0, now: datetime | None = None) -> list[QueueEntry]:
        entry = tables.queue.c
        statement = (
            select(entry.document)
            .where(entry.open.is_(True), entry.desk == desk, *_awake(now))
            .order_by(entry.life_threat.desc(), entry.due_at, entry.band_rank, entry.entered_at, entry.tip_id)
            .limit(limit)
            .offset(offset)
        )
        return list(self._connection.scalars(statement))

    def counts(self, now: datetime | None = None) -> Mapping[str, tuple[int, int]]:
        entry = tables.queue.c
        threats = func.count().filter(entry.life_threat.is_(True))
        statement = select(entry.desk, func.count(), threats).where(entry.open.is_(True), *_awake(now)).group_by(entry.desk)
        return {desk: (waiting, urgent) for desk, waiting, urgent in self._connection.execute(statement)}

    def put_off(self, desk: str, now: datetime, limit: int) -> list[QueueEntry]:
        entry = tables.queue.c
        asleep = (entry.open.is_(True), entry.desk == desk, entry.snoozed_until > now)
        statement = select(entry.document).where(*asleep).order_by(entry.snoozed_until, entry.tip_id).limit(limit)
        return list(self._connection.scalars(statement))

    def came(self, desk: str, since: datetime) -> tuple[int, int]:
        entry = tables.queue.c
        newer = select(entry.document).where(entry.open.is_(True), entry.desk == desk, entry.entered_at > since)
        found = [one for one in self._connection.scalars(newer) if one.state is EntryState.WAITING]
        return len(found), sum(one.life_threat for one in found)

    def waiting(self, levels: Collection[Urgency]) -> list[QueueEntry]:
        entry = tables.queue.c
        text = type_coerce(entry.document, Text)  # ids, times and codes alone stand in it, so a pattern cannot meet anything else
        of_level = [text.like(f'%"urgency":"{level}"%') for level in levels]
        statement = select(entry.document).where(entry.open.is_(True), or_(entry.life_threat.is_(True), *of_level))
        waits = statement.where(text.like(f'%"state":"{EntryState.WAITING}"%'))
        return list(self._connection.scalars(waits.order_by(entry.entered_at, entry.tip_id)))

    def longest_waiting_threat(self) -> QueueEntry | None:
        entry = tables.queue.c
        threats = select(entry.document).where(entry.open.is_(True), entry.life_threat.is_(True)).order_by(entry.entered_at, entry.tip_id)
        return next((found for found in self._connection.scalars(threats) if found.state is EntryState.WAITING), None)


def _awake(now: datetime | None) -> tuple[ColumnElement[bool], ...]:
    until = tables.queue.c.snoozed_until
    return () if now is None else (or_(until.is_(None), until <= now),)


class SqlNotices(Notices):
    """Notices in a table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, notice: Notice) -> None:
        row = {"id": notice.id, "tip_id": notice.tip_id, "desk": notice.desk, "at": notice.at, "document": notice}
        add_once(self._connection, "notice", tables.notices, [row])

    def of_desk(self, desk: str, limit: int) -> list[Notice]:
        notice = tables.notices.c
        newest_first = (notice.at.desc(), notice.number.desc())
        return list(self._connection.scalars(select(notice.document).where(notice.desk == desk).order_by(*newest_first).limit(limit)))

    def of_tip(self, tip_id: str) -> list[Notice]:
        notice = tables.notices.c
        newest_first = (notice.at.desc(), notice.number.desc())
        return list(self._connection.scalars(select(notice.document).where(notice.tip_id == tip_id).order_by(*newest_first)))


class SqlActs(Acts):
    """Acts in a table; those of one moment stand in the order in which they were written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, act: Act) -> None:
        add_once(self._connection, "act", tables.acts, [{"id": act.id, "tip_id": act.tip_id, "at": act.at, "document": act}])

    def of_tip(self, tip_id: str) -> list[Act]:
        return self.of_tips([tip_id])

    def of_tips(self, tip_ids: Sequence[str]) -> list[Act]:
        act = tables.acts.c
        return list(self._connection.scalars(select(act.document).where(act.tip_id.in_(tip_ids)).order_by(act.at, act.number)))


class SqlMessages(Messages):
    """Messages in a table; those of one moment stand in the order in which they were written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: Message) -> None:
        row = {"id": message.id, "tip_id": message.tip_id, "at": message.at, "document": message}
        add_once(self._connection, "message", tables.messages, [row])

    def get(self, message_id: str) -> Message | None:
        message = tables.messages.c
        found: Message | None = self._connection.scalar(select(message.document).where(message.id == message_id))
        return found

    def remove(self, message_id: str) -> None:
        self._connection.execute(delete(tables.messages).where(tables.messages.c.id == message_id))

    def of_tip(self, tip_id: str) -> list[Message]:
        return self.of_tips([tip_id])

    def of_tips(self, tip_ids: Sequence[str]) -> list[Message]:
        message = tables.messages.c
        oldest_first = (message.at, message.number)
        return list(self._connection.scalars(select(message.document).where(message.tip_id.in_(tip_ids)).order_by(*oldest_first)))
