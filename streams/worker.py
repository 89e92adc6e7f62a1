"""The embedded host of the pipeline: reads the log in order and feeds one handler.

An event ends handled, or retried, or set aside as a dead letter; never logged away. The position moves only after that, so a
kill at any moment repeats work but loses none. Too many open dead letters stop the line: then the fault is ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
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

        def waits(reason: str) -> None:
            log.warning("waiting for a store", extra={"line": self._handler.name, "reason": reason})

        keep_running(self.run_once, self._limits, self._stop, waits)

    def run_once(self) -> int:
        """Take one batch all the way; return how many events it held. Raises ``Unavailable`` with the position unmoved."""
        batch = self._events.read(self._handler.name, self._handler.types, self._limits.batch)
        if not batch:
            return 0
        self._check_letters()
        for logged, failure in self._settled(batch):
            if failure:
                self._set_aside(logged, failure)
            self._events.commit(self._handler.name, logged.position)
        self._events.commit(self._handler.name, batch[-1].position)
        return len(batch)

    def _check_letters(self) -> None:
        if (open_letters := self._letters.count_open(self._handler.name)) >= self._limits.dead_letters:
            raise LineStopped(self._handler.name, open_letters)

    def _settled(self, batch: Sequence[Logged]) -> Iterator[tuple[Logged, str]]:
        return one_by_one(self._handler, batch, self._limits, self._stop.wait)

    def _set_aside(self, logged: Logged, failure: str) -> None:
        letter = DeadLetter(self._ids.new("dead"), self._handler.name, logged, failure, self._limits.tries, self._clock.now())
        self._letters.add(letter)
        with about(logged.event.trace):
            log.error("set aside", extra={"line": self._handler.name, "event": logged.event.id, "error": failure})


def keep_running(run_once: Callable[[], int], limits: Limits, stop: Signal, waits: Callable[[str], None]) -> None:
    """Call ``run_once`` until ``stop`` is set; it returns how much it did. While it raises ``Unavailable``, ``waits`` is told why and
    the pauses grow."""
    pause = limits.backoff_seconds
    while not stop.is_set():
        try:
            did = run_once()
        except Unavailable as error:
            waits(str(error))
            stop.wait(pause)
            pause = min(pause * 2, limits.longest_backoff_seconds)
            continue
        pause = limits.backoff_seconds
        if not did:
            stop.wait(limits.poll_seconds)
        elif limits.gather_seconds:
            stop.wait(limits.gather_seconds)


def one_by_one(handler: Handler, batch: Sequence[Logged], limits: Limits, wait: Callable[[float], object]) -> Iterator[tuple[Logged, str]]:
    """Handle the batch as a whole, which gives nothing; where one of it is at fault, handle each, in order, and give it with the kind of
    its last error, or nothing for one that was handled. Raises ``Unavailable``."""
    try:
        handler.handle([logged.event for logged in batch])
    except Unavailable:
        raise
    except Exception as error:  # find the one at fault, and let the others through
        log.warning("a batch failed", extra={"line": handler.name, "count": len(batch), "error": type(error).__name__})
    else:
        return
    for logged in batch:
        yield logged, attempt(handler, logged, limits.tries, wait, limits.backoff_seconds)


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


def replay(
    letters: DeadLetters,
    handlers: Sequence[Handler],
    clock: Clock,
    tries: int,
    wait: Callable[[float], object],
    give_up: Collection[str] = (),
) -> tuple[int, int]:
    """Handle every open dead letter again; return how many are done and how many are still open.

    Letters about the events named in ``give_up`` are closed without being handled: a person has said that nothing can be made of them.
    """
    by_name = {handler.name: handler for handler in handlers}
    mended = failed = 0
    for letter in letters.open(limit=100_000):
        handler = by_name.get(letter.reader)
        if letter.logged.event.id in give_up:
            letters.done(letter.id, clock.now())
            mended += 1
            continue
        if handler is None or attempt(handler, letter.logged, tries, wait, 0.1):
            failed += 1
            continue
        letters.done(letter.id, clock.now())
        mended += 1
    return mended, failed
