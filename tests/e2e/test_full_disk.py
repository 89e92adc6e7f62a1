"""A store that takes no writes: intake says so and when to come back, keeps nothing by halves, and goes on when there is room."""

from __future__ import annotations

import re
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from infra.app import Core
from infra.storage.database import Database, open_database
from tests.contract.on_postgres import administer, dropped, made, name_of
from tests.e2e.installation import Installation, installation
from tests.e2e.product import until

PARTS = ("tips", "contacts", "receipts", "answers", "audit", "events")
WORDS = "A white van with Kansas plates stood at the fuel desk and a girl was crying in it. " * 200
"""Long enough that no half-empty page of the database has room for it."""

AT_ONCE = 8


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path / "data") as made:
        yield made


@pytest.mark.slow
def test_a_full_database(embedded: Installation, tmp_path: Path) -> None:
    limit = tmp_path / "pages"
    limit.write_text("4294967294")
    embedded.start_web((sys.executable, str(Path(__file__).with_name("full_disk.py")), str(limit)))

    def fill() -> None:
        with sqlite3.connect(embedded.data / "tipstream.db") as connection:
            limit.write_text(str(connection.execute("PRAGMA page_count").fetchone()[0]))
        connection.close()

    _refuses_and_goes_on(embedded, fill, lambda: limit.write_text("4294967294"))


@pytest.mark.slow
def test_a_disk_that_takes_no_more(embedded: Installation) -> None:
    """No process may make a file longer, so every write fails, in the web process and in the worker alike."""
    web, worker, clocks = embedded.start_web(), embedded.start("worker"), embedded.start("clocks")
    room = resource.getrlimit(resource.RLIMIT_FSIZE)

    def allow(most: int) -> None:
        for process in (web, worker, clocks):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, room[1]))

    with embedded.core() as core:
        before = embedded.report(WORDS, "before").json()["id"]
        until(lambda: _decided(core, before), 60, "the worker works")
        embedded.report(WORDS, "on its way")
        _refuses_and_goes_on(embedded, lambda: allow(4096), lambda: allow(room[0]))
        until(lambda: _count(core.database, "queue") == _count(core.database, "tips"), 60, "the worker goes on")
        until(lambda: core.chain.unsealed() == 0, 30, "the sealer goes on")
    assert embedded.stop() == [0, 0, 0]


@pytest.mark.slow
@pytest.mark.usefixtures("postgres_server")
def test_a_database_that_is_read_only(tmp_path: Path) -> None:
    name, url = name_of(tmp_path), made(tmp_path)

    def writes(allowed: str) -> None:
        administer(f"ALTER DATABASE {name} SET default_transaction_read_only = {allowed}")
        administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    with installation(tmp_path / "data", TIPSTREAM_DATABASE_URL=url) as running:
        running.start_web()
        _refuses_and_goes_on(running, lambda: writes("on"), lambda: writes("off"))
    dropped(tmp_path)


def _refuses_and_goes_on(running: Installation, fill: Callable[[], object], make_room: Callable[[], object]) -> None:
    first = running.report(WORDS, "first")
    assert first.status_code == httpx.codes.CREATED
    before = _intake(running)
    fill()
    with ThreadPoolExecutor(AT_ONCE) as senders:
        answers = list(senders.map(lambda number: running.report(WORDS, f"full-{number}"), range(AT_ONCE)))
    for answer in answers:
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert answer.headers["retry-after"].isdigit()
        assert answer.headers["content-type"] == "application/problem+json"
        assert "Nothing was stored" in answer.json()["detail"]
    page = _send_by_form(running)
    assert page.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert page.headers["retry-after"].isdigit()
    assert _intake(running) == before
    assert running.http.get("/health/live").status_code == httpx.codes.OK
    status = running.http.get(f"/api/v1/tips/{first.json()['id']}", headers=_bearer(running))
    assert status.status_code == httpx.codes.OK  # what can be read can still be read
    make_room()
    until(lambda: running.report(WORDS, "full-0").status_code == httpx.codes.CREATED, 20, "there is room again")
    assert running.report(WORDS, "first").json() == first.json()
    assert _intake(running) == {part: count + 1 for part, count in before.items()}


def _intake(running: Installation) -> dict[str, int]:
    """How many rows each part of an acceptance has, as a newcomer sees them."""
    received = {"audit": " WHERE action = 'tip.received'", "events": " WHERE type = 'tip.received'"}
    with open_database(running.settings.database) as database:
        return {part: _count(database, part + received.get(part, "")) for part in PARTS}


def _count(database: Database, what: str) -> int:
    with database.reading() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {what}")) or 0)


def _decided(core: Core, tip: str) -> bool:
    with core.storage.reading() as uow:
        return uow.queue.get(tip) is not None


def _bearer(running: Installation) -> dict[str, str]:
    return {"authorization": f"Bearer {running.demo.keys['prairie-haul']}"}


def _send_by_form(running: Installation) -> httpx.Response:
    token = re.search(r'name="draft" value="([^"]+)"', running.http.get("/r/public").text)
    assert token
    return running.http.post("/r/public", data={"narrative": WORDS[:9000], "draft": token[1]})
