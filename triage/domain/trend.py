"""What is counted for trends and shown on the map: of each tip a few facts, and nothing that was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.assessment import Urgency
from triage.domain.case import Case, CaseKind, CaseStatus
from triage.domain.tip import Geo


class Result(StrEnum):
    """What people have made of a tip so far."""

    OPEN = "open"  # nobody has decided
    ACCEPTED = "accepted"
    DECLINED = "declined"

    @classmethod
    def of(cls, case: Case) -> Result:
        """That of the tips of a case."""
        if case.status is CaseStatus.NEW:
            return cls.OPEN
        return cls.DECLINED if case.outcome.startswith("declined") else cls.ACCEPTED


@dataclass(frozen=True, slots=True)
class TipFact:
    """One tip. ``looked_at`` is when a person first did something with it, None if nobody has; ``due_at`` by when somebody should have.

    ``categories`` are those of its case; ``language`` is what the sender's form or program said, empty if nothing. ``roads`` are the
    numbered roads that it names (``I-80``), in order. ``useful`` is what the desk said about its use, empty if nothing. ``tip_id`` is for
    reports that name each tip.
    """

    received_at: datetime
    partner: str
    channel: str
    language: str
    county: str
    state: str
    categories: tuple[str, ...]
    urgency: Urgency
    desk: str
    due_at: datetime
    looked_at: datetime | None
    roads: tuple[str, ...] = ()
    kind: CaseKind = CaseKind.CASE
    result: Result = Result.OPEN
    useful: str = ""
    tip_id: str = ""

    @property
    def place(self) -> str:
        """``ST/County``, empty where nothing told the county."""
        return f"{self.state}/{self.county}" if self.county else ""


@dataclass(frozen=True, slots=True)
class TipPin:
    """An open tip on the map. ``geo`` is the point that the sender gave, if any."""

    tip_id: str
    case_id: str
    desk: str
    received_at: datetime
    due_at: datetime
    urgency: Urgency
    life_threat: bool
    categories: tuple[str, ...]
    county: str
    state: str
    geo: Geo | None = None

    @property
    def place(self) -> str:
        """``ST/County``, empty where nothing told the county."""
        return f"{self.state}/{self.county}" if self.county else ""
