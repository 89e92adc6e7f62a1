"""Security headers for every answer of the intake, as a plain ASGI middleware."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.domain.partner import ORIGIN

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_RAW = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]


def let_frame(request: Request, origins: Iterable[str]) -> None:
    """Let pages of these origins show the answer to this request in a frame; nobody may unless this is called."""
    request.state.frame_origins = [origin for origin in origins if ORIGIN.fullmatch(origin)]


class SecurityHeaders:
    """Adds each header that the answer does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                headers = _framed_by(scope.get("state", {}).get("frame_origins", ())) or _RAW
                message["headers"] = [*message["headers"], *(pair for pair in headers if pair[0] not in present)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _framed_by(origins: Iterable[str]) -> list[tuple[bytes, bytes]]:
    """The headers for an answer that these origins may frame. ``X-Frame-Options`` cannot name origins, so it is left out."""
    if not origins:
        return []
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(origins)}").encode()
    own = {b"content-security-policy": policy}
    return [(name, own.get(name, value)) for name, value in _RAW if name != b"x-frame-options"]
