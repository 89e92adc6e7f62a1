"""The addresses of the desk's pages about partners, and what the console needs to know about them."""

from __future__ import annotations

from starlette.routing import BaseRoute

from ingest.web.deps import IntakeDeps
from triage.web.console import Console
from triage.web.deps import Area

TEMPLATES = (("ingest.web.desk", "templates"),)
AREAS: tuple[Area, ...] = ()
"""What the console's navigation shows besides its own."""


def desk_routes(deps: IntakeDeps, console: Console) -> list[BaseRoute]:  # noqa: ARG001
    """All of them. ``console`` renders them in its frame and guards them with its gate."""
    return []
