"""The embedded host of the pipeline: reads the log in order and feeds one handler.

An event ends handled, or retried, or set aside as a dead letter; never logged away. The position moves only after that, so a
kill at any moment repeats work but loses none. Too many open dead letters stop the line: then the fault is ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event as Signal

from streams.handler import Handler
from streams.ports import DeadLetter, DeadLetters, EventLog, Logged
from streams.tracing import about
from triage.domain.errors import TipstreamError, Unavailable
from triage.ports import Clock, Ids

log = logging.getLogger(__name__)


class LineStopped(TipstreamError):
    """Too many open dead letters. Look at them with `tipstream dead-letters`, mend the cause, then `tipstream replay`."""

    def __init__(self, line: str, count: int) -> None:
        super().__init__(
            f"the line {line!r} stopped with {count} open dead letters: mend the cause (`tipstream dead-letters` lists them), "
            "then run `tipstream replay`"
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """How a line works: events at once, tries an event, open dead letters that stop it, seconds between looks and before retries."""

    batch: int = 64
    tries: int = 3
    dead_letters: int = 20
    poll_seconds: float = 0.05
    gather_seconds: float = 0.0
    backoff_seconds: float = 0.2
    longest_backoff_seconds: float = 5.0


class Line:
    """One handler fed from the log, as the reader of the handler's name."""

    def __init__(
        self, events: EventLog, letters: DeadLetters, handler: Handler, limits: Limits, clock: Clock, ids: Ids, stop: Signal
    ) -> None:
        self._events = events
        self._letters = letters
        self._handler = handler
        self._limits = limits
        self._clock = clock
        self._ids = ids
        self._stop = stop

    def run(self) -> None:
        """Work until ``stop`` is set; the batch in hand is finished first. Raises ``LineStopped``."""
        pause = self._limits.backoff_seconds
        while not self._stop.is_set():
            try:
                idle = self.run_once() == 0
                pause = self._limits.backoff_seconds
            except Unavailable as error:
                log.warning("waiting for a store", extra={"line": self._handler.name, "reason": str(error)})
                self._stop.wait(pause)
                pause = min(pause * 2, self._limits.longest_backoff_seconds)
                continue
            if idle:
                self._stop.wait(self._limits.poll_seconds)
            elif self._limits.gather_seconds:
                self._stop.wait(self._limits.gather_seconds)

    def run_once(self) -> int:
        """Take one batch all the way; return how many events it held. Raises ``Unavailable`` with the position unmoved."""
        batch = self._events.read(self._handler.name, self._handler.types, self._limits.batch)
        if not batch:
            return 0
        if (open_letters := self._letters.count_open(self._handler.name)) >= self._limits.dead_letters:
            raise LineStopped(self._handler.name, open_letters)
        try:
            self._handler.handle([logged.event for logged in batch])
        except Unavailable:
            raise
        except Exception as error:  # one of the batch is at fault: find it, and let the others through
            log.warning("a batch failed", extra={"line": self._handler.name, "count": len(batch), "error": type(error).__name__})
            for logged in batch:
                self._one(logged)
                self._events.commit(self._handler.name, logged.position)
        else:
            self._events.commit(self._handler.name, batch[-1].position)
        return len(batch)

    def _one(self, logged: Logged) -> None:
        """One event, with bounded tries, then set aside."""
        failure = attempt(self._handler, logged, self._limits.tries, lambda seconds: self._stop.wait(seconds), self._limits.backoff_seconds)
        if failure:
            letter = DeadLetter(self._ids.new("dead"), self._handler.name, logged, failure, self._limits.tries, self._clock.now())
            self._letters.add(letter)
            with about(logged.event.trace):
                log.error("set aside", extra={"line": self._handler.name, "event": logged.event.id, "error": failure})


def attempt(handler: Handler, logged: Logged, tries: int, wait: Callable[[float], object], backoff_seconds: float) -> str:
    """Try one event up to ``tries`` times; return the kind of the last error, or nothing if it was handled.

    ``Unavailable`` passes through: a store that is away is no fault of the event.
    """
    failure = ""
    for number in range(tries):
        if number:
            wait(backoff_seconds * 2 ** (number - 1))
        try:
            handler.handle([logged.event])
        except Unavailable:
            raise
        except Exception as error:  # whatever it is, the line must go on; the kind is kept, the text may hold a tip
            failure = type(error).__name__
        else:
            return ""
    return failure


def replay(letters: DeadLetters, handlers: Sequence[Handler], clock: Clock, tries: int, wait: Callable[[float], object]) -> tuple[int, int]:
    """Handle every open dead letter again; return how many went through and how many are still open."""
    by_name = {handler.name: handler for handler in handlers}
    mended = failed = 0
    for letter in letters.open(limit=100_000):
        handler = by_name.get(letter.reader)
        if handler is None or attempt(handler, letter.logged, tries, wait, 0.1):
            failed += 1
            continue
        letters.done(letter.id, clock.now())
        mended += 1
    return mended, failed
