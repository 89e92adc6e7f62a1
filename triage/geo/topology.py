"""Reads TopoJSON: shapes that share their borders, so that two neighbours name the same line instead of drawing it twice.

Written after the TopoJSON format specification (https://github.com/topojson/topojson-specification). Arcs are quantized and hold
differences; a negative number ``~i`` means arc ``i`` run backwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True, slots=True)
class Geometry:
    """One shape: its id, its name, and its rings as numbers of arcs."""

    id: str
    name: str
    rings: tuple[tuple[int, ...], ...]

    @property
    def arcs(self) -> frozenset[int]:
        """The arcs it is bounded by, whichever way they run."""
        return frozenset(_forward(arc) for ring in self.rings for arc in ring)


class Topology:
    """A file in memory. Points are (longitude, latitude) in degrees; arcs are worked out when a ring is asked for."""

    def __init__(self, content: bytes) -> None:
        document = json.loads(content)
        self._arcs: Sequence[Sequence[Sequence[int]]] = document["arcs"]
        self._scale: Sequence[float] = document["transform"]["scale"]
        self._shift: Sequence[float] = document["transform"]["translate"]
        self._objects: Mapping[str, Any] = document["objects"]

    def geometries(self, object_name: str) -> Iterator[Geometry]:
        """The shapes of one layer, in the order of the file."""
        for found in self._objects[object_name]["geometries"]:
            polygons = [found["arcs"]] if found["type"] == "Polygon" else found["arcs"]
            rings = tuple(tuple(ring) for polygon in polygons for ring in polygon)
            yield Geometry(found["id"], found["properties"]["name"], rings)

    def ring(self, arcs: Sequence[int]) -> Ring:
        """The points of a ring; the last point of an arc is the first of the next and stands once."""
        points: Ring = []
        for number in arcs:
            arc = self._arc(_forward(number))
            points += (arc if number >= 0 else arc[::-1])[1 if points else 0 :]
        return points

    def _arc(self, number: int) -> Ring:
        steps = self._arcs[number]
        (wide, high), (left, low) = self._scale, self._shift
        across, up = accumulate(step[0] for step in steps), accumulate(step[1] for step in steps)
        return [(x * wide + left, y * high + low) for x, y in zip(across, up, strict=True)]


def _forward(arc: int) -> int:
    return arc if arc >= 0 else ~arc
