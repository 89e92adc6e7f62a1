"""Turns a template into an answer. Every answer of the console carries the same strict headers; nothing of it is cached."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from triage.web.wording import moment, plain, spell

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Scripts and styles come from here alone, and none stands in a page."""

STATIC = "/desk/static/"
_TYPES = {".css": "text/css", ".js": "text/javascript"}


class Pages:
    """Renders the console's templates; a name that a template misses is an error, never an empty place."""

    def __init__(self, templates: Iterable[tuple[str, str]] = ()) -> None:
        """``templates`` are further folders of templates, as (package, folder), that build on those of the console."""
        folder = files("triage.web") / "static"
        self._static = {file.name: file.read_bytes() for file in folder.iterdir() if file.name.endswith(tuple(_TYPES))}
        loader = ChoiceLoader([PackageLoader("triage.web"), *(PackageLoader(package, folder) for package, folder in templates)])
        self._environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._environment.globals["static"] = {
            name: f"{STATIC}{name}?v={hashlib.sha256(content).hexdigest()[:12]}" for name, content in self._static.items()
        }
        self._environment.filters.update(moment=moment, plain=plain, spell=spell)

    def show(self, template: str, values: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """The page, with ``values`` for its template."""
        html = self._environment.get_template(template).render(values)
        return HTMLResponse(html, status, headers={**SECURITY_HEADERS, **(headers or {})})

    def static(self, request: Request) -> Response:
        """Style sheets and scripts; their addresses change with their content, so they may be kept for ever."""
        name = request.path_params["name"]
        if name not in self._static:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return Response(self._static[name], media_type=_TYPES[name[name.rindex(".") :]], headers=headers)


def download(content: bytes | str, name: str, media_type: str) -> Response:
    """A file to keep, under a name."""
    return Response(content, headers={**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}, media_type=media_type)


def see_other(address: str) -> Response:
    """After a form was handled: look at this page instead, so that a reload repeats nothing."""
    return RedirectResponse(address, 303, headers=dict(SECURITY_HEADERS))
