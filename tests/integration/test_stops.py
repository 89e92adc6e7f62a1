"""The embedded worker and the relay, asked to end or killed in the midst of their work: what is done is marked, the rest comes again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from infra.storage.database import Database
from infra.storage.event_log import SqlEventLog
from infra.storage.unit_of_work import SqlStorage
from streams.direct import open_consumer, read, whole
from streams.kafka import Brokers, TopicAdmin
from streams.topics import named
from tests.builders import NOON
from tests.e2e.product import until
from tests.services.servers import Server
from triage.domain.events import Event, EventType

HOST = Path(__file__).with_name("log_host.py")
EVENTS = 40
BATCH = 16


@pytest.fixture
def log(database: Database) -> SqlEventLog:
    """A log with events."""
    events = [Event(f"evt_{n}", EventType.TIP_RECEIVED, f"k{n}", NOON, "trace", {"tip": "tip"}) for n in range(EVENTS)]
    with SqlStorage(database).writing() as uow:
        uow.events.append(events)
    return SqlEventLog(database)


class Hosts:
    """The processes of one test and what they note. What still runs is killed at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._notes = folder / "notes"
        self._notes.touch()
        self._log = (folder / "log").open("ab")
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, role: str, behaviour: str, *brokers: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(HOST), f"sqlite:///{self._folder / 'tipstream.db'}", str(self._notes), role, behaviour, *brokers]
        environment = {**os.environ, "PYTHONPATH": str(HOST.parents[2])}
        self._started.append(subprocess.Popen(command, stdout=self._log, stderr=self._log, env=environment))
        return self._started[-1]

    def notes(self) -> list[str]:
        return self._notes.read_text().split()

    def done(self) -> list[str]:
        return [note for note in self.notes() if note != "begins"]

    def close(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()
        self._log.close()


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    made = Hosts(tmp_path)
    yield made
    made.close()


@pytest.fixture
def brokers(kafka_server: Server) -> Brokers:
    """A corner of the brokers with its topics."""
    own = Brokers(kafka_server.info["bootstrap"], prefix=f"s{uuid4().hex[:8]}.", replication=1)
    with TopicAdmin(own) as admin:
        admin.create(named([]))
    return own


def sent(brokers: Brokers) -> list[str]:
    """The keys on the topic, partition by partition."""
    with open_consumer(brokers, None) as consumer:
        ranges = whole(consumer, brokers.prefix + "tips.received")
        return [received.key.decode() for batch in read(consumer, brokers.prefix, ranges) for received in batch]


@pytest.mark.slow
def test_a_worker_that_is_asked_to_end_finishes_its_batch(log: SqlEventLog, hosts: Hosts) -> None:
    worker = hosts.start("worker", "slow")
    until(lambda: hosts.notes() == ["begins"], 30, "the first batch is in hand")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert log.position("slow") == len(hosts.done()) == BATCH
    hosts.start("worker", "well")
    until(lambda: log.backlog("slow", (EventType.TIP_RECEIVED,)) == 0, 30, "the others are handled")
    assert len(hosts.done()) == len(set(hosts.done())) == EVENTS


@pytest.mark.slow
def test_a_worker_that_is_killed_in_its_batch_gets_it_again(log: SqlEventLog, hosts: Hosts) -> None:
    worker = hosts.start("worker", "slow")
    until(lambda: hosts.notes() == ["begins"], 30, "the first batch is in hand")
    worker.kill()
    worker.wait()
    assert (log.position("slow"), hosts.done()) == (0, [])
    hosts.start("worker", "well")
    until(lambda: log.backlog("slow", (EventType.TIP_RECEIVED,)) == 0, 30, "everything is handled")
    assert len(hosts.done()) == EVENTS


@pytest.mark.slow
def test_a_relay_that_is_asked_to_end_marks_what_it_sent(log: SqlEventLog, hosts: Hosts, brokers: Brokers) -> None:
    relay = hosts.start("relay", "slow", brokers.bootstrap, brokers.prefix)
    until(lambda: hosts.notes() == ["begins"], 30, "the first batch is being sent")
    relay.send_signal(signal.SIGTERM)
    assert relay.wait(60) == 0
    assert log.position("relay") == len(sent(brokers)) == BATCH
    hosts.start("relay", "well", brokers.bootstrap, brokers.prefix)
    until(lambda: log.position("relay") == EVENTS, 30, "the others are sent")
    assert Counter(sent(brokers)) == {f"k{n}": 1 for n in range(EVENTS)}


@pytest.mark.slow
def test_a_relay_that_is_killed_before_the_mark_sends_again(log: SqlEventLog, hosts: Hosts, brokers: Brokers) -> None:
    assert hosts.start("relay", "dies", brokers.bootstrap, brokers.prefix).wait(30) == -signal.SIGKILL
    assert (log.position("relay"), len(sent(brokers))) == (0, BATCH)
    hosts.start("relay", "well", brokers.bootstrap, brokers.prefix)
    until(lambda: log.position("relay") == EVENTS, 30, "everything is sent")
    assert Counter(sent(brokers)) == {f"k{n}": 2 if n < BATCH else 1 for n in range(EVENTS)}
