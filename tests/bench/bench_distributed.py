"""The product on real engines on this machine: tips a second and what binds them, what a kill costs, start time and memory of each process.

PostgreSQL, Kafka and Elasticsearch run on the same machine as web, two relays, two workers and clocks, and as the senders: shares of the
processors say who would need a machine of its own first.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from infra.app import Core
from tests.bench.bench_way import corpus_texts, quantiles
from tests.e2e.cluster import Cluster, cluster
from tests.e2e.product import until
from tests.services.servers import free_port

TIPS, SENDERS = 3_000, 16
RATE, BEFORE, AFTER = 10, 20, 60
"""Tips a second while a worker is killed, and for how many seconds before and after that."""

SERVERS = ("postgres", "kafka", "elasticsearch")
ROLES = ("web", "relay", "worker", "clocks")
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the figures as one JSON object."""
    with cluster(TIPSTREAM_SECOND_READER="0") as running, running.core() as core:
        _warm(running, core)
        figures = {"throughput": _throughput(running, core), "a_worker_is_killed": _kill(running, core), "processes": _processes(running)}
        running.stop()
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


def _warm(running: Cluster, core: Core) -> None:
    for number, words in enumerate(corpus_texts(64)):
        running.send({"narrative": words}, f"warm-{number}")
    until(lambda: _decided(core) == 64, 120, "the cluster works")


def _throughput(running: Cluster, core: Core) -> dict[str, Any]:
    """As fast as the senders can, until every tip is in a queue and every case in the index."""
    before, already = _cpu(running), _decided(core)
    start = time.perf_counter()
    _send_all(running, "fast", corpus_texts(TIPS))
    accepted = time.perf_counter() - start
    until(lambda: _decided(core) == already + TIPS, 600, "every tip in a queue")
    decided = time.perf_counter() - start
    until(lambda: core.index.count() == _count(core, "cases"), 120, "every case in the index")
    searchable = time.perf_counter() - start
    spent = {name: seconds - before.get(name, 0.0) for name, seconds in _cpu(running).items()}
    return {
        "tips": TIPS,
        "accepted_per_second": round(TIPS / accepted),
        "decided_per_second": round(TIPS / decided),
        "searchable_per_second": round(TIPS / searchable),
        "cpu_ms_a_tip": {name: round(1000 * seconds / TIPS, 2) for name, seconds in sorted(spent.items(), key=lambda each: -each[1])},
        "processors_busy": round(sum(spent.values()) / searchable, 2),
        "processors": os.cpu_count(),
    }


def _send_all(running: Cluster, name: str, texts: Sequence[str]) -> None:
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(lambda each: running.send({"narrative": each[1]}, f"{name}-{each[0]}"), enumerate(texts)))


def _kill(running: Cluster, core: Core) -> dict[str, Any]:
    """A worker of two is killed while tips come in steadily: how far the rest falls behind, and when it has caught up."""
    already, start, pause = _count(core, "tips"), time.monotonic(), threading.Event()
    seen: list[tuple[float, int]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            seen.append((time.monotonic() - start - BEFORE, _count(core, "tips") - _decided(core)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number, words in enumerate(corpus_texts(RATE * (BEFORE + AFTER))):
        pause.wait(max(0.0, start + number / RATE - time.monotonic()))
        if number == RATE * BEFORE:
            running.kill("worker", random.Random(1))
        running.send({"narrative": words}, f"steady-{number}")
    until(lambda: _count(core, "tips") == _decided(core), 120, "all caught up")
    over.set()
    watcher.join()
    usual = max(behind for at, behind in seen if -10 < at < 0)
    late = [at for at, behind in seen if at > 0 and behind > 2 * usual]
    delays = _delays(core, already)
    return {
        "tips_per_second": RATE,
        "waiting_before": usual,
        "waiting_at_most": max(behind for at, behind in seen if at > 0),
        "caught_up_after_seconds": round(max(late, default=0.0), 1),
        "accepted_to_queue_before_ms": quantiles([delay for at, delay in delays if at < BEFORE]),
        "longest_to_queue_seconds": round(max(delay for _, delay in delays), 1),
    }


def _delays(core: Core, skip: int) -> list[tuple[float, float]]:
    """Of each tip after the first ``skip``: when it came, from the first of them, and how long it took to a queue; in seconds."""
    with core.database.reading() as connection:
        ids = list(connection.scalars(text("SELECT id FROM tips ORDER BY received_at")))[skip:]
    with core.storage.reading() as uow:
        tips, decisions = uow.tips.get_many(ids), uow.decisions.get_many(ids)
    first = tips[ids[0]].received_at
    return [((tips[i].received_at - first).total_seconds(), (decisions[i].decided_at - tips[i].received_at).total_seconds()) for i in ids]


def _processes(running: Cluster) -> dict[str, Any]:
    """Memory of those that have worked, and how fast one more of each is ready."""
    memory = {role: [memory_mb(pid) for pid in running.pids(role)] for role in ROLES}
    return {role: {"mb": memory[role], "ready_ms": _ready_ms(running, role)} for role in ROLES}


def _ready_ms(running: Cluster, role: str) -> int:
    """From the start of the process until it says that it is ready."""
    port = free_port()
    own = {"TIPSTREAM_HEALTH_PORT": str(port), "TIPSTREAM_PORT": str(free_port())}
    start = time.perf_counter()
    with tempfile.TemporaryFile() as log, httpx.Client(timeout=5, trust_env=False) as http:
        command = [sys.executable, "-m", "infra.cli", role]
        process = subprocess.Popen(command, env={**os.environ, **running.environment, **own}, stdout=log, stderr=log)
        try:
            until(lambda: _is_ready(http, f"http://127.0.0.1:{port}/health/ready"), 60, f"another {role} is ready")
            seconds = time.perf_counter() - start
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(40)
    return round(1000 * seconds)


def _is_ready(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _decided(core: Core) -> int:
    return _count(core, "decisions")


def _count(core: Core, table: str) -> int:
    with core.database.reading() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def _cpu(running: Cluster) -> Mapping[str, float]:
    """Seconds of the processors that each part has used so far."""
    pids = {f"{role} {number}": [pid] for role in ROLES for number, pid in enumerate(running.pids(role), 1)}
    pids |= {name: _tree(running.servers[name].state["pid"]) for name in SERVERS}
    return {**{name: sum(map(_cpu_of, each)) for name, each in pids.items()}, "senders": time.process_time()}


def _tree(pid: int) -> list[int]:
    """The process and its children, of which PostgreSQL has one for each connection."""
    children = [int(child) for entry in Path(f"/proc/{pid}/task").glob("*/children") for child in entry.read_text().split()]
    return [pid, *children]


def _cpu_of(pid: int) -> float:
    """Own time, and that of children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICKS


def memory_mb(pid: int) -> int:
    """Resident memory of the process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024
