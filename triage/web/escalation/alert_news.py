"""Tells the open pages of a person what that person's alerts are, as server-sent events: ids, levels and desks, nothing of a tip."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from triage.domain.access import Viewer
from triage.sign_in import viewer_of
from triage.web.console import Console
from triage.web.escalation.waiting import waiting_of
from triage.web.gate import Gate
from triage.web.news import changes, closing_of, stream_of
from triage.web.page import SECURITY_HEADERS

NEWEST = 20
"""Tips that wait which are named; of a flood of them the page says how many there are."""


class AlertNews:
    """The stream of one person's alerts. An open page is no use of a session, so the stream keeps none alive."""

    def __init__(self, gate: Gate, console: Console, wait: Callable[[float], object] = asyncio.sleep) -> None:
        self._gate = gate
        self._console = console
        self._wait = wait

    async def stream(self, request: Request) -> Response:
        """``GET /desk/alerts/news``: at once how things stand, then every change; 401 without a session."""
        session = await run_in_threadpool(self._gate.session, request, False)
        if session is None:
            return Response(status_code=401, headers=dict(SECURITY_HEADERS))
        viewer = viewer_of(session, "alerts")
        return stream_of(changes("alerts", lambda: self._found(viewer), "", self._wait, closing_of(request)))

    def _found(self, viewer: Viewer) -> str:
        saved, policy = self._console.saved, self._console.deps.policy
        found = waiting_of(saved.waiting(viewer), policy)
        waiting = [{"id": one.id, "words": one.words, "address": one.address} for one in found[:NEWEST]]
        return json.dumps({"unseen": saved.unseen(viewer), "count": len(found), "waiting": waiting})
