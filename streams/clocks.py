"""What happens by time and not by event: the audit rows are sealed, and what is over is forgotten: answers, drafts, lost pictures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event as Signal

from ingest.ports import IntakeStore
from triage.domain.errors import Unavailable
from triage.ports import AuditChain, Clock

log = logging.getLogger(__name__)

SEAL_AT_ONCE = 1000
"""Rows sealed in one transaction: a backlog is worked off in steps that keep other writers waiting only briefly."""

FORGET_EVERY = timedelta(minutes=10)


class Clocks:
    """The one process of its kind: audit sealer and housekeeping. ``sweep`` is called whenever it is time to forget."""

    def __init__(
        self,
        chain: AuditChain,
        store: IntakeStore,
        clock: Clock,
        seal_seconds: float,
        stop: Signal,
        sweep: Callable[[], object] = lambda: None,
    ) -> None:
        self._chain = chain
        self._store = store
        self._clock = clock
        self._seal_seconds = seal_seconds
        self._stop = stop
        self._sweep = sweep
        self._forget_at = clock.now()

    def run(self) -> None:
        """Work until ``stop`` is set."""
        while not self._stop.is_set():
            try:
                sealed = self.run_once()
            except Unavailable as error:
                log.warning("waiting for a store", extra={"line": "clocks", "reason": str(error)})
                sealed = 0
            if sealed < SEAL_AT_ONCE:
                self._stop.wait(self._seal_seconds)

    def run_once(self) -> int:
        """Seal what waits, and forget old answers when it is time; return how many rows were sealed."""
        sealed = self._chain.seal(SEAL_AT_ONCE)
        now = self._clock.now()
        if now >= self._forget_at:
            self._forget_at = now + FORGET_EVERY  # first, so that a fault below never keeps the audit log waiting
            self._store.forget_answers(now)
            self._sweep()
        return sealed
