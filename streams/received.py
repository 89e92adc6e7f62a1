"""Records of a topic through a handler, whatever reads the topic: every record ends handled, or as a dead letter, or again.

A record that is no event, or that its handler cannot take, becomes a record for the topic ``dead-letters``: the bytes as they came, where
they stood, and the kind of error. A store that is away is waited for, up to a limit; then ``Unavailable`` passes through and the host must
end without having acknowledged anything of the batch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from streams.envelope import BadEnvelope, decode
from streams.handler import Handler
from streams.ports import Logged, Record
from streams.topics import DEAD_LETTERS
from streams.tracing import about
from streams.worker import Limits, one_by_one
from triage.domain.errors import Unavailable
from triage.ports import Clock

log = logging.getLogger(__name__)

Headers = tuple[tuple[str, bytes], ...]

PATIENCE_SECONDS = 60.0
"""How long a batch waits for a store that is away. Below the time in which the brokers expect the next poll."""

_OURS = "dead-"
"""What the names of the headers begin with that tell about a dead letter."""


@dataclass(frozen=True, slots=True)
class Received:
    """A record as it was read: where it stood (``topic`` without the installation's prefix) and what it held."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes | None
    headers: Headers = ()

    @property
    def place(self) -> str:
        """Where it stood: ``topic/partition/offset``."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class Desk:
    """A handler at work on what a topic brings.

    ``wait`` pauses for so many seconds, less when the process is asked to end; ``patience_seconds`` is how long a store may stay away.
    """

    def __init__(
        self, handler: Handler, limits: Limits, clock: Clock, wait: Callable[[float], object], patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._patience = patience_seconds
        self.handler = handler
        self._limits = limits
        self._clock = clock
        self._wait = wait

    def work_off(self, batch: Sequence[Received]) -> list[Record]:
        """Handle the batch and return its dead letters, to be stored before anything is acknowledged.

        Raises ``Unavailable`` if a store stayed away: then the whole batch must come again.
        """
        letters = []
        events = []
        for received in batch:
            try:
                event, position = decode(received.value)
            except BadEnvelope as error:
                letters.append(self._letter(received, error, 0))
                continue
            if event.type in self.handler.types:
                events.append((received, Logged(position, event)))
        if events:
            letters += self._patiently(events)
        return letters

    def _patiently(self, events: Sequence[tuple[Received, Logged]]) -> list[Record]:
        """Handle with retries while a store is away."""
        waited, pause = 0.0, self._limits.backoff_seconds
        while True:
            try:
                return self._handle(events)
            except Unavailable as error:
                log.warning("waiting for a store", extra={"line": self.handler.name, "reason": str(error)})
                if waited >= self._patience:
                    raise
                self._wait(pause)
                waited, pause = waited + pause, min(pause * 2, self._limits.longest_backoff_seconds)

    def _handle(self, events: Sequence[tuple[Received, Logged]]) -> list[Record]:
        letters = []
        settled = one_by_one(self.handler, [logged for _, logged in events], self._limits, self._wait)
        for (logged, failure), (received, _) in zip(settled, events, strict=False):  # nothing is settled where all went through
            if failure:
                with about(logged.event.trace):
                    letters.append(self._letter(received, failure, self._limits.tries))
        return letters

    def _letter(self, received: Received, failure: str | BadEnvelope, tries: int) -> Record:
        error = failure if isinstance(failure, str) else type(failure).__name__
        log.error("set aside", extra={"line": self.handler.name, "error": error, "event": received.place})
        return dead_letter(received, self.handler.name, error, tries, self._clock.now())


def dead_letter(received: Received, line: str, error: str, tries: int, at: datetime) -> Record:
    """The record for the topic of dead letters. One that was a dead letter before keeps the place where it first stood."""
    earlier = {name: value for name, value in received.headers if name.startswith(_OURS)}
    told = {
        "dead-line": line.encode(),
        "dead-error": error.encode(),
        "dead-tries": str(tries).encode(),
        "dead-source": earlier.get("dead-source", received.place.encode()),
        "dead-at": at.isoformat().encode(),
    }
    rest = tuple((name, value) for name, value in received.headers if not name.startswith(_OURS))
    return Record(DEAD_LETTERS.name, received.key, received.value or b"", (*rest, *told.items()))


def as_it_was(received: Received) -> Record:
    """The record again, for the topic where it stood: for a dead letter whose line is not at work here."""
    return Record(received.topic, received.key, received.value or b"", received.headers)
