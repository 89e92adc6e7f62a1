"""The console's addresses."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from triage.web.console import Console
from triage.web.gate import Gate, threaded
from triage.web.page import STYLESHEET


def console_routes(console: Console) -> list[BaseRoute]:
    """Every page of the analysts, below ``/desk``."""
    gate = Gate(console)
    look, do = gate.look, gate.do
    return [
        Route("/desk", look(console.front), methods=["GET"]),
        Route("/desk/sign-in", threaded(console.sign_in_page), methods=["GET"]),
        Route("/desk/sign-in", gate.enter, methods=["POST"]),
        Route("/desk/sign-out", do(console.sign_out), methods=["POST"]),
        Route("/desk/queue/{desk}", look(console.queue), methods=["GET"]),
        Route("/desk/tip/{tip}", look(console.tip), methods=["GET"]),
        Route("/desk/tip/{tip}/{act}", do(console.act), methods=["POST"]),
        Route("/desk/case/{case}", look(console.case), methods=["GET"]),
        Route("/desk/search", look(console.search), methods=["GET"]),
        Route(STYLESHEET, console.pages.stylesheet, methods=["GET"]),
    ]
