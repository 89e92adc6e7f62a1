"""The whole way on this machine: accepted to queue and to searchable at 20 tips/s, the worker's own rate, memory of each process."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from infra.app import Core, open_core
from infra.prepare import prepare
from infra.search.tantivy_index import TantivyCaseIndex, TantivyCaseReader
from infra.settings import read_settings
from infra.storage.database import open_database
from infra.storage.unit_of_work import SqlStorage
from infra.worker_app import make_handlers
from ingest.ports import Acceptance
from streams.worker import Limits, Line
from tests.builders import a_tip, received
from tests.e2e.product import Product, until
from triage.domain.access import Role, Viewer
from triage.domain.audit import AuditRow
from triage.domain.query import Everything
from triage.domain.tip import Channel

RATE, SECONDS, BACKLOG = 20, 30, 3000


def main() -> None:
    """Print the figures as one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps({**_open_loop(Path(folder) / "loop"), **_worker_rate(Path(folder) / "rate")}, indent=1) + "\n")


def corpus_texts(count: int) -> list[str]:
    """Different texts, in turn from every file of the corpus."""
    rows = [p.read_text("utf8").splitlines() for p in sorted((files("models") / "corpus").iterdir(), key=str) if p.name.endswith(".jsonl")]
    return [str(json.loads(rows[n % len(rows)][(n // len(rows)) % len(rows[n % len(rows)])])["text"]) for n in range(count)]


def _open_loop(data: Path) -> dict[str, Any]:
    with Product(data, TIPSTREAM_LOG_LEVEL="error") as product:
        product.post({"narrative": "the first tip waits for the worker to be ready"})
        until(lambda: product.command("search", "", "--as", "dana")["total"] == 1, 60, "ready")
        seen: dict[str, float] = {}
        stop = threading.Event()
        watcher = threading.Thread(target=_watch, args=(data, seen, stop))
        watcher.start()
        start, pause = time.monotonic(), threading.Event()
        texts = corpus_texts(RATE * SECONDS)
        for number, text in enumerate(texts):
            pause.wait(max(0.0, start + number / RATE - time.monotonic()))
            product.post({"narrative": text}).raise_for_status()
        until(lambda: _decided(data) == len(texts) + 1, 60, "all decided")
        stop.wait(3)
        stop.set()
        watcher.join()
        memory = {name: round(product.memory_mb(name)) for name in ("web", "worker", "clocks")}
        to_queue, to_search = _delays(data, seen)
    return {
        "tips_per_second_sent": RATE,
        "accepted_to_queue_ms": quantiles(to_queue),
        "accepted_to_searchable_ms": quantiles(to_search),
        "memory_mb": memory,
    }


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50": round(cuts[49] * 1000, 1), "p99": round(cuts[98] * 1000, 1), "n": len(seconds)}


def _everybody(data: Path) -> Viewer:
    desks = {"trafficking", "cargo", "violent", "threat", "child", "care", "victim-services", "oversight", "intake"}
    return Viewer("usr_bench", "bench", Role.SUPERVISOR, frozenset(desks), str(data))


def _watch(data: Path, seen: dict[str, float], stop: threading.Event) -> None:
    with TantivyCaseReader(data / "index") as index:
        while not stop.wait(0.01):
            for hit in index.search(_everybody(data), Everything(), limit=100).hits:
                for tip in hit.tips:
                    seen.setdefault(tip, datetime.now(UTC).timestamp())


def _decided(data: Path) -> int:
    with open_database(f"sqlite:///{data / 'tipstream.db'}") as database, SqlStorage(database).reading() as uow:
        return sum(count for count, _ in uow.queue.counts().values())


def _delays(data: Path, seen: dict[str, float]) -> tuple[list[float], list[float]]:
    with open_database(f"sqlite:///{data / 'tipstream.db'}") as database, SqlStorage(database).reading() as uow:
        tips, decisions = uow.tips.get_many(list(seen)), uow.decisions.get_many(list(seen))
    first = min(seen)
    to_queue = [(decisions[t].decided_at - tips[t].received_at).total_seconds() for t in seen if t != first]
    return to_queue, [seen[t] - tips[t].received_at.timestamp() for t in seen if t != first]


def _worker_rate(data: Path) -> dict[str, Any]:
    settings = read_settings({}, data=data, log_level="error")
    prepare(settings)
    with open_core(settings) as core, TantivyCaseIndex(settings.index) as index:
        put_tips(core, BACKLOG)
        by_name = {handler.name: handler for handler in make_handlers(core, index)}
        rates = {}
        for name, handler, batch in (("decided", by_name["decide"], 64), ("indexed", by_name["index"], 500)):
            line = Line(core.events, core.letters, handler, Limits(batch=batch), core.clock, core.ids, threading.Event())
            start = time.perf_counter()
            done = sum(iter(line.run_once, 0))
            rates[name] = round(done / (time.perf_counter() - start))
    return {"worker_tips_per_second": rates}


def put_tips(core: Core, count: int) -> None:
    """Accept so many tips at once, as one group."""
    group = []
    for number, text in enumerate(corpus_texts(count)):
        tip = a_tip(number, narrative=text, channel=Channel.BULK, received_at=core.clock.now())
        audit = AuditRow(core.ids.new("aud"), core.clock.now(), "partner:prairie-haul", "tip.accept", f"tip:{tip.id}")
        group.append(Acceptance(tip, None, f"{number:064d}", audit, received(tip, number), None))
    core.intake.accept(group, core.clock.now())
