"""How many tips a partner may still send today, counted rarely: sending one costs no query."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.domain.partner import Partner
from ingest.ports import PartnerStorage
from triage.ports import Clock

RECOUNT = timedelta(seconds=60)
"""How often the store is asked. In between each process adds its own, so that several together pass the quota by a minute at most."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a quota."""

    limit: int
    left: int
    resets_at: datetime

    def seconds(self, now: datetime) -> int:
        """Whole seconds until it is new again, at least one."""
        return max(1, math.ceil((self.resets_at - now).total_seconds()))


@dataclass(slots=True)
class _Count:
    day: datetime
    counted_at: datetime
    used: int


class DayQuota:
    """Counts tips by the slug they are stored under, from midnight UTC on. ``default`` is for partners whose agreement names no number."""

    def __init__(self, storage: PartnerStorage, clock: Clock, default: int) -> None:
        self._storage = storage
        self._clock = clock
        self._default = default
        self._lock = threading.Lock()
        self._counts: dict[str, _Count] = {}

    def known(self, slug: str) -> bool:
        """Whether the count is fresh, so that the next call asks nobody."""
        now, count = self._clock.now(), self._counts.get(slug)
        return count is not None and count.day == _midnight(now) and now - count.counted_at < RECOUNT

    def take(self, partner: Partner, slug: str, wanted: int) -> int:
        """Use up to ``wanted`` and return how many were left to use. May ask the store; call it from a thread unless ``known``."""
        self._count(slug)
        with self._lock:
            count = self._counts[slug]
            granted = max(0, min(wanted, self._limit(partner) - count.used))
            count.used += granted
            return granted

    def left(self, partner: Partner, slug: str) -> Left:
        """What is left. May ask the store."""
        self._count(slug)
        count, limit = self._counts[slug], self._limit(partner)
        return Left(limit, max(0, limit - count.used), count.day + timedelta(days=1))

    def _limit(self, partner: Partner) -> int:
        return partner.quotas.tips_a_day or self._default

    def _count(self, slug: str) -> None:
        """Ask the store if the count is old. Outside of the lock, so that nobody waits for another partner's count."""
        if not self.known(slug):
            now = self._clock.now()
            with self._storage.reading() as work:
                used = work.own.count(slug, _midnight(now))
            with self._lock:
                self._counts[slug] = _Count(_midnight(now), now, used)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
