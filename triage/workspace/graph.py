"""A case as a picture: its tips in the middle, what they name on both sides, a line for every mention. The same every time.

Rows are ordered by the mean place of what they are tied to, a few times back and forth, which leaves few crossings (the barycentre rule of
Sugiyama, Tagawa and Toda, 1981). Units are those of the drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.workspace.things import Thing, ThingKind

MOST = 150
"""Nodes of one picture."""
ROW = 30
COLUMN = 360
NODE = 250
HEIGHT = 24
SWEEPS = 4

_LEFT = (ThingKind.PERSON, ThingKind.VEHICLE)


@dataclass(frozen=True, slots=True)
class Node:
    """One box. ``key`` is a tip's id or a thing's; ``thing`` is None for a tip."""

    key: str
    thing: Thing | None
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Edge:
    """That the tip names the thing."""

    tip_id: str
    thing_id: str
    path: str


@dataclass(frozen=True, slots=True)
class Graph:
    """The picture; ``left_out`` counts things, and ``tips_left_out`` tips, that found no place."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int
    tips_left_out: int
    width: int
    height: int


def graph(tips: Sequence[str], found: Sequence[Thing], most: int = MOST) -> Graph:
    """Lay out these tips and things; ``found`` stands in the order of weight. Tips take at most half of the places."""
    kept_tips = list(tips[-(most // 2) :])
    kept_set = frozenset(kept_tips)
    tied = [thing for thing in found if not kept_set.isdisjoint(thing.tips)]
    kept = tied[: most - len(kept_tips)]
    mentions = [(tip, thing) for thing in kept for tip in thing.tips if tip in kept_set]
    columns = [
        [thing.id for thing in kept if thing.kind in _LEFT],
        kept_tips,
        [thing.id for thing in kept if thing.kind not in _LEFT],
    ]
    ties: dict[str, list[str]] = {}
    for tip, thing in mentions:
        ties.setdefault(tip, []).append(thing.id)
        ties.setdefault(thing.id, []).append(tip)
    columns = _untangled(columns, ties)
    things = {thing.id: thing for thing in kept}
    tallest = max(map(len, columns), default=0)
    nodes = [
        Node(key, things.get(key), number * COLUMN, (tallest - len(column)) * ROW // 2 + row * ROW)
        for number, column in enumerate(columns)
        for row, key in enumerate(column)
    ]
    at = {node.key: node for node in nodes}
    edges = tuple(Edge(tip, thing.id, _line(at[tip], at[thing.id])) for tip, thing in mentions)
    left_out, tips_left_out = len(found) - len(kept), len(tips) - len(kept_tips)
    return Graph(tuple(nodes), edges, left_out, tips_left_out, 2 * COLUMN + NODE, max(1, tallest) * ROW)


def _untangled(columns: list[list[str]], ties: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The columns with their rows in an order that leaves few crossings; what is tied to nothing keeps its place at the end."""
    for sweep in range(SWEEPS):
        for number in (0, 2) if sweep % 2 == 0 else (1,):
            place = {key: row / max(1, len(column)) for n, column in enumerate(columns) if n != number for row, key in enumerate(column)}
            columns[number] = sorted(columns[number], key=lambda key: (_mean([place[other] for other in ties.get(key, ())]), key))
    return columns


def _mean(places: Sequence[float]) -> float:
    return sum(places) / len(places) if places else 2.0


def _line(tip: Node, thing: Node) -> str:
    """A curve from the side of the tip's box that faces the thing."""
    left = thing.x < tip.x
    x1, x2 = (tip.x, thing.x + NODE) if left else (tip.x + NODE, thing.x)
    y1, y2, middle = tip.y + HEIGHT // 2, thing.y + HEIGHT // 2, (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"
