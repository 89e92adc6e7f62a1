"""What docs/how-to/runbook.md says about backups, done with its own words: a copy of a product that runs, restored elsewhere and used."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from infra.app import Core, open_core
from infra.crypto import KeyRing, KeyRingSealer
from infra.docs import ROOT
from infra.settings import read_settings
from infra.storage.database import Database
from infra.storage.event_log import SqlEventLog
from infra.storage.unit_of_work import SqlStorage
from tests.builders import a_tip
from tests.contract.on_postgres import database_in, dropped
from tests.contract.samples import an_event
from tests.e2e.product import Product
from triage.domain.events import EventType

RUNBOOK = (ROOT / "docs" / "how-to" / "runbook.md").read_text("utf8")
CONTACT = {"name": "Reese Example", "phone": "308-555-0142"}


def block(heading: str) -> str:
    """The first block of code under a heading of the runbook."""
    section = RUNBOOK.partition(f"\n## {heading}\n")[2]
    found = re.search(r"```\w*\n(.*?)```", section, re.DOTALL)
    assert found, f"the runbook has no code under {heading}"
    return found[1]


def back_up(database: Path, copy: Path) -> None:
    """The runbook's command, with the paths of this test."""
    words = shlex.split(block("Back up SQLite"))
    assert words[-2:] == ["/var/lib/tipstream/tipstream.db", "/var/backups/tipstream.db"]
    subprocess.run([sys.executable, *words[1:-2], str(database), str(copy)], check=True, timeout=60)


def command(data: Path, *arguments: str) -> str:
    """What a command of the product prints."""
    run = [sys.executable, "-m", "infra.cli", *arguments, "--data", str(data)]
    return subprocess.run(run, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Mapping[str, Any]]]:
    """A folder with what the runbook tells to save of a product that takes tips meanwhile, and the answers to the tips before."""
    folder = tmp_path_factory.mktemp("backup")
    with Product(tmp_path_factory.mktemp("running") / "data", TIPSTREAM_SECOND_READER="0") as product:
        answers = [product.post({"narrative": f"van number {n} parked behind the mill", "contact": CONTACT}).json() for n in range(5)]
        for answer in answers[:-1]:
            product.desk_of(answer["id"])
        waiting = product.post({"narrative": "this one may still wait to be read"}).json()
        back_up(product.data / "tipstream.db", folder / "tipstream.db")
        product.post({"narrative": "this one came after the backup"})
        for name in ("policy", "keys"):
            shutil.copytree(product.data / name, folder / name)
    return folder, [*answers, waiting]


@pytest.fixture(scope="module")
def restored(backup: tuple[Path, list[Mapping[str, Any]]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """Another machine, on which the runbook's steps were followed."""
    data = tmp_path_factory.mktemp("restored") / "data"
    shutil.copytree(backup[0], data)
    command(data, "migrate")
    assert "the chain is whole" in command(data, "verify-audit")
    assert command(data, "reindex").endswith(" cases indexed.\n")
    with open_core(read_settings({}, data=data)) as core:
        yield core


def received(core: Core, reader: str) -> set[str]:
    """The tips that the reader has not passed in the log."""
    return {logged.event.payload["tip"] for logged in core.events.read(reader, [EventType.TIP_RECEIVED], 100)}


@pytest.mark.slow
def test_every_tip_before_the_backup_is_there(backup: tuple[Path, list[Mapping[str, Any]]], restored: Core) -> None:
    ids = [answer["id"] for answer in backup[1]]
    with restored.storage.reading() as work:
        assert set(work.tips.get_many(ids)) == set(ids)
        decided = set(work.decisions.get_many(ids))
    assert received(restored, "nobody has read yet") == set(ids)
    assert decided | received(restored, "decide") == set(ids)


@pytest.mark.slow
def test_keys_open_contacts_and_receipts(backup: tuple[Path, list[Mapping[str, Any]]], restored: Core, tmp_path: Path) -> None:
    answer = backup[1][0]
    sealed = restored.intake.contact_of(answer["id"])
    assert sealed is not None
    assert CONTACT["phone"].encode() in restored.sealer.open_contact(answer["id"], sealed)
    code = answer["receipt_code"].replace("-", "")
    assert restored.intake.tip_of_receipt(restored.sealer.receipt_hash(code)) == answer["id"]
    new_keys = KeyRingSealer(KeyRing.load(tmp_path / "keys"), restored.clock)
    with pytest.raises(ValueError, match="under another key"):
        new_keys.open_contact(answer["id"], sealed)
    assert restored.intake.tip_of_receipt(new_keys.receipt_hash(code)) is None


@pytest.mark.slow
def test_search_finds_what_was_restored(restored: Core) -> None:
    with restored.storage.reading() as work:
        assert restored.index.count() == len(work.cases.ids("", 100)) > 0


def moved_back(database: Database, since: int) -> int:
    """Where the relay stands after the runbook's statement, with this moment in place of its example."""
    statement, times = re.subn(r"at >= \d+", f"at >= {since}", block("Set the relay back"))
    assert times == 1
    with database.writing() as connection:
        connection.execute(text(statement))
    return SqlEventLog(database).position("relay")


def check_setting_back(database: Database) -> None:
    storage, log = SqlStorage(database), SqlEventLog(database)
    far = 2**62
    with storage.writing() as work:
        for number in (1, 2, 3):
            work.tips.add(a_tip(number))
            work.events.append([an_event(number)])
    log.commit("relay", 3)
    with database.writing() as connection:
        for number in (1, 3):
            connection.execute(text("INSERT INTO decisions (tip_id, document) VALUES (:id, '{}')"), {"id": an_event(number).key})
    assert moved_back(database, far) == 1, "before the tip that is in no queue"
    assert moved_back(database, 0) == 0, "before the moment"
    with database.writing() as connection:
        connection.execute(text("INSERT INTO decisions (tip_id, document) VALUES (:id, '{}')"), {"id": an_event(2).key})
    log.commit("relay", 2)
    assert moved_back(database, far) == 2, "nothing to send again"


def test_the_relay_is_set_back(database: Database) -> None:
    check_setting_back(database)


@pytest.mark.usefixtures("postgres_server")
def test_the_relay_is_set_back_on_postgresql(tmp_path: Path) -> None:
    with database_in(tmp_path) as database:
        check_setting_back(database)
    dropped(tmp_path)
