"""A tip's text beside what a machine makes of it in English."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Viewer
from triage.domain.errors import NotFound
from triage.reading import TipPage
from triage.sign_in import Session, viewer_of
from triage.translating import LONGEST, TARGET, is_foreign, translate
from triage.web.console import Console, Form
from triage.web.gate import Gate
from triage.web.parts import Panel, Place, Tab, Values


class TranslatePages:
    """One method a page or act, as in ``Console``. Without a translator there is neither page nor button."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._deps = console.deps

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""
        return [Route("/desk/tip/{tip}/translation", gate.do(self.show), methods=["POST"])]

    def panels(self) -> tuple[Panel, ...]:
        """A button below a text that is not in English."""
        return (Panel(Place.TEXT, "translate/button.html", self._button),)

    def tabs(self) -> tuple[Tab, ...]:
        """Nothing on a case's page."""
        return ()

    def show(self, request: Request, session: Session, _form: Form) -> Response:
        """The translation, in the answer itself: nothing of it is kept, so it has no address of its own."""
        deps = self._deps
        if deps.translator is None:
            raise NotFound("page", "translation")
        viewer, tip_id = viewer_of(session, "translation"), request.path_params["tip"]
        found = translate(deps.storage, deps.translator, deps.clock, deps.ids, viewer, tip_id)
        values = {
            "tip_id": found.tip.id,
            "original": found.tip.text,
            "language": found.language,
            "made": found.translation.text,
            "target": TARGET,
            "by": found.translation.by,
            "cut": LONGEST if found.cut else 0,
            "left_out": found.left_out,
        }
        return self._console.show(session, "translate/page.html", values, request)

    def _button(self, page: TipPage, _viewer: Viewer, _request: Request) -> Values | None:
        reading = page.assessment
        if self._deps.translator is None or reading is None or not is_foreign(reading.language):
            return None
        return {"tip_id": page.tip.id}
