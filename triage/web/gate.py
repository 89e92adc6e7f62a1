"""What stands before every page of the console: who is it, is the form ours, what if it fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion, TipstreamError, TooMany, Unavailable
from triage.sign_in import Session
from triage.web.console import Console, Form
from triage.web.page import see_other
from triage.web.session import SESSION_COOKIE, is_own_form, read_form

_FRONT = ("/desk", "Go to the queue")
_OLD_FORM = "It was made for another sign-in, or was sent from elsewhere. Nothing was changed. Open the page again, then repeat."
_PROBLEMS: tuple[tuple[type[TipstreamError], tuple[int, str, str]], ...] = (
    (NotFound, (404, "Not found", "")),
    (NotAllowed, (403, "Not allowed", "")),
    (StaleVersion, (409, "Somebody changed this meanwhile", "Nothing of yours was stored. Look at it as it is now, then decide again.")),
    (Conflict, (409, "That is not possible now", "")),
    (InvalidInput, (422, "The form was not taken", "")),
    (TooMany, (429, "Too many tries", "")),
    (
        Unavailable,
        (503, "Out of reach", "The store or the index cannot be reached now. Nothing was changed. Please try again in a moment."),
    ),
    (TipstreamError, (500, "Something went wrong", "Nothing was changed. Please tell an administrator what you did.")),
)
"""Status, title and words for each kind of error, the first match counts; without words the error's own message is shown."""

Endpoint = Callable[[Request], Awaitable[Response]]
Page = Callable[[Request, Session], Response]
Action = Callable[[Request, Session, Form], Response]


class Gate:
    """Wraps the console's methods: the session first, then the form's token, then the method; errors become pages."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def look(self, page: Page) -> Endpoint:
        """A page to read. Without a session, the way leads over the sign-in page and back."""

        def answer(request: Request) -> Response:
            session = self.session(request)
            if session is None:
                wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return see_other(f"/desk/sign-in?next={quote(wanted, safe='')}")
            return self._guard(session, lambda: page(request, session), _FRONT)

        return threaded(answer)

    def do(self, action: Action) -> Endpoint:
        """A form to handle. Without a session, or with a form that this console did not make for it, nothing happens."""

        def answer(request: Request, form: Form) -> Response:
            session = self.session(request)
            if session is None:
                return see_other(f"/desk/sign-in?next={quote(_back(request)[0], safe='')}")
            if not is_own_form(session.token, form.get("token", "")):
                return self._console.problem(session, 403, "This form is not valid any more", _OLD_FORM, _back(request))
            return self._guard(session, lambda: action(request, session, form), _back(request))

        async def endpoint(request: Request) -> Response:
            try:
                form = await read_form(request)
            except InvalidInput as error:
                return await run_in_threadpool(self._refuse, None, error, _back(request))
            return await run_in_threadpool(answer, request, form)

        return endpoint

    async def enter(self, request: Request) -> Response:
        """The sign-in form: the only one without a session."""
        try:
            form = await read_form(request)
        except InvalidInput as error:
            return await run_in_threadpool(self._refuse, None, error, _FRONT)
        return await run_in_threadpool(self._guard, None, lambda: self._console.sign_in(request, form), _FRONT)

    def session(self, request: Request, using: bool = True) -> Session | None:
        """Whose request it is; ``using`` the session keeps it running."""
        token = request.cookies.get(SESSION_COOKIE, "")
        return self._console.door.session(token, using) if token else None

    def _guard(self, session: Session | None, answer: Callable[[], Response], back: tuple[str, str]) -> Response:
        try:
            return answer()
        except TipstreamError as error:
            return self._refuse(session, error, back)

    def _refuse(self, session: Session | None, error: TipstreamError, back: tuple[str, str]) -> Response:
        status, title, message = next(known for kind, known in _PROBLEMS if isinstance(error, kind))
        return self._console.problem(session, status, title, message or _sentence(str(error)), back)


def threaded(answer: Callable[[Request], Response]) -> Endpoint:
    """An endpoint that answers in a worker thread."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return endpoint


def _back(request: Request) -> tuple[str, str]:
    """Where to go on after something went wrong: the tip or case, if it was about one and was not only looked at."""
    for kind in ("tip", "case"):
        if (id := request.path_params.get(kind, "")) and request.method == "POST":
            return f"/desk/{kind}/{quote(id)}", f"Open the {kind} again"
    return _FRONT


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
