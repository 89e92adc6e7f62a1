"""The addresses of the portal."""

from __future__ import annotations

from starlette.routing import BaseRoute

from ingest.web.deps import IntakeDeps


def portal_routes(deps: IntakeDeps) -> list[BaseRoute]:  # noqa: ARG001
    """All of them, below ``/p``."""
    return []
