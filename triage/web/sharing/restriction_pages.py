"""Restricting a case, opening it up, and getting into one together with a second supervisor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Role, Viewer
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.reading import CasePage
from triage.sharing.restriction import WHY_LEAST, WHY_MOST, Restriction, may_restrict
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.gate import Gate
from triage.web.page import see_other
from triage.web.sharing.words import DONE, version_in
from triage.web.views import person_name
from triage.web.wording import moment


class RestrictionPages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console, restriction: Restriction) -> None:
        self._console = console
        self._storage = console.deps.storage
        self._restriction = restriction

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Their addresses."""
        return [
            Route("/desk/case/{case}/restrict", gate.look(self.form), methods=["GET"]),
            Route("/desk/case/{case}/restrict", gate.do(self.restrict), methods=["POST"]),
            Route("/desk/case/{case}/open-up", gate.do(self.open_up), methods=["POST"]),
            Route("/desk/sealed", gate.look(self.sealed), methods=["GET"]),
            Route("/desk/sealed/ask", gate.do(self.ask), methods=["POST"]),
            Route("/desk/sealed/agree", gate.do(self.agree), methods=["POST"]),
        ]

    def tab(self, page: CasePage, viewer: Viewer) -> Mapping[str, object]:
        """What the tab of a case shows of its restriction."""
        case = page.case
        with self._storage.reading() as work:
            users = [work.users.by_id(user) for user in case.restricted_to]
        return {
            "named": sorted(user.display_name + ("" if user.active else " (account closed)") for user in users if user is not None),
            "may_restrict": may_restrict(viewer, case),
        }

    def form(self, request: Request, session: Session) -> Response:
        """Who may know of the case."""
        page = self._console.reading.case(viewer_of(session, "restriction"), request.path_params["case"])
        return self._form(request, session, page, {}, ())

    def restrict(self, request: Request, session: Session, form: Form) -> Response:
        """Let only these people know of it."""
        viewer, case_id = viewer_of(session, "restriction"), request.path_params["case"]
        people = [name.removeprefix("person_") for name in form if name.startswith("person_")]
        try:
            self._restriction.restrict(viewer, case_id, version_in(form), people, form.get("why", ""))
        except InvalidInput as error:
            return self._form(request, session, self._console.reading.case(viewer, case_id), form, error.errors)
        return see_other(f"/desk/case/{quote(case_id)}?tab=shares&done=restricted")

    def open_up(self, request: Request, session: Session, form: Form) -> Response:
        """Let everybody at its desks read it again."""
        viewer, case_id = viewer_of(session, "restriction"), request.path_params["case"]
        try:
            self._restriction.open_up(viewer, case_id, version_in(form), form.get("why", ""))
        except InvalidInput as error:
            return self._form(request, session, self._console.reading.case(viewer, case_id), form, error.errors)
        return see_other(f"/desk/case/{quote(case_id)}?tab=shares&done=opened_up")

    def sealed(self, request: Request, session: Session) -> Response:
        """The way into a restricted case, for supervisors; they must know its id."""
        return self._sealed(request, session, request.query_params.get("case", "").strip(), {}, ())

    def ask(self, request: Request, session: Session, form: Form) -> Response:
        """Ask to get in."""
        case_id = form.get("case", "").strip()
        try:
            self._restriction.ask(viewer_of(session, "seal"), case_id, form.get("why", ""))
        except InvalidInput as error:
            return self._sealed(request, session, "", form, error.errors)
        return see_other("/desk/sealed?done=asked")

    def agree(self, _request: Request, session: Session, form: Form) -> Response:
        """Agree to what another supervisor asked."""
        self._restriction.agree(viewer_of(session, "seal"), form.get("case", ""))
        return see_other("/desk/sealed?done=agreed")

    def _form(self, request: Request, session: Session, page: CasePage, entered: Form, errors: Sequence[FieldError]) -> Response:
        viewer, case = viewer_of(session, "restriction"), page.case
        choices = self._restriction.choices(viewer, case)
        words = self._console.words()
        if not choices:
            raise NotFound("page", "restrict")
        values = {
            "case": case,
            "people": [
                (
                    choice.user.id,
                    choice.user.display_name,
                    choice.user.role is Role.SUPERVISOR,
                    ", ".join(words.desk(desk) for desk in case.desks_by_rule if desk in choice.user.desks),
                    choice.user.id == viewer.user,
                    f"person_{choice.user.id}" in entered if entered else choice.named,
                )
                for choice in choices
            ],
            "entered": {"why": "", **entered},
            "errors": errors,
            "why_most": WHY_MOST,
        }
        return self._console.show(session, "sharing/restrict.html", values, request, 422 if errors else 200)

    def _sealed(self, request: Request, session: Session, case_id: str, entered: Form, errors: Sequence[FieldError]) -> Response:
        viewer = viewer_of(session, "seal")
        if viewer.role is not Role.SUPERVISOR or not viewer.desks:
            raise NotFound("page", "sealed")
        asked = self._restriction.asked(viewer, case_id) if case_id else None
        by = ""
        if asked is not None:
            with self._storage.reading() as work:
                user = work.users.by_id(asked.by)
            by = person_name(asked.by, {asked.by: user.display_name} if user else {})
        values = {
            "case_id": case_id,
            "asked": asked,
            "by": by,
            "at": moment(asked.at) if asked else "",
            "mine": asked is not None and asked.by == viewer.user,
            "entered": {"case": case_id, "why": "", **entered},
            "errors": errors,
            "least": WHY_LEAST,
            "most": WHY_MOST,
            "done": "" if errors else DONE.get(request.query_params.get("done", ""), ""),
        }
        return self._console.show(session, "sharing/sealed.html", values, request, 422 if errors else 200)
