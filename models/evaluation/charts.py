"""Small pictures of figures as inline SVG: no script, no colour by itself, and always beside a table that says the same.

Colours come from classes of the page's style sheet, so that the pictures follow light, dark and print. Each picture is one image to a
screen reader, with a title and a description.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import Any

from markupsafe import Markup

_SIDE = 132
_LEFT, _BOTTOM, _TOP, _RIGHT = 30, 22, 8, 8
_ROW = 24
_CELL = 17
_LABELS = 190


@dataclass(frozen=True, slots=True)
class Span:
    """A row of an interval chart: a value with its inner and outer interval and its goal; None is not drawn."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    low_outer: float | None = None
    high_outer: float | None = None
    goal: float | None = None


class Charts:
    """Draws; each object numbers its pictures, so that ids in one page differ."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def curve(self, title: str, points: Sequence[Sequence[float]], mark: tuple[float, float] | None = None, size: int = _SIDE) -> Markup:
        """A precision-recall curve; ``mark`` is (recall, precision) of the labels that were put."""
        line = " ".join(f"{_x(recall, size)},{_y(precision, size)}" for recall, precision, *_ in points)
        dot = _dot(*mark, size, 3.5) if mark else ""
        told = f"Precision against recall. The labels stand at recall {mark[0]:.2f}, precision {mark[1]:.2f}." if mark else "No labels."
        return self._square(title, told, f'<polyline class="line" points="{line}"/>{dot}', size, "recall", "precision")

    def reliability(self, title: str, rows: Sequence[Mapping[str, Any]], size: int = 260) -> Markup:
        """What was promised against what held; the diagonal is right. A dot's area grows with the number of readings."""
        most = max((row["n"] for row in rows), default=1)
        diagonal = f'<line class="grid" x1="{_x(0, size)}" y1="{_y(0, size)}" x2="{_x(1, size)}" y2="{_y(1, size)}"/>'
        line = " ".join(f"{_x(row['promised'], size)},{_y(row['held'], size)}" for row in rows)
        dots = "".join(_dot(row["promised"], row["held"], size, 2 + 5 * (row["n"] / most) ** 0.5) for row in rows)
        told = "; ".join(f"promised {row['promised']:.2f}, held {row['held']:.2f}" for row in rows)
        return self._square(title, told, f'{diagonal}<polyline class="line" points="{line}"/>{dots}', size, "promised", "held")

    def intervals(self, title: str, rows: Sequence[Span], width: int = 720, labels: int = 330) -> Markup:
        """Values from 0 to 1 with their intervals (thick: by tip; thin: by writer), and goals as a short upright line."""
        inner = width - labels - 60

        def x(value: float) -> str:
            return f"{labels + inner * min(max(value, 0.0), 1.0):.1f}"

        parts = [
            f'<line class="grid" x1="{x(at)}" y1="0" x2="{x(at)}" y2="{len(rows) * _ROW}"/>'
            f'<text class="tick" x="{x(at)}" y="{len(rows) * _ROW + 14}" text-anchor="middle">{at:g}</text>'
            for at in (0, 0.25, 0.5, 0.75, 1)
        ]
        for number, row in enumerate(rows):
            y = number * _ROW + _ROW / 2
            parts.append(f'<text x="0" y="{y + 4}">{escape(row.label)}</text>')
            if row.value is None:
                continue
            if row.low_outer is not None and row.high_outer is not None:
                parts.append(f'<line class="thin" x1="{x(row.low_outer)}" y1="{y}" x2="{x(row.high_outer)}" y2="{y}"/>')
            if row.low is not None and row.high is not None:
                parts.append(f'<line class="thick" x1="{x(row.low)}" y1="{y}" x2="{x(row.high)}" y2="{y}"/>')
            if row.goal is not None:
                parts.append(f'<line class="goal" x1="{x(row.goal)}" y1="{y - 8}" x2="{x(row.goal)}" y2="{y + 8}"/>')
            parts.append(f'<circle class="mark" cx="{x(row.value)}" cy="{y}" r="4"/>')
            parts.append(f'<text x="{width - 50}" y="{y + 4}">{row.value:.3f}</text>')
        told = "; ".join(f"{row.label} {row.value:.3f}" for row in rows if row.value is not None)
        return self._picture(title, told, "".join(parts), width, len(rows) * _ROW + 20)

    def heat(self, title: str, names: Sequence[str], rows: Mapping[str, Mapping[str, int]]) -> Markup:
        """How often each column goes with each row; darker is more often."""
        most = max((number for row in rows.values() for number in row.values()), default=1)
        side = len(names) * _CELL
        parts: list[str] = []
        for at, name in enumerate(names):
            middle = at * _CELL + _CELL / 2
            parts.append(f'<text class="tick" x="{_LABELS - 6}" y="{_LABELS + middle + 4}" text-anchor="end">{_words(name)}</text>')
            turned = f"rotate(-90 {_LABELS + middle + 4} {_LABELS - 6})"
            parts.append(f'<text class="tick" x="{_LABELS + middle + 4}" y="{_LABELS - 6}" transform="{turned}">{_words(name)}</text>')
            for across, other in enumerate(names):
                if number := rows.get(name, {}).get(other, 0):
                    place = f'x="{_LABELS + across * _CELL}" y="{_LABELS + at * _CELL}" width="{_CELL - 1}" height="{_CELL - 1}"'
                    shade = f'fill-opacity="{0.08 + 0.92 * (number / most) ** 0.5:.2f}"'
                    parts.append(f'<rect class="cell" {place} {shade}><title>{_words(name)}, {_words(other)}: {number}</title></rect>')
        parts.append(f'<rect class="frame" x="{_LABELS}" y="{_LABELS}" width="{side}" height="{side}"/>')
        return self._picture(
            title, "Rows are the true labels; the table below gives the numbers.", "".join(parts), _LABELS + side + 4, _LABELS + side + 4
        )

    def _square(self, title: str, told: str, inside: str, size: int, across: str, up: str) -> Markup:
        frame = f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{size}" height="{size}"/>'
        axes = (
            f'<text class="tick" x="{_LEFT + size / 2}" y="{_TOP + size + 16}" text-anchor="middle">{across}</text>'
            f'<text class="tick" x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">1</text>'
            f'<text class="tick" x="{_LEFT - 6}" y="{_TOP + size}" text-anchor="end">0</text>'
            f'<text class="tick" x="10" y="{_TOP + size / 2}" text-anchor="middle" transform="rotate(-90 10 {_TOP + size / 2})">{up}</text>'
        )
        return self._picture(title, told, frame + axes + inside, _LEFT + size + _RIGHT, _TOP + size + _BOTTOM)

    def _picture(self, title: str, told: str, inside: str, width: int, height: float) -> Markup:
        name = f"picture-{next(self._numbers)}"
        return Markup(  # noqa: S704 - every text that goes in is escaped here or above
            f'<svg role="img" aria-labelledby="{name}-title {name}-told" viewBox="0 0 {width} {height:g}"'
            f' width="{width}" height="{height:g}">'
            f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-told">{escape(told)}</desc>{inside}</svg>'
        )


def _words(name: str) -> str:
    return escape(name.replace("_", " "))


def _dot(across: float, up: float, size: int, radius: float) -> str:
    return f'<circle class="mark" cx="{_x(across, size)}" cy="{_y(up, size)}" r="{radius:.1f}"/>'


def _x(value: float, size: int) -> str:
    return f"{_LEFT + value * size:.1f}"


def _y(value: float, size: int) -> str:
    return f"{_TOP + (1 - value) * size:.1f}"
