"""Errors of the API as ``application/problem+json`` (RFC 9457): what was wrong, where, and how to mend it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.api.answers import Problem, ProblemError
from ingest.api.problems import PROBLEMS, ProblemKind, Refused, general
from triage.domain.errors import (
    Conflict,
    FieldError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooMany,
    Unavailable,
)

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
"""When to come back after an answer 503."""

_MEDIA_TYPE = "application/problem+json"


def document(kind: ProblemKind, detail: str, errors: Sequence[FieldError] = ()) -> Problem:
    """The document about one problem."""
    listed = [ProblemError(error.path, error.code, error.message) for error in errors]
    return Problem(kind.type, kind.code, kind.title, kind.status, detail[:1].upper() + detail[1:], listed)


def document_of(error: Exception) -> tuple[Problem, Mapping[str, str]]:
    """The document about an error, and the headers that belong to it. An error of nobody's making is logged here."""
    match error:
        case Refused(kind=kind, retry_after=seconds):
            return document(kind, str(error)), {"Retry-After": str(seconds)} if seconds else {}
        case InvalidInput(errors=errors):
            if any(one.code == "not_json" for one in errors):
                return document(PROBLEMS["not_readable"], errors[0].message, errors), {}
            return document(PROBLEMS["fields_to_mend"], f"{len(errors)} to mend; nothing was stored.", errors), {}
        case NotFound():
            return document(PROBLEMS["not_found"], "nothing of yours has this id. Check it; what others sent does not exist for you."), {}
        case NotAllowed():
            return document(PROBLEMS["not_allowed"], str(error)), {}
        case Conflict():
            return document(PROBLEMS["conflict"], str(error)), {}
        case TooMany(retry_after=seconds):
            return document(PROBLEMS["too_many"], str(error)), {"Retry-After": str(seconds)}
        case Unavailable():
            said = "nothing was stored. Send it again in a few seconds."
            return document(PROBLEMS["unavailable"], said), {"Retry-After": str(RETRY_SECONDS)}
        case HTTPException(status_code=404):
            said = "there is no such address. The API is described at /api/v1/openapi.json."
            return document(PROBLEMS["not_found"], said), {}
        case HTTPException(status_code=405, headers=headers):
            return document(PROBLEMS["method_not_allowed"], f"use one of: {(headers or {}).get('Allow', '')}."), headers or {}
        case HTTPException(status_code=status, detail=detail, headers=headers):
            return document(general(status), detail), headers or {}
    log.error("an error that nobody caught", exc_info=error)
    return document(PROBLEMS["our_fault"], "the agency's log says where. What you sent may not have been stored."), {}


def answer(error: Exception) -> Response:
    """The answer to an error."""
    problem, headers = document_of(error)
    return Response(msgspec.json.encode(problem), problem.status, headers, _MEDIA_TYPE)


def on_error(_request: Request, error: Exception) -> Response:
    """The answer to an error that came up to the middleware."""
    return answer(error)


HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Response | Awaitable[Response]]] = {
    Exception: on_error,
    HTTPException: on_error,
}
"""For Starlette's ``ExceptionMiddleware`` around the API: whatever goes wrong is answered as a problem."""
