"""What a deployment decides for itself: desks, routing, jurisdictions, clocks, linking, hotlines. Loaded by ``triage.policy_files``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from triage.domain.assessment import Band, Urgency
from triage.domain.case import CaseKind
from triage.domain.hours import Calendar

MOST_ALIKE = 50
"""Tips with nearly the same words that a decision looks at, and so the most that ``campaign_from`` can ask for."""


class DeskNature(StrEnum):
    """What a desk is for; routing to care or victim services keeps a tip away from enforcement queues."""

    ENFORCEMENT = "enforcement"
    CARE = "care"
    VICTIM_SERVICES = "victim_services"
    INTAKE = "intake"
    OVERSIGHT = "oversight"
    BUREAU = "bureau"  # passes on to agencies outside what desks share with these; owns no tip


@dataclass(frozen=True, slots=True)
class Desk:
    """Who receives. ``id`` is used in queues, topics and addresses. Without a ``calendar`` the desk works round the clock.

    ``contact`` is where other desks reach it, a duty telephone or a mail box: what is told of it to desks that work on the same thing.
    """

    id: str
    title: str
    nature: DeskNature
    agency: str = ""
    calendar: Calendar | None = None
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies: every part that is given must hold; a condition without parts always holds.

    ``labels_any``: one of the tip's labels is in the set. ``labels_only``: all of them are. ``urgency``: at least this level.
    ``band``: at least this band. ``flags_any`` / ``flags_none``: tip flags. ``life_threat``, ``consent_police``: as stated.
    ``counties`` are ``ST/County`` names; ``sectors`` and ``partners`` name who sent it.
    """

    labels_any: frozenset[str] = frozenset()
    labels_only: frozenset[str] = frozenset()
    urgency: Urgency | None = None
    band: Band | None = None
    flags_any: frozenset[str] = frozenset()
    flags_none: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    life_threat: bool | None = None
    consent_police: bool | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule (first match wins) or an also-notify rule (each match counts). ``file`` and ``line`` say where it stands."""

    id: str
    when: Condition
    desk: str
    reason: str
    kind: CaseKind = CaseKind.CASE
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class County:
    """A county and what in a text means it: ``names`` of towns, of places such as truck stops or schools, and its own, all in
    plain form (see ``triage.plain``)."""

    name: str
    state: str
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``ST/County``, as rules name it."""
        return f"{self.state}/{self.name}"


@dataclass(frozen=True, slots=True)
class RoadSegment:
    """Miles of a road that lie in one county: ``from_mile <= mile < to_mile``. Exits are mile-based and use the same numbers."""

    road: str
    state: str
    from_mile: float
    to_mile: float
    county: str


@dataclass(frozen=True, slots=True)
class Corridor:
    """Miles of a road that a task force works: ``from_mile <= mile < to_mile``, or all of it in the state where both are None."""

    road: str
    state: str
    from_mile: float | None = None
    to_mile: float | None = None

    def holds(self, road: str, mile: float | None) -> bool:
        """Whether a place on the road lies in it; of a road without a mile only a corridor without miles is sure."""
        if road != self.road or self.from_mile is None or self.to_mile is None:
            return road == self.road and self.from_mile is None
        return mile is not None and self.from_mile <= mile < self.to_mile


@dataclass(frozen=True, slots=True)
class TaskForce:
    """Desks of several agencies that work the same things in the same places; ``lead`` is one of the ``members``.

    A tip of one of its ``categories`` from one of its ``counties`` (``ST/County``) or ``corridors`` stays with the member desk that owns
    it; the other members are told and may read along.
    """

    id: str
    title: str
    lead: str
    members: tuple[str, ...]
    categories: frozenset[str]
    counties: frozenset[str]
    corridors: tuple[Corridor, ...] = ()

    @property
    def rule(self) -> str:
        """How its notices and steps of routing are called."""
        return f"task-force:{self.id}"


@dataclass(frozen=True, slots=True)
class Hotline:
    """A line for people who need help now. ``checked`` is the day somebody last verified it (ISO date)."""

    id: str
    title: str
    number: str
    text: str
    checked: str


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it, under one version (the SHA-256 of the files, first 16 hex digits).

    ``retention`` says by profile how long what a partner sent is kept; partners name the profile that their agreement asks for.
    ``clocks`` are the targets for the first human look; those of the levels in ``business`` count a desk's working time alone.
    ``campaign_from`` is from how many earlier tips with nearly the same words on, within ``similar_window``, a tip is one of a campaign.
    """

    version: str
    profile: str
    agency: str
    state: str
    desks: Mapping[str, Desk]
    rules: tuple[Rule, ...]
    notify: tuple[Rule, ...]
    clocks: Mapping[Urgency, timedelta]
    counties: tuple[County, ...]
    roads: tuple[RoadSegment, ...]
    hotlines: tuple[Hotline, ...]
    link_window: timedelta = timedelta(days=30)
    similar_window: timedelta = timedelta(days=14)
    exit_site: str = "https://www.weather.gov/"
    retention: Mapping[str, timedelta] = field(default_factory=dict)
    campaign_from: int = 20
    task_forces: tuple[TaskForce, ...] = ()
    business: frozenset[Urgency] = frozenset()

    def due(self, level: Urgency, desk: str, start: datetime) -> datetime:
        """By when somebody of the desk must have looked at a tip of this level that waits since ``start``."""
        calendar = self._counted(level, desk)
        return calendar.after(start, self.clocks[level]) if calendar else start + self.clocks[level]

    def began(self, level: Urgency, desk: str, due: datetime) -> datetime:
        """When the clock began that ends at ``due``; of several possible moments the last."""
        calendar = self._counted(level, desk)
        return calendar.before(due, self.clocks[level]) if calendar else due - self.clocks[level]

    def _counted(self, level: Urgency, desk: str) -> Calendar | None:
        return self.desks[desk].calendar if level in self.business and desk in self.desks else None
