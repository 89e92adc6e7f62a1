"""The index on Elasticsearch: bulks beside the client's own helper, and a rebuild of many cases while people search.

`make bench` takes 20,000 cases; `python -m tests.bench.bench_search 100000` takes as many as you say.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch, helpers

from infra.search.analysis import Analysis
from infra.search.elastic_bulk import versioned, write
from infra.search.elastic_client import Engine
from infra.search.elastic_index import ElasticCaseIndex, ElasticCaseReader
from infra.search.elastic_mapping import MAPPING, SETTINGS, columns, to_engine
from infra.storage.leader import FileLeader
from tests.bench.bench_way import quantiles
from tests.contract.agreement_set import TODAY, lines
from tests.contract.case_index_suite import a_document, a_viewer
from tests.services.servers import ServiceError, elasticsearch
from triage.domain.document import CaseDocument
from triage.domain.errors import Unavailable
from triage.domain.query import FACETS, Everything, Field, FieldIs, Node, Phrase, Word

CASES, BULK, ROUNDS = 20_000, 4_000, 3
ASKED: tuple[Node, ...] = (Word("truck"), Everything(), Phrase(("white", "van")), FieldIs(Field.PLATE, "K417"), Word("habitaciones"))


def main(cases: int = CASES) -> None:
    """Print the figures as one JSON object."""
    try:
        with elasticsearch() as server, tempfile.TemporaryDirectory() as folder:
            engine = Engine(server.info["url"], "7", "bench")
            figures = {"bulk": _bulk(engine), "rebuild": _rebuild(engine, Path(folder) / "lock", cases)}
        sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    except ServiceError as error:
        sys.stdout.write(f"left out: {error}\n")


def documents(count: int) -> Iterator[CaseDocument]:
    """Cases of some 600 characters, all different."""
    dice, sentences = random.Random(5), [*lines("english"), *lines("spanish")]
    for number in range(count):
        text = f"Case {number}. " + ". ".join(dice.choices(sentences, k=10))
        plates = (f"{dice.randint(1, 9)}K{dice.randint(100, 999)}",)
        yield a_document(number, text=text, plates=plates, phones=("+19565550147",), received_at=TODAY + timedelta(seconds=number))


def _bulk(engine: Engine) -> dict[str, Any]:
    """Documents a second, by this process's CPU time and by the clock: the best of some rounds that take turns.

    The helper gets columns that were made ready; ours makes them from case documents, and once more gets its rows ready-made.
    """
    analysis, cases = Analysis(), list(documents(BULK))
    ready = [{"_index": "peer", "_id": case.case_id, "_source": columns(case, analysis)} for case in cases]
    rows = [versioned(case.case_id, case.version, to_engine(case, analysis)) for case in cases]
    ways: dict[str, Callable[[Elasticsearch], object]] = {
        "helpers_bulk": lambda client: helpers.bulk(client, ready, chunk_size=500),
        "ours_ready_made": lambda client: write(client, "peer", rows),
        "ours_from_documents": lambda client: write(
            client, "peer", [versioned(case.case_id, case.version, to_engine(case, analysis)) for case in cases]
        ),
    }
    best = {name: {"cpu": float("inf"), "clock": float("inf")} for name in ways}
    with engine.client() as client:
        for _ in range(ROUNDS):
            for name, way in ways.items():
                client.options(ignore_status=404).indices.delete(index="peer")
                client.indices.create(index="peer", settings=SETTINGS, mappings=MAPPING)
                cpu, clock = time.process_time(), time.perf_counter()
                way(client)
                spent = {"cpu": time.process_time() - cpu, "clock": time.perf_counter() - clock}
                best[name] = {kind: min(best[name][kind], spent[kind]) for kind in spent}
        client.indices.delete(index="peer")
    rates = {name: {f"docs_per_second_{kind}": round(BULK / spent) for kind, spent in each.items()} for name, each in best.items()}
    ratio = {name: round(best["helpers_bulk"]["cpu"] / each["cpu"], 2) for name, each in best.items() if name != "helpers_bulk"}
    return {**rates, "cpu_ratio_to_helpers_bulk": ratio}


def _rebuild(engine: Engine, lock: Path, cases: int) -> dict[str, Any]:
    """A rebuild of ``cases``, with one process's worth of searches before and during it."""
    with ElasticCaseIndex(engine, FileLeader(lock)) as index:
        index.rebuild(documents(cases), lambda _: None)
        quiet, stop = _Searcher(engine, cases), threading.Event()
        stop.wait(10 if quiet.start() else 0)
        quiet.end()
        busy = _Searcher(engine, cases)
        busy.start()
        started = time.perf_counter()
        count = index.rebuild(documents(cases), lambda _: None)
        seconds = time.perf_counter() - started
        busy.end()
    return {
        "cases": count,
        "seconds": round(seconds, 1),
        "cases_per_second": round(count / seconds),
        "search_ms_before": quantiles(quiet.seconds),
        "search_ms_during": quantiles(busy.seconds),
        "slowest_search_during_ms": round(max(busy.seconds) * 1000, 1),
        "errors": busy.errors + quiet.errors,
        "gaps": busy.gaps + quiet.gaps,
    }


class _Searcher:
    """Searches one after the other; notes how long each took, errors, and answers that miss cases."""

    def __init__(self, engine: Engine, cases: int) -> None:
        self.seconds: list[float] = []
        self.errors = self.gaps = 0
        self._engine, self._cases = engine, cases
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._run)

    def start(self) -> bool:
        self._thread.start()
        return True

    def end(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        viewer, number = a_viewer("trafficking"), 0
        with ElasticCaseReader(self._engine) as reader:
            while not self._stop.is_set():
                asked = ASKED[number % len(ASKED)]
                number += 1
                started = time.perf_counter()
                try:
                    total = reader.search(viewer, asked, facets=FACETS).total
                    self.gaps += isinstance(asked, Everything) and total != self._cases
                except Unavailable:
                    self.errors += 1
                self.seconds.append(time.perf_counter() - started)
                self._stop.wait(0.01)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
