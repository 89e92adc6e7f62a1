"""Proof by breaking it: every process and every server is killed or stopped while tips come in; nothing is lost and nothing doubled."""

from __future__ import annotations

import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from infra.app import Core
from tests.e2e.cluster import LAST_LINE, Cluster, cluster
from tests.e2e.product import until
from tests.e2e.test_crash import corpus_tips
from triage.domain.audit import first_break

TIPS = 2000
PAIRS = 40
"""Pairs of tips about the same plate, both sent at the same instant."""

SENDERS = 16


@pytest.mark.chaos
@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whatever_breaks(request: pytest.FixtureRequest) -> None:
    chance = random.Random(20261128)
    with cluster(TIPSTREAM_SECOND_READER="0") as running:
        with ThreadPoolExecutor(1) as beside:
            breaking = beside.submit(_break, running, chance)
            acknowledged = _send_all(running, chance)
            breaking.result()
        with running.core() as core:
            until(lambda: _count(core, "queue") >= len(acknowledged), 180, "every tip in a queue")
            until(lambda: core.index.count() >= _count(core, "cases"), 60, "every case in the index")
            until(lambda: not _behind(running, core), 60, "the index shows every case as it is")
            until(lambda: core.chain.unsealed() == 0, 30, "the audit rows are sealed")
            lost, doubled = _losses(core, acknowledged)
            assert first_break(core.chain.rows(0, 10_000_000)) is None
            together = _pairs_together(core)
        codes = running.stop()
    request.config.stash[LAST_LINE] = f"accepted {len(acknowledged)} lost {len(lost)} doubled {len(doubled)}"
    assert (lost, doubled) == (set(), set())
    assert together == PAIRS
    assert -signal.SIGKILL not in [code for of_role in codes.values() for code in of_role]  # all ended when they were asked to


def _send_all(running: Cluster, chance: random.Random) -> set[str]:
    """Send everything at a pace that spans what is broken; return the ids that were acknowledged."""
    bodies = [{"narrative": tip["text"], "lang": tip["lang"]} for tip in corpus_tips(TIPS - 2 * PAIRS)]
    work = [(body, f"chaos-{number}", chance.uniform(0, 0.8)) for number, body in enumerate(bodies)]
    with ThreadPoolExecutor(SENDERS) as senders:

        def send(item: tuple[dict[str, str], str, float]) -> str:
            body, key, pause = item
            threading.Event().wait(pause)
            return running.send(body, key)

        def send_pair(number: int) -> list[str]:
            body = {"narrative": _pair_text(number)}
            with ThreadPoolExecutor(2) as both:
                return list(
                    both.map(
                        lambda half: running.send(body | {"partner": {"reference": f"pair-{number}-{half}"}}, f"p{number}-{half}"), range(2)
                    )
                )

        singles = senders.map(send, work)
        pairs = [found for number in range(PAIRS) for found in send_pair(number)]
        return {*singles, *pairs}


def _pair_text(number: int) -> str:
    plate = f"T{chr(65 + number % 26)}X {4100 + 37 * number}"
    return (
        f"Two girls are locked in the sleeper of a white Freightliner, Texas plate {plate}. The driver sells them to other drivers for sex."
    )


def _break(running: Cluster, chance: random.Random) -> None:
    """Kill, stop and bring back, in a random order, each after a random while."""
    pause = threading.Event()

    def outage(name: str, seconds: float) -> Callable[[], None]:
        def happen() -> None:
            running.servers[name].stop()
            pause.wait(seconds)
            running.start_server(name)

        return happen

    def crash(name: str) -> Callable[[], None]:
        def happen() -> None:
            running.servers[name].kill()
            running.start_server(name)

        return happen

    acts: list[Callable[[], object]] = [lambda: running.kill("web", chance)] * 4 + [lambda: running.kill("relay", chance)] * 4
    acts += [lambda: running.kill("worker", chance)] * 4 + [crash("kafka")] * 2
    acts += [outage("elasticsearch", 20), outage("postgres", 1), crash("postgres")]
    acts += [lambda: running.scale("worker", 4), lambda: running.scale("worker", 1), lambda: running.scale("worker", 2)]
    chance.shuffle(acts)
    for act in acts:
        pause.wait(chance.uniform(0.5, 5))
        act()
    running.scale("worker", 2)


def _count(core: Core, table: str) -> int:
    with core.database.reading() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def _behind(running: Cluster, core: Core) -> dict[str, int | None]:
    """The cases whose document in the index is missing or not the newest, with the version that it has."""
    url = f"{running.servers['elasticsearch'].info['url']}/tipstream-cases-*/_search"
    with core.storage.reading() as uow:
        cases = uow.cases.get_many(uow.cases.ids("", 1_000_000))
    ids, hits = list(cases), list[dict[str, Any]]()
    for first in range(0, len(ids), 1_000):  # the engine gives no more than 10,000 in one answer
        asked = {"size": 10_000, "version": True, "_source": False, "query": {"ids": {"values": ids[first : first + 1_000]}}}
        hits += httpx.post(url, json=asked, timeout=30).json()["hits"]["hits"]
    shown = {hit["_id"]: hit["_version"] for hit in hits}
    assert len(shown) == len(hits)  # no case twice
    return {case.id: shown.get(case.id) for case in cases.values() if shown.get(case.id) != case.version}


def _losses(core: Core, acknowledged: set[str]) -> tuple[set[str], set[str]]:
    """The acknowledged tips that lack a part or are missing, and those that have a part twice."""
    with core.database.reading() as connection:

        def tips_of(statement: str) -> Counter[str]:
            return Counter(connection.scalars(text(statement)))

        parts = {
            "tips": tips_of("SELECT id FROM tips"),
            "assessments": tips_of("SELECT tip_id FROM assessments"),
            "decisions": tips_of("SELECT tip_id FROM decisions"),
            "queue": tips_of("SELECT tip_id FROM queue"),
            "membership": tips_of("SELECT tip_id FROM case_tips"),
            "decided events": tips_of("SELECT key FROM events WHERE type = 'tip.decided'"),
            "decide audit": tips_of("SELECT replace(object, 'tip:', '') FROM audit WHERE action = 'tip.decide'"),
        }
    with core.storage.reading() as uow:
        ids: list[str] = uow.cases.ids("", 1_000_000)
        members = Counter(tip for case in uow.cases.get_many(ids).values() for tip in case.tips)
    parts["case documents"] = members
    lost = {tip for counts in parts.values() for tip in acknowledged if counts[tip] == 0}
    doubled = {tip for counts in parts.values() for tip, times in counts.items() if times > 1}
    strangers = set(parts["tips"]) - acknowledged
    return lost, doubled | strangers


def _pairs_together(core: Core) -> int:
    """How many pairs are in one case."""
    with core.storage.reading() as uow:
        ids = uow.cases.ids("", 1_000_000)
        tips = uow.tips.get_many([tip for case in uow.cases.get_many(ids).values() for tip in case.tips])
        of_pair: dict[str, set[str]] = {}
        for case in uow.cases.get_many(ids).values():
            for tip in case.tips:
                reference = tips[tip].partner_reference
                if reference.startswith("pair-"):
                    of_pair.setdefault(reference.rpartition("-")[0], set()).add(case.id)
    return sum(len(cases) == 1 for cases in of_pair.values())
