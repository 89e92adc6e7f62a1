"""Something that one person should look at. Kept for that person until that person has seen it, whoever else has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertKind(StrEnum):
    """Why the person is told."""

    SAVED_SEARCH = "saved_search"  # a tip came to a case that a search of the person's finds
    POINTER = "pointer"  # another desk works on something that a case of the person's holds too
    ANSWER = "answer"  # the sender of a tip that the person holds has added something
    GIVEN = "given"  # somebody gave the person a tip, a case or a task, as ``about`` says
    OVERRIDE = "override"  # somebody from outside opened a referral of the person's desk once
    WAITING = "waiting"  # a tip waits at a desk; the alert stands until somebody does something with the tip, not until it was seen
    SEAL = "seal"  # somebody who was not named wants to get into a restricted case, or has got into it


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of one person. It carries no text of a tip: ``about`` is the name that the person gave the search, the
    level and the desk of a tip that waits, what was given, the desk that asked and the kind of thing that it shares, or empty. ``source``
    is the search, what was added, the step that was taken, or the asking desk with the digest of the thing.
    """

    id: str
    user: str
    kind: AlertKind
    at: datetime
    case_id: str
    tip_id: str
    about: str
    source: str
    seen_at: datetime | None = None
