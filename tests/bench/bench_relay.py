"""The relay beside a bare kafka-python producer that sends the very same records to the same broker, in one run.

The log is that of real tips, decided by the pipeline on PostgreSQL: of each tip a received and a decided event, a changed case, a place in
a queue with the redacted copy of its text, for some a notice or an alert. The bare producer has the relay's options, its records
ready-made, and marks nothing. Once for all events, and once for those alone that carry no copy.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event as Signal
from typing import Any

import psycopg
from kafka import KafkaProducer
from sqlalchemy import delete

from infra.app import Core, open_core
from infra.brokers import make_brokers, make_topics
from infra.prepare import prepare
from infra.relay_app import BATCH
from infra.search.tantivy_index import TantivyCaseIndex
from infra.settings import read_settings
from infra.storage import tables
from infra.storage.leader import make_leader
from infra.worker_app import make_handlers
from streams.kafka import BATCH_BYTES, SEND_SECONDS, KafkaPublisher
from streams.measured import MeasuredPublisher
from streams.ports import Record
from streams.records import Records
from streams.relay import ALL, READER, Relay
from streams.topics import QUEUES
from streams.worker import Limits, Line
from tests.bench.bench_way import put_tips
from tests.services.servers import kafka, postgres

TIPS, ROUNDS = 3_000, 5


def main() -> None:
    """Print rates and their ratios as one JSON object."""
    with _installation() as core:
        _log_of(core, TIPS)
        gc.collect()
        gc.freeze()  # what read the tips is still in memory here, and in no relay's process
        figures = {"all": _compare(core)}
        with core.database.writing() as connection:
            connection.execute(delete(tables.events).where(tables.events.c.type.in_(QUEUES.types)))
        figures["without_copies"] = _compare(core)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


def _compare(core: Core) -> dict[str, Any]:
    """The relay and a bare producer take turns."""
    _begin_anew(core)
    records = Records(core.storage).of(core.events.read(READER, ALL, 100 * TIPS))
    with ExitStack() as stack:
        publisher = stack.enter_context(KafkaPublisher(make_brokers(core.settings)))
        producer = stack.enter_context(_bare(core))
        leader = make_leader(core.database, core.settings.data, READER)
        relay = Relay(core.events, Records(core.storage), MeasuredPublisher(publisher, core.meter), leader, Limits(batch=BATCH), Signal())
        ways: dict[str, Callable[[], object]] = {"bare": lambda: _send(producer, records), "relay": lambda: sum(iter(relay.run_once, 0))}
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for turn in range(ROUNDS + 1):
            _begin_anew(core)
            for name, way in ways.items():
                seconds = _timed(way)
                if turn:  # the first turn warms everybody up
                    spent[name].append(seconds)
        leader.release()
    return _figures(spent, len(records))


@contextmanager
def _installation() -> Iterator[Core]:
    with kafka() as broker, postgres() as database, tempfile.TemporaryDirectory() as folder:
        with psycopg.connect(database.info["url"], autocommit=True) as connection:
            connection.execute("CREATE DATABASE tipstream")
        address = str(database.info["url"]).rpartition("/")[0] + "/tipstream"
        given: dict[str, Any] = {"database_url": address, "kafka_bootstrap": broker.info["bootstrap"], "kafka_replication": 1}
        settings = read_settings({}, data=Path(folder) / "data", log_level="error", second_reader=0, **given)
        prepare(settings)
        with open_core(settings) as core:
            make_topics(core)
            yield core


def _log_of(core: Core, tips: int) -> None:
    """Let so many tips be decided."""
    put_tips(core, tips)
    with TantivyCaseIndex(core.settings.index) as index:
        decide = next(handler for handler in make_handlers(core, index) if handler.name == "decide")
        line = Line(core.events, core.letters, decide, Limits(batch=64), core.clock, core.ids, Signal())
        while line.run_once():
            pass


@contextmanager
def _bare(core: Core) -> Iterator[KafkaProducer]:
    options = {"enable_idempotence": True, "acks": "all", "linger_ms": 5, "batch_size": BATCH_BYTES}
    producer = KafkaProducer(bootstrap_servers=core.settings.kafka_bootstrap, **options)
    try:
        yield producer
    finally:
        producer.close()


def _send(producer: KafkaProducer, records: Sequence[Record]) -> None:
    for record in records:
        producer.send(record.topic, value=record.value, key=record.key, headers=list(record.headers))
    producer.flush(SEND_SECONDS)


def _begin_anew(core: Core) -> None:
    """Nothing of the log is marked as sent."""
    with core.database.writing() as connection:
        connection.execute(delete(tables.readers).where(tables.readers.c.name == READER))


def _timed(way: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and of this process's CPU."""
    clock, cpu = time.perf_counter(), time.process_time()
    way()
    return time.perf_counter() - clock, time.process_time() - cpu


def _figures(spent: dict[str, list[tuple[float, float]]], count: int) -> dict[str, Any]:
    figures: dict[str, Any] = {"events": count}
    for number, kind in enumerate(("clock", "cpu")):
        median = {name: statistics.median(each[number] for each in times) for name, times in spent.items()}
        best = {name: min(each[number] for each in times) for name, times in spent.items()}
        figures[f"events_per_second_{kind}"] = {name: round(count / seconds) for name, seconds in median.items()}
        figures[f"relay_of_bare_{kind}"] = {
            "median": round(median["bare"] / median["relay"], 2),
            "best": round(best["bare"] / best["relay"], 2),
        }
    return figures
