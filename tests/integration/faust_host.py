"""A worker for the tests of the Faust host, run as a process of its own: notes every event that it handled in a file.

``python faust_host.py BOOTSTRAP PREFIX NOTES BEHAVIOUR``: BEHAVIOUR is ``well``; ``slow`` (a quarter of a second an event); ``refuses:KEY``
(that event raises); ``breaks:KEY`` (the process fails in the midst of that event as no handler may).
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from infra.log import set_up_logging
from infra.system import SystemClock
from streams.direct import DeadLetterTopic
from streams.faust_app import FaustHost
from streams.handler import Handler
from streams.kafka import Brokers
from streams.worker import Limits
from triage.domain.errors import Unavailable
from triage.domain.events import Event, EventType


class Notes(Handler):
    """Appends a line for each event, all of a batch at once."""

    name = "notes"
    types = (EventType.TIP_RECEIVED,)

    def __init__(self, path: Path, behaviour: str) -> None:
        self._path = path
        self._does, _, self._key = behaviour.partition(":")

    def handle(self, events: Sequence[Event]) -> None:
        for event in events:
            if self._does == "slow":
                time.sleep(0.25)  # what the test is about: work that takes long
            if event.key == self._key and self._does == "refuses":
                raise ValueError
            if event.key == self._key and self._does == "breaks":
                raise Unavailable("the store is away, and stays away")
        with self._path.open("a") as notes:
            notes.write("".join(f"{event.key}\n" for event in events))


def main(bootstrap: str, prefix: str, notes: str, behaviour: str) -> int:
    set_up_logging("info")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    brokers = Brokers(bootstrap, prefix, 1)
    limits = Limits(batch=16, tries=2, dead_letters=3, backoff_seconds=0.01, longest_backoff_seconds=30)
    handler = Notes(Path(notes), behaviour)
    host = FaustHost(brokers, [handler], limits, SystemClock(), stop, DeadLetterTopic(brokers).count_open(), patience_seconds=1)
    return 0 if host.run() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
