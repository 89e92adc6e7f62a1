"""The portal's page of webhooks, for managers: which there are, what became of their messages, and all that can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from ingest.hooks.hook_address import LONGEST, shown
from ingest.hooks.hooks import MOST, OVERLAP, Hooks, Owner
from ingest.web.deps import IntakeDeps
from ingest.web.portal.colleague import Colleague
from ingest.web.portal.frame import Form, Portal, see_other
from triage.domain.errors import Conflict, InvalidInput, NotFound
from triage.domain.sender import Progress

HOME = "/p/webhooks"


class WebhookPages:
    """The webhooks of the manager's own partner; those of the sandbox belong to programs and are managed by them."""

    def __init__(self, deps: IntakeDeps, portal: Portal) -> None:
        self._portal = portal
        self._hooks = Hooks(deps.partner_side, deps.sealer, deps.clock, deps.ids, deps.random)
        self._acts: Mapping[str, Callable[[Owner, str], object]] = {
            "test": self._hooks.test,
            "off": lambda owner, id: self._hooks.change(owner, id, enabled=False),
            "on": lambda owner, id: self._hooks.change(owner, id, enabled=True),
        }

    def home(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/webhooks``: all of them, and the form for a new one."""
        return self._home(request, colleague)

    def add(self, request: Request, colleague: Colleague, form: Form) -> Response:
        """``POST /p/webhooks``: the new one with its secret, which no later page shows; or the form with what to mend."""
        url, steps = form.get("url", "").strip(), [step for step in Progress if f"step_{step.value}" in form]
        try:
            webhook, secret = self._hooks.add(_owner(colleague), url, steps)
        except InvalidInput as error:
            return self._home(request, colleague, error.errors[0].code, url, steps)
        except Conflict:
            return self._home(request, colleague, "full", url, steps)
        return self._one(request, colleague, webhook.id, secret)

    def one(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/webhooks/<webhook>``: one of them and its newest messages."""
        return self._one(request, colleague, request.path_params["webhook"])

    def act(self, request: Request, colleague: Colleague, _form: Form) -> Response:
        """``POST /p/webhooks/<webhook>/<act>``: send a test, switch it off or on, delete it, or show a new secret."""
        webhook, act = request.path_params["webhook"], request.path_params["act"]
        if act == "rotate":
            _, secret = self._hooks.rotate(_owner(colleague), webhook)
            return self._one(request, colleague, webhook, secret)
        if act == "delete":
            self._hooks.remove(_owner(colleague), webhook)
            return see_other(HOME)
        if act not in self._acts:
            raise NotFound("page", act)
        self._acts[act](_owner(colleague), webhook)
        return see_other(f"{HOME}/{webhook}")

    def replay(self, request: Request, colleague: Colleague, _form: Form) -> Response:
        """``POST /p/webhooks/<webhook>/replay/<delivery>``: send a message again."""
        webhook = request.path_params["webhook"]
        self._hooks.replay(_owner(colleague), webhook, request.path_params["delivery"])
        return see_other(f"{HOME}/{webhook}")

    def _home(
        self, request: Request, colleague: Colleague, error: str = "", url: str = "", chosen: list[Progress] | None = None
    ) -> Response:
        rows = [(webhook, shown(webhook.url)) for webhook in self._hooks.all(_owner(colleague))]
        most = colleague.partner.quotas.webhooks or MOST
        values = {"rows": rows, "most": most, "steps": Progress, "error": error, "url": url, "chosen": chosen or [], "longest": LONGEST}
        return self._portal.show(request, colleague, "webhooks.html", values, 422 if error else 200)

    def _one(self, request: Request, colleague: Colleague, webhook_id: str, secret_once: str = "") -> Response:
        webhook, deliveries = self._hooks.get(_owner(colleague), webhook_id)
        hours = int(OVERLAP.total_seconds() // 3600)
        values = {"webhook": webhook, "address": shown(webhook.url), "deliveries": deliveries, "secret": secret_once, "hours": hours}
        return self._portal.show(request, colleague, "webhook.html", values)


def _owner(colleague: Colleague) -> Owner:
    return Owner(colleague.partner, colleague.actor)
