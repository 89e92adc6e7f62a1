"""A reader of the log for the tests of ends and kills, run as a process of its own: notes in a file what it is about and what it did.

``python log_host.py DATABASE NOTES ROLE BEHAVIOUR [BOOTSTRAP PREFIX]``. ROLE is ``worker`` or ``relay``; BEHAVIOUR is ``well``, ``slow`` (a
pause for each event), or for a relay ``dies`` (killed after a batch is sent and before it is marked).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.log import set_up_logging
from infra.storage.database import Database, open_database
from infra.storage.dead_letters import SqlDeadLetters
from infra.storage.event_log import SqlEventLog
from infra.storage.leader import FileLeader
from infra.storage.unit_of_work import SqlStorage
from infra.system import SystemClock, SystemIds
from streams.handler import Handler
from streams.kafka import Brokers, KafkaPublisher
from streams.ports import Publisher, Record
from streams.records import Records
from streams.relay import Relay
from streams.worker import Limits, Line
from triage.domain.events import Event, EventType

PAUSE = 0.05
LIMITS = Limits(batch=16, poll_seconds=0.01)


@dataclass(frozen=True, slots=True)
class Notes:
    """A file to which lines are added, each at once."""

    path: Path

    def add(self, line: str) -> None:
        with self.path.open("a") as file:
            file.write(f"{line}\n")


class Slow(Handler):
    """Takes its time with each event, and notes it when the whole batch is done."""

    name = "slow"
    types = (EventType.TIP_RECEIVED,)

    def __init__(self, notes: Notes, seconds: float) -> None:
        self._notes = notes
        self._seconds = seconds

    def handle(self, events: Sequence[Event]) -> None:
        self._notes.add("begins")
        for _ in events:
            time.sleep(self._seconds)  # what the test is about: work that takes long
        for event in events:
            self._notes.add(event.key)


class SlowPublisher(Publisher):
    """Sends record by record, with a pause before each."""

    def __init__(self, publisher: Publisher, notes: Notes, seconds: float) -> None:
        self._publisher = publisher
        self._notes = notes
        self._seconds = seconds

    def publish(self, records: Sequence[Record]) -> None:
        self._notes.add("begins")
        for record in records:
            time.sleep(self._seconds)  # as above
            self._publisher.publish([record])


class Unmarked(SqlEventLog):
    """A log whose reader is killed when it is about to move on."""

    def commit(self, reader: str, position: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def main(database: str, notes: str, role: str, behaviour: str, bootstrap: str = "", prefix: str = "") -> None:
    set_up_logging("info")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    noted, seconds = Notes(Path(notes)), PAUSE if behaviour == "slow" else 0.0
    with open_database(database) as opened:
        if role == "worker":
            letters, handler = SqlDeadLetters(opened), Slow(noted, seconds)
            Line(SqlEventLog(opened), letters, handler, LIMITS, SystemClock(), SystemIds(SystemClock()), stop).run()
        else:
            _relay(opened, noted, behaviour, seconds, Brokers(bootstrap, prefix, 1), stop)


def _relay(database: Database, notes: Notes, behaviour: str, seconds: float, brokers: Brokers, stop: threading.Event) -> None:
    log = Unmarked(database) if behaviour == "dies" else SqlEventLog(database)
    leader = FileLeader(notes.path.with_name("relay.lock"))
    with KafkaPublisher(brokers) as publisher:
        Relay(log, Records(SqlStorage(database)), SlowPublisher(publisher, notes, seconds), leader, LIMITS, stop).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
