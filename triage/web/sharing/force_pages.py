"""The pages of task forces."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Role
from triage.domain.policy import Corridor
from triage.sharing.task_forces import Force, TaskForces
from triage.sign_in import Session, viewer_of
from triage.web.console import Console
from triage.web.deps import Area
from triage.web.gate import Gate

AREA = Area("task-forces", "/desk/task-forces", "Task forces", frozenset({Role.ANALYST, Role.SUPERVISOR}))


class ForcePages:
    """One method a page."""

    def __init__(self, console: Console, forces: TaskForces) -> None:
        self._console = console
        self._forces = forces

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Their addresses."""
        return [
            Route("/desk/task-forces", gate.look(self.all), methods=["GET"]),
            Route("/desk/task-force/{force}", gate.look(self.one), methods=["GET"]),
        ]

    def all(self, request: Request, session: Session) -> Response:
        """The task forces in which the viewer's desks are members."""
        forces = [self._force(one) for one in self._forces.all(viewer_of(session, "task force"))]
        return self._console.show(session, "sharing/task_forces.html", {"forces": forces}, request)

    def one(self, request: Request, session: Session) -> Response:
        """One of them: what waits at the viewer's desks, what the others hold."""
        page, words = self._forces.page(viewer_of(session, "task force"), request.path_params["force"]), self._console.words(session)
        values = {
            "force": self._force(page.force),
            "rows": [words.row(row, page.names, page.now) for row in page.rows],
            "told": [
                (desk.title, [words.row(row, page.names, page.now) for row in page.told if row.entry.desk == desk.id])
                for desk in page.force.members
                if any(row.entry.desk == desk.id for row in page.told)
            ],
            "told_count": len(page.told),
        }
        return self._console.show(session, "sharing/task_force.html", values, request)

    def _force(self, one: Force) -> Mapping[str, object]:
        force, words = one.force, self._console.words()
        numbers = {desk.id: (count, threats) for desk, count, threats in one.mine}
        return {
            "id": force.id,
            "title": force.title,
            "members": [
                (desk.title, desk.agency or "not named", desk.id == force.lead, numbers.get(desk.id), desk.id) for desk in one.members
            ],
            "categories": sorted(words.category(category) for category in force.categories),
            "where": [*sorted(force.counties), *map(_corridor, force.corridors)],
        }


def _corridor(corridor: Corridor) -> str:
    miles = "" if corridor.from_mile is None else f", miles {corridor.from_mile:g} to {corridor.to_mile:g}"
    return f"{corridor.road} in {corridor.state}{miles}"
