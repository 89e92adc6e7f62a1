"""What stands before every page of the portal: who is it, may they, is the form ours, what if it fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.web.portal.colleague import Colleague
from ingest.web.portal.frame import Form, Portal, see_other
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, TipstreamError, TooMany, Unavailable
from triage.web.gate import Endpoint, threaded
from triage.web.session import read_form

_PROBLEMS: tuple[tuple[type[TipstreamError], int, str], ...] = (
    (NotFound, 404, "not_found"),
    (NotAllowed, 403, "not_allowed"),
    (Conflict, 409, "changed"),
    (InvalidInput, 422, "unreadable"),
    (TooMany, 429, "too_many"),
    (Unavailable, 503, "unavailable"),
    (TipstreamError, 500, "wrong"),
)
"""Status and words (``portal.problem.<kind>``) for each kind of error; the first match counts."""

Look = Callable[[Request, Colleague], Response]
Action = Callable[[Request, Colleague, Form], Response]
Receive = Callable[[Request, Colleague], Awaitable[Response]]


class PortalGate:
    """Wraps the portal's methods: the session first, then whether it is for managers only, then the form's token, then the method.

    The methods run in a worker thread and do not await; errors become pages.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def look(self, page: Look, managers: bool = False) -> Endpoint:
        """A page to read. Without a session, the way leads over the sign-in page and back."""

        def answer(request: Request) -> Response:
            colleague = self._portal.colleague(request)
            if colleague is None:
                return _sign_in_first(request)
            return self._guard(request, colleague, managers, lambda: page(request, colleague))

        return threaded(answer)

    def do(self, action: Action, managers: bool = False) -> Endpoint:
        """A form to handle. Without a session, or with a form that was not made for it, nothing happens."""

        def answer(request: Request, form: Form) -> Response:
            colleague = self._portal.colleague(request)
            if colleague is None:
                return see_other("/p/sign-in")
            if not self._portal.is_own_form(colleague, form.get("token", "")):
                return self._portal.problem(request, colleague, 403, "old_form")
            return self._guard(request, colleague, managers, lambda: action(request, colleague, form))

        async def endpoint(request: Request) -> Response:
            try:
                form = await read_form(request)
            except InvalidInput:
                return await run_in_threadpool(self._portal.problem, request, None, 422, "unreadable")
            return await run_in_threadpool(answer, request, form)

        return endpoint

    def receive(self, handler: Receive, managers: bool = False) -> Endpoint:
        """A body that is not a small form, an upload for example. ``handler`` awaits and reads it, in the event loop.

        It must check the token that came with the body by ``Portal.is_own_form`` before it does anything.
        """

        async def endpoint(request: Request) -> Response:
            colleague = await run_in_threadpool(self._portal.colleague, request)
            if colleague is None:
                return see_other("/p/sign-in")
            try:
                _check_manager(colleague, managers)
                return await handler(request, colleague)
            except TipstreamError as error:
                return await run_in_threadpool(self._refuse, request, colleague, error)

        return endpoint

    async def enter(self, request: Request) -> Response:
        """The sign-in form: the only one without a session."""
        try:
            form = await read_form(request)
        except InvalidInput:
            return await run_in_threadpool(self._portal.problem, request, None, 422, "unreadable")
        try:
            return await run_in_threadpool(self._portal.sign_in, request, form)
        except TipstreamError as error:
            return await run_in_threadpool(self._refuse, request, None, error)

    def handlers(self) -> Mapping[object, Callable[[Request, Exception], Awaitable[Response]]]:
        """For Starlette's ``ExceptionMiddleware`` around the portal."""
        return {HTTPException: self._on_http_error, TipstreamError: self._on_error}

    async def _on_http_error(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        kind = {404: "not_found", 413: "too_large"}.get(error.status_code, "unreadable")
        return await run_in_threadpool(self._portal.problem, request, None, error.status_code, kind, "", error.headers)

    async def _on_error(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, TipstreamError):
            raise error
        return await run_in_threadpool(self._refuse, request, None, error)

    def _guard(self, request: Request, colleague: Colleague, managers: bool, answer: Callable[[], Response]) -> Response:
        try:
            _check_manager(colleague, managers)
            return answer()
        except TipstreamError as error:
            return self._refuse(request, colleague, error)

    def _refuse(self, request: Request, colleague: Colleague | None, error: TipstreamError) -> Response:
        status, kind = next((status, kind) for known, status, kind in _PROBLEMS if isinstance(error, known))
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
        return self._portal.problem(request, colleague, status, kind, headers=headers)


def _check_manager(colleague: Colleague, managers: bool) -> None:
    if managers and not colleague.staff.manager:
        raise NotAllowed("this page is for managers of the partner. Ask one of them.")


def _sign_in_first(request: Request) -> Response:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return see_other(f"/p/sign-in?next={quote(wanted, safe='')}")
