"""Errors of the API as ``application/problem+json`` (RFC 9457): what was wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from triage.domain.errors import (
    Conflict,
    FieldError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TipstreamError,
    TooMany,
    Unavailable,
)

RETRY_SECONDS = 5
"""When to come back after an answer 503."""

_TITLES = {
    400: "The request cannot be read",
    401: "An API key is needed",
    403: "This key may not do this",
    404: "There is nothing here",
    405: "This address does not take that method",
    409: "The idempotency key was used for another report",
    413: "The body is too large",
    415: "The body has the wrong media type",
    422: "Some fields must be mended",
    429: "Too many tries",
    503: "Reports cannot be taken right now",
}


def problem(status: int, detail: str, errors: Sequence[FieldError] = (), headers: Mapping[str, str] | None = None) -> Response:
    """A problem document. ``type`` names the kind of problem for machines and is stable."""
    phrase = HTTPStatus(status).phrase
    document: dict[str, object] = {
        "type": f"urn:tipstream:problem:{phrase.lower().replace(' ', '-')}",
        "title": _TITLES.get(status, phrase),
        "status": status,
        "detail": detail[:1].upper() + detail[1:],
    }
    if errors:
        document["errors"] = [{"path": e.path, "code": e.code, "message": e.message} for e in errors]
    return Response(msgspec.json.encode(document), status, headers, "application/problem+json")


def on_error(_request: Request, error: Exception) -> Response:
    """The answer to one of the product's own errors."""
    match error:
        case InvalidInput(errors=errors):
            readable = all(e.code != "not_json" for e in errors)
            detail = f"{len(errors)} to mend; nothing was stored." if readable else errors[0].message
            return problem(422 if readable else 400, detail, errors)
        case NotFound():
            return problem(404, str(error))
        case NotAllowed():
            return problem(403, str(error))
        case Conflict():
            return problem(409, str(error))
        case TooMany(retry_after=seconds):
            return problem(429, str(error), headers={"Retry-After": str(seconds)})
        case Unavailable():
            return problem(503, "Nothing was stored. Send it again in a few seconds.", headers={"Retry-After": str(RETRY_SECONDS)})
    raise error


def on_http_error(_request: Request, error: Exception) -> Response:
    """The answer to an error of HTTP itself: no such address, method, media type."""
    if not isinstance(error, HTTPException):
        raise error
    detail = error.detail
    if error.status_code == 404:
        detail = "There is no such address. The API lives at /api/v1/tips; its schema at /api/v1/schema/tip.json."
    elif error.status_code == 405:
        detail = f"Use one of: {(error.headers or {}).get('Allow', '')}."
    return problem(error.status_code, detail, headers=error.headers)


HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Response | Awaitable[Response]]] = {
    TipstreamError: on_error,
    HTTPException: on_http_error,
}
"""For Starlette's ``ExceptionMiddleware`` around the API."""
