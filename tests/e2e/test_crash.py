"""Nothing is lost and nothing doubled, whenever a process is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from infra.storage.audit_chain import SqlAuditChain
from infra.storage.database import open_database
from tests.e2e.product import Product, until
from triage.domain.audit import first_break

TIPS = 300
KILLS = 30


@pytest.mark.crash
@pytest.mark.slow
def test_thirty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261128)
    with Product(tmp_path / "data", TIPSTREAM_LOG_LEVEL="warning") as product:
        done = threading.Event()
        killer = threading.Thread(target=_kill, args=(product, chance, done))
        killer.start()
        with ThreadPoolExecutor(4) as senders:
            acknowledged = list(senders.map(lambda number: _send(product, number), range(TIPS)))
        killer.join()
        kills = done.is_set()
        until(lambda: _count(product.data, "queue") == TIPS, 120, "every tip in a queue")
        until(lambda: _unsealed(product) == 0, 10, "the audit rows are sealed")
        open_to_dana = _count(product.data, "cases") - _at(product.data, "oversight")
        until(lambda: product.command("search", "", "--as", "dana")["total"] >= open_to_dana, 20, "all cases found")
        code, rest = product.stop()
    assert kills
    assert (code, rest) == (0, b"")
    assert len(set(acknowledged)) == TIPS
    assert {row[0] for row in _rows(product.data, "SELECT id FROM tips")} == set(acknowledged)
    for table in ("tips", "decisions", "assessments", "queue", "case_tips"):
        assert _count(product.data, table) == TIPS, table
    assert not [tip for tip, times in Counter(_tips_of_cases(product.data)).items() if times != 1]
    assert _count(product.data, "dead_letters") == 0
    with open_database(f"sqlite:///{product.data / 'tipstream.db'}") as database:
        chain = SqlAuditChain(database)
        assert chain.unsealed() == 0
        assert first_break(chain.rows(0, 1_000_000)) is None
        accepted = [sealed for sealed in chain.rows(0, 1_000_000) if sealed.row.action == "tip.decide"]
    assert len(accepted) == TIPS


def _kill(product: Product, chance: random.Random, done: threading.Event) -> None:
    """Kill web or worker thirty times, each time after a random while."""
    pause = threading.Event()
    for number in range(KILLS):
        pause.wait(chance.uniform(0.05, 2.5))
        name = "web" if number % 2 else "worker"
        until(lambda name=name: product.pid(name) is not None, 20, f"{name} runs again")  # type: ignore[misc]
        pid = product.pid(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
    done.set()


def _send(product: Product, number: int) -> str:
    """Send one tip as a careful partner does: the same key again until it is acknowledged, at a pace that spans the kills."""
    tip = corpus_tips(TIPS)[number]
    threading.Event().wait(random.Random(number).uniform(0.1, 0.9))
    while True:
        try:
            answer = product.post({"narrative": tip["text"], "lang": tip["lang"]}, **{"idempotency-key": f"crash-{number}"})
        except httpx.TransportError:
            threading.Event().wait(0.05)
            continue
        if answer.status_code == httpx.codes.CREATED:
            return str(answer.json()["id"])
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text


def corpus_tips(count: int) -> list[dict[str, str]]:
    """Tips of the corpus, taken from each of its files."""
    lines: list[str] = []
    for path in sorted((files("models") / "corpus").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".jsonl"):
            lines += path.read_text("utf8").splitlines()[: count // 20]
    return [json.loads(line) for line in lines[:count]]


def _rows(data: Path, query: str) -> Iterator[tuple[str, ...]]:
    connection = sqlite3.connect(f"file:{data / 'tipstream.db'}?mode=ro", uri=True)
    try:
        yield from connection.execute(query).fetchall()
    finally:
        connection.close()


def _count(data: Path, table: str) -> int:
    return int(next(_rows(data, f"SELECT count(*) FROM {table}"))[0])


def _at(data: Path, desk: str) -> int:
    return int(next(_rows(data, f"SELECT count(*) FROM cases WHERE desk = '{desk}'"))[0])


def _unsealed(product: Product) -> int:
    return int(next(_rows(product.data, "SELECT count(*) FROM audit WHERE position IS NULL"))[0])


def _tips_of_cases(data: Path) -> list[str]:
    return [row[0] for row in _rows(data, "SELECT tip_id FROM case_tips")]
