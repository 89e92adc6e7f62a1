"""Who wrote a tip stands in the tip's own stored text and in the sealed contact details, and nowhere else: every other byte is searched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from infra.app import Core, open_core
from infra.brokers import make_brokers, wanted_topics
from infra.settings import read_settings
from infra.storage.tables import metadata
from streams.direct import open_consumer, read, whole
from tests.collector import collector
from tests.e2e.cluster import cluster
from tests.e2e.product import Product, until
from tests.identities import CONTACT_SECRETS, SECRETS, Leak, bodies, leaks
from triage.domain.access import Role, Viewer
from triage.domain.events import EventType
from triage.domain.query import Everything
from triage.search.query_parser import parse

KEPT_IN = frozenset({"tips", "assessments"})
"""The tables that hold the text of a tip, or what was read in it with its place in the text."""

VARIABLES = {"TIPSTREAM_LOG_LEVEL": "debug", "TIPSTREAM_SECOND_READER": "0"}


@pytest.mark.slow
def test_no_writer_is_told_by_anything_on_one_machine(tmp_path: Path) -> None:
    with collector() as (address, traces):
        traced = {"TIPSTREAM_TRACE_ENDPOINT": f"{address}/v1/traces"} if find_spec("opentelemetry") else {}
        with Product(tmp_path / "data", **VARIABLES, **traced) as product:
            for number, body in enumerate(bodies()):
                assert product.post(body, **{"idempotency-key": f"identity-{number}"}).status_code == httpx.codes.CREATED
            with open_core(read_settings({"TIPSTREAM_DATA": str(product.data)})) as core:
                found = _settled(core)
                log = (product.data / "demo.log").read_text("utf8")
                found += [leak for service, page in _metrics(log) for leak in leaks(f"metrics of {service}", page)]
                assert {service for service, _ in _metrics_addresses(log)} == {"web", "worker", "clocks"}
            product.stop()
        assert bool(traces) == bool(traced)
        found += leaks("traces", b"\n".join(traces))
    for path in (*product.data.parent.glob("*.log"), product.data / "demo.log", *_files(product.data / "index")):
        found += leaks(path.name, path.read_bytes())
    assert found == []


@pytest.mark.slow
def test_no_writer_is_told_by_anything_on_real_engines() -> None:
    with cluster(**VARIABLES) as running:
        for number, body in enumerate(bodies()):
            running.send(body, f"identity-{number}")
        with running.core() as core:
            found = _settled(core)
            until(lambda: core.events.backlog("relay", tuple(EventType)) == 0, 30, "every event is on its topic")
            found += list(_on_topics(core))
        log = running.log.read_text("utf8")
        until(lambda: any("tipstream_lag{" in page for _, page in _metrics(log)), 30, "the workers share the partitions and tell their lag")
        pages = list(_metrics(log))
        found += [leak for service, page in pages for leak in leaks(f"metrics of {service}", page)]
        assert {service for service, _ in pages} == {"web", "relay", "worker", "clocks"}
        documents = httpx.get(f"{running.servers['elasticsearch'].info['url']}/_search", params={"size": 1000}, timeout=30).content
        assert documents.count(b'"_source"') >= len(bodies())
        found += leaks("index", documents)
        running.stop()
        found += leaks("log of the product", running.log.read_bytes())
        found += [leak for name in running.servers for leak in leaks(f"log of {name}", (running.folder / name / "log").read_bytes())]
    assert found == []


def test_the_search_finds_what_is_there() -> None:
    told = json.dumps(bodies())
    assert {leak.secret for leak in leaks("the reports", told)} >= {*SECRETS, *CONTACT_SECRETS} - {"3085550166"}
    assert leaks("a number", "call +1 (308) 555-0166 now", CONTACT_SECRETS) == [Leak("3085550166", "a number")]
    assert leaks("nothing", "a white van in York, 402-555-0100") == []


def _settled(core: Core) -> list[Leak]:
    """Wait until everything is decided, indexed and sealed; return the leaks of the database and of what a search shows."""
    wanted = len(bodies())
    until(lambda: _count(core, "queue") >= wanted, 120, "every tip in a queue")
    until(lambda: core.index.count() >= _count(core, "cases"), 60, "every case in the index")
    until(lambda: core.chain.unsealed() == 0, 30, "the audit rows are sealed")
    return [*_in_database(core), *_in_search(core)]


def _in_database(core: Core) -> Iterator[Leak]:
    """The leaks of every table. The two that keep the text must hold the secrets of the texts, or nothing was looked at."""
    with core.database.reading() as connection:
        for name in metadata.tables:
            rows = "\n".join(_readable(cell) for row in connection.execute(text(f"SELECT * FROM {name}")) for cell in row)
            if name in KEPT_IN:
                assert leaks(name, rows, SECRETS), name
                yield from leaks(f"table {name}", rows, CONTACT_SECRETS)
            else:
                yield from leaks(f"table {name}", rows)


def _readable(cell: object) -> str:
    return cell.decode("utf8", "replace") if isinstance(cell, bytes) else str(cell)


def _in_search(core: Core) -> Iterator[Leak]:
    """What everybody together may see in the search, and whether a secret finds anything."""
    viewer = Viewer("usr_all", "all", Role.SUPERVISOR, frozenset(core.policy.desks))
    shown = core.index.search(viewer, Everything(), limit=1000)
    assert shown.total == _count(core, "cases")
    yield from leaks("search", repr(shown))
    for secret in (*SECRETS, *CONTACT_SECRETS):
        if core.index.search(viewer, parse(secret, core.clock.now().date())).total:
            yield Leak(secret, "found by search")


def _count(core: Core, table: str) -> int:
    with core.database.reading() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def _on_topics(core: Core) -> Iterator[Leak]:
    brokers = make_brokers(core.settings)
    seen = 0
    with open_consumer(brokers, group=None) as consumer:
        for name in wanted_topics(core):
            for batch in read(consumer, brokers.prefix, whole(consumer, brokers.prefix + name)):
                for received in batch:
                    seen += 1
                    yield from leaks(f"topic {name}", b"\n".join((received.key, received.value or b"", repr(received.headers).encode())))
    assert seen >= 3 * len(bodies())


def _files(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert found
    return found


def _metrics_addresses(log: str) -> Iterator[tuple[str, str]]:
    for line in log.splitlines():
        if '"health and metrics"' in line:
            told = json.loads(line)
            yield told["service"], f"http://127.0.0.1:{told['port']}/metrics"


def _metrics(log: str) -> Iterator[tuple[str, str]]:
    for service, address in _metrics_addresses(log):
        yield service, httpx.get(address, timeout=10, trust_env=False).text
