"""Tells an open queue page that tips came, as server-sent events. It moves nothing; the person says when to look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from triage.domain.access import Viewer
from triage.domain.errors import NotFound, TipstreamError
from triage.reading import Reading
from triage.sign_in import viewer_of
from triage.web.gate import Gate
from triage.web.page import SECURITY_HEADERS

LOOK_SECONDS = 2.0
BEAT_LOOKS = 8
"""Looks without news after which a line of comment keeps proxies from closing the stream."""
LOOKS = 300
"""Looks of one stream; the browser then opens the next, and who has signed out meanwhile gets none. An open page is no use of a session."""


class News:
    """The stream of one desk's queue. ``Gate`` says who is there; ``reading`` counts."""

    def __init__(self, gate: Gate, reading: Reading, wait: Callable[[float], object] = asyncio.sleep) -> None:
        self._gate = gate
        self._reading = reading
        self._wait = wait

    async def stream(self, request: Request) -> Response:
        """``GET /desk/queue/<desk>/news?since=<time>``: 401 without a session, 404 for a desk where one does not work."""
        session = await run_in_threadpool(self._gate.session, request, False)
        since = _time(request.query_params.get("since", ""))
        if session is None or since is None:
            return Response(status_code=401 if session is None else 422, headers=dict(SECURITY_HEADERS))
        viewer, desk = viewer_of(session, "queue"), request.path_params["desk"]
        try:
            await run_in_threadpool(self._reading.news, viewer, desk, since)
        except NotFound:
            return Response(status_code=404, headers=dict(SECURITY_HEADERS))
        return stream_of(self._events(viewer, desk, since, closing_of(request)))

    async def _events(self, viewer: Viewer, desk: str, since: datetime, closing: Callable[[], bool] = lambda: False) -> AsyncIterator[str]:
        def look() -> str:
            return _counts(*self._reading.news(viewer, desk, since))

        async for line in changes("news", look, _counts(0, 0), self._wait, closing):
            yield line


async def changes(
    event: str, look: Callable[[], str], told: str, wait: Callable[[float], object], closing: Callable[[], bool]
) -> AsyncIterator[str]:
    """What ``look`` finds, as events of this name, whenever it is other than what was ``told`` last. It ends by itself after ``LOOKS``."""
    quiet = 0
    for _ in range(LOOKS):
        if closing():
            return
        try:
            found = await run_in_threadpool(look)
        except TipstreamError:  # the store is away for a moment; the page stays as it is
            found = told
        quiet = 0 if found != told else quiet + 1
        if found != told:
            told = found
            yield f"event: {event}\ndata: {found}\n\n"
        elif quiet % BEAT_LOOKS == 0:
            yield ": still here\n\n"
        pause = wait(LOOK_SECONDS)
        if asyncio.iscoroutine(pause):
            await pause


def stream_of(events: AsyncIterator[str]) -> Response:
    """The answer that sends these events as they come; no proxy keeps them back."""
    return StreamingResponse(events, media_type="text/event-stream", headers={**SECURITY_HEADERS, "X-Accel-Buffering": "no"})


def _counts(waiting: int, threats: int) -> str:
    return json.dumps({"waiting": waiting, "threats": threats})


def closing_of(request: Request) -> Callable[[], bool]:
    """Tells whether the server is ending: an open stream must not hold it up. The browser then asks the next one."""
    closing: Callable[[], bool] = getattr(request.app.state, "closing", lambda: False) if "app" in request.scope else lambda: False
    return closing


def _time(given: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(given)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None
