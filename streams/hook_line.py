"""The line that tells partners' programs: writes deliveries, sends what is due, forgets what is old. One process at a time does it."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event as Signal

from ingest.ports import PartnerStorage
from streams.hook_feed import READER, HookFeed
from streams.hook_sender import HookSender
from streams.ports import Leader
from streams.worker import Limits, keep_running
from triage.ports import Clock

log = logging.getLogger(__name__)

KEEP = timedelta(days=30)
"""How long a delivery can be looked at and replayed after it ended."""

FORGET_EVERY = timedelta(hours=1)


class HookLine:
    """Works until ``stop`` is set. ``limits`` gives pauses and back-off."""

    def __init__(
        self, feed: HookFeed, sender: HookSender, storage: PartnerStorage, leader: Leader, clock: Clock, limits: Limits, stop: Signal
    ) -> None:
        self._feed = feed
        self._sender = sender
        self._storage = storage
        self._leader = leader
        self._clock = clock
        self._limits = limits
        self._stop = stop
        self._forget_at = clock.now()

    def run(self) -> None:
        """Work until ``stop``; what is on its way is waited for."""
        try:
            keep_running(self.run_once, self._limits, self._stop, _waits)
        finally:
            self._sender.settle()
            self._leader.release()

    def run_once(self) -> int:
        """Write one batch of deliveries and begin to send; return how much that was, 0 while another process leads."""
        if not self._leader.leads():
            return 0
        did = self._feed.run_once() + self._sender.begin()
        now = self._clock.now()
        if now >= self._forget_at:
            with self._storage.writing() as work:
                work.webhooks.forget_deliveries(now - KEEP)
            self._forget_at = now + FORGET_EVERY
        return did


def _waits(reason: str) -> None:
    log.warning("waiting for a store", extra={"line": READER, "reason": reason})
