"""Limits on how often something may be tried, counted in memory. Keys are blinded; no address is ever kept."""

from __future__ import annotations

import math
import threading
from datetime import datetime, timedelta

from triage.domain.errors import TooMany
from triage.ports import Clock

MOST_KEYS = 200_000
"""Keys that are counted in a window, some 30 MB; more come only in an attack from as many addresses, and pass uncounted."""


class Throttle:
    """At most ``limit`` tries a key within each window; thread-safe.

    Windows are fixed, so that memory is emptied with each of them; up to twice the limit can fall around a border, which is
    good enough for what it guards.
    """

    def __init__(self, limit: int, window: timedelta, clock: Clock) -> None:
        self._limit = limit
        self._window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._ends_at: datetime | None = None
        self._spent: dict[str, int] = {}

    def spend(self, key: str = "", cost: int = 1) -> None:
        """Count a try. Raises ``TooMany`` with the seconds until the next window if the key has none left."""
        if seconds := self._count(key, cost):
            raise TooMany(seconds)

    def take(self, key: str = "", cost: int = 1) -> bool:
        """Count a try if the key has one left; whether it had."""
        return not self._count(key, cost)

    def _count(self, key: str, cost: int) -> int:
        """Count; 0, or the seconds until the next window if the key has too few left."""
        with self._lock:
            now = self._clock.now()
            if self._ends_at is None or now >= self._ends_at:
                self._ends_at = now + self._window
                self._spent.clear()
            spent = self._spent.get(key, 0) + cost
            if spent > self._limit:
                return max(math.ceil((self._ends_at - now).total_seconds()), 1)
            if spent > cost or len(self._spent) < MOST_KEYS:
                self._spent[key] = spent
            return 0

    @property
    def limit(self) -> int:
        """Tries a key within each window."""
        return self._limit

    @property
    def window(self) -> timedelta:
        """How long a window is."""
        return self._window

    def left(self, key: str = "") -> tuple[int, datetime]:
        """How many tries the key has left, and when it gets new ones."""
        with self._lock:
            now = self._clock.now()
            if self._ends_at is None or now >= self._ends_at:
                return self._limit, now + self._window
            return self._limit - self._spent.get(key, 0), self._ends_at

    def refund(self, key: str = "") -> None:
        """Give a try back: it was a right one."""
        with self._lock:
            if self._spent.get(key, 0) > 0:
                self._spent[key] -= 1
