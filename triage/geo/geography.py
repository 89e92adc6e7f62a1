"""Counties by their names as the policy writes them (``NE/Red Willow``): their shapes on a map, and which of them touch.

The shapes are those of the US Census Bureau's cartographic boundary files, 2017 edition, 1:10,000,000, by way of us-atlas 3.0.1. At that
scale a border may lie a kilometre or two off: good for a picture and for neighbours, not for saying in which county a point on a border is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import pairwise

from triage.geo.states import STATES
from triage.geo.topology import Geometry, Point, Ring, Topology

WIDTH = 800
"""Of every map, in its own units."""
MARGIN = 4
_CITY = 500
"""From this county code on it is a city that belongs to no county (Census Bureau: "independent city")."""


@dataclass(frozen=True, slots=True)
class CountyShape:
    """A county on a map: its path as SVG writes it (fill rule ``evenodd``), and the middle of its largest part."""

    key: str
    path: str
    x: float
    y: float

    @property
    def name(self) -> str:
        """Without its state."""
        return self.key.partition("/")[2]


@dataclass(frozen=True, slots=True)
class Projection:
    """Degrees to units of a map: equirectangular, with longitudes shortened by the cosine of the middle latitude.

    Shapes and distances within a few states are true to a few per cent.
    """

    west: float
    north: float
    across: float
    down: float

    def of(self, lat: float, lon: float) -> Point:
        """Where a point stands on the map, also beyond its edges."""
        return MARGIN + (_eastless(lon) - self.west) * self.across, MARGIN + (self.north - lat) * self.down


@dataclass(frozen=True, slots=True)
class CountyMap:
    """The counties of some states, drawn. Without counties ``height`` is 0 and there is nothing to show."""

    width: int
    height: int
    counties: Mapping[str, CountyShape]
    projection: Projection

    def place(self, lat: float, lon: float) -> Point | None:
        """Where a point in WGS 84 degrees stands, or None beyond the map."""
        x, y = self.projection.of(lat, lon)
        return (round(x, 1), round(y, 1)) if 0 <= x <= self.width and 0 <= y <= self.height else None


class Geography:
    """All counties. The file is read when the first question is asked, and maps are kept once they are drawn."""

    def __init__(self) -> None:
        self._maps: dict[frozenset[str], CountyMap] = {}

    @classmethod
    def load(cls) -> Geography:
        """The geography that comes with the product."""
        return cls()

    def keys(self, state: str) -> frozenset[str]:
        """The counties of a state; empty for a state that there is not."""
        return frozenset(key for key in self._counties if key.startswith(f"{state}/"))

    def neighbours(self, key: str) -> frozenset[str]:
        """The counties that share a border with this one, over state lines too; those that touch in a single point do not."""
        county = self._counties.get(key)
        return frozenset(other for arc in county.arcs for other in self._sides[arc]) - {key} if county else frozenset()

    def map_of(self, states: Collection[str]) -> CountyMap:
        """A map of these states, ``WIDTH`` wide and as high as it must be."""
        wanted = frozenset(states)
        if wanted not in self._maps:
            self._maps[wanted] = self._draw(wanted)
        return self._maps[wanted]

    @cached_property
    def _topology(self) -> Topology:
        return Topology((files("triage.geo") / "counties-10m.json").read_bytes())

    @cached_property
    def _counties(self) -> Mapping[str, Geometry]:
        found: dict[str, Geometry] = {}
        for county in sorted(self._topology.geometries("counties"), key=lambda one: one.id):
            key = f"{STATES[county.id[:2]]}/{county.name}"
            # A county comes before a city of the same name, which then is named as the Census Bureau does: "Baltimore city".
            found[f"{key} city" if key in found and int(county.id[2:]) >= _CITY else key] = county
        return found

    @cached_property
    def _sides(self) -> Mapping[int, frozenset[str]]:
        """Which counties lie along each arc."""
        sides: defaultdict[int, set[str]] = defaultdict(set)
        for key, county in self._counties.items():
            for arc in county.arcs:
                sides[arc].add(key)
        return {arc: frozenset(keys) for arc, keys in sides.items()}

    def _draw(self, states: frozenset[str]) -> CountyMap:
        shapes = {
            key: [[(_eastless(lon), lat) for lon, lat in self._topology.ring(ring)] for ring in county.rings]
            for key, county in self._counties.items()
            if key[:2] in states
        }
        points = [point for rings in shapes.values() for ring in rings for point in ring]
        if not points:
            return CountyMap(WIDTH, 0, {}, Projection(0, 0, 1, 1))
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, north = min(y for _, y in points), max(y for _, y in points)
        across = (WIDTH - 2 * MARGIN) / (east - west)
        projection = Projection(west, north, across, across / math.cos(math.radians((south + north) / 2)))
        height = math.ceil((north - south) * projection.down) + 2 * MARGIN
        drawn = {key: [[projection.of(lat, lon) for lon, lat in ring] for ring in rings] for key, rings in shapes.items()}
        return CountyMap(WIDTH, height, {key: _shape(key, rings) for key, rings in sorted(drawn.items())}, projection)


def _shape(key: str, rings: list[Ring]) -> CountyShape:
    x, y = _middle(max(rings, key=lambda ring: abs(_area(ring))))
    return CountyShape(key, "".join(filter(None, map(_path, rings))), round(x, 1), round(y, 1))


def _path(ring: Ring) -> str:
    """The ring in whole units and tenths; points that fall together stand once, and a ring that is a dot is left out."""
    rounded = [(round(x, 1), round(y, 1)) for x, y in ring]
    kept = [point for point, before in zip(rounded, [None, *rounded], strict=False) if point != before]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept[:-1]) + "Z" if len(kept) > 3 else ""


def _area(ring: Ring) -> float:
    """Twice the signed area (the shoelace formula)."""
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairwise(ring))


def _middle(ring: Ring) -> Point:
    """The centre of mass of the ring."""
    area, (x0, y0) = _area(ring), ring[0]
    if not area:
        return x0, y0
    near = [(x - x0, y - y0) for x, y in ring]  # around the first point, so that no figures are lost
    x = sum((x + nx) * (x * ny - nx * y) for (x, y), (nx, ny) in pairwise(near))
    y = sum((y + ny) * (x * ny - nx * y) for (x, y), (nx, ny) in pairwise(near))
    return x0 + x / (3 * area), y0 + y / (3 * area)


def _eastless(lon: float) -> float:
    """The longitude counted to the west alone, so that the Aleutian Islands stay in one piece."""
    return lon - 360 if lon > 0 else lon
