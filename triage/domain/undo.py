"""How things stood before an act, so that whoever did it can take it back at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.case import Case, Message, QueueEntry

UNDO_FOR = timedelta(seconds=10)
"""How long an act can be taken back by whoever did it."""


def has_left(message: Message, now: datetime) -> bool:
    """Whether a message is with the other side: what a desk writes leaves when it can no more be taken back."""
    return message.from_source or message.at + UNDO_FOR <= now


@dataclass(frozen=True, slots=True)
class CaseBefore:
    """A case before an act, None if the act made it, and the version that the act left."""

    id: str
    case: Case | None
    version_after: int


@dataclass(frozen=True, slots=True)
class Before:
    """Everything that one act changed, as it was before."""

    act_id: str
    tip_id: str
    by: str
    at: datetime
    cases: tuple[CaseBefore, ...]
    entries: tuple[QueueEntry, ...]
