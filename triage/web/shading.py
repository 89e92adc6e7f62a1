"""Counties on a map, shaded by how many: what a template needs to draw them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from triage.geo.geography import CountyMap

SHADES = 4
HELD = "held"
"""The shade of a county whose number is held back."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A county: its shade (``0`` for none, up to ``SHADES``, or ``held``), what stands on it, and what a pointer is told."""

    key: str
    path: str
    x: float
    y: float
    shade: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Shading:
    """The counties, and what each shade means."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    legend: tuple[tuple[str, str], ...]


def shading(drawn: CountyMap, counts: Mapping[str, int | None], title: Callable[[str], str]) -> Shading:
    """Shade by quarters of the counties that have any: as many counties in each shade as can be."""
    numbers = sorted(number for number in counts.values() if number)

    def shade(key: str) -> str:
        number = counts.get(key, 0)
        if number is None:
            return HELD
        return str(1 + bisect_left(numbers, number) * SHADES // len(numbers)) if number else "0"

    def shape(key: str) -> Shape:
        number, county = counts.get(key, 0), drawn.counties[key]
        said = "held back" if number is None else f"{number} tip{'' if number == 1 else 's'}"
        return Shape(key, county.path, county.x, county.y, shade(key), str(number or ""), f"{title(key)}: {said}")

    shapes = tuple(map(shape, drawn.counties))
    return Shading(drawn.width, drawn.height, shapes, _legend(counts, {one.key: one.shade for one in shapes}))


def _legend(counts: Mapping[str, int | None], shades: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    spans: dict[str, list[int]] = {}
    for key, shade in shades.items():
        spans.setdefault(shade, []).append(counts.get(key) or 0)
    words = {shade: f"{min(found)} to {max(found)}" if min(found) < max(found) else str(min(found)) for shade, found in spans.items()}
    return tuple((shade, "held back" if shade == HELD else words[shade]) for shade in sorted(words))
