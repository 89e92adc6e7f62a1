"""Passwords and API keys. Passwords are slow to check on purpose; keys hold 256 random bits and need no slowness."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from triage.ports import Passwords

API_KEY_PREFIX = "ts_live_"
"""Lets scanners recognise a leaked key."""


class Argon2Passwords(Passwords):
    """argon2id with the library's defaults (RFC 9106, low-memory profile: 64 MiB, 3 passes, 4 lanes)."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def new_api_key(random: Callable[[int], bytes]) -> tuple[str, str]:
    """A new API key, to be shown once, and its hash, to be stored: 43 URL-safe characters from 32 random bytes, after the prefix."""
    token = API_KEY_PREFIX + base64.urlsafe_b64encode(random(32)).rstrip(b"=").decode()
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """SHA-256 in hex, as keys are looked up by it."""
    return hashlib.sha256(token.encode()).hexdigest()
