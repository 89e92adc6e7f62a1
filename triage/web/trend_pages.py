"""The page about what changes at the desks, for whoever leads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from triage.cells import csv_file
from triage.domain.access import Role
from triage.domain.assessment import Urgency
from triage.domain.errors import NotFound
from triage.domain.tip import Channel
from triage.sign_in import Session, viewer_of
from triage.suppression import SMALLEST
from triage.trends import RECENT, WEEKS, Trends, table, trends
from triage.web.console import Console
from triage.web.deps import Area
from triage.web.page import SECURITY_HEADERS
from triage.web.wording import CHANNELS

AREA = Area("trends", "/desk/trends", "Trends", frozenset({Role.SUPERVISOR}))

BAR, GAP, HEIGHT = 36, 8, 120
"""Of the chart, in its own units."""


class TrendPages:
    """One method a page."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, request: Request, session: Session) -> Response:
        """Volume, what, from where, and how soon."""
        found, title_of = self._found(session), self._titles()
        most = max((number or 0 for _, number in found.weeks), default=0) or 1
        bars = [
            (n * (BAR + GAP), f"{monday:%b} {monday.day}", number, round((number or 0) / most * HEIGHT))
            for n, (monday, number) in enumerate(found.weeks)
        ]
        values = {
            "found": found,
            "bars": bars,
            "bar": BAR,
            "height": HEIGHT,
            "width": len(bars) * (BAR + GAP),
            "parts": [
                ("Concerns", [(title_of["category"](row.value), row) for row in found.categories]),
                ("Counties", [(title_of["county"](row.value), row) for row in found.counties]),
                ("Who sent them", [(title_of["partner"](row.value), row) for row in found.partners]),
            ],
            "speeds": [
                ("By level", [(f"{one.value} {self._urgency(one.value)}", one) for one in found.by_urgency]),
                ("By language", [(one.value or "not said", one) for one in found.by_language]),
                ("By way", [(CHANNELS[Channel(one.value)], one) for one in found.by_channel]),
            ],
            "smallest": SMALLEST,
            "weeks": WEEKS,
            "recent": RECENT,
        }
        return self._console.show(session, "trends.html", values, request)

    def file(self, _request: Request, session: Session) -> Response:
        """The same as CSV."""
        content = csv_file(table(self._found(session), self._titles()))
        headers = {**SECURITY_HEADERS, "Content-Disposition": 'attachment; filename="trends.csv"'}
        return Response(content, headers=headers, media_type="text/csv; charset=utf-8")

    def _found(self, session: Session) -> Trends:
        viewer, deps = viewer_of(session, "trends"), self._console.deps
        if viewer.role is not Role.SUPERVISOR:
            raise NotFound("page", "trends")
        return trends(deps.storage, deps.clock, deps.ids, viewer)

    def _titles(self) -> Mapping[str, Callable[[str], str]]:
        words = self._console.words()
        return {"category": words.category, "county": lambda value: value or "County not known", "partner": words.partner}

    def _urgency(self, value: str) -> str:
        return self._console.words().urgency(Urgency(value))
