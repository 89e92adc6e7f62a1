"""What changes at the desks: how much comes, of what, from where, what comes of it, and how soon somebody looks at it. Counts alone.

Small numbers are held back (see ``triage.trends.counts``). Whether something changed is asked of the last four weeks beside those before,
exactly, and so that a page of rows raises a false mark in one case of twenty at most (see ``triage.chance``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.chance import smoothed
from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.care import HandOffState
from triage.domain.policy import RoadSegment
from triage.domain.trend import TipFact
from triage.geo.hot_spots import HotSpot, hot_spots
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.trends.counts import (
    PERIOD,
    WEEKS,
    Place,
    Row,
    Speed,
    Yield,
    corridors,
    periods,
    places,
    rows,
    speeds,
    week_counts,
    yields,
)
from triage.trends.suppression import hidden

MOST = 50_000
"""Tips that are counted at most, the newest."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week by its Monday. ``level`` is the smoothed line, None where a number of it is held back; ``high`` says it is above its limit."""

    monday: datetime
    tips: int | None
    level: float | None = None
    high: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What the counts are held against: the roads of each county, and which counties touch."""

    roads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    neighbours: Callable[[str], Collection[str]] = lambda _: ()

    @classmethod
    def of(cls, segments: Sequence[RoadSegment], neighbours: Callable[[str], Collection[str]]) -> Ground:
        """That of a policy."""
        roads: dict[str, list[str]] = {}
        for segment in segments:
            of_county = roads.setdefault(f"{segment.state}/{segment.county}", [])
            of_county += [segment.road] if segment.road not in of_county else []
        return cls(roads, neighbours)


@dataclass(frozen=True, slots=True)
class Trends:
    """A page of trends. ``left_out`` are the numbers of periods with too few tips, which count nowhere; ``cut``: older tips were left out.

    ``total`` is None where nothing is left to show.
    """

    weeks: tuple[Week, ...]
    categories: tuple[Row, ...]
    kinds: tuple[Row, ...]
    places: tuple[Place, ...]
    corridors: tuple[Row, ...]
    hot_spots: tuple[HotSpot, ...]
    partners: tuple[Row, ...]
    yields: tuple[Yield, ...]
    by_urgency: tuple[Speed, ...]
    by_language: tuple[Speed, ...]
    by_channel: tuple[Speed, ...]
    hand_offs: tuple[tuple[HandOffState, int | None], ...]
    total: int | None
    left_out: tuple[int, ...]
    cut: bool

    @property
    def since(self) -> datetime:
        """The first Monday."""
        return self.weeks[0].monday

    @property
    def until(self) -> datetime:
        """The last Sunday."""
        return self.weeks[-1].monday + timedelta(days=6)


def trends(storage: Storage, clock: Clock, ids: Ids, viewer: Viewer, ground: Ground, action: str = "trends.read") -> Trends:
    """The trends of what the viewer may read, over the last ``WEEKS`` whole weeks (Monday to Sunday, UTC). Audited as ``action``."""
    now = clock.now()
    until = datetime(now.year, now.month, now.day, tzinfo=now.tzinfo) - timedelta(days=now.weekday())
    since = until - timedelta(weeks=WEEKS)
    with storage.reading() as work:
        facts = work.facts.between(viewer.scope, since, until, MOST)
        handed = _hand_offs(work, viewer, since, until)
    row = AuditRow(ids.new("aud"), now, f"user:{viewer.user}", action, "index:trends", viewer.purpose, {"tips": str(len(facts))})
    with storage.writing() as work:
        work.audit.append([row])
    return count(facts, until, ground, handed)


def count(facts: Sequence[TipFact], until: datetime, ground: Ground | None = None, handed: Sequence[HandOffState] = ()) -> Trends:
    """The trends of these tips and of what was handed on; ``until`` is the Monday after the last week."""
    ground = ground or Ground()
    split, few = periods(facts, until)
    kept = sum(map(len, split))
    found, partners = places(split, few), rows(split, few, lambda fact: [fact.partner])
    states = Counter(handed)
    held = hidden({state: states[state] for state in HandOffState})
    return Trends(
        weeks=_weeks(week_counts(split, few, until), until),
        categories=rows(split, few, lambda fact: fact.categories),
        kinds=rows(split, few, lambda fact: [fact.kind.value]),
        places=found,
        corridors=corridors(split, few, found, ground.roads),
        hot_spots=hot_spots(
            {one.key: (one.before, one.recent) for one in found if one.key and one.before is not None and one.recent is not None},
            ground.neighbours,
        ),
        partners=partners,
        yields=yields(split, partners),
        by_urgency=speeds(split, lambda fact: fact.urgency.value),
        by_language=speeds(split, lambda fact: fact.language),
        by_channel=speeds(split, lambda fact: fact.channel),
        hand_offs=tuple((state, None if state in held else states[state]) for state in HandOffState) if states else (),
        total=kept or (None if few else 0),
        left_out=few,
        cut=len(facts) >= MOST,
    )


def _weeks(counts: Sequence[int | None], until: datetime) -> tuple[Week, ...]:
    monday = until - timedelta(weeks=WEEKS)
    known = [number for number in counts if number is not None]
    line: Sequence[tuple[float | None, bool]] = [(None, False)] * WEEKS
    if len(known) == WEEKS:
        line = smoothed(known, WEEKS - PERIOD)
    return tuple(Week(monday + timedelta(weeks=n), number, *line[n]) for n, number in enumerate(counts))


def _hand_offs(work: UnitOfWork, viewer: Viewer, since: datetime, until: datetime) -> list[HandOffState]:
    """How far what was handed on in this time has come, where the viewer may read the case."""
    found = [one for one in work.hand_offs.newest(MOST) if since <= one.at < until]
    cases = work.cases.get_many(sorted({one.case_id for one in found}))
    return [one.state for one in found if one.case_id in cases and viewer.reads(cases[one.case_id].readers)]
