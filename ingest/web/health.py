"""The health pages of the web process."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ingest.web.deps import IntakeDeps
from triage.domain.errors import Unavailable

_JSON = "application/json"


class Health:
    """Whether it answers, and whether it can work."""

    def __init__(self, deps: IntakeDeps) -> None:
        self._deps = deps

    async def live(self, _request: Request) -> Response:
        """``GET /health/live``: this process answers."""
        return Response(b'{"status":"live"}', media_type=_JSON)

    async def ready(self, _request: Request) -> Response:
        """``GET /health/ready``: this process takes tips and its store can be read. Raises ``Unavailable``, which answers 503.

        A store that takes no writes leaves it ready: pages and searches still work, and each tip is refused with its own 503.
        """
        if not self._deps.receiver.ready:
            raise Unavailable("the writer takes no tips now")
        await run_in_threadpool(self._deps.store.tip_of_receipt, "")
        return Response(b'{"status":"ready"}', media_type=_JSON)
