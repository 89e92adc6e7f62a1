"""Handing a referral on to a service that helps: who, on what consent, what they were told, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HandOffState(StrEnum):
    """Where it stands."""

    OFFERED = "offered"  # the service was asked
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REACHED = "reached"  # the person and the service have spoken
    NOT_REACHED = "not_reached"
    WITHDRAWN = "withdrawn"  # the person does not want it any more


@dataclass(frozen=True, slots=True)
class HandOff:
    """One service asked for one tip. ``service`` is an id of the directory; ``parts`` are the kinds of details that it was told;
    ``basis`` is why it may be told (consent, danger, or that nothing identifies anybody).
    """

    id: str
    tip_id: str
    case_id: str
    desk: str
    service: str
    state: HandOffState
    basis: str
    parts: tuple[str, ...]
    by: str
    at: datetime
    updated_by: str = ""
    updated_at: datetime | None = None
    note: str = ""

    @property
    def owner(self) -> str:
        """The tip."""
        return self.tip_id

    @property
    def other(self) -> str:
        """The desk that hands it on."""
        return self.desk
