"""Limits on how often something may be tried, counted in memory. Keys are blinded; no address is ever kept."""

from __future__ import annotations

import math
import threading
from datetime import datetime, timedelta

from triage.domain.errors import TooMany
from triage.ports import Clock


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
        with self._lock:
            now = self._clock.now()
            if self._ends_at is None or now >= self._ends_at:
                self._ends_at = now + self._window
                self._spent.clear()
            spent = self._spent.get(key, 0) + cost
            if spent > self._limit:
                raise TooMany(math.ceil((self._ends_at - now).total_seconds()))
            self._spent[key] = spent

    def refund(self, key: str = "") -> None:
        """Give a try back: it was a right one."""
        with self._lock:
            if self._spent.get(key, 0) > 0:
                self._spent[key] -= 1
