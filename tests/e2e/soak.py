"""The long form of the proof by breaking: `make soak MINUTES=60`. Tips come in steadily while everything is broken again and again.

Prints what was accepted, lost and doubled, how long tips took to a queue, and the memory of each process at the beginning and the end.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from infra.app import Core
from tests.bench.bench_distributed import ROLES, memory_mb
from tests.bench.bench_way import corpus_texts, quantiles
from tests.e2e import test_chaos as chaos
from tests.e2e.cluster import Cluster, cluster
from tests.e2e.product import until
from triage.domain.audit import first_break

RATE, SENDERS = 5, 8
"""Tips a second, and how many may be on their way at once while something is away."""

ALL = 10_000_000


def main(minutes: float) -> int:
    """Run for so long; return 1 if anything was lost or doubled."""
    with cluster(TIPSTREAM_SECOND_READER="0") as running, running.core() as core:
        memory = _memory(running)
        end = time.monotonic() + 60 * minutes
        with ThreadPoolExecutor(1) as beside:
            rounds = beside.submit(_break_until, running, lambda: time.monotonic() > end)
            acknowledged = _send_until(running, end)
            broken = rounds.result()
        until(lambda: chaos._count(core, "queue") >= len(acknowledged), 600, "every tip in a queue")
        until(lambda: core.index.count() >= chaos._count(core, "cases"), 120, "every case in the index")
        until(lambda: not chaos._behind(running, core), 120, "the index shows every case as it is")
        until(lambda: core.chain.unsealed() == 0, 60, "the audit rows are sealed")
        lost, doubled = chaos._losses(core, acknowledged)
        figures = {
            "minutes": minutes,
            "times_that_everything_was_broken": broken,
            "accepted_to_queue_ms": quantiles(_delays(core)),
            "audit_breaks_at": first_break(core.chain.rows(0, ALL)),
            "memory_mb": {"begin": memory, "end": _memory(running)},
        }
        running.stop()
    sys.stdout.write(json.dumps(figures, indent=1) + f"\naccepted {len(acknowledged)} lost {len(lost)} doubled {len(doubled)}\n")
    return 1 if lost or doubled or figures["audit_breaks_at"] else 0


def _break_until(running: Cluster, over: Callable[[], bool]) -> int:
    """Break everything, again and again; return how often that was."""
    chance, rounds = random.Random(1), 0
    while not over():
        chaos._break(running, chance)
        rounds += 1
    return rounds


def _send_until(running: Cluster, end: float) -> set[str]:
    """Send at a steady pace; return the ids that were acknowledged."""
    texts, pause = corpus_texts(2_000), threading.Event()
    start = time.monotonic()
    count = int((end - start) * RATE)
    with ThreadPoolExecutor(SENDERS) as senders:

        def send(number: int) -> str:
            pause.wait(max(0.0, start + number / RATE - time.monotonic()))
            return running.send({"narrative": texts[number % len(texts)]}, f"soak-{number}")

        return set(senders.map(send, range(count)))


def _delays(core: Core) -> list[float]:
    """How many seconds each tip took from acceptance to a queue."""
    with core.storage.reading() as uow:
        cases = uow.cases.get_many(uow.cases.ids("", ALL))
        ids = [tip for case in cases.values() for tip in case.tips]
        tips, decisions = uow.tips.get_many(ids), uow.decisions.get_many(ids)
    return [(decisions[tip].decided_at - tips[tip].received_at).total_seconds() for tip in ids]


def _memory(running: Cluster) -> dict[str, list[int]]:
    return {role: [memory_mb(pid) for pid in running.pids(role)] for role in ROLES}


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
