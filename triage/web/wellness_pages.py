"""The page on which people set what protects them, and see what they have seen. Nobody else can open another's."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.errors import FieldError, InvalidInput
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.gate import Gate
from triage.web.page import see_other
from triage.web.parts import Panel, Tab
from triage.web.session import own_address
from triage.wellness import BREAKS, KINDS, MAY_BE_PUT_AWAY


class WellnessPages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._wellness = console.wellness

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route("/desk/wellbeing", gate.look(self.show), methods=["GET"]),
            Route("/desk/wellbeing", gate.do(self.set), methods=["POST"]),
            Route("/desk/wellbeing/break", gate.do(self.answer), methods=["POST"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """Nothing on a tip's page; the veil is part of it."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """Nothing on a case's page."""
        return ()

    def show(self, request: Request, session: Session) -> Response:
        """What the person has set, and has seen."""
        viewer = viewer_of(session, "wellbeing")
        own = self._wellness.of(viewer)
        values = {
            "kinds": [(kind, words, kind in own.veiled) for kind, words in KINDS.items()],
            "away": [(kind, KINDS[kind], kind in own.put_away) for kind in MAY_BE_PUT_AWAY],
            "breaks": [(number, f"after {number} hard tips" if number else "never") for number in BREAKS],
            "break_after": own.break_after,
            "seen": self._wellness.exposure(viewer),
        }
        return self._console.show(session, "wellbeing/page.html", values, request)

    def set(self, _request: Request, session: Session, form: Form) -> Response:
        """Keep what the person chose."""
        number = form.get("break_after", "")
        if number not in {str(known) for known in BREAKS}:
            raise InvalidInput([FieldError("break_after", "unknown_number", "Choose one of the numbers.")])
        veiled = [kind for kind in KINDS if form.get(f"veil_{kind}")]
        away = [kind for kind in MAY_BE_PUT_AWAY if form.get(f"away_{kind}")]
        self._wellness.set(viewer_of(session, "wellbeing"), veiled, away, int(number))
        return see_other("/desk/wellbeing?done=wellbeing")

    def answer(self, _request: Request, session: Session, form: Form) -> Response:
        """A break, or not now; then back to where the person was."""
        viewer, back = viewer_of(session, "wellbeing"), own_address(form.get("back", ""))
        if form.get("answer") == "break":
            self._wellness.take_break(viewer)
            return see_other("/desk/wellbeing?done=break")
        self._wellness.later(viewer)
        return see_other(back)
