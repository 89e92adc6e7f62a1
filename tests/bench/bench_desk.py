"""The analysts' pages over many cases: tip, queue and search, in milliseconds; and the statements that took most of the time.

`make bench BENCH=desk` takes 100,000 tips on the embedded store; `python -m tests.bench.bench_desk 20000` as many as you say, and with
`elastic` behind the number searches on an Elasticsearch as well. Pages are asked for one after the other in this process, as one analyst
does: what is measured is everything but the network. ``cpu`` is what this process itself took, whatever else the machine does.
docs/console-figures.md shows what came out.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, String, Text, event, text

from infra.search.elastic_client import Engine as SearchEngine
from infra.search.elastic_index import ElasticCaseIndex, ElasticCaseReader
from infra.search.tantivy_index import TantivyCaseIndex
from infra.storage import tables
from infra.storage.codec import Document
from infra.storage.codec import Name as NameType
from infra.storage.leader import FileLeader
from infra.storage.migrate import upgrade
from infra.web import make_application
from streams.pipeline import documents_of
from tests.bench.bench_way import corpus_texts
from tests.builders import NOON, CountedIds, a_tip, an_assessment, an_entity, received
from tests.desk import Desk, open_desk
from tests.services.servers import ServiceError, elasticsearch
from triage.decide import ReadTip, decide_all
from triage.domain.access import Role
from triage.domain.assessment import Assertion, Band, Finding, Urgency
from triage.domain.audit import AuditRow
from triage.domain.case import Act, ActKind, CaseStatus, EntryState
from triage.domain.decision import PartnerFacts
from triage.domain.document import CaseDocument
from triage.ports import UnitOfWork
from triage.web.session import SESSION_COOKIE

TIPS, BATCH, DAYS = 100_000, 500, 120
COPIES = 10
"""How often each tip is there: one in so many is decided about as the product does it, the others are copies under other ids."""
OPEN = 0.1
"""The share of tips that nobody has decided about yet; they are the newest."""
MIX = (("sex_trafficking", 20), ("labor_trafficking", 15), ("cargo_theft", 25), ("threat_of_violence", 15), ("drug_trafficking", 25))
LEVELS = ((Urgency.P0, 1), (Urgency.P1, 9), (Urgency.P2, 50), (Urgency.P3, 40))
BUDGET = 150.0
"""Milliseconds that 95 of 100 pages may take."""
ASKED = ("truck", "white van", "fuel OR motel", '"parking lot"', "camion", "girl -school", "K417*", "")
SLOWEST = 4


def main(tips: int = TIPS, engine: str = "") -> None:
    """Print the figures as one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        template, data = Path(folder) / "template.db", Path(folder) / "data"
        data.mkdir()
        upgrade(f"sqlite:///{template}")
        with open_desk(data, template) as desk:
            began = time.perf_counter()
            _fill(desk, tips // COPIES)
            _copy(desk)
            with TantivyCaseIndex(desk.core.settings.index) as index:
                cases = index.rebuild(_documents(desk), lambda _: None)
            figures = {"tips": tips, "cases": cases, "built_in_seconds": round(time.perf_counter() - began)}
            figures |= {"embedded": _pages(desk, desk.app)}
            if engine:
                figures |= {"elasticsearch": _with_elastic(desk, Path(folder) / "lock")}
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


def _fill(desk: Desk, count: int) -> None:
    """So many tips over some months, decided about as the product does it; most of them were taken up and closed."""
    dice, ids, core = random.Random(9), CountedIds(), desk.core
    texts, step = corpus_texts(min(count, 5_000)), timedelta(days=DAYS) / count
    for start in range(0, count, BATCH):
        with core.storage.writing() as work:
            for number in range(start, min(start + BATCH, count)):
                desk.clock.at = NOON + number * step
                words = f"{texts[number % len(texts)]} Number {number}."
                one = _read(dice, number, words, desk.clock.at)
                work.tips.add(one.tip)
                decide_all(work, core.policy, desk.clock, ids, [one])
                work.audit.append(AuditRow(ids.new("aud"), desk.clock.at, "user:usr_1", "tip.read", f"tip:{one.tip.id}") for _ in range(3))
                if number < count * (1 - OPEN):
                    _close(work, ids, one.tip.id, desk.clock.at)


def _copy(desk: Desk) -> None:
    """Everything as often as ``COPIES`` says, by statements of the engine. Copies share plates and phones, and no wording."""
    prefixes = ("tip_", "case_", "act_", "aud_", "evt_", "ntc_")
    kept = [tables.tips, tables.assessments, tables.decisions, tables.link_keys, tables.fingerprints, tables.fingerprint_bands]
    kept += [tables.cases, tables.case_tips, tables.queue, tables.notices, tables.acts, tables.audit, tables.events]
    with desk.core.database.writing() as connection:
        largest = {table.name: connection.scalar(text(f"SELECT max(rowid) FROM {table.name}")) for table in kept}
        for copy in range(1, COPIES):
            for table in kept:
                names = [column.name for column in table.columns if column.name != "number"]
                values = []
                for name in names:
                    value = f'"{name}" + {copy}' if name == "bucket" else f'"{name}"'
                    if isinstance(table.c[name].type, Text | String | NameType | Document):
                        for prefix in prefixes:
                            value = f"replace({value}, '{prefix}0', '{prefix}{copy}')"
                    values.append(value)
                quoted = ", ".join(f'"{name}"' for name in names)
                chosen = f"SELECT {', '.join(values)} FROM {table.name} WHERE rowid <= {largest[table.name]}"
                connection.execute(text(f"INSERT INTO {table.name} ({quoted}) {chosen}"))


def _read(dice: random.Random, number: int, words: str, at: datetime) -> ReadTip:
    tip = a_tip(number, received_at=at, narrative=words, partner=f"partner-{number % 40}")
    label, level = _one_of(dice, MIX), _one_of(dice, LEVELS)
    plate = f"{dice.randint(1, 9)}K{dice.randint(1000, 9999)}"
    entities = [an_entity("plate", plate, start=1), an_entity("phone", f"+1308555{dice.randint(0, 9999):04d}", start=20)]
    findings = [
        Finding("confined", 0, 6, Assertion.PRESENT, "rule:confined", "1"),
        Finding("fear", 8, 12, Assertion.PRESENT, "rule:fear", "1"),
    ]
    fingerprint = tuple(dice.randrange(2**32) for _ in range(64))
    band = dice.choice([Band.LIKELY, Band.POSSIBLE, Band.POSSIBLE, Band.UNLIKELY])
    assessment = an_assessment(tip, (label,), level, (), entities, findings, fingerprint, band)
    return ReadTip(received(tip, number), tip, assessment, PartnerFacts(tip.partner, "trucking", "Keith", "NE"))


def _one_of(dice: random.Random, weighed: Sequence[tuple[Any, int]]) -> Any:
    return dice.choices([value for value, _ in weighed], [weight for _, weight in weighed])[0]


def _close(work: UnitOfWork, ids: CountedIds, tip_id: str, at: datetime) -> None:
    entry, case = work.queue.get(tip_id), work.cases.of_tip(tip_id)
    assert entry is not None
    assert case is not None
    work.queue.put(replace(entry, state=EntryState.DONE))
    work.cases.update(replace(case, status=CaseStatus.CLOSED, outcome="unfounded", version=case.version + 1))
    for kind in (ActKind.CLAIM, ActKind.DECLINE):
        work.acts.add(Act(ids.new("act"), tip_id, case.id, kind, "usr_1", at + timedelta(minutes=20)))


def _documents(desk: Desk) -> Iterator[CaseDocument]:
    last = ""
    while True:
        with desk.core.storage.reading() as work:
            ids = work.cases.ids(last, 2_000)
            yield from documents_of(work, desk.core.partners, ids)
        if not ids:
            return
        last = ids[-1]


def _with_elastic(desk: Desk, lock: Path) -> dict[str, Any]:
    try:
        with elasticsearch() as server:
            engine = SearchEngine(server.info["url"], "7", "bench")
            with ElasticCaseIndex(engine, FileLeader(lock)) as index:
                index.rebuild(_documents(desk), lambda _: None)
            with ElasticCaseReader(engine) as reader:
                return _pages(desk, make_application(replace(desk.core, index=reader)))
    except ServiceError as error:
        return {"left out": str(error)}


def _pages(desk: Desk, app: Any) -> dict[str, Any]:
    """Times of each kind of page, and the statements that took most of them."""
    dice = random.Random(3)
    with desk.core.storage.reading() as work:
        waiting = [entry.tip_id for entry in work.queue.open("trafficking", 2_000)]
        all_ids = work.cases.ids("", 1_000_000)
        cases = [
            case.id for case in work.cases.get_many(dice.sample(all_ids, min(len(all_ids), 2_000))).values() if case.desk == "trafficking"
        ]
    kinds = {
        "tip": [f"/desk/tip/{tip}" for tip in dice.sample(waiting, min(len(waiting), 200))],
        "preview": [f"/desk/tip/{tip}/preview" for tip in dice.sample(waiting, min(len(waiting), 200))],
        "queue": ["/desk/queue/trafficking", "/desk/queue/trafficking?page=2", "/desk/queue/trafficking?page=20"] * 20,
        "search": [f"/desk/search?q={asked.replace(' ', '+')}" for asked in ASKED] * 10,
        "case": [f"/desk/case/{case}" for case in cases[:60]],
        "handover": ["/desk/queue/trafficking/handover"] * 10,
    }
    spent: dict[str, float] = defaultdict(float)
    gc.collect()
    gc.freeze()  # as the web process does when it starts
    with _watching(desk.core.database.engine, spent):
        figures = asyncio.run(_times(app, desk.session(Role.ANALYST), kinds))
    slow = sorted(spent.items(), key=lambda one: -one[1])[:SLOWEST]
    return {**figures, "statements": [_explained(desk, statement, seconds) for statement, seconds in slow]}


async def _times(app: Any, session: str, kinds: dict[str, list[str]]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://desk.test", cookies={SESSION_COOKIE: session}) as client:
        for kind, paths in ((kind, paths) for kind, paths in kinds.items() if len(paths) > 1):
            times, busy = list[float](), list[float]()
            for path in [*paths[:5], *paths]:  # the first ones warm up
                began, at_work = time.perf_counter(), time.process_time()
                answer = await client.get(path)
                times.append((time.perf_counter() - began) * 1000)
                busy.append((time.process_time() - at_work) * 1000)
            if answer.status_code in (404, 405):
                continue  # this release has no such page
            answer.raise_for_status()
            clock, cpu = (statistics.quantiles(some[5:], n=20) for some in (times, busy))
            figures[kind] = {"p50_ms": round(clock[9], 1), "p95_ms": round(clock[18], 1), "n": len(times) - 5}
            figures[kind] |= {"cpu_p50_ms": round(cpu[9], 1), "cpu_p95_ms": round(cpu[18], 1), "in_budget": clock[18] <= BUDGET}
    return figures


@contextmanager
def _watching(engine: Engine, spent: dict[str, float]) -> Iterator[None]:
    """Add up what each statement takes until its first row."""

    def before(_connection: Any, _cursor: Any, _statement: str, _given: Any, context: Any, _many: bool) -> None:
        context.began = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, _given: Any, context: Any, _many: bool) -> None:
        spent[statement] += time.perf_counter() - context.began

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


def _explained(desk: Desk, statement: str, seconds: float) -> dict[str, Any]:
    """The statement, what it took in all, and how SQLite goes about it."""
    plan: list[str] = []
    if statement.lstrip().upper().startswith("SELECT"):
        with desk.core.database.reading() as connection:
            given = ("",) * statement.count("?")
            plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
    return {"seconds": round(seconds, 2), "statement": " ".join(statement.split())[:300], "plan": plan}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TIPS, *sys.argv[2:3])
