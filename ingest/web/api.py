"""The partner API, version 1: send a tip, ask where it stands, read the schema; and the health pages."""

from __future__ import annotations

import re

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.receive import Once, Sender
from ingest.schema import BODY_LIMIT, json_schema, parse
from ingest.status import PublicStatus, status_of
from ingest.web.body import media_type, read_body
from ingest.web.deps import IntakeDeps
from ingest.web.keys import Caller, KeyRegister
from triage.domain.errors import FieldError, InvalidInput, NotFound, Unavailable
from triage.domain.tip import Tip

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
_JSON = "application/json"


class Api:
    """The endpoints."""

    def __init__(self, deps: IntakeDeps) -> None:
        self._deps = deps
        self._keys = KeyRegister(deps.partners, deps.clock)
        self._schema = msgspec.json.encode(json_schema())

    async def submit(self, request: Request) -> Response:
        """``POST /api/v1/tips``: 201 after the commit; a repeated ``Idempotency-Key`` gets the first answer again."""
        caller = await self._keys.caller(request)
        type_ = media_type(request)
        if type_ and type_ != _JSON and not type_.endswith("+json"):
            raise HTTPException(415, "Send JSON, with `Content-Type: application/json`.", headers={"Accept": _JSON})
        once = _once(request, caller)
        submission = parse(await read_body(request, BODY_LIMIT))
        self._deps.limits.api.spend(caller.key.id)
        slug = caller.partner.slug
        receipt = await self._deps.receiver.receive(submission, Sender(slug, f"partner:{slug}"), once)
        address = f"/api/v1/tips/{receipt.id}"
        answer = {"id": receipt.id, "receipt_code": receipt.code, "status_url": self._base(request) + address}
        headers = {"Location": address, "Idempotent-Replayed": "true"} if receipt.repeated else {"Location": address}
        return Response(msgspec.json.encode(answer), 201, headers, _JSON)

    async def status(self, request: Request) -> Response:
        """``GET /api/v1/tips/{id}``: where one's own tip stands; another's does not exist."""
        caller = await self._keys.caller(request)
        tip, status = await run_in_threadpool(self._read, request.path_params["id"], caller.partner.slug)
        answer = {
            "id": tip.id,
            "status": status,
            "received_at": tip.received_at,
            "channel": tip.channel,
            "partner": {"role": tip.partner_role, "reference": tip.partner_reference},
        }
        return Response(msgspec.json.encode(answer), media_type=_JSON)

    async def schema(self, _request: Request) -> Response:
        """``GET /api/v1/schema/tip.json``."""
        return Response(self._schema, media_type="application/schema+json", headers={"Cache-Control": "public, max-age=300"})

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

    def _read(self, tip_id: str, slug: str) -> tuple[Tip, PublicStatus]:
        with self._deps.storage.reading() as work:
            tip = work.tips.get(tip_id)
            if tip is None or tip.partner != slug:
                raise NotFound("tip", tip_id)
            return tip, status_of(tip_id, work)

    def _base(self, request: Request) -> str:
        return self._deps.public_url or f"{request.url.scheme}://{request.url.netloc}"


def _once(request: Request, caller: Caller) -> Once | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _VISIBLE.fullmatch(key):
        message = "Use 1 to 255 visible ASCII characters, for example a UUID."
        raise InvalidInput([FieldError("Idempotency-Key", "not_a_key", message)])
    return Once(caller.secret, key)
