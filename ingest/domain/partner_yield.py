"""What became of a partner's tips, in numbers that the partner may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.domain.sender import OutcomeCode, Useful


@dataclass(frozen=True, slots=True)
class OwnTip:
    """One of a partner's own tips in a list: never anything that a desk has written."""

    id: str
    received_at: datetime
    channel: str
    role: str
    reference: str


@dataclass(frozen=True, slots=True)
class PartnerYield:
    """Counts over the tips that a partner sent in a time. ``minutes_to_read`` is the median from acceptance to the first act of a person.

    ``read_in_time`` are those that a person took up before their target; ``rated`` counts what desks said about usefulness; ``led_to``
    counts released outcomes; ``in_cases`` are tips that stand in a case or referral that a person accepted.
    """

    received: int = 0
    read: int = 0
    read_in_time: int = 0
    closed: int = 0
    in_cases: int = 0
    minutes_to_read: float | None = None
    rated: Mapping[Useful, int] = field(default_factory=dict)
    led_to: Mapping[OutcomeCode, int] = field(default_factory=dict)
