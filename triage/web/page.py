"""Turns a template into an answer. Every answer of the console carries the same strict headers; nothing of it is cached."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from triage.web.wording import moment, plain, spell

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""The policy of design/experience.md 6 without what this console does not use: it has no script."""

STYLESHEET = "/desk/static/desk.css"


class Pages:
    """Renders the console's templates; a name that a template misses is an error, never an empty place."""

    def __init__(self, templates: Iterable[tuple[str, str]] = ()) -> None:
        """``templates`` are further folders of templates, as (package, folder), that build on those of the console."""
        self._css = (files("triage.web") / "static" / "desk.css").read_bytes()
        version = hashlib.sha256(self._css).hexdigest()[:12]
        loader = ChoiceLoader([PackageLoader("triage.web"), *(PackageLoader(package, folder) for package, folder in templates)])
        self._environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._environment.globals["stylesheet"] = f"{STYLESHEET}?v={version}"
        self._environment.filters.update(moment=moment, plain=plain, spell=spell)

    def show(self, template: str, values: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """The page, with ``values`` for its template."""
        html = self._environment.get_template(template).render(values)
        return HTMLResponse(html, status, headers={**SECURITY_HEADERS, **(headers or {})})

    def stylesheet(self, _request: Request) -> Response:
        """The one stylesheet; its address changes with its content, so it may be kept for ever."""
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return Response(self._css, media_type="text/css", headers=headers)


def see_other(address: str) -> Response:
    """After a form was handled: look at this page instead, so that a reload repeats nothing."""
    return RedirectResponse(address, 303, headers=dict(SECURITY_HEADERS))
