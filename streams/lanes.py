"""Lines that share one thread and one reader of texts: the first in front, the others behind it, and none for ever.

Where tips wait in lanes, the lane in front is worked off first, so that a tip in which somebody may be in danger waits at most for the
batch in hand, however many others wait. A lane behind still has its turn after some turns of those before it: nothing starves, whoever
fills a lane. Within a lane that many partners share, each has its turn.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from threading import Event as Signal

from streams.ports import Logged
from streams.worker import Limits, Line, keep_running

log = logging.getLogger(__name__)

PATIENCE = 8
"""Turns of lanes in front after which one behind has a turn."""

WINDOW = 2_000
"""Events that a fair line looks over to give each partner its turn."""


class Lanes:
    """The lines, the first in front. Runs them in one thread until ``stop`` is set."""

    def __init__(self, lines: Sequence[Line], limits: Limits, stop: Signal) -> None:
        self._lines = lines
        self._limits = limits
        self._stop = stop
        self._passed_over = [0] * len(lines)

    def run(self) -> None:
        """Work until ``stop`` is set; the batch in hand is finished first. Raises ``LineStopped``."""
        keep_running(self.run_once, self._limits, self._stop, _waits)

    def run_once(self) -> int:
        """Take one batch of the lane whose turn it is all the way; return how many events it held."""
        for place in self._order():
            self._passed_over[place] = 0
            if did := self._lines[place].run_once():
                for behind in range(place + 1, len(self._lines)):
                    self._passed_over[behind] += 1
                return did
        return 0

    def _order(self) -> list[int]:
        """Those who have waited long enough, then all from the front."""
        places = range(len(self._lines))
        return sorted(places, key=lambda place: (self._passed_over[place] < PATIENCE, place))


class FairLine(Line):
    """A line whose batches hold something of every partner that waits: the oldest of each, then the next of each.

    It works ahead of its position, which moves when everything up to there is done. What was done ahead is kept in memory alone: after a
    stop it comes again, as with every line.
    """

    _ahead: frozenset[int] = frozenset()

    def run_once(self) -> int:
        """Take one batch all the way; return how many events it held. Raises ``Unavailable`` with nothing marked as done."""
        window = self._events.read(self._handler.name, self._handler.types, max(WINDOW, self._limits.batch))
        waiting = [logged for logged in window if logged.position not in self._ahead]
        batch = list(islice(in_turn(waiting), self._limits.batch))
        if batch:
            self._check_letters()
            for logged, failure in self._settled(batch):
                if failure:
                    self._set_aside(logged, failure)
            self._move_on(window, self._ahead | {logged.position for logged in batch})
        return len(batch)

    def _move_on(self, window: Sequence[Logged], done: frozenset[int]) -> None:
        """Commit up to before the first that is not done, and keep what was done beyond."""
        first = next((place for place, logged in enumerate(window) if logged.position not in done), len(window))
        if first:
            self._events.commit(self._handler.name, window[first - 1].position)
        self._ahead = frozenset(logged.position for logged in window[first:] if logged.position in done)


def in_turn(waiting: Sequence[Logged]) -> Iterator[Logged]:
    """The oldest of each partner, then the next of each, and so on; partners in the order in which they came."""
    by_partner = defaultdict(list)
    for logged in waiting:
        by_partner[logged.event.payload.get("partner", "")].append(logged)
    queues = [iter(queue) for queue in by_partner.values()]
    while queues:
        first = [(queue, next(queue, None)) for queue in queues]
        yield from (logged for _, logged in first if logged is not None)
        queues = [queue for queue, logged in first if logged is not None]


def _waits(reason: str) -> None:
    log.warning("waiting for a store", extra={"line": "decide", "reason": reason})
