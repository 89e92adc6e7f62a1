"""The console's addresses."""

from __future__ import annotations

from typing import Protocol

from starlette.routing import BaseRoute, Route

from triage.web.bulk_pages import BulkPages
from triage.web.care.override_pages import OverridePages
from triage.web.care.pages import CarePages
from triage.web.cases.grade_panel import GradePanel
from triage.web.cases.pages import CasePages
from triage.web.console import Console
from triage.web.escalation.pages import EscalationPages
from triage.web.gate import Gate, threaded
from triage.web.links.pages import LinkPages
from triage.web.map_pages import MapPages
from triage.web.news import News
from triage.web.page import STATIC
from triage.web.parts import Panel, Tab
from triage.web.queue_pages import QueuePages
from triage.web.saved_pages import SavedPages
from triage.web.search_pages import SearchPages
from triage.web.sender_pages import SenderPages
from triage.web.sharing.pages import SharingPages
from triage.web.translate_pages import TranslatePages
from triage.web.trend_pages import TrendPages
from triage.web.wellness_pages import WellnessPages
from triage.web.wrong_panel import WrongPanel


class Part(Protocol):
    """A part of the console: its addresses, and what it adds to the pages of a tip and of a case."""

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""

    def panels(self) -> tuple[Panel, ...]:
        """What it adds to a tip's page."""

    def tabs(self) -> tuple[Tab, ...]:
        """What it adds to a case's page."""


def console_routes(console: Console) -> list[BaseRoute]:
    """Every page of the analysts, below ``/desk``."""
    gate = Gate(console)
    look, do = gate.look, gate.do
    news = News(gate, console.reading)
    saved = SavedPages(console, console.deps)
    sender = SenderPages(console)
    parts: tuple[Part, ...] = (
        TrendPages(console),
        MapPages(console),
        QueuePages(console),
        BulkPages(console),
        WrongPanel(console),
        SearchPages(console),
        CasePages(console),
        EscalationPages(console),
        LinkPages(console),
        SharingPages(console),
        GradePanel(console),
        CarePages(console),
        OverridePages(console),
        WellnessPages(console),
        TranslatePages(console),
    )
    console.extend([panel for part in parts for panel in part.panels()], [tab for part in parts for tab in part.tabs()])
    return [
        Route("/desk", look(console.front), methods=["GET"]),
        Route("/desk/sign-in", threaded(console.sign_in_page), methods=["GET"]),
        Route("/desk/sign-in", gate.enter, methods=["POST"]),
        Route("/desk/sign-out", do(console.sign_out), methods=["POST"]),
        Route("/desk/tip/{tip}", look(console.tip), methods=["GET"]),
        *(route for part in parts for route in part.routes(gate)),
        Route("/desk/tip/{tip}/message", do(sender.write), methods=["POST"]),
        Route("/desk/tip/{tip}/outcome", do(sender.release), methods=["POST"]),
        Route("/desk/tip/{tip}/contact", do(sender.contact), methods=["POST"]),
        Route("/desk/tip/{tip}/pictures", look(sender.pictures), methods=["GET"]),
        Route("/desk/tip/{tip}/picture/{picture}", look(sender.picture), methods=["GET"]),
        Route("/desk/tip/{tip}/picture/{picture}/destroy", do(sender.destroy), methods=["POST"]),
        Route("/desk/tip/{tip}/{act}", do(console.act), methods=["POST"]),
        Route("/desk/undo/message/{message}", do(sender.take_back), methods=["POST"]),
        Route("/desk/undo/{act}", do(console.undo), methods=["POST"]),
        Route("/desk/search/export", do(saved.export), methods=["POST"]),
        Route("/desk/searches", do(saved.keep), methods=["POST"]),
        Route("/desk/searches/{search}/remove", do(saved.remove), methods=["POST"]),
        Route("/desk/alerts", look(saved.alerts), methods=["GET"]),
        Route("/desk/alerts/seen", do(saved.see), methods=["POST"]),
        Route("/desk/keys", look(console.keys), methods=["GET"]),
        Route("/desk/queue/{desk}/handover", look(console.handover), methods=["GET"]),
        Route("/desk/queue/{desk}/news", news.stream, methods=["GET"]),
        Route(STATIC + "{name}", console.pages.static, methods=["GET"]),
    ]
