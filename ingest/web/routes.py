"""The addresses of the intake: ``/api/v1``, ``/r`` and ``/health``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount, Route

from ingest.photos import Photos
from ingest.web import problem
from ingest.web.deps import IntakeDeps
from ingest.web.forms import Forms
from ingest.web.headers import SecurityHeaders
from ingest.web.health import Health
from ingest.web.pages import Pages
from ingest.web.partner_api.routes import api_routes
from ingest.web.photos import PhotoPages
from ingest.web.surveys import Surveys
from ingest.web.visits import Visits


class WholeMount(Mount):
    """A mount that also takes paths with line breaks in them, so that what is below it answers in its own way whatever comes."""

    def __init__(self, path: str, routes: Sequence[BaseRoute], middleware: Sequence[Middleware]) -> None:
        super().__init__(path, routes=routes, middleware=middleware)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


def intake_routes(deps: IntakeDeps) -> list[BaseRoute]:
    """Everything that partners and the public reach; each part answers its errors in its own way."""
    health = Health(deps)
    pages = Pages(deps.policy, deps.words)
    forms = Forms(deps, pages)
    visits = Visits(deps, pages, forms.questions.unsent)
    taker = Photos(deps.partner_side, deps.blobs, deps.sealer, deps.pictures, deps.clock, deps.ids)
    photos = PhotoPages(deps, pages, taker)
    surveys = Surveys(deps, pages)
    machine = [Middleware(SecurityHeaders), Middleware(ExceptionMiddleware, handlers=problem.HANDLERS)]
    # Nothing secret is sent along by itself, as a cookie would be, so compression gives nothing away to other sites.
    people = [
        Middleware(GZipMiddleware, minimum_size=512),
        Middleware(SecurityHeaders),
        Middleware(ExceptionMiddleware, handlers=pages.handlers()),
    ]
    return [
        WholeMount("/api/v1", routes=api_routes(deps, taker), middleware=machine),
        WholeMount("/api", routes=[], middleware=machine),
        Mount(
            "/r",
            routes=[
                Route("/static/{name}", pages.static),
                Route("/exit", forms.leave, methods=["GET", "POST"]),
                Route("/code", visits.ask, methods=["GET"]),
                Route("/code", visits.show, methods=["POST"]),
                Route("/code/{change}", visits.ask, methods=["GET"]),
                Route("/code/add", visits.add, methods=["POST"]),
                Route("/code/contact", visits.contact, methods=["POST"]),
                Route("/code/consent", visits.consent, methods=["POST"]),
                Route("/code/withdraw", visits.withdraw, methods=["POST"]),
                Route("/code/messages", visits.messages, methods=["POST"]),
                Route("/photo", visits.ask, methods=["GET"]),
                Route("/photo", photos.show, methods=["POST"]),
                Route("/photo/add", visits.ask, methods=["GET"]),
                Route("/photo/add", photos.add, methods=["POST"]),
                Route("/survey/{survey}", surveys.show, methods=["GET"]),
                Route("/survey/{survey}/sent", surveys.sent_before, methods=["GET"]),
                Route("/survey/{survey}/sent", surveys.send, methods=["POST"]),
                Route("/{slug}", forms.show, methods=["GET"]),
                Route("/{slug}", forms.send, methods=["POST"]),
                Route("/{slug}/sent", forms.sent_before, methods=["GET"]),
                Route("/{slug}/sent", forms.send, methods=["POST"]),
            ],
            middleware=people,
        ),
        Mount("/health", routes=[Route("/live", health.live), Route("/ready", health.ready)], middleware=machine),
    ]
