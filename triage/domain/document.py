"""The search document of a case: a projection that can always be built again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """What the index knows of a case.

    ``readers`` are the desks, or of a restricted case the people, that may find it. ``text`` holds the texts of its tips with
    first-person contact details replaced by tokens; ``title`` is the first words of the newest one, treated the same way. ``version`` is
    the case's version: an older document never replaces a newer one. ``plates``, ``phones`` and ``handles`` are normalised values.
    """

    case_id: str
    version: int
    readers: tuple[str, ...]
    kind: str
    desk: str
    status: str
    urgency: str
    life_threat: bool
    band: str
    categories: tuple[str, ...]
    indicators: tuple[str, ...]
    flags: tuple[str, ...]
    county: str
    state: str
    partners: tuple[str, ...]
    sectors: tuple[str, ...]
    languages: tuple[str, ...]
    plates: tuple[str, ...]
    phones: tuple[str, ...]
    handles: tuple[str, ...]
    tips: tuple[str, ...]
    title: str
    text: str
    received_at: datetime
    opened_at: datetime
