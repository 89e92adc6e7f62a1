"""The Faust host on a real broker: whatever happens to a worker, what was not handled comes again, and no poison stops the line."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

import streams
from streams.direct import DeadLetterTopic, open_consumer, whole
from streams.envelope import encode
from streams.kafka import Brokers, KafkaPublisher, TopicAdmin
from streams.ports import Record
from streams.topics import named
from tests.builders import NOON
from tests.e2e.product import until
from tests.services.servers import Server
from triage.domain.events import Event, EventType

HOST = Path(__file__).with_name("faust_host.py")


class Cluster:
    """A corner of the broker with its topics, a file of notes, and the workers of one test."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.brokers = Brokers(bootstrap, prefix=f"f{uuid4().hex[:8]}.", replication=1)
        with TopicAdmin(self.brokers) as admin:
            admin.create(named([]))
        self._publisher = KafkaPublisher(self.brokers)
        self._notes = folder / "notes"
        self._notes.touch()
        self._log = (folder / "log").open("ab")
        self._workers: list[subprocess.Popen[bytes]] = []

    def send(self, first: int, last: int) -> None:
        self._publisher.publish([self._record(f"k{number}") for number in range(first, last)])

    def send_poison(self, value: bytes) -> None:
        self._publisher.publish([Record("tips.received", b"poison", value)])

    def worker(self, behaviour: str = "well") -> subprocess.Popen[bytes]:
        command = [sys.executable, str(HOST), self.brokers.bootstrap, self.brokers.prefix, str(self._notes), behaviour]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        worker = subprocess.Popen(command, stdout=self._log, stderr=self._log, env=environment)
        self._workers.append(worker)
        return worker

    def handled(self) -> list[str]:
        return self._notes.read_text().split()

    def all_handled(self, count: int) -> Callable[[], bool]:
        return lambda: len(set(self.handled())) >= count

    def unacknowledged(self) -> int:
        """How many records stand after the group's committed places."""
        with open_consumer(self.brokers, self.brokers.prefix + "workers") as consumer:
            ranges = whole(consumer, self.brokers.prefix + "tips.received")
            return sum(end - max(begin, consumer.committed(place) or 0) for place, (begin, end) in ranges.items())

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()
        self._publisher.close()
        self._log.close()

    def _record(self, key: str) -> Record:
        value = encode(Event(f"evt_{key}", EventType.TIP_RECEIVED, key, NOON, "trace", {"tip": key}), 1)
        return Record("tips.received", key.encode(), value, (("trace", b"t"),))


@contextmanager
def cluster_on(server: Server, folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(server.info["bootstrap"], folder)
    try:
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def cluster(kafka_server: Server, tmp_path: Path) -> Iterator[Cluster]:
    with cluster_on(kafka_server, tmp_path) as made:
        yield made


@pytest.mark.slow
def test_a_clean_end_repeats_nothing(cluster: Cluster) -> None:
    cluster.send(0, 100)
    worker = cluster.worker()
    until(cluster.all_handled(100), 60, "100 events handled")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert cluster.unacknowledged() == 0
    cluster.send(100, 120)
    cluster.worker()
    until(cluster.all_handled(120), 60, "the later events handled")
    assert len(cluster.handled()) == 120


@pytest.mark.slow
def test_a_handler_that_cannot_go_on_ends_the_worker_and_loses_nothing(cluster: Cluster) -> None:
    cluster.send(0, 60)
    worker = cluster.worker("breaks:k30")
    assert worker.wait(60) == 1
    assert "k30" not in cluster.handled()
    assert cluster.unacknowledged() >= 60 - len(cluster.handled())
    cluster.worker()
    until(cluster.all_handled(60), 60, "everything handled after the restart")


@pytest.mark.slow
def test_poison_goes_to_the_dead_letters_with_its_place_and_can_be_replayed(cluster: Cluster) -> None:
    cluster.send(0, 10)
    cluster.send_poison(b"\x00 no event")
    cluster.send(10, 20)
    worker = cluster.worker("refuses:k5")
    until(cluster.all_handled(19), 60, "the others handled")
    letters = DeadLetterTopic(cluster.brokers)
    until(lambda: letters.count_open() == 2, 60, "two dead letters")
    told = {letter.key: dict(letter.headers) for letter in letters.open()}
    assert told[b"poison"]["dead-error"] == b"BadEnvelope"
    assert told[b"k5"]["dead-error"] == b"ValueError"
    assert told[b"k5"]["trace"] == b"t"
    topic, partition, offset = told[b"k5"]["dead-source"].decode().split("/")
    assert (topic, partition.isdigit(), offset.isdigit()) == ("tips.received", True, True)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert cluster.unacknowledged() == 0


@pytest.mark.slow
def test_too_many_dead_letters_stop_the_line(cluster: Cluster) -> None:
    for _ in range(3):
        cluster.send_poison(b"no event")
    cluster.send(0, 5)
    worker = cluster.worker()
    until(lambda: DeadLetterTopic(cluster.brokers).count_open() >= 3, 60, "three dead letters")
    cluster.send(5, 10)
    assert worker.wait(60) == 1
    assert cluster.worker().wait(60) == 1  # and it stays so until somebody replays them


@pytest.mark.slow
def test_a_stop_in_the_midst_of_a_slow_batch_loses_nothing(cluster: Cluster) -> None:
    cluster.send(0, 24)
    worker = cluster.worker("slow")
    until(cluster.all_handled(1), 60, "the first batch handled")
    worker.send_signal(signal.SIGTERM)
    worker.wait(60)
    assert cluster.unacknowledged() >= 24 - len(set(cluster.handled()))
    cluster.worker()
    until(cluster.all_handled(24), 60, "everything handled after the restart")


@pytest.mark.slow
def test_workers_that_join_and_are_killed_lose_nothing(cluster: Cluster) -> None:
    first = cluster.worker("slow")
    cluster.send(0, 100)
    until(cluster.all_handled(1), 60, "the first worker works")
    second = cluster.worker()
    cluster.send(100, 400)
    until(cluster.all_handled(150), 60, "both have worked")
    first.kill()
    second.kill()
    cluster.worker()
    cluster.send(400, 500)
    until(cluster.all_handled(500), 90, "all 500 handled")


LOSING = {
    "a stream iterated bare": "async def a(stream):\n    async for value in stream:\n        pass\n",
    "noack_take alone": "async def a(stream):\n    async for events in stream.noack_take(4, within=1):\n        pass\n",
    "take": "async def a(stream):\n    async for values in stream.take(4, within=1):\n        pass\n",
    "events()": "async def a(stream):\n    async for event in stream.events():\n        pass\n",
    "concurrency": "app.agent(topic, concurrency=2)(work)\n",
    "a decoding topic": "app.topic('t', value_type=bytes, value_serializer='json')\n",
    "no waiting for the stream": "faust.App('x', stream_wait_empty=False)\n",
    "another supervisor": "faust.App('x', agent_supervisor=OneForOneSupervisor)\n",
}


def losing_forms(source: str) -> list[str]:
    """The forms in Faust code that were measured to lose events, by line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFor) and not ast.unparse(node.iter).startswith("stream.noack().noack_take("):
            found.append(f"{node.lineno}: a stream that acknowledges by itself")
        if isinstance(node, ast.Call):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            name = getattr(node.func, "attr", "")
            if name == "agent" and getattr(given.get("concurrency"), "value", None) != 1:
                found.append(f"{node.lineno}: an agent without concurrency=1")
            if name == "topic" and {getattr(given.get(f"{part}_serializer"), "value", None) for part in ("key", "value")} != {"raw"}:
                found.append(f"{node.lineno}: a topic that decodes")
            if name == "App" and getattr(given.get("agent_supervisor"), "id", "") != "CrashingSupervisor":
                found.append(f"{node.lineno}: an app that goes on after an agent failed")
            if name == "App" and getattr(given.get("stream_wait_empty"), "value", None) is not True:
                found.append(f"{node.lineno}: an app that does not wait for its streams")
    return found


def test_no_losing_form_stands_in_the_code() -> None:
    folder = Path(streams.__file__).parent
    sources = {path: path.read_text("utf8") for path in folder.rglob("*.py")}
    hosts = {path: source for path, source in sources.items() if "faust" in source}
    assert hosts
    assert {path.name: losing_forms(source) for path, source in hosts.items() if losing_forms(source)} == {}


@pytest.mark.parametrize("form", LOSING)
def test_the_check_knows_the_losing_forms(form: str) -> None:
    assert losing_forms(LOSING[form])
