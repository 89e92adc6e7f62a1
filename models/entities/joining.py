"""Joins what lies beside each other on a road: a mile marker or exit with the highway it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triage.domain.assessment import Entity

_POINTS = frozenset({"mile_marker", "exit"})
_BEFORE = 60
_BEHIND = 25


def joined(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """The entities (sorted by start) with ``attributes["road"]`` on each mile marker and exit: the value of the nearest highway that is
    named at most 60 code points before it or 25 behind it. Without one near the point stays unresolved: a person has to ask back.
    """
    roads = [entity for entity in entities if entity.type == "highway"]
    if not roads or all(entity.type not in _POINTS for entity in entities):
        return tuple(entities)
    return tuple(_on_road(entity, roads) if entity.type in _POINTS else entity for entity in entities)


def _on_road(point: Entity, roads: Sequence[Entity]) -> Entity:
    near = [(point.start - road.end, road) for road in roads if road.start <= point.start and point.start - road.end <= _BEFORE]
    near += [(road.start - point.end, road) for road in roads if 0 <= road.start - point.end <= _BEHIND]
    if not near:
        return point
    _, road = min(near, key=lambda pair: pair[0])
    return replace(point, attributes={**point.attributes, "road": road.value})
