"""Where more comes than elsewhere just now: a scan over counties and their neighbours.

Each zone is a county alone, with the counties that touch it, or with those around them too (the circles of Kulldorff's scan statistic,
1997, on counties that touch). Nobody knows how many people could have reported, so a zone is held against its own past and against all
others, as the space-time permutation scan does (Kulldorff and others, 2005): if nothing had changed, the recent tips of a zone were drawn
at random from all. That chance is exact (hypergeometric), and is multiplied by the number of zones that were looked at (Bonferroni).

It works on counts that may be shown, so what it says gives away nothing that the table beside it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from triage.chance import LEVEL, more_than_its_part

RINGS = 2
"""How far a zone reaches around its county, in counties."""
LARGEST = 0.5
"""The part of all tips that a zone holds at most; more would be the rule and not a spot."""


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A zone from where more came than by chance. ``expected`` is how many recent tips it would have; ``p`` is the chance, multiplied."""

    counties: tuple[str, ...]
    before: int
    recent: int
    expected: float
    p: float


def hot_spots(counts: Mapping[str, tuple[int, int]], neighbours: Callable[[str], Collection[str]]) -> tuple[HotSpot, ...]:
    """The zones beyond chance, the clearest first, none of them touching another's counties. ``counts``: by county, before and recent."""
    total, recent = sum(map(sum, counts.values())), sum(late for _, late in counts.values())
    zones = {zone for county, found in counts.items() if any(found) for zone in _around(county, counts, neighbours)}
    asked = [(zone, *_sums(zone, counts)) for zone in zones]
    asked = [one for one in asked if 0 < one[1] + one[2] <= total * LARGEST]
    spots = [
        HotSpot(tuple(sorted(zone)), before, late, (before + late) * recent / total, p * len(asked))
        for zone, before, late in asked
        if (p := more_than_its_part(late, before + late, recent, total)) * len(asked) < LEVEL
    ]
    taken: set[str] = set()
    found: list[HotSpot] = []
    for spot in sorted(spots, key=lambda one: (one.p, one.counties)):
        if taken.isdisjoint(spot.counties):
            found.append(spot)
            taken.update(spot.counties)
    return tuple(found)


def _around(county: str, counts: Mapping[str, object], neighbours: Callable[[str], Collection[str]]) -> list[frozenset[str]]:
    """The zones around a county, the smallest first; counties without counts are stepped over, not into."""
    reached, zones = frozenset({county}), [frozenset({county})]
    for _ in range(RINGS):
        reached |= {other for one in reached for other in neighbours(one)}
        zones.append(frozenset(reached & counts.keys()))
    return zones


def _sums(zone: Collection[str], counts: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    return sum(counts[one][0] for one in zone), sum(counts[one][1] for one in zone)
