"""What each address of the console answers. One method a page or act; all of them run in a worker thread, none of them awaits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from triage.cases import Casework
from triage.domain.access import Viewer
from triage.domain.case import ActKind
from triage.domain.errors import FieldError, InvalidInput, NotAllowed, NotFound, TooMany
from triage.reading import Reading
from triage.reply_check import Risk
from triage.search.saved import SavedSearching
from triage.sign_in import Session, SignIn, viewer_of
from triage.undoing import undo
from triage.web.deps import ConsoleDeps
from triage.web.escalation.waiting import waiting_of
from triage.web.forms import STAYS, act_on
from triage.web.page import Pages, see_other
from triage.web.parts import Panel, Tab
from triage.web.session import ENTRY_COOKIE, SESSION_COOKIE, drop_cookie, form_token, is_own_form, keep_cookie, own_address
from triage.web.thread_view import thread_view
from triage.web.tip_view import tip_values
from triage.web.views import Words
from triage.web.wording import DONE, KEYS, moment
from triage.wellness import Wellness, kinds_of

_HARD_PAGES = ("/desk/tip/", "/desk/queue/")
"""Where a break is spoken of, once it is due."""

Form = Mapping[str, str]

_UNDOABLE = re.compile(r"(act|msg)_[0-9A-Z]{26}")


class Console:
    """The pages of the analysts. ``request`` carries the address, ``session`` the person, ``form`` what was sent."""

    def __init__(self, deps: ConsoleDeps) -> None:
        self.deps = deps
        self.pages = Pages(deps.templates)
        self.door = SignIn(deps.storage, deps.passwords, deps.clock, deps.ids, deps.random_token)
        self.saved = SavedSearching(deps.storage, deps.matcher, deps.clock, deps.ids)
        self.reading = Reading(deps.storage, deps.policy, deps.clock, deps.ids)
        self.wellness = Wellness(deps.storage, deps.clock, deps.ids)
        self._casework = Casework(deps.storage, deps.policy, deps.clock, deps.ids)
        self._panels: tuple[Panel, ...] = ()
        self.tabs: tuple[Tab, ...] = ()

    def extend(self, panels: Sequence[Panel], tabs: Sequence[Tab]) -> None:
        """Add these to the pages of tips and cases."""
        self._panels, self.tabs = tuple(panels), tuple(tabs)

    def sign_in_page(self, request: Request) -> Response:
        """The form for name and password."""
        return self._entry(request, own_address(request.query_params.get("next", "")), "", "", 200)

    def sign_in(self, request: Request, form: Form) -> Response:
        """Check name and password, then go on to where the person wanted to go."""
        going_to, name = own_address(form.get("next", "")), form.get("name", "")
        if not is_own_form(request.cookies.get(ENTRY_COOKIE, ""), form.get("token", "")):
            return self._entry(request, going_to, name, "This page had been open for too long. Please try again.", 403)
        try:
            session = self.door.sign_in(name, form.get("password", ""))
        except NotAllowed:
            return self._entry(request, going_to, name, "The name or the password is not right. Check both, then try again.", 422)
        except TooMany as error:
            minutes = -(-error.retry_after // 60)
            return self._entry(request, going_to, name, f"Too many tries for this name. Wait {minutes} minutes, then try again.", 429)
        answer = see_other(going_to)
        keep_cookie(answer, SESSION_COOKIE, session.token, self.deps.secure_cookies)
        drop_cookie(answer, ENTRY_COOKIE, self.deps.secure_cookies)
        return answer

    def sign_out(self, _request: Request, session: Session, _form: Form) -> Response:
        """End the session."""
        self.door.sign_out(session)
        answer = see_other("/desk/sign-in")
        drop_cookie(answer, SESSION_COOKIE, self.deps.secure_cookies)
        return answer

    def front(self, _request: Request, session: Session) -> Response:
        """The first of the person's queues, or the first page of other work for somebody who has none."""
        viewer = viewer_of(session, "")
        desks = self.reading.desks(viewer)
        elsewhere = [area for area in self.deps.areas if area.is_for(viewer.role, desks)]
        if not desks and elsewhere:
            return see_other(elsewhere[0].address)
        if not desks:
            raise NotAllowed("your account works at no desk, so there is no queue for you. An administrator can add desks to it.")
        return see_other(f"/desk/queue/{desks[0].id}")

    def tip(self, request: Request, session: Session) -> Response:
        """A tip."""
        return self._tip(request, session, (), {}, 200)

    def act(self, request: Request, session: Session, form: Form) -> Response:
        """Do something with a tip; a form that does not fit comes back with what to mend, filled in as it was."""
        tip_id, name = request.path_params["tip"], request.path_params["act"].replace("-", "_")
        if name not in set(ActKind):
            raise NotFound("act", name)
        kind, viewer = ActKind(name), viewer_of(session, "triage")
        try:
            act = act_on(self._casework, viewer, tip_id, kind, form)
        except InvalidInput as error:
            return self._tip(request, session, error.errors, {**form, "act": kind.value}, 422)
        stays = kind in STAYS or not form.get("from")
        page = f"tip/{quote(tip_id)}" if stays else f"queue/{quote(form['from'])}"
        return see_other(f"/desk/{page}?done={act.kind.value}&undo={act.id}")

    def undo(self, request: Request, session: Session, _form: Form) -> Response:
        """Take back what one has just done."""
        deps = self.deps
        act = undo(deps.storage, deps.clock, deps.ids, viewer_of(session, "triage"), request.path_params["act"])
        return see_other(f"/desk/tip/{quote(act.tip_id)}?done={act.kind.value}")

    def handover(self, request: Request, session: Session) -> Response:
        """What the next shift must know of a desk, to read or to print."""
        found, words = self.reading.handover(viewer_of(session, "handover"), request.path_params["desk"]), self.words(session)
        titles = (
            ("Threats to life", found.threats),
            ("Past their target, and nobody has taken them up", found.late),
            ("A decline waits for a second person", found.second),
            ("Claimed", found.held),
            ("Put off, and back within 12 hours", found.back),
        )
        parts = [(title, [words.row(row, found.names, found.now) for row in rows]) for title, rows in titles]
        values = {"desk": found.desk, "parts": parts, "total": found.total, "at": moment(found.now)}
        return self.show(session, "handover.html", values, request)

    def keys(self, request: Request, session: Session) -> Response:
        """What each key does, and where keys are turned on."""
        return self.show(session, "keys.html", {"keys": KEYS}, request)

    def problem(self, session: Session | None, status: int, title: str, message: str, link: tuple[str, str]) -> Response:
        """A page that says what went wrong and where to go on."""
        values = {"title": title, "message": message, "link": link, **self._frame(session)}
        return self.pages.show("problem.html", values, status)

    def tip_again(
        self, request: Request, session: Session, errors: tuple[FieldError, ...], entered: Form, found: tuple[Risk, ...] = ()
    ) -> Response:
        """The tip with what to mend and what was entered; ``found`` is what should not leave unseen with a reply."""
        return self._tip(request, session, errors, entered, 422, found)

    def _tip(
        self,
        request: Request,
        session: Session,
        errors: tuple[FieldError, ...],
        entered: Form,
        status: int,
        found: tuple[Risk, ...] = (),
    ) -> Response:
        unveiled = request.query_params.get("show") == "1"
        deps, viewer = self.deps, viewer_of(session, "unveiled" if unveiled else "triage")
        page = self.reading.tip(viewer, request.path_params["tip"])
        words = self.words(None if unveiled else session)
        veil = words.veil(page.assessment, page.entry.life_threat)
        if veil is None:
            self.wellness.saw(viewer, page.tip.id, kinds_of(page.assessment))
        thread = thread_view(page, viewer, deps.policy, deps.replies, request.query_params.get("reply", ""), entered, found)
        shown = [(panel, panel.values(page, viewer, request)) for panel in self._panels]
        panels = [(panel.place.value, panel.template, given) for panel, given in shown if given is not None]
        values = {**tip_values(page, viewer, words, deps.policy, deps.taxonomy), "thread": thread, "panels": panels}
        values |= {"veil": veil.words if veil else "", "errors": errors, "entered": entered}
        return self.show(session, "tip.html", values, request, status)

    def _entry(self, request: Request, going_to: str, name: str, error: str, status: int) -> Response:
        secret = request.cookies.get(ENTRY_COOKIE) or self.deps.random_token()  # kept, so that two open tabs both work
        values = {"next": going_to, "name": name, "error": error, "token": form_token(secret), "agency": self.deps.policy.agency}
        answer = self.pages.show("sign_in.html", {**self._frame(None), **values}, status)
        keep_cookie(answer, ENTRY_COOKIE, secret, self.deps.secure_cookies)
        return answer

    def show(self, session: Session, template: str, values: Mapping[str, object], request: Request, status: int = 200) -> Response:
        """A page of the console around ``values``; ``?done=`` names what was done before it was asked for."""
        done = DONE.get(request.query_params.get("done", ""), "") if status == 200 else ""
        act = request.query_params.get("undo", "") if done else ""
        undo = act.replace("msg_", "message/msg_") if _UNDOABLE.fullmatch(act) else ""
        path = request.url.path
        pause = self.wellness.due(viewer_of(session, "")) if path.startswith(_HARD_PAGES) else 0
        frame = {**self._frame(session), "done": done, "undo": undo, "pause": pause, "pause_back": path}
        return self.pages.show(template, {**frame, **values}, status)

    def _frame(self, session: Session | None) -> dict[str, object]:
        """What every page carries: the person, the person's desks, the form token."""
        viewer = viewer_of(session, "") if session else None
        desks = self.reading.desks(viewer) if viewer else ()
        return {
            "viewer": viewer,
            "person": session.user.display_name if session else "",
            "my_desks": desks,
            "alerts": self.saved.unseen(viewer) if viewer else 0,
            "waiting": waiting_of(self.saved.waiting(viewer), self.deps.policy) if viewer else (),
            "areas": [area for area in self.deps.areas if viewer and area.is_for(viewer.role, desks)],
            "token": form_token(session.token) if session else "",
            "done": "",
            "undo": "",
            "pause": 0,
        }

    def words(self, reader: Session | Viewer | None = None) -> Words:
        """How things are called on the pages; for somebody who reads, with hard texts under the veil that this person chose."""
        viewer = reader if reader is None or isinstance(reader, Viewer) else viewer_of(reader, "")
        own = self.wellness.of(viewer) if viewer else None
        return Words(self.deps.policy, self.deps.taxonomy, self.deps.partner_titles(), own)
