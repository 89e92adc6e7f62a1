"""Which addresses a webhook may have. Where they lead is looked at anew before every call, by the ``HookCaller``."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from triage.domain.errors import FieldError, InvalidInput

LONGEST = 1_000

_VISIBLE = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


def check_address(url: str) -> str:
    """The address, if it can be called. Raises ``InvalidInput`` with the path ``url``; what was sent is never repeated."""
    if not 0 < len(url) <= LONGEST or not _VISIBLE.fullmatch(url) or "\\" in url:
        raise _wrong("not_an_address", f"Write one address of at most {LONGEST:,} visible ASCII characters, without spaces.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _wrong("not_an_address", "Write an address such as https://reports.example.org/tipstream.") from None
    if parts.scheme != "https":
        raise _wrong("not_https", "The address must begin with https://.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise _wrong("with_password", "Leave name and password out of the address: messages are signed instead.")
    if not _HOST.fullmatch(_host(parts)) or port == 0:
        raise _wrong("not_an_address", "The address needs the name of a host, and a port only if it is not 443.")
    if parts.fragment:
        raise _wrong("with_fragment", "Leave out the part after #: it is never sent.")
    return url


def shown(url: str) -> str:
    """The address without what may be secret in it: scheme, host and path, for pages and audit rows."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _host(parts: SplitResult) -> str:
    """The host as it was written, with the brackets of an IPv6 address."""
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host


def _wrong(code: str, message: str) -> InvalidInput:
    return InvalidInput([FieldError("url", code, message)])
