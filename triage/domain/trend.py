"""What is counted for trends: of each tip a few facts, and nothing that was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage.domain.assessment import Urgency


@dataclass(frozen=True, slots=True)
class TipFact:
    """One tip. ``looked_at`` is when a person first did something with it, None if nobody has; ``due_at`` by when somebody should have.

    ``categories`` are those of its case; ``language`` is what the sender's form or program said, empty if nothing.
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
