"""What was read in a tip: an immutable account in which every finding names its span, its rule or model, and its version.

All offsets are code points into ``Tip.text`` (which starts with the narrative, unchanged).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

READ_LIMIT = 50_000
"""The most code points of a tip's text that are read, and so the most that may be shown outside its own page."""


class Assertion(StrEnum):
    """How the tip puts a finding. Only ``PRESENT`` findings count as evidence of something happening."""

    PRESENT = "present"
    NEGATED = "negated"
    HYPOTHETICAL = "hypothetical"
    HEARSAY = "hearsay"
    HISTORICAL = "historical"
    FICTION = "fiction"  # drill, training, film, game
    RESOLVED = "resolved"


class Experiencer(StrEnum):
    """To whom the finding happens or who does it."""

    VICTIM = "victim"
    SUSPECT = "suspect"
    REPORTER = "reporter"
    OTHER = "other"


class Band(StrEnum):
    """How sure the reading is, in words people can act on. Thresholds stand in the model's manifest."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"

    @property
    def rank(self) -> int:
        """0 for likely, 2 for unlikely: the smaller is looked at first."""
        return list(Band).index(self)


class Urgency(StrEnum):
    """How soon a person must look (design: P0 at once, P1 within the hour, P2 same day, P3 in days, P4 refer or hold)."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"

    @property
    def rank(self) -> int:
        """0 for P0, 4 for P4."""
        return int(self.value[1])

    def at_least(self, other: Urgency) -> bool:
        """Whether this level is as urgent as ``other`` or more."""
        return self.rank <= other.rank


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence: the indicator, where the text shows it, and who says so (``by``: rule or model id)."""

    indicator: str
    start: int
    end: int
    assertion: Assertion
    by: str
    version: str
    experiencer: Experiencer = Experiencer.OTHER


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing named in the tip.

    ``value`` is normalised (plate without dashes, phone in E.164, URL defanged ...); ``valid`` is the check digit's or format's
    verdict, None where there is none; ``partial`` marks a part of a plate or number; ``role`` is suspect, victim, witness,
    reporter, business or unknown; ``attributes`` holds what else was read, all as text (state, direction, min_age ...).
    """

    type: str
    start: int
    end: int
    raw: str
    value: str
    valid: bool | None = None
    partial: bool = False
    role: str = "unknown"
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CategoryReading:
    """One category's calibrated probability, whether it is a label, its band, and why the band is capped if it is."""

    category: str
    probability: float
    label: bool
    band: Band
    note: str = ""


@dataclass(frozen=True, slots=True)
class UrgencyVote:
    """One reason for a level: the rule or model that voted, and the span of its cue (0, 0 where there is none)."""

    level: Urgency
    by: str
    reason: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that was read in one tip, by which versions.

    ``categories`` holds all categories of the taxonomy in its order. ``urgency_votes`` holds every vote that counted, highest
    level first. ``fingerprint`` is a MinHash of the text (64 unsigned 32-bit numbers) for finding near-duplicates;
    empty for texts too short to compare. ``degraded`` says why only part of the reading could be done, empty if all was.
    """

    tip_id: str
    language: str
    language_probability: float
    categories: tuple[CategoryReading, ...]
    urgency: Urgency
    urgency_votes: tuple[UrgencyVote, ...]
    flags: tuple[str, ...]
    findings: tuple[Finding, ...]
    entities: tuple[Entity, ...]
    fingerprint: tuple[int, ...]
    model: str
    degraded: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The categories that hold, most probable first. Never empty: ``not_actionable`` holds where nothing else does."""
        held = sorted((c for c in self.categories if c.label), key=lambda c: -c.probability)
        return tuple(c.category for c in held)

    @property
    def band(self) -> Band:
        """The surest band among the labels; unlikely without one."""
        return min((c.band for c in self.categories if c.label), key=lambda b: b.rank, default=Band.UNLIKELY)
