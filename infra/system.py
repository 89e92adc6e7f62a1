"""Time and identifiers from the machine."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from triage.ports import Clock, Ids

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that ids survive being read aloud (https://www.crockford.com/base32.html)."""


class SystemClock(Clock):
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SystemIds(Ids):
    """Identifiers made like ULIDs (https://github.com/ulid/spec): 48 bits of milliseconds, then 80 random bits.

    Within a process each sorts after the one before it, also in the same millisecond and when the clock is set back.
    Safe to use from several threads.
    """

    def __init__(self, clock: Clock, random_bits: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._last = 0
        self._lock = Lock()

    def new(self, prefix: str) -> str:
        milliseconds = int(self._clock.now().timestamp() * 1000)
        fresh = milliseconds << 80 | self._random_bits(80)
        with self._lock:
            self._last = value = max(fresh, self._last + 1)
        return prefix + "_" + "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
