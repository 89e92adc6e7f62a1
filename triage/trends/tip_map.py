"""The open tips that somebody may read, on a map: counted by county, and a dot where the sender gave a point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.policy import Policy
from triage.domain.trend import TipPin
from triage.geo.coarse import coarse
from triage.geo.geography import CountyMap, Geography
from triage.ports import Clock, Ids, Storage

MOST = 2_000
"""Open tips that the map holds at most, the newest."""
WEEKS = (1, 4, 12, 52)
"""How far back one can look."""
USUAL = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show: a category, a county (``ST/County``), the last so many weeks; empty for all."""

    weeks: int = USUAL
    category: str = ""
    county: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A tip at a point of the map. ``coarse``: moved within a kilometre, because the viewer does not decide about the tip."""

    tip_id: str
    x: float
    y: float
    coarse: bool


@dataclass(frozen=True, slots=True)
class TipMap:
    """``pins`` are the tips that were asked for, newest first; ``counts`` how many of them belong to each county (empty: unknown).

    ``categories`` are those that can be asked for. ``beyond`` counts points that lie beyond the map. ``cut``: there are more tips.
    """

    drawn: CountyMap
    pins: tuple[TipPin, ...]
    counts: Mapping[str, int]
    dots: tuple[Dot, ...]
    categories: tuple[str, ...]
    beyond: int
    cut: bool


def tip_map(storage: Storage, clock: Clock, ids: Ids, viewer: Viewer, policy: Policy, geography: Geography, asked: Asked) -> TipMap:
    """The map for the viewer. Audited with what was asked for."""
    now = clock.now()
    with storage.reading() as work:
        found = work.facts.pins(viewer.scope, now - timedelta(weeks=asked.weeks), now + timedelta(seconds=1), MOST)
    detail = {"tips": str(len(found)), "weeks": str(asked.weeks), "category": asked.category, "county": asked.county}
    row = AuditRow(ids.new("aud"), now, f"user:{viewer.user}", "map.read", "index:map", viewer.purpose, detail)
    with storage.writing() as work:
        work.audit.append([row])
    of_kind = [pin for pin in found if asked.category in ("", *pin.categories)]
    pins = [pin for pin in of_kind if asked.county in ("", pin.place)]
    drawn = geography.map_of({policy.state, *(county.state for county in policy.counties)})
    dots = [dot for pin in pins if (dot := _dot(pin, viewer, drawn)) is not None]
    return TipMap(
        drawn=drawn,
        pins=tuple(pins),
        counts=dict(Counter(pin.place for pin in of_kind).most_common()),
        dots=tuple(dots),
        categories=tuple(sorted({category for pin in found for category in pin.categories})),
        beyond=sum(pin.geo is not None for pin in pins) - len(dots),
        cut=len(found) == MOST,
    )


def _dot(pin: TipPin, viewer: Viewer, drawn: CountyMap) -> Dot | None:
    if pin.geo is None:
        return None
    exact = pin.desk in viewer.desks
    lat, lon = (pin.geo.lat, pin.geo.lon) if exact else coarse(pin.geo.lat, pin.geo.lon, pin.tip_id)
    place = drawn.place(lat, lon)
    return Dot(pin.tip_id, *place, coarse=not exact) if place else None
