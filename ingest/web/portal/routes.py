"""The addresses of the portal."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from ingest.web.deps import IntakeDeps
from ingest.web.headers import SecurityHeaders
from ingest.web.pages import Pages
from ingest.web.portal.bulletins import BulletinPages
from ingest.web.portal.colleague import FRONT
from ingest.web.portal.frame import Area, Portal, see_other
from ingest.web.portal.gate import PortalGate
from ingest.web.portal.imports import ImportPages
from ingest.web.portal.keys import KeyPages
from ingest.web.portal.numbers import NumberPages
from ingest.web.portal.reports import ReportPages
from ingest.web.portal.sending import SendPages
from ingest.web.portal.webhooks import WebhookPages
from triage.web.gate import threaded

AREAS: tuple[Area, ...] = (
    Area("report", "/p/report"),
    Area("reports", "/p/reports"),
    Area("import", "/p/import"),
    Area("messages", "/p/messages"),
    Area("numbers", "/p/numbers"),
    Area("bulletins", "/p/bulletins"),
    Area("keys", "/p/keys", managers=True),
    Area("webhooks", "/p/webhooks", managers=True),
)
"""The portal's navigation."""


def portal_routes(deps: IntakeDeps) -> list[BaseRoute]:
    """All of them, below ``/p``."""
    pages = Pages(deps.policy, deps.words)
    portal = Portal(deps, pages, AREAS)
    gate = PortalGate(portal)
    look, do = gate.look, gate.do
    send, reports = SendPages(deps, pages, portal), ReportPages(deps, portal)
    numbers, bulletins, keys = NumberPages(deps, portal), BulletinPages(deps, portal), KeyPages(deps, portal)
    imports = ImportPages(deps, portal)
    hooks = WebhookPages(deps, portal)
    routes = [
        Route("/report", look(send.show), methods=["GET"]),
        Route("/report", gate.receive(send.send), methods=["POST"]),
        Route("/reports", look(reports.list), methods=["GET"]),
        Route("/reports.csv", look(reports.file), methods=["GET"]),
        Route("/reports/{tip}", look(reports.one), methods=["GET"]),
        Route("/reports/{tip}/answer", do(reports.answer), methods=["POST"]),
        Route("/reports/{tip}/retract", do(reports.retract), methods=["POST"]),
        Route("/import", look(imports.home), methods=["GET"]),
        Route("/import", gate.receive(imports.upload), methods=["POST"]),
        Route("/import/{run}", look(imports.one), methods=["GET"]),
        Route("/import/{run}/columns", gate.receive(imports.choose), methods=["POST"]),
        Route("/import/{run}/start", do(imports.start), methods=["POST"]),
        Route("/import/{run}/drop", do(imports.drop), methods=["POST"]),
        Route("/import/{run}/report.csv", look(imports.report), methods=["GET"]),
        Route("/messages", look(reports.messages), methods=["GET"]),
        Route("/numbers", look(numbers.show), methods=["GET"]),
        Route("/bulletins", look(bulletins.list), methods=["GET"]),
        Route("/bulletins/{bulletin}", look(bulletins.one), methods=["GET"]),
        Route("/keys", look(keys.show, managers=True), methods=["GET"]),
        Route("/keys/{key}/rotate", do(keys.rotate, managers=True), methods=["POST"]),
        Route("/webhooks", look(hooks.home, managers=True), methods=["GET"]),
        Route("/webhooks", do(hooks.add, managers=True), methods=["POST"]),
        Route("/webhooks/{webhook}", look(hooks.one, managers=True), methods=["GET"]),
        Route("/webhooks/{webhook}/{act}", do(hooks.act, managers=True), methods=["POST"]),
        Route("/webhooks/{webhook}/replay/{delivery}", do(hooks.replay, managers=True), methods=["POST"]),
        Route("/sign-in", threaded(portal.sign_in_page), methods=["GET"]),
        Route("/sign-in", gate.enter, methods=["POST"]),
        Route("/sign-out", do(portal.sign_out), methods=["POST"]),
        Route("/static/portal.css", portal.stylesheet, methods=["GET"]),
    ]
    people = [Middleware(SecurityHeaders), Middleware(ExceptionMiddleware, handlers=gate.handlers())]
    return [Route("/p", _front, methods=["GET"]), Mount("/p", routes=routes, middleware=people)]


def _front(_request: Request) -> Response:
    return see_other(FRONT)
