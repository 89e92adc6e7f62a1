"""The hosts of the handlers beside bare Faust: who brings the same records of one topic to a handler that does nothing, and how fast.

``bare``: a Faust agent that counts what the stream gives, acknowledged by Faust itself, raw bytes. ``host``: our Faust host, which decodes
every event, hands batches to a thread, and acknowledges by hand what is done. ``direct``: the backfill on a plain consumer. Each turn runs
in a process of its own, with a group of its own, from the first record that it is given to the last.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import faust

from infra.system import SystemClock
from streams.direct import backfill
from streams.envelope import encode
from streams.faust_app import FaustHost
from streams.handler import Handler
from streams.kafka import Brokers, KafkaPublisher, TopicAdmin
from streams.ports import Record
from streams.topics import RECEIVED, named
from streams.worker import Limits
from tests.services.servers import kafka
from triage.domain.events import Event, EventType

RECORDS, ROUNDS, AT_ONCE = 30_000, 3, 2_000
KINDS = ("bare", "host", "direct")
LIMITS = Limits()


class Watch:
    """Counts records and notes the time at the first and at the last of them; then calls ``end``."""

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end
        self._count = 0
        self._first = (0.0, 0.0, 0)
        self.figures: dict[str, float] = {}

    def add(self, count: int) -> None:
        self._count += count
        now = (time.perf_counter(), time.process_time(), self._count)
        if self._count == count:
            self._first = now
        if self._count == RECORDS:
            clock, cpu, counted = (last - first for last, first in zip(now, self._first, strict=True))
            self.figures = {"clock": counted / clock, "cpu": counted / cpu}
            self._end()


class Nothing(Handler):
    """A handler that only counts."""

    name = "nothing"
    types = (EventType.TIP_RECEIVED,)

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def handle(self, events: Sequence[Event]) -> None:
        self._watch.add(len(events))


def main() -> None:
    """Print rates and ratios as one JSON object."""
    with kafka() as broker:
        brokers = Brokers(broker.info["bootstrap"], replication=1)
        _fill(brokers)
        rates: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
        for _ in range(ROUNDS):
            for kind in KINDS:
                command = [sys.executable, "-m", "tests.bench.bench_faust", kind, brokers.bootstrap]
                rates[kind].append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    figures: dict[str, Any] = {"records": RECORDS}
    for by in ("clock", "cpu"):
        median = {kind: statistics.median(each[by] for each in turns) for kind, turns in rates.items()}
        figures[f"records_per_second_{by}"] = {kind: round(rate) for kind, rate in median.items()}
        figures[f"of_bare_{by}"] = {kind: round(median[kind] / median["bare"], 2) for kind in KINDS[1:]}
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


def _fill(brokers: Brokers) -> None:
    with TopicAdmin(brokers) as admin:
        admin.create(named([]))
    with KafkaPublisher(brokers) as publisher:
        for first in range(0, RECORDS, AT_ONCE):
            publisher.publish([_record(number) for number in range(first, first + AT_ONCE)])


def _record(number: int) -> Record:
    tip = f"tip_{number:026d}"
    event = Event(f"evt_{number:026d}", EventType.TIP_RECEIVED, tip, datetime.now(UTC), tip, {"tip": tip, "partner": "prairie-haul"})
    headers = (("id", event.id.encode()), ("type", event.type.encode()), ("trace", event.trace.encode()))
    return Record(RECEIVED.name, tip.encode(), encode(event, number), headers)


def bare(bootstrap: str) -> dict[str, float]:
    """Faust as its introduction shows it, with raw bytes and nothing kept."""
    app = faust.App(
        f"bare-{uuid4().hex}",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        datadir=f"{tempfile.gettempdir()}/tipstream-faust",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_commit_interval=0.5,
        consumer_auto_offset_reset="earliest",
    )
    done = threading.Event()
    watch = Watch(done.set)

    @app.agent(app.topic(RECEIVED.name, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw"))
    async def count(stream: Any) -> None:
        async for _ in stream:
            watch.add(1)

    async def run() -> None:
        await app.start()
        while not done.is_set():
            await asyncio.sleep(0.05)
        await app.stop()

    asyncio.run(run())
    return watch.figures


def host(bootstrap: str) -> dict[str, float]:
    """Our host. Its group must be new for each turn, which a prefix of the topics would hinder: the app's name is changed instead."""
    stop = threading.Event()
    watch = Watch(stop.set)
    made = FaustHost(Brokers(bootstrap, replication=1), [Nothing(watch)], LIMITS, SystemClock(), stop)
    made.app.conf.id = f"host-{uuid4().hex}"
    made.run()
    return watch.figures


def direct(bootstrap: str) -> dict[str, float]:
    """The backfill."""
    watch, brokers = Watch(lambda: None), Brokers(bootstrap, replication=1)
    backfill(brokers, RECEIVED.name, None, Nothing(watch), LIMITS, SystemClock(), time.sleep, lambda *_: None)
    return watch.figures


if __name__ == "__main__":
    Path(tempfile.gettempdir(), "tipstream-faust").mkdir(exist_ok=True)
    sys.stdout.write(json.dumps({"bare": bare, "host": host, "direct": direct}[sys.argv[1]](sys.argv[2])) + "\n")
