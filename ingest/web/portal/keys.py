"""The portal's page of API keys, for managers: which there are, and replacing one. Keys are given out and revoked by the agency."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ingest.domain.partner import ApiKey
from ingest.registry.registry import OVERLAP, works
from ingest.web.deps import IntakeDeps
from ingest.web.portal.colleague import Colleague
from ingest.web.portal.frame import Form, Portal


class KeyPages:
    """The keys of the manager's own partner."""

    def __init__(self, deps: IntakeDeps, portal: Portal) -> None:
        self._portal = portal
        self._partners = deps.partners
        self._clock = deps.clock
        self._registry = deps.registry()

    def show(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/keys``: the keys, never what they are."""
        return self._show(request, colleague, "")

    def rotate(self, request: Request, colleague: Colleague, _form: Form) -> Response:
        """``POST /p/keys/<key>/rotate``: a new key in its place, shown on this page and never again."""
        new = self._registry.rotate(colleague.actor, colleague.partner.slug, request.path_params["key"])
        return self._show(request, colleague, new.token)

    def _show(self, request: Request, colleague: Colleague, token_once: str) -> Response:
        now = self._clock.now()
        rows = [(key, _state(key, works(key, now))) for key in self._partners.keys(colleague.partner.slug)]
        values = {"rows": rows, "new_key": token_once, "days": OVERLAP.days}
        return self._portal.show(request, colleague, "keys.html", values)


def _state(key: ApiKey, at_work: bool) -> str:
    """Which words say how it stands: ``portal.keys.state.<key>``."""
    if not at_work:
        return "over"
    return "replaced" if key.replaced_by else "works"
