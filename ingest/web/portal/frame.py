"""The frame of the portal: its templates, words, navigation, and the way in and out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.catalogue import Catalogue
from ingest.domain.partner import Partner
from ingest.portal.staff_sign_in import StaffDoor
from ingest.web.deps import IntakeDeps
from ingest.web.pages import Pages, field_id, in_minutes
from ingest.web.portal.colleague import ENTRY_COOKIE, LANGUAGE_COOKIE, SESSION_COOKIE, Colleague, drop_cookie, keep_cookie, own_address
from triage.domain.errors import NotAllowed, TooMany
from triage.web.session import form_token, is_own_form
from triage.web.wording import moment

STYLESHEET = "/p/static/portal.css"
_HERE = Path(__file__).parent

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the navigation: its key (the words are ``portal.nav.<key>``), its address, and whether only managers see it."""

    key: str
    address: str
    managers: bool = False


class Portal:
    """Renders the portal's pages and lets people in and out.

    A page's template begins with ``{% extends "base.html" %}{% set area = "<key>" %}`` and fills the blocks ``title`` and ``main``. It has
    ``t`` (the words), ``lang``, ``colleague`` and ``token`` (the form token), and whatever ``show`` is given.
    """

    def __init__(self, deps: IntakeDeps, pages: Pages, areas: tuple[Area, ...]) -> None:
        self._deps = deps
        self._pages = pages
        self._areas = areas
        self._css = (_HERE / "static" / "portal.css").read_bytes()
        self.door = StaffDoor(deps.partner_side, deps.passwords, deps.clock, deps.ids, lambda: deps.random(32).hex())
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        version = hashlib.sha256(self._css).hexdigest()[:12]
        self._templates.globals.update(
            agency=deps.policy.agency, stylesheet=f"{STYLESHEET}?v={version}", script=pages.script, field_id=field_id
        )
        self._templates.filters["moment"] = moment

    def words(self, language: str) -> Catalogue:
        """The words of a language."""
        return self._pages.words(language)

    def language(self, request: Request) -> str:
        """What was asked for in the address, else what was chosen before, else what the browser accepts."""
        return self._pages.language(request, asked=request.query_params.get("lang", "") or request.cookies.get(LANGUAGE_COOKIE, ""))

    def colleague(self, request: Request) -> Colleague | None:
        """Who is signed in, if anybody."""
        token = request.cookies.get(SESSION_COOKIE, "")
        session = self.door.session(token) if token else None
        partner: Partner | None = self._deps.partners.get(session.user.partner) if session else None
        return Colleague(session, partner, self.language(request)) if session and partner else None

    def is_own_form(self, colleague: Colleague, given: str) -> bool:
        """Whether a form with this token was made for the person."""
        return is_own_form(colleague.session.token, given)

    def show(self, request: Request, colleague: Colleague, template: str, values: Mapping[str, object], status: int = 200) -> Response:
        """A page of a signed-in person. ``?done=<key>`` of the address shows ``portal.done.<key>`` on top, ``?lang=`` is remembered."""
        words, done = self.words(colleague.language), request.query_params.get("done", "")
        key = f"portal.done.{done}"
        frame = {"colleague": colleague, "token": form_token(colleague.session.token)}
        said = words(key) if status == 200 and key in words.texts else ""
        areas = [area for area in self._areas if colleague.staff.manager or not area.managers]
        answer = self._render(request, template, colleague.language, status, {**frame, "done": said, "areas": areas, **values})
        if request.query_params.get("lang") == colleague.language:
            keep_cookie(answer, LANGUAGE_COOKIE, colleague.language, self._deps.secure_cookies)
        return answer

    def problem(
        self,
        request: Request,
        colleague: Colleague | None,
        status: int,
        kind: str,
        back: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A page that says ``portal.problem.<kind>`` and where to go on: to ``back``, else to the front page."""
        language = colleague.language if colleague else self.language(request)
        values = {"kind": kind, "back": back}
        if colleague is None:
            answer = self._render(request, "problem.html", language, status, {**_NOBODY, **values})
        else:
            answer = self.show(request, colleague, "problem.html", values, status)
        answer.headers.update(headers or {})
        return answer

    def stylesheet(self, _request: Request) -> Response:
        """The portal's one stylesheet; its address changes with its content, so it may be kept for ever."""
        return Response(self._css, media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})

    def sign_in_page(self, request: Request) -> Response:
        """The form for name and password."""
        return self._entry(request, self.language(request), own_address(request.query_params.get("next", "")), "", "", 200)

    def sign_in(self, request: Request, form: Form) -> Response:
        """Check name and password, then go on to where the person wanted to go."""
        language = self._pages.language(request, asked=form.get("lang", ""))
        words, going_to, name = self.words(language), own_address(form.get("next", "")), form.get("name", "")
        if not is_own_form(request.cookies.get(ENTRY_COOKIE, ""), form.get("token", "")):
            return self._entry(request, language, going_to, name, words("portal.sign_in.open_too_long"), 403)
        try:
            session = self.door.sign_in(name, form.get("password", ""))
        except NotAllowed:
            return self._entry(request, language, going_to, name, words("portal.sign_in.wrong"), 422)
        except TooMany as error:
            said = words("portal.sign_in.too_many", minutes=in_minutes(error.retry_after))
            return self._entry(request, language, going_to, name, said, 429)
        answer, secure = see_other(going_to), self._deps.secure_cookies
        keep_cookie(answer, SESSION_COOKIE, session.token, secure)
        keep_cookie(answer, LANGUAGE_COOKIE, language, secure)
        drop_cookie(answer, ENTRY_COOKIE, secure)
        return answer

    def sign_out(self, _request: Request, colleague: Colleague, _form: Form) -> Response:
        """End the session."""
        self.door.sign_out(colleague.session)
        answer = see_other("/p/sign-in")
        drop_cookie(answer, SESSION_COOKIE, self._deps.secure_cookies)
        return answer

    def _entry(self, request: Request, language: str, going_to: str, name: str, error: str, status: int) -> Response:
        secret = request.cookies.get(ENTRY_COOKIE) or self._deps.random(32).hex()  # kept, so that two open tabs both work
        values = {**_NOBODY, "token": form_token(secret), "next": going_to, "name": name, "error": error}
        answer = self._render(request, "sign_in.html", language, status, values)
        keep_cookie(answer, ENTRY_COOKIE, secret, self._deps.secure_cookies)
        return answer

    def _render(self, request: Request, template: str, language: str, status: int, values: Mapping[str, object]) -> Response:
        languages = [(tag, self.words(tag)("language.name")) for tag in self._pages.languages]
        # A page that answers a form has no address of its own to show it in another language.
        here = _elsewhere(request) if request.method == "GET" else ""
        page = self._templates.get_template(template)
        html = page.render(t=self.words(language), lang=language, languages=languages, here=here, **values)
        return HTMLResponse(html, status)


_NOBODY: Mapping[str, object] = {"colleague": None, "areas": (), "done": "", "token": ""}


def see_other(address: str) -> Response:
    """After a form was handled: look at this page instead, so that a reload repeats nothing."""
    return RedirectResponse(address, 303)


def _elsewhere(request: Request) -> str:
    """The page's own address, ready for ``lang=`` to be added."""
    kept = request.url.remove_query_params(["lang", "done"])
    return f"{kept.path}?{kept.query}&" if kept.query else f"{kept.path}?"
