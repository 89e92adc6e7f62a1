"""The addresses of the intake: ``/api/v1``, ``/r`` and ``/health``."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute, Mount, Route

from ingest.web import problem
from ingest.web.api import Api
from ingest.web.deps import IntakeDeps
from ingest.web.forms import Forms
from ingest.web.headers import SecurityHeaders
from ingest.web.pages import Pages
from ingest.web.visits import Visits


def intake_routes(deps: IntakeDeps) -> list[BaseRoute]:
    """Everything that partners and the public reach; each part answers its errors in its own way."""
    api = Api(deps)
    pages = Pages(deps.policy)
    forms = Forms(deps, pages)
    visits = Visits(deps, pages)
    machine = [Middleware(SecurityHeaders), Middleware(ExceptionMiddleware, handlers=problem.HANDLERS)]
    people = [Middleware(SecurityHeaders), Middleware(ExceptionMiddleware, handlers=pages.handlers())]
    return [
        Mount(
            "/api",
            routes=[
                Route("/v1/tips", api.submit, methods=["POST"]),
                Route("/v1/tips/{id}", api.status),
                Route("/v1/schema/tip.json", api.schema),
            ],
            middleware=machine,
        ),
        Mount(
            "/r",
            routes=[
                Route("/static/{name}", pages.static),
                Route("/exit", forms.leave),
                Route("/code", visits.ask, methods=["GET"]),
                Route("/code", visits.show, methods=["POST"]),
                Route("/code/add", visits.ask, methods=["GET"]),
                Route("/code/add", visits.add, methods=["POST"]),
                Route("/{slug}", forms.show, methods=["GET"]),
                Route("/{slug}", forms.send, methods=["POST"]),
                Route("/{slug}/sent", forms.sent_before, methods=["GET"]),
                Route("/{slug}/sent", forms.send, methods=["POST"]),
            ],
            middleware=people,
        ),
        Mount("/health", routes=[Route("/live", api.live), Route("/ready", api.ready)], middleware=machine),
    ]
