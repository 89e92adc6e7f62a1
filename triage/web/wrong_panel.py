"""The part of a tip's page where a person says that a highlight is wrong."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Viewer
from triage.marking import call_wrong, called_wrong, in_order
from triage.reading import TipPage
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.gate import Gate
from triage.web.page import see_other
from triage.web.parts import Panel, Place, Tab, Values
from triage.web.wording import ASSERTIONS, indicator_title, moment

QUOTED = 40
"""The most code points of the text that stand beside a highlight's name."""


class WrongPanel:
    """One panel and its one act."""

    def __init__(self, console: Console) -> None:
        self._deps = console.deps

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its address."""
        return [Route("/desk/tip/{tip}/wrong", gate.do(self.call), methods=["POST"])]

    def panels(self) -> tuple[Panel, ...]:
        """Below what was read in the tip."""
        return (Panel(Place.MAIN, "queue/wrong.html", self._values),)

    def tabs(self) -> tuple[Tab, ...]:
        """None."""
        return ()

    def call(self, request: Request, session: Session, form: Form) -> Response:
        """A highlight is wrong."""
        tip, number, deps = request.path_params["tip"], form.get("mark", ""), self._deps
        asked = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
        call_wrong(deps.storage, deps.clock, deps.ids, viewer_of(session, "triage"), tip, asked)
        return see_other(f"/desk/tip/{quote(tip)}?done=wrong#evidence")

    def _values(self, page: TipPage, _viewer: Viewer, _request: Request) -> Values | None:
        findings = in_order(page.assessment)
        if not findings:
            return None
        called = called_wrong(self._deps.storage, page.tip.id, findings)
        return {
            "tip": page.tip.id,
            "marks": [
                (number, f"{indicator_title(one.indicator)} ({ASSERTIONS[one.assertion]})", _quote(page.tip.text[one.start : one.end]))
                for number, one in enumerate(findings, start=1)
            ],
            "called": [
                (indicator_title(one.finding.indicator), one.who, moment(one.at), f"{one.finding.by} {one.finding.version}")
                for one in called
            ],
        }


def _quote(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
