"""Passwords: slow to check on purpose."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from triage.ports import Passwords


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
