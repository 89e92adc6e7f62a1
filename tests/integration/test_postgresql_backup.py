"""What docs/how-to/run-on-postgresql.md says about backups, done: a dump and a copy of the whole cluster, each restored and used."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.storage import migrate
from infra.storage.audit_chain import SqlAuditChain
from infra.storage.database import open_database
from infra.storage.event_log import SqlEventLog
from infra.storage.unit_of_work import SqlStorage
from tests.builders import a_tip
from tests.contract.on_postgres import administer, database_in, dropped, made, name_of, url_of
from tests.contract.samples import an_audit_row, an_event
from tests.services.servers import Server, _postgres_bin, running
from triage.domain.audit import first_break
from triage.domain.events import EventType


@pytest.fixture
def url(postgres_server: Server, tmp_path: Path) -> Iterator[str]:
    """A database with a tip, its event and a sealed audit row."""
    with database_in(tmp_path) as database:
        with SqlStorage(database).writing() as work:
            work.tips.add(a_tip(1))
            work.audit.append([an_audit_row()])
            work.events.append([an_event(1)])
        assert SqlAuditChain(database).seal(10) == 1
    yield made(tmp_path)
    dropped(tmp_path)


def check(url: str) -> None:
    """Everything is there, and numbers go on where they were."""
    assert migrate.current(url) is not None
    with open_database(url) as database:
        with SqlStorage(database).writing() as work:
            assert work.tips.get(a_tip(1).id) == a_tip(1)
            work.events.append([an_event(2)])
        assert [logged.position for logged in SqlEventLog(database).read("test", [EventType.TIP_RECEIVED], 10)] == [1, 2]
        assert first_break(SqlAuditChain(database).rows(0, 10)) is None


def run(*command: str, user: int | None = None) -> None:
    subprocess.run([_postgres_bin(command[0]), *command[1:]], check=True, capture_output=True, user=user, cwd="/")


def test_a_dump_is_restored(url: str, tmp_path: Path) -> None:
    dump, restored = str(tmp_path / "tipstream.dump"), f"{name_of(tmp_path)}_restored"
    run("pg_dump", "--format=custom", f"--file={dump}", url)
    run("createdb", f"--maintenance-db={url}", "--template=template0", restored)
    run("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={url_of(restored)}", dump)
    check(url_of(restored))
    administer(f"DROP DATABASE {restored} WITH (FORCE)")


def test_a_copy_of_the_cluster_is_restored(url: str, tmp_path: Path) -> None:
    owner = None if os.geteuid() else Path(_owned_by_the_server()).stat().st_uid
    with tempfile.TemporaryDirectory(prefix="tipstream-copy-") as folder:
        os.chmod(folder, 0o711)  # the server's user must be able to walk in
        copy = Path(folder) / "data"
        copy.mkdir(mode=0o700)
        if owner is not None:
            os.chown(copy, owner, -1)
        run("pg_basebackup", f"--dbname={url_of('postgres')}", f"--pgdata={copy}", "--checkpoint=fast", user=owner)
        with running("postgres", folder) as server:
            check(server.info["url"].rpartition("/")[0] + f"/{name_of(tmp_path)}")


def _owned_by_the_server() -> str:
    return str(administer("SHOW data_directory")[0][0])
