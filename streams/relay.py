"""Brings the log to the topics: what acceptance and decisions wrote down is sent, in order, and marked as sent when it is there.

The mark is the position of the reader ``relay``: it moves only after every record of a batch is acknowledged, so a kill at any moment
repeats some records and loses none. One relay sends at a time; the others stand by. Nothing waits for it: when the brokers are away, the
log grows and acceptance goes on.
"""

from __future__ import annotations

import logging
from threading import Event as Signal

from streams.ports import EventLog, Leader, Publisher
from streams.records import Records
from streams.worker import Limits, keep_running
from triage.domain.events import EventType

log = logging.getLogger(__name__)

READER = "relay"
ALL = tuple(EventType)


class Relay:
    """Sends the log to the topics until ``stop`` is set. ``limits`` gives batch, pauses and back-off; tries have no end."""

    def __init__(self, events: EventLog, records: Records, publisher: Publisher, leader: Leader, limits: Limits, stop: Signal) -> None:
        self._events = events
        self._records = records
        self._publisher = publisher
        self._leader = leader
        self._limits = limits
        self._stop = stop
        self._stands_by = True

    def run(self) -> None:
        """Work until ``stop``; the batch in hand is finished first."""
        try:
            keep_running(self.run_once, self._limits, self._stop, _waits)
        finally:
            self._leader.release()

    def run_once(self) -> int:
        """Send one batch; return how many events it held, 0 while another relay leads. Raises ``Unavailable`` with the mark unmoved."""
        if not self._leads():
            return 0
        batch = self._events.read(READER, ALL, self._limits.batch)
        if not batch:
            return 0
        self._publisher.publish(self._records.of(batch))
        try:
            self._events.commit(READER, batch[-1].position)
        except ValueError:  # another relay took over while we sent, and is past this batch: it was sent twice, and is marked
            self._leader.release()
        return len(batch)

    def backlog(self) -> int:
        """How many events are not marked as sent."""
        return self._events.backlog(READER, ALL)

    @property
    def leading(self) -> bool:
        """Whether this relay sends, as it was when it last asked."""
        return not self._stands_by

    def _leads(self) -> bool:
        leads = self._leader.leads()
        if leads == self._stands_by:
            log.info("this relay sends" if leads else "another relay sends; this one stands by", extra={"line": READER})
        self._stands_by = not leads
        return leads


def _waits(reason: str) -> None:
    log.warning("the relay waits", extra={"line": READER, "reason": reason})
