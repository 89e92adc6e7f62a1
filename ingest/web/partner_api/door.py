"""The way into every endpoint: key, scope and limit are checked here, and what went wrong is answered here as a problem."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.api.day_quota import DayQuota, Left
from ingest.api.endpoint import JSON, Endpoint
from ingest.api.problems import Refused
from ingest.receive import Sender
from ingest.web import problem
from ingest.web.body import media_type
from ingest.web.deps import IntakeDeps
from ingest.web.keys import Caller, KeyRegister
from triage.domain.errors import FieldError, InvalidInput, NotFound

_DAY_SECONDS = 86_400
_ID = re.compile(r"[a-z]{2,4}_[0-9A-Za-z]{1,40}")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, and on whose behalf it comes."""

    request: Request
    caller: Caller

    @property
    def sender(self) -> Sender:
        """Who sends what comes of it, in the sandbox or not."""
        return Sender(self.caller.partner.slug, self.actor, self.caller.key.sandbox, self.caller.key.id)

    @property
    def actor(self) -> str:
        """Who acts, for the audit log."""
        return f"partner:{self.caller.partner.slug}"

    @property
    def slug(self) -> str:
        """The slug that the caller's tips are stored under."""
        return self.sender.slug

    def id(self, name: str = "id") -> str:
        """The id in the path. Raises ``NotFound`` for one that cannot be ours, so that no store is asked about it."""
        value: str = self.request.path_params[name]
        if not _ID.fullmatch(value):
            raise NotFound(name, value)
        return value


Handler = Callable[[Call], Awaitable[Response]]
Entry = Callable[[Request], Awaitable[Response]]


class Door:
    """Lets calls in, and says with each answer what is left of the limits."""

    def __init__(self, deps: IntakeDeps, keys: KeyRegister, quota: DayQuota) -> None:
        self._deps = deps
        self._keys = keys
        self._quota = quota
        rate = deps.limits.api
        self._window = max(1, int(rate.window.total_seconds()))
        self._policy = f'"key";q={rate.limit};w={self._window}'

    def keyed(self, endpoint: Endpoint, handler: Handler) -> Entry:
        """The way into an endpoint that takes a key."""
        notes = _lifetime(endpoint)
        known = {parameter.name for parameter in endpoint.parameters if parameter.place == "query"}

        async def enter(request: Request) -> Response:
            caller = await self._keys.caller(request)
            try:
                self._deps.limits.api.spend(caller.key.id)
                if endpoint.scope not in (None, *caller.key.scopes):
                    raise Refused("missing_scope", f"this needs a key with the scope `{endpoint.scope}`; yours has not got it.")
                if request.url.query and not known.issuperset(request.query_params):
                    raise _misspelt(known)
                response = await handler(Call(request, caller))
            except Exception as error:  # answered here and not in the middleware, so that the headers below stand on problems too
                response = problem.answer(error)
            self._say_what_is_left(response, caller)
            response.raw_headers += notes
            return response

        return enter

    def open(self, endpoint: Endpoint, content: bytes) -> Entry:
        """The way to an endpoint that gives everybody the same."""
        good = endpoint.good[0]
        notes = _lifetime(endpoint)

        async def give(_request: Request) -> Response:
            response = Response(content, good.status, {"Cache-Control": "public, max-age=300"}, good.media)
            response.raw_headers += notes
            return response

        return give

    def _say_what_is_left(self, response: Response, caller: Caller) -> None:
        """The fields of draft-ietf-httpapi-ratelimit-headers, and the older three that most programs know."""
        now, rate = self._deps.clock.now(), self._deps.limits.api
        left, until = rate.left(caller.key.id)
        seconds = max(1, math.ceil((until - now).total_seconds()))
        policy, state = self._policy, f'"key";r={left};t={seconds}'
        if (day := self._known(caller)) is not None:
            policy += f', "day";q={day.limit};w={_DAY_SECONDS}'
            state += f', "day";r={day.left};t={day.seconds(now)}'
        response.raw_headers += [
            (b"ratelimit-limit", b"%d" % rate.limit),
            (b"ratelimit-remaining", b"%d" % left),
            (b"ratelimit-reset", b"%d" % seconds),
            (b"ratelimit-policy", policy.encode()),
            (b"ratelimit", state.encode()),
        ]

    def _known(self, caller: Caller) -> Left | None:
        """What is left of the day, if that is known without asking the store."""
        slug = Sender(caller.partner.slug, "", caller.key.sandbox).slug
        return self._quota.left(caller.partner, slug) if self._quota.known(slug) else None


async def use_quota(quota: DayQuota, call: Call, wanted: int = 1) -> int:
    """Use up to ``wanted`` of the day's tips; how many were left to use."""
    partner, slug = call.caller.partner, call.slug
    if quota.known(slug):
        return quota.take(partner, slug, wanted)
    return await run_in_threadpool(quota.take, partner, slug, wanted)


def quota_used(quota: DayQuota, call: Call, now: datetime) -> Refused:
    """What to raise when the day's tips are used up."""
    left = quota.left(call.caller.partner, call.slug)
    said = f"you may send {left.limit:,} tips a day, and today's are used up. The day is that of UTC."
    return Refused("quota_used", said, left.seconds(now))


def good(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body."""
    return Response(msgspec.json.encode(body), status, headers, JSON)


def check_media(request: Request, media: tuple[str, ...]) -> str:
    """The media type of the body, which may be left out. Raises 415 if it is none of ``media``; other ``+json`` types pass as JSON."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415, "Send the body as it is, without `Content-Encoding`.", headers={"Accept-Encoding": "identity"})
    type_ = media_type(request)
    if not type_ or type_ in media or (JSON in media and type_.endswith("+json")):
        return type_ or media[0]
    raise HTTPException(415, f"Set `Content-Type` to {' or '.join(media)}.", headers={"Accept": ", ".join(media)})


def _misspelt(known: Iterable[str]) -> InvalidInput:
    """What to raise for a parameter that does not exist: passed over in silence, a misspelt filter would list everything."""
    takes = ", ".join(f"`{name}`" for name in sorted(known)) or "none"
    return InvalidInput([FieldError("?", "unknown_parameter", f"There is no such parameter in the address. Known here: {takes}.")])


def _lifetime(endpoint: Endpoint) -> list[tuple[bytes, bytes]]:
    """The headers that say that an endpoint will go: RFC 9745 and RFC 8594."""
    headers = []
    if endpoint.deprecated_at:
        headers.append((b"deprecation", b"@%d" % int(endpoint.deprecated_at.timestamp())))
    if endpoint.sunset_at:
        headers.append((b"sunset", format_datetime(endpoint.sunset_at, usegmt=True).encode()))
    if headers and endpoint.instead:
        headers.append((b"link", f'<{endpoint.instead}>; rel="deprecation"; type="text/html"'.encode()))
    return headers
