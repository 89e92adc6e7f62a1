"""Webhooks over the partner API: made, changed, tested and replayed by whoever holds a key with the scope for it."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ingest.api.endpoint import JSON
from ingest.api.endpoints import PREFIX
from ingest.api.hook_answers import DeliveryView, WebhookChange, WebhookDetail, WebhookIn, WebhookList, WebhookSecret, WebhookView
from ingest.hooks.hooks import Hooks, Owner
from ingest.schema import decode
from ingest.web.body import read_body
from ingest.web.deps import IntakeDeps
from ingest.web.partner_api.door import Call, check_media, good
from triage.domain.errors import FieldError, InvalidInput

LIMIT = 16_384
"""Bytes of a body."""

_T = TypeVar("_T", WebhookIn, WebhookChange)


class WebhookCalls:
    """The endpoints."""

    def __init__(self, deps: IntakeDeps) -> None:
        self._hooks = Hooks(deps.partner_side, deps.sealer, deps.clock, deps.ids, deps.random)

    async def list_own(self, call: Call) -> Response:
        """``GET /webhooks``."""
        found = await run_in_threadpool(self._hooks.all, _owner(call))
        return good(WebhookList([WebhookView.of(webhook) for webhook in found]))

    async def add(self, call: Call) -> Response:
        """``POST /webhooks``: the answer holds the secret."""
        wanted = await _read(call, WebhookIn)
        webhook, secret = await run_in_threadpool(self._hooks.add, _owner(call), wanted.url, wanted.steps)
        return good(WebhookSecret(WebhookView.of(webhook), secret), 201, {"Location": f"{PREFIX}/webhooks/{webhook.id}"})

    async def show(self, call: Call) -> Response:
        """``GET /webhooks/{id}``."""
        webhook, deliveries = await run_in_threadpool(self._hooks.get, _owner(call), call.id())
        return good(WebhookDetail(WebhookView.of(webhook), [DeliveryView.of(delivery) for delivery in deliveries]))

    async def change(self, call: Call) -> Response:
        """``PATCH /webhooks/{id}``: other steps, off, or on again."""
        wanted = await _read(call, WebhookChange)

        def change() -> WebhookView:
            return WebhookView.of(self._hooks.change(_owner(call), call.id(), steps=wanted.steps, enabled=wanted.enabled))

        return good(await run_in_threadpool(change))

    async def remove(self, call: Call) -> Response:
        """``DELETE /webhooks/{id}``."""
        await run_in_threadpool(self._hooks.remove, _owner(call), call.id())
        return Response(status_code=204)

    async def rotate(self, call: Call) -> Response:
        """``POST /webhooks/{id}/rotate``: the answer holds the new secret."""
        webhook, secret = await run_in_threadpool(self._hooks.rotate, _owner(call), call.id())
        return good(WebhookSecret(WebhookView.of(webhook), secret))

    async def test(self, call: Call) -> Response:
        """``POST /webhooks/{id}/test``."""
        delivery = await run_in_threadpool(self._hooks.test, _owner(call), call.id())
        return good(DeliveryView.of(delivery), 202)

    async def replay(self, call: Call) -> Response:
        """``POST /webhooks/{id}/deliveries/{delivery}/replay``."""
        delivery = await run_in_threadpool(self._hooks.replay, _owner(call), call.id(), call.id("delivery"))
        return good(DeliveryView.of(delivery), 202)


def _owner(call: Call) -> Owner:
    return Owner(call.caller.partner, call.actor, call.caller.key.sandbox)


async def _read(call: Call, of: type[_T]) -> _T:
    """The body. Raises ``InvalidInput`` that names where it does not fit."""
    check_media(call.request, (JSON,))
    value = decode(await read_body(call.request, LIMIT))
    try:
        return msgspec.convert(value, of)
    except msgspec.ValidationError as error:
        path = str(error).rpartition(" - at ")[2].strip("`").removeprefix("$").lstrip(".") if " - at " in str(error) else ""
        fields = ", ".join(f"`{name}`" for name in of.__struct_fields__)
        raise InvalidInput([FieldError(path, "not_accepted", f"Send one object with {fields}; the schema says what each takes.")]) from None
