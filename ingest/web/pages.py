"""The public pages: templates, words, static files, and pages for what went wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ingest.catalogue import Catalogue, choose_language, load_catalogues
from ingest.domain.partner import Partner
from ingest.receipts import grouped
from ingest.web.fields import HONEYPOT
from ingest.web.steps import CHOICES
from triage.domain.errors import InvalidInput, TipstreamError, TooMany, Unavailable
from triage.domain.policy import Policy

STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA PR RI SC SD TN "
    "TX UT VT VA WA WV WI WY"
).split()

_HERE = Path(__file__).parent
_TYPES = {"form.css": "text/css", "form.js": "text/javascript"}

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


class Pages:
    """Renders pages in the reader's language, with the deployment's hotlines on each."""

    def __init__(self, policy: Policy, words: Mapping[str, Catalogue] | None = None) -> None:
        """``words`` are the catalogues by language; those of the product unless given."""
        self._policy = policy
        self._catalogues = words or load_catalogues()
        self._static = {name: (_HERE / "static" / name).read_bytes() for name in _TYPES}
        self._version = {name: hashlib.sha256(content).hexdigest()[:8] for name, content in self._static.items()}
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(
            states=STATES,
            hotlines=policy.hotlines,
            agency=policy.agency,
            grouped=grouped,
            field_id=field_id,
            dial=dial,
            choices=CHOICES,
            honeypot=HONEYPOT,
            version=self._version,
        )

    def language(self, request: Request, offered: tuple[str, ...] = (), asked: str = "") -> str:
        """The page's language, out of those that are ``offered`` and that we have words for."""
        accepted = request.headers.get("accept-language", "")
        return self.choose(offered, asked or request.query_params.get("lang", ""), accepted)

    def choose(self, offered: tuple[str, ...], asked: str, accepted: str = "") -> str:
        """A language out of those that are ``offered`` and that we have words for; ``accepted`` is an ``Accept-Language``."""
        known = tuple(tag for tag in offered if tag in self._catalogues) or tuple(self._catalogues)
        return choose_language(asked, accepted, known)

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags of the languages that there are words for."""
        return tuple(self._catalogues)

    @property
    def script(self) -> str:
        """The address of the script that helps with forms, for pages of others."""
        return f"/r/static/form.js?v={self._version['form.js']}"

    def words(self, language: str) -> Catalogue:
        """The words of a language."""
        return self._catalogues[language]

    def hint(self, partner: Partner, language: str) -> str:
        """What helps most to know from people of the partner's sector."""
        return self._catalogues[language].first(f"sector.{partner.sector}", "sector.public")

    def render(
        self, template: str, language: str, status: int = 200, headers: Mapping[str, str] | None = None, here: str = "", **values: Any
    ) -> Response:
        """A page. ``values`` are what its template names.

        ``here`` is the address that shows the same page in another language; empty where following a link would lose what was
        typed, or a code that is shown once. ``offered`` among the values limits the languages to a partner's.
        """
        return HTMLResponse(self.fragment(template, language, here=here, **values), status, headers)

    def fragment(self, template: str, language: str, offered: tuple[str, ...] = (), **values: Any) -> Markup:
        """What a template makes of these values, ready to stand in another page."""
        languages = [(tag, words("language.name")) for tag, words in self._catalogues.items() if not offered or tag in offered]
        page = self._templates.get_template(template)
        return Markup(page.render(t=self._catalogues[language], lang=language, languages=languages, **values))  # noqa: S704 - it was escaped

    def notice(self, request: Request, kind: str, status: int, headers: Mapping[str, str] | None = None, **words: object) -> Response:
        """A page that only says something: the catalogue's ``notice.<kind>`` and where else to turn."""
        language = self.language(request)
        t = self._catalogues[language]
        text = t(f"notice.{kind}.text", **words)
        return self.render("notice.html", language, status, headers, title=t(f"notice.{kind}.title"), text=text)

    async def static(self, request: Request) -> Response:
        """The style sheet and the script."""
        name = request.path_params["name"]
        if name not in self._static:
            raise HTTPException(404)
        return Response(self._static[name], media_type=_TYPES[name], headers={"Cache-Control": "public, max-age=86400"})

    def handlers(self) -> Mapping[object, Handler]:
        """For Starlette's ``ExceptionMiddleware`` around the public pages."""
        return {TipstreamError: self._on_error, HTTPException: self._on_http_error}

    def _on_error(self, request: Request, error: Exception) -> Response:
        match error:
            case TooMany(retry_after=seconds):
                return self.notice(request, "too_many", 429, {"Retry-After": str(seconds)}, minutes=in_minutes(seconds))
            case Unavailable():
                return self.notice(request, "unavailable", 503, {"Retry-After": "30"})
            case InvalidInput():
                return self.notice(request, "unreadable", 422)
        raise error

    def _on_http_error(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        kind = {404: "not_found", 413: "too_large"}.get(error.status_code, "unreadable")
        return self.notice(request, kind, error.status_code, error.headers)


def field_id(name: str) -> str:
    """The HTML id of a form field: its name, with everything but letters and digits as dashes."""
    return "f-" + "".join(character if character.isalnum() else "-" for character in name)


def dial(number: str) -> str:
    """What a phone dials for a number as it is written."""
    return "".join(character for character in number if character.isdigit() or character == "+")


def in_minutes(seconds: int) -> int:
    """Seconds as minutes, rounded up."""
    return -(-seconds // 60)
