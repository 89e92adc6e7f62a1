"""The addresses of the desk's pages about partners, and what the console needs to know about them."""

from __future__ import annotations

from starlette.routing import BaseRoute

from ingest.web.deps import IntakeDeps
from ingest.web.desk import bulletins, concerns, registry
from triage.web.console import Console
from triage.web.deps import Area

TEMPLATES = (("ingest.web.desk", "templates"),)
AREAS: tuple[Area, ...] = (registry.AREA, concerns.AREA, bulletins.AREA)
"""What the console's navigation shows besides its own."""


def desk_routes(deps: IntakeDeps, console: Console) -> list[BaseRoute]:
    """All of them. ``console`` renders them in its frame and guards them with its gate."""
    pages = (registry.RegistryPages(deps, console), concerns.ConcernPages(deps, console), bulletins.BulletinDesk(deps, console))
    return [route for one in pages for route in one.routes()]
