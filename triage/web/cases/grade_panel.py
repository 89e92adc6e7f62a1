"""On a tip's page: what colleagues think of its source and its content, and how earlier tips of the same organisation ended."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Viewer
from triage.domain.errors import InvalidInput
from triage.domain.work import Truth
from triage.reading import TipPage
from triage.sign_in import Session, viewer_of
from triage.web.cases.words import CONTENTS, SOURCES, TRUTHS
from triage.web.console import Console, Form
from triage.web.gate import Gate
from triage.web.page import see_other
from triage.web.parts import Panel, Place, Tab
from triage.web.thread_view import USEFUL
from triage.web.views import person_name
from triage.web.wording import moment, outcome
from triage.workspace.closing import CLOSED
from triage.workspace.grading import Grading, SourceHistory


class GradePanel:
    """The panel and its form."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._console = console
        self._grading = Grading(deps.storage, deps.index, deps.clock, deps.ids)

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """The form's address."""
        return [Route("/desk/tip/{tip}/grade", gate.do(self.grade), methods=["POST"])]

    def panels(self) -> tuple[Panel, ...]:
        """Below what was read in the tip."""
        return (Panel(Place.MAIN, "cases/grade.html", self._values),)

    def tabs(self) -> tuple[Tab, ...]:
        """Nothing on a case's page."""
        return ()

    def grade(self, request: Request, session: Session, form: Form) -> Response:
        """Keep a judgement."""
        tip = request.path_params["tip"]
        try:
            self._grading.grade(viewer_of(session, "triage"), tip, form.get("source", ""), form.get("content", ""), form.get("note", ""))
        except InvalidInput as error:
            return self._console.tip_again(request, session, error.errors, {**form, "act": "grade"})
        return see_other(f"/desk/tip/{quote(tip)}?done=grade")

    def _values(self, page: TipPage, viewer: Viewer, request: Request) -> Mapping[str, object]:
        grades = self._grading.of(viewer, page.tip.id)
        names = {**page.names, viewer.user: page.names.get(viewer.user, viewer.name)}
        asked = request.query_params.get("source", "") == "1"
        history = self._grading.history(viewer, page.tip.id) if asked else None
        given = [
            (f"{g.source.value}{g.content.value}", SOURCES[g.source], CONTENTS[g.content], person_name(g.by, names), moment(g.at), g.note)
            for g in reversed(grades)
        ]
        return {
            "newest": given[0] if given else None,
            "earlier": given[1:],
            "sources": [(grade.value, words) for grade, words in SOURCES.items()],
            "contents": [(grade.value, words) for grade, words in CONTENTS.items()],
            "may_act": page.may_act,
            "partner": self._console.words().partner(page.tip.partner),
            "history": _history(history) if history else None,
        }


def _history(found: SourceHistory) -> dict[str, object]:
    return {
        "cases": found.cases,
        "open": found.open,
        "outcomes": [(_ended(code), count) for code, count in found.outcomes.items()],
        "useful": [(USEFUL[useful], count) for useful, count in found.useful.items()],
        "more": found.more,
    }


def _ended(code: str) -> str:
    found = code.removeprefix(CLOSED)
    if code.startswith("merged:"):
        return "Merged into another case"
    return TRUTHS[Truth(found)] if code.startswith(CLOSED) and found in set(Truth) else outcome(code)
