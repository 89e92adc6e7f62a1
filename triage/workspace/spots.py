"""Where a case's tips were: their counties, and the points that senders gave, made coarse for whoever only reads along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.domain.tip import Tip
from triage.geo.coarse import coarse
from triage.ports import Storage


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in WGS 84 degrees. ``exact``: as it was sent; otherwise it was moved within a kilometre or so."""

    tip_id: str
    lat: float
    lon: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Spots:
    """The points, and how many tips belong to each county (``ST/County``). ``nowhere`` counts tips without a county."""

    points: tuple[Spot, ...]
    counties: Mapping[str, int]
    nowhere: int

    @property
    def states(self) -> tuple[str, ...]:
        """The states of the counties."""
        return tuple(sorted({key.partition("/")[0] for key in self.counties}))


def spots(storage: Storage, tips: Iterable[Tip], *, exact: bool) -> Spots:
    """Of tips that the viewer was shown."""
    tips = list(tips)
    with storage.reading() as work:
        decided = work.decisions.get_many([tip.id for tip in tips])
    places = [decided[tip.id].jurisdiction for tip in tips if tip.id in decided]
    counties = Counter(f"{place.state}/{place.county}" for place in places if place.county and place.state)
    points = tuple(_spot(tip.id, tip.geo.lat, tip.geo.lon, exact) for tip in tips if tip.geo)
    return Spots(points, dict(counties.most_common()), len(tips) - sum(counties.values()))


def _spot(tip_id: str, lat: float, lon: float, exact: bool) -> Spot:
    return Spot(tip_id, lat, lon, True) if exact else Spot(tip_id, *coarse(lat, lon, tip_id), exact=False)
