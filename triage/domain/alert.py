"""Something that one person should look at. Kept for that person until that person has seen it, whoever else has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertKind(StrEnum):
    """Why the person is told."""

    SAVED_SEARCH = "saved_search"  # a tip came to a case that a search of the person's finds
    ANSWER = "answer"  # the sender of a tip that the person holds has added something


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of one person. It carries no text of a tip: ``about`` is the name that the person gave the search, empty for an answer.

    ``source`` is the search, or what was added.
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
