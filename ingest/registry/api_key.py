"""New API keys. A key holds 256 random bits, so its plain SHA-256 can be kept; its beginning lets scanners recognise a leaked one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

LIVE_PREFIX = "ts_live_"
SANDBOX_PREFIX = "ts_test_"


def new_api_key(random: Callable[[int], bytes], sandbox: bool = False) -> tuple[str, str]:
    """A new API key, to be shown once, and its hash, to be stored: 43 URL-safe characters from 32 random bytes, after the prefix."""
    token = (SANDBOX_PREFIX if sandbox else LIVE_PREFIX) + base64.urlsafe_b64encode(random(32)).rstrip(b"=").decode()
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """SHA-256 in hex, as keys are looked up by it."""
    return hashlib.sha256(token.encode()).hexdigest()
