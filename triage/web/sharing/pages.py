"""What work across desks and agencies adds to the console."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.routing import BaseRoute

from triage.domain.access import Viewer
from triage.domain.policy import Policy
from triage.reading import CasePage
from triage.sharing.restriction import Restriction
from triage.sharing.shares import Sharing
from triage.sharing.task_forces import TaskForces
from triage.web.console import Console
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.parts import Panel, Tab
from triage.web.sharing import force_pages, share_pages
from triage.web.sharing.force_pages import ForcePages
from triage.web.sharing.restriction_pages import RestrictionPages
from triage.web.sharing.share_pages import SharePages


def areas(policy: Policy) -> tuple[Area, ...]:
    """Its parts of the navigation; none for task forces where the policy has none."""
    return (share_pages.AREA, *([force_pages.AREA] if policy.task_forces else []))


class SharingPages:
    """Shares, restrictions and task forces."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._shares = SharePages(console, Sharing(deps.storage, deps.policy, deps.agencies, deps.vault, deps.clock, deps.ids))
        self._restrictions = RestrictionPages(console, Restriction(deps.storage, deps.clock, deps.ids))
        self._forces = ForcePages(console, TaskForces(deps.storage, deps.policy, deps.clock, deps.ids))

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""
        return [*self._shares.routes(gate), *self._restrictions.routes(gate), *self._forces.routes(gate)]

    def panels(self) -> tuple[Panel, ...]:
        """None."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """With whom a case is shared, and to whom it is restricted."""
        return (Tab("shares", "Shares", "sharing/tab.html", self._tab, self._shares.living),)

    def _tab(self, page: CasePage, viewer: Viewer, request: Request) -> Mapping[str, object]:
        return {**self._shares.tab(page, viewer, request), **self._restrictions.tab(page, viewer)}
