"""Cookies and form tokens of the console."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from triage.domain.errors import FieldError, InvalidInput

SESSION_COOKIE = "desk_session"
ENTRY_COOKIE = "desk_entry"
"""Holds the form token of the sign-in page, where there is no session to derive one from."""

BODY_LIMIT = 64 * 1024
"""The most bytes of a form."""
FIELD_LIMIT = 1_000
"""The most fields of a form: a tick for each partner may be among them."""

_OWN_ADDRESS = re.compile(r"/desk/[A-Za-z0-9_\-./~%?&=+:,]{0,500}")


def form_token(secret: str) -> str:
    """The token that forms carry, derived from the session token; it gives that away to nobody."""
    return hmac.new(secret.encode(), b"tipstream desk form", hashlib.sha256).hexdigest()


def is_own_form(secret: str, given: str) -> bool:
    """Whether a form was made for the holder of ``secret``."""
    return bool(secret) and hmac.compare_digest(form_token(secret).encode(), given.encode())


def keep_cookie(response: Response, name: str, value: str, secure: bool) -> None:
    """Hand a secret to the browser: for this console only, out of reach of scripts and of other sites' forms."""
    response.set_cookie(name, value, path="/desk", secure=secure, httponly=True, samesite="lax")


def drop_cookie(response: Response, name: str, secure: bool) -> None:
    """Have the browser forget it."""
    response.delete_cookie(name, path="/desk", secure=secure, httponly=True, samesite="lax")


def own_address(wanted: str) -> str:
    """An address of the console to go on to, or its front page: a link from elsewhere must not lead away after signing in."""
    return wanted if _OWN_ADDRESS.fullmatch(wanted) else "/desk"


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a URL-encoded form, of each the last. Raises ``InvalidInput`` for one that is too large or not UTF-8."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise InvalidInput([FieldError("", "too_large", f"Send at most {BODY_LIMIT // 1024} kB.")])
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELD_LIMIT, errors="strict")
    except ValueError as error:
        raise InvalidInput([FieldError("", "not_a_form", "Send the form as the page has it.")]) from error
    # Browsers send line ends as CR LF; what people wrote has one character there.
    return {name: value.replace("\r\n", "\n") for name, value in fields}
