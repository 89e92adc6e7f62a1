"""A report that leaves the product to be printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A part under a heading: lines of text, then a table if it has a ``head``."""

    title: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Sections under a title. ``notes`` say for whom it was made, when and why; every page carries ``mark``."""

    title: str
    mark: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
