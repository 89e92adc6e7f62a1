"""The pages about what changes at the desks, for whoever leads them: to read, to take away, and to tell partners."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.cells import csv_file
from triage.domain.access import Role, Viewer
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.sign_in import Session, viewer_of
from triage.trends.report import draft, export
from triage.trends.suppression import SMALLEST
from triage.trends.trends import Ground, trends
from triage.web.console import Console, Form
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.page import download
from triage.web.parts import Panel, Tab
from triage.web.trend_view import step_of, titles_of, trend_values

AREA = Area("trends", "/desk/trends", "Trends", frozenset({Role.SUPERVISOR}))
BULLETINS = "bulletins"
"""The key of the area where bulletins are written; whoever brings that area takes a draft at ``<its address>/new``."""
_FILES = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


class TrendPages:
    """One method a page."""

    def __init__(self, console: Console) -> None:
        self._console = console
        deps = console.deps
        self._ground = Ground.of(deps.policy.roads, deps.geography.neighbours)
        self._bulletins = next((area for area in deps.areas if area.key == BULLETINS), None)

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """The addresses."""
        return [
            Route(AREA.address, gate.look(self.show), methods=["GET"]),
            Route(AREA.address + "/file", gate.do(self.file), methods=["POST"]),
            Route(AREA.address + "/bulletin", gate.look(self.bulletin), methods=["GET"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """Nothing on a tip's page."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """Nothing on a case's page."""
        return ()

    def show(self, request: Request, session: Session) -> Response:
        """How much, of what, from where, what came of it, and how soon somebody looked."""
        deps = self._console.deps
        found = trends(deps.storage, deps.clock, deps.ids, _leader(session, "trends"), self._ground)
        step = step_of(request.query_params.get("step", ""))
        draft_at = f"{AREA.address}/bulletin" if self._bulletins and found.total else ""
        values = trend_values(found, titles_of(self._console.words()), deps.geography, step, draft_at)
        return self._console.show(session, "trends/page.html", values, request)

    def file(self, _request: Request, session: Session, form: Form) -> Response:
        """The same as CSV or PDF, for a purpose."""
        deps, kind = self._console.deps, form.get("form", "")
        if kind not in _FILES:
            raise InvalidInput([FieldError("form", "unknown", "Choose CSV or PDF.")])
        viewer = replace(_leader(session, "trends"), purpose=form.get("purpose", ""))
        titles = titles_of(self._console.words())
        table = export(deps.storage, deps.clock, deps.ids, viewer, self._ground, titles, deps.policy.agency)
        rows = [[table.title], *([note] for note in table.notes), table.head, *table.rows]
        content = csv_file(rows) if kind == "csv" else deps.tables.pdf(table)
        return download(content, f"trends.{kind}", _FILES[kind])

    def bulletin(self, request: Request, session: Session) -> Response:
        """The draft of a bulletin to partners; it goes on where bulletins are written, looked at again and published."""
        deps, viewer = self._console.deps, _leader(session, "bulletin")
        if self._bulletins is None:
            raise NotFound("page", "bulletin")
        found = trends(deps.storage, deps.clock, deps.ids, viewer, self._ground, "trends.draft")
        made = draft(found, titles_of(self._console.words()), deps.policy.agency)
        values = {"draft": made, "goes_to": f"{self._bulletins.address}/new", "smallest": SMALLEST}
        return self._console.show(session, "trends/bulletin.html", values, request)


def _leader(session: Session, purpose: str) -> Viewer:
    viewer = viewer_of(session, purpose)
    if viewer.role not in AREA.roles:
        raise NotFound("page", "trends")
    return viewer
