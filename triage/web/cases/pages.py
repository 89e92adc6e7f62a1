"""The pages about cases, and what they add to the page of a tip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Role, Viewer
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.reading import CasePage
from triage.sign_in import Session, viewer_of
from triage.web.cases import tabs
from triage.web.cases.case_view import ended, head_values, is_late, mend, work_values
from triage.web.cases.forms import CaseForms
from triage.web.cases.report_view import case_report
from triage.web.cases.timeline import timeline
from triage.web.cases.words import DONE
from triage.web.console import Console, Form
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.page import download, see_other
from triage.web.parts import Panel, Tab
from triage.web.views import county_name, person_name
from triage.web.wording import gist, spell
from triage.workspace.case_list import CaseLists, ListedCase, Which
from triage.workspace.closing import Closing
from triage.workspace.dossier import Dossier, dossier
from triage.workspace.filing import Filing
from triage.workspace.report import checked_purpose, take_out
from triage.workspace.spots import spots
from triage.workspace.tasks import Tasking
from triage.workspace.things import ThingKind

AREA = Area("cases", "/desk/cases", "Cases", frozenset({Role.ANALYST, Role.SUPERVISOR}))
_LISTS: Mapping[Which, str] = {Which.MINE: "Mine", Which.DESK: "My desks’", Which.CLOSED: "Closed"}
_ORDER = ("timeline", "tips", "people", "vehicles", "places", "online", "tasks", "messages", "shares", "audit", "graph", "map")
_CASE, _ACT, _TASK_ACT, _REPORT = (
    "/desk/case/{case}",
    "/desk/case/{case}/work/{act}",
    "/desk/case/{case}/task/{task}/{act}",
    "/desk/case/{case}/report",
)


class CasePages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._console = console
        self._deps = deps
        self._lists = CaseLists(deps.storage, deps.clock, deps.ids)
        self._forms = CaseForms(
            Filing(deps.storage, deps.case_templates, deps.clock, deps.ids),
            Tasking(deps.storage, deps.clock, deps.ids),
            Closing(deps.storage, deps.case_templates, deps.clock, deps.ids),
        )

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route("/desk/cases", gate.look(self.cases), methods=["GET"]),
            Route("/desk/tasks", gate.look(self.tasks), methods=["GET"]),
            Route(_CASE, gate.look(self.case), methods=["GET"]),
            Route(_ACT, gate.do(self.act), methods=["POST"]),
            Route(_TASK_ACT, gate.do(self.task), methods=["POST"]),
            Route(_REPORT, gate.do(self.report), methods=["POST"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """Nothing on a tip's page."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """The tabs of a case; the first one is shown where none is asked for."""
        return (
            Tab("timeline", "Timeline", "cases/timeline.html", self._timeline),
            Tab("tips", "Tips", "cases/tips.html", self._tips, lambda page, _: len(page.case.tips)),
            *(Tab(kind.value, kind.value.capitalize(), "cases/things.html", self._things_of(kind)) for kind in ThingKind),
            Tab("tasks", "Tasks", "cases/tasks.html", self._tasks),
            Tab(
                "messages",
                "Messages",
                "cases/messages.html",
                lambda page, viewer, r: tabs.messages_values(page, self._known(page, viewer, r), self._console.words(viewer)),
            ),
            Tab("audit", "Audit", "cases/audit.html", self._audit),
            Tab("graph", "Graph", "cases/graph.html", lambda page, viewer, _request: tabs.graph_values(page, self._console.words(viewer))),
            Tab("map", "Map", "cases/map.html", self._map),
        )

    def cases(self, request: Request, session: Session) -> Response:
        """The list of cases."""
        wanted = request.query_params.get("list", "")
        which = Which(wanted) if wanted in set(Which) else Which.MINE
        found = self._lists.page(_worker(session, "cases"), which, request.query_params.get("before", ""))
        words = self._console.words()

        def row(listed: ListedCase) -> dict[str, object]:
            case, file = listed.case, listed.file
            return {
                "case": case,
                "urgency_title": words.urgency(case.urgency),
                "categories": [words.category(category) for category in case.categories],
                "desk": words.desk(case.desk),
                "where": county_name(case.county, case.state),
                "summary": gist(file.summary, 24) if file else "",
                "owner": person_name(case.owner, found.names),
                "ended": ended(case),
                "age": spell(found.now - case.opened_at),
                "next_step": file.next_step if file else "",
                "next_day": file.next_at.date().isoformat() if file and file.next_at else "",
                "late": bool(file and is_late(file.next_at, found.now)),
                "second": bool(file and file.proposer(case.version)),
                "tasks": listed.tasks,
                "all_tasks": listed.all_tasks,
            }

        lists = [(each.value, title) for each, title in _LISTS.items()]
        values = {"rows": [row(listed) for listed in found.rows], "lists": lists, "which": which.value, "after": found.after}
        return self._console.show(session, "cases/list.html", values, request)

    def tasks(self, request: Request, session: Session) -> Response:
        """The person's tasks."""
        now = self._deps.clock.now()
        words = self._console.words()
        rows = [
            (task, case, task.due_at.date().isoformat() if task.due_at else "", is_late(task.due_at, now), words.desk(case.desk))
            for task, case in self._lists.tasks(_worker(session, "tasks"))
        ]
        return self._console.show(session, "cases/my_tasks.html", {"rows": rows}, request)

    def case(self, request: Request, session: Session) -> Response:
        """A case with one of its tabs."""
        return self._case(request, session, (), {}, request.query_params.get("tab", ""), 200)

    def act(self, request: Request, session: Session, form: Form) -> Response:
        """Do something with a case; a form that does not fit comes back with what to mend, filled in as it was."""
        case_id, name = request.path_params["case"], request.path_params["act"]
        tab = "tasks" if name == "task" else ""
        try:
            act = self._forms.act(viewer_of(session, "case work"), case_id, name, form)
        except InvalidInput as error:
            return self._case(request, session, error.errors, {**form, "act": name}, tab, 422)
        done = name if name == "follow" else act.kind.value
        return see_other(f"/desk/case/{quote(case_id)}?done=case-{done}" + (f"&tab={tab}" if tab else ""))

    def task(self, request: Request, session: Session, form: Form) -> Response:
        """Do something with a task of a case."""
        case_id, task_id, name = request.path_params["case"], request.path_params["task"], request.path_params["act"]
        try:
            act = self._forms.task(viewer_of(session, "case work"), case_id, task_id, name, form)
        except InvalidInput as error:
            return self._case(request, session, error.errors, {**form, "act": f"{name}-{task_id}"}, "tasks", 422)
        return see_other(f"/desk/case/{quote(case_id)}?done=case-{act.kind.value}&tab=tasks")

    def report(self, request: Request, session: Session, form: Form) -> Response:
        """The case as a PDF."""
        deps, case_id, purpose = self._deps, request.path_params["case"], form.get("purpose", "")
        if deps.reports is None:
            raise NotFound("report", case_id)
        try:
            viewer = viewer_of(session, checked_purpose(purpose))
        except InvalidInput as error:
            return self._case(request, session, error.errors, {**form, "act": "report"}, "", 422)
        at = take_out(deps.storage, deps.clock, deps.ids, viewer, case_id)
        page = self._console.reading.case(viewer, case_id)
        known = dossier(deps.storage, viewer, page)
        made = case_report(page, known, viewer, at, self._console.words(), deps.policy, deps.case_templates)
        return download(deps.reports.pdf(made), f"{quote(case_id)}.pdf", "application/pdf")

    def _case(
        self, request: Request, session: Session, errors: tuple[FieldError, ...], entered: Form, wanted: str, status: int
    ) -> Response:
        console, viewer = self._console, viewer_of(session, "case work")
        page = console.reading.case(viewer, request.path_params["case"])
        known = self._known(page, viewer, request)
        shown = sorted(console.tabs, key=lambda tab: _ORDER.index(tab.key) if tab.key in _ORDER else _ORDER.index("audit"))
        chosen = next((tab for tab in shown if tab.key == wanted), shown[0])
        done = DONE.get(request.query_params.get("done", ""), "")
        values = {
            **head_values(page, known, console.words(), self._deps.policy),
            "work": work_values(page, known, viewer, self._deps.case_templates),
            "tabs": [(tab.key, tab.title, tab.count(page, viewer)) for tab in shown],
            "chosen": chosen.key,
            "chosen_title": chosen.title,
            "tab_template": chosen.template,
            "tab": chosen.values(page, viewer, request),
            "to_mend": [mend(page.case.id, error, entered.get("act", "")) for error in errors],
            "entered": {"act": "", **entered},
            **({"done": done} if done and status == 200 else {}),
        }
        return console.show(session, "case.html", values, request, status)

    def _known(self, page: CasePage, viewer: Viewer, request: Request) -> Dossier:
        """What belongs to the case, read once a request."""
        kept: Dossier | None = getattr(request.state, "dossier", None)
        if kept is None:
            kept = request.state.dossier = dossier(self._deps.storage, viewer, page)
        return kept

    def _timeline(self, page: CasePage, viewer: Viewer, request: Request) -> Mapping[str, object]:
        known = self._known(page, viewer, request)
        return tabs.timeline_values(timeline(page, known, self._console.words(viewer), self._deps.case_templates), request)

    def _things_of(self, kind: ThingKind) -> Callable[[CasePage, Viewer, Request], Mapping[str, object]]:
        return lambda page, viewer, _request: tabs.things_values(page, kind, self._console.words(viewer))

    def _tips(self, page: CasePage, viewer: Viewer, request: Request) -> Mapping[str, object]:
        return tabs.tips_values(page, self._known(page, viewer, request), self._console.words(viewer))

    def _tasks(self, page: CasePage, viewer: Viewer, request: Request) -> Mapping[str, object]:
        return tabs.tasks_values(page, self._known(page, viewer, request), viewer)

    def _audit(self, page: CasePage, _viewer: Viewer, _request: Request) -> Mapping[str, object]:
        words = self._console.words()
        return {"rows": [words.looked(row, page.names) for row in reversed(page.audit)]}

    def _map(self, page: CasePage, viewer: Viewer, _request: Request) -> Mapping[str, object]:
        found = spots(self._deps.storage, [row.tip for row in page.rows], exact=page.case.desk in viewer.desks)
        return tabs.map_values(page, found, self._deps.geography, self._console.words(viewer))


def _worker(session: Session, page: str) -> Viewer:
    """Whose lists they are. Raise ``NotFound`` for somebody who works at no desk."""
    viewer = viewer_of(session, "case work")
    if not viewer.desks:
        raise NotFound("page", page)
    return viewer
