"""What a part of the console adds to pages that others make: a panel beside a tip, a tab of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

from triage.domain.access import Viewer
from triage.reading import CasePage, TipPage

Values = Mapping[str, object]


class Place(StrEnum):
    """Where on a tip's page a panel stands."""

    TEXT = "text"  # below what was sent
    ACTS = "acts"  # below what can be decided
    MAIN = "main"  # below what was read in it
    SIDE = "side"  # beside it


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a tip's page. Its template finds what ``values`` gives under ``panel``; where that is None it is left out."""

    place: Place
    template: str
    values: Callable[[TipPage, Viewer, Request], Values | None]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a case's page. Its template finds what ``values`` gives under ``tab``; ``count`` stands beside its title."""

    key: str
    title: str
    template: str
    values: Callable[[CasePage, Viewer, Request], Values]
    count: Callable[[CasePage, Viewer], int | None] = lambda _page, _viewer: None
