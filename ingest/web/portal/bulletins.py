"""The portal's pages of bulletins and training cards."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ingest.portal.outreach import Noticeboard
from ingest.web.deps import IntakeDeps
from ingest.web.portal.colleague import Colleague
from ingest.web.portal.frame import Portal


class BulletinPages:
    """What the agency tells the partner."""

    def __init__(self, deps: IntakeDeps, portal: Portal) -> None:
        self._portal = portal
        self._board = Noticeboard(deps.partner_side, deps.clock, deps.ids)

    def list(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/bulletins``: all of them, newest first."""
        values = {"found": self._board.all(colleague.partner, colleague.staff)}
        return self._portal.show(request, colleague, "bulletins.html", values)

    def one(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/bulletins/<id>``: one of them, which the person has read with this."""
        bulletin = self._board.read(colleague.partner, colleague.staff, request.path_params["bulletin"])
        paragraphs = [part.strip() for part in bulletin.text.split("\n\n") if part.strip()]
        return self._portal.show(request, colleague, "bulletin.html", {"bulletin": bulletin, "paragraphs": paragraphs})
