"""What a partner's staff see of the partner's own reports, and what they may do with them.

Everything here asks ``OwnTips`` first what is the partner's own. Of a report its head is shown, where it stands, what was released, and the
thread; the words of the report itself are not: whoever wrote them has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ingest.api.own_tips import Standing, own_tip, standing_of
from ingest.domain.partner_yield import OwnTip
from ingest.ports import PartnerStorage, PartnerWork, Sealer
from ingest.status import PublicStatus, status_of
from ingest.visit import Returns, Visit, amend
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.domain.sender import OutcomeCode
from triage.domain.undo import has_left
from triage.ports import Clock, Ids, Storage

PAGE = 25
"""Reports on one page of the list."""
LOOK_THROUGH = 500
"""Reports that one page looks through for those that are wanted; the next page goes on from there."""
LATELY = 50
"""How far back the pages look for what a person wrote last."""
MESSAGE_LIMIT = 10_000
"""Characters of one answer."""


class Wanted(StrEnum):
    """Which of the partner's reports: all, those with a status, or those where a question waits for an answer."""

    ALL = ""
    RECEIVED = "received"
    READ = "read"
    WITH_TEAM = "with_team"
    CLOSED = "closed"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Row:
    """A report in a list. ``waits``: the desk has written, and nobody has answered."""

    head: OwnTip
    status: PublicStatus
    outcome: OutcomeCode | None
    waits: bool
    retracted: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """Some of a partner's reports, newest first. ``after`` is the place to go on from; None at the end of the list."""

    rows: tuple[Row, ...]
    after: tuple[datetime, str] | None


class PartnerReports:
    """The partner's reports, for its staff. ``slug`` is the partner's, ``actor`` the person's name in the audit log."""

    def __init__(self, side: PartnerStorage, storage: Storage, sealer: Sealer, clock: Clock, ids: Ids) -> None:
        self._side = side
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._returns = Returns(side, sealer, clock, ids)

    def page(self, slug: str, before: tuple[datetime, str] | None = None, wanted: Wanted = Wanted.ALL, limit: int = PAGE) -> Listed:
        """Up to ``limit`` of the wanted reports, from ``before`` on; open questions all at once."""
        with self._side.reading() as work:
            if wanted is Wanted.ALL:
                heads = work.own.page(slug, before, limit + 1)
                rows = tuple(_row(head, work, self._clock.now()) for head in heads[:limit])
                return Listed(rows, _place(heads[limit - 1]) if len(heads) > limit else None)
            if wanted is Wanted.QUESTION:  # there are few, so that they are all shown at once
                written = [_row(head, work, self._clock.now()) for head in work.own.written_about(slug, LOOK_THROUGH)]
                return Listed(tuple(row for row in written if row.waits), None)
            heads, rows = work.own.page(slug, before, LOOK_THROUGH), ()
            for head in heads:
                row = _row(head, work, self._clock.now())
                if wanted.value == row.status.value:
                    rows = (*rows, row)
                if len(rows) == limit:
                    return Listed(rows, _place(head))
            return Listed(rows, _place(heads[-1]) if len(heads) == LOOK_THROUGH else None)

    def written_about(self, slug: str, limit: int = 100) -> tuple[Row, ...]:
        """Reports with messages: those with a waiting question first, then by the newest message."""
        with self._side.reading() as work:
            rows = [_row(head, work, self._clock.now()) for head in work.own.written_about(slug, limit)]
        return tuple(sorted(rows, key=lambda row: not row.waits))

    def look(self, slug: str, tip_id: str, actor: str) -> tuple[Standing, Visit]:
        """Where a report stands, and its thread; what is new in it is remembered as seen. Raises ``NotFound``."""
        with self._side.reading() as work:
            standing = standing_of(own_tip(tip_id, slug, work), work, self._clock.now())
        visit = self._returns.look(tip_id, actor)
        if visit is None:
            raise NotFound("tip", tip_id)
        return standing, visit

    def answer(self, slug: str, tip_id: str, text: str, actor: str) -> None:
        """Answer the desk, or add something. Raises ``NotFound``, and ``InvalidInput`` for nothing or too much."""
        if not text.strip():
            raise InvalidInput([FieldError("text", "message_empty", "Write what you want to add.")])
        if len(text) > MESSAGE_LIMIT:
            raise InvalidInput([FieldError("text", "message_long", f"Write at most {MESSAGE_LIMIT:,} characters.")])
        with self._side.reading() as work:
            own_tip(tip_id, slug, work)
        amend(tip_id, text, self._storage, self._clock, self._ids, actor)

    def usual_role(self, slug: str, actor: str) -> str:
        """The role that this person gave with the newest report of theirs, if that is among the partner's newest; else nothing."""
        with self._side.reading() as work:
            for head in work.own.page(slug, None, LATELY):
                rows = work.audit.of_object(f"tip:{head.id}", LATELY)
                if any(row.action == "tip.received" and row.actor == actor for row in rows):
                    return head.role
        return ""


def _row(head: OwnTip, work: PartnerWork, now: datetime) -> Row:
    outcome = work.outcomes.get_many([head.id]).get(head.id)
    thread = [message for message in work.messages.of_tip(head.id) if has_left(message, now)]
    waits = bool(thread) and not thread[-1].from_source
    retracted = work.senders.get(head.id).retracted_at is not None
    return Row(head, status_of(head.id, work), outcome.code if outcome else None, waits, retracted)


def _place(head: OwnTip) -> tuple[datetime, str]:
    return head.received_at, head.id
