"""Reading a request's body, never more of it than allowed."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request


async def read_body(request: Request, limit: int) -> bytes:
    """The body. Raises 413 as soon as it is longer than ``limit`` bytes, 415 for one that would have to be unpacked first, and 400 if the
    client hangs up half-way."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HTTPException(415, "Send the body as it is, without `Content-Encoding`.", headers={"Accept-Encoding": "identity"})
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise _too_large(limit)
    except ClientDisconnect as error:
        raise HTTPException(400, "The connection closed before the whole body had come.") from error
    return bytes(body)


def media_type(request: Request) -> str:
    """The media type of the body, without parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"Send at most {limit // 1024} kB at once.", headers={"Connection": "close"})
