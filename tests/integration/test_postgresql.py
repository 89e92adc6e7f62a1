"""What only PostgreSQL can show: how connections are prepared, and that its errors come out as ours, without any value in them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from infra.storage import tables
from infra.storage.database import Database, insert, open_database, take_locks
from infra.storage.migrate import upgrade
from infra.storage.postgresql import PostgresBackend
from infra.storage.records import tip_row
from infra.storage.unit_of_work import SqlStorage
from tests.builders import a_tip
from tests.contract.on_postgres import administer, database_in, dropped, made, name_of, url_of
from tests.contract.samples import an_event
from triage.domain.errors import Conflict, NotAllowed, Unavailable

pytestmark = pytest.mark.usefixtures("postgres_server")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_in(tmp_path) as opened:
        yield opened
    dropped(tmp_path)


def add_tip(database: Database, narrative: str = "SECRET WORDS") -> None:
    with database.writing() as connection:
        insert(connection, tables.tips, [tip_row(a_tip(1, narrative=narrative))])


def setting(connection: Connection, name: str) -> Any:
    return connection.scalar(text("SELECT current_setting(:name)"), {"name": name})


@pytest.mark.parametrize(("writes", "isolation"), [(True, "read committed"), (False, "repeatable read")])
def test_every_connection_is_prepared(database: Database, writes: bool, isolation: str) -> None:
    with database.writing() if writes else database.reading() as connection:
        assert setting(connection, "transaction_isolation") == isolation
        assert setting(connection, "transaction_read_only") == ("off" if writes else "on")
        assert setting(connection, "lock_timeout") == "50ms"
        assert setting(connection, "statement_timeout") == "1min"
        assert setting(connection, "idle_in_transaction_session_timeout") == "1min"


@pytest.mark.parametrize(("configured", "used"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_a_commit_waits_for_the_disk_whatever_the_server_says(database: Database, tmp_path: Path, configured: str, used: str) -> None:
    administer(f"ALTER DATABASE {name_of(tmp_path)} SET synchronous_commit = {configured}")
    with database.reading() as connection:
        assert setting(connection, "synchronous_commit") == used


def test_text_is_sorted_by_code_point_whatever_the_language_of_the_server(database: Database) -> None:
    with database.reading() as connection:
        assert connection.scalar(text("SELECT daticulocale FROM pg_database WHERE datname = current_database()")) == "en-US"
        rows = connection.execute(
            text(
                "SELECT table_name, column_name, collation_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND data_type = 'character varying' AND table_name <> 'alembic_version'"
            )
        ).all()
    assert len(rows) > 50
    assert [row for row in rows if row.collation_name != "C"] == []


def test_a_wait_that_is_too_long_is_unavailable(database: Database) -> None:
    with database.writing() as connection:
        take_locks(connection, ["a name"])
        with pytest.raises(Unavailable, match="somebody else is writing"), database.writing() as other:
            take_locks(other, ["another", "a name"])


def test_locks_are_taken_in_one_order(database: Database) -> None:
    """Two that ask for the same names, each in its own order, do not end up waiting for each other."""
    with database.writing() as connection:
        take_locks(connection, (name for name in "abcdefgh"))
        held = connection.scalars(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")).one()
    asked: list[Any] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[3]))
    for names in ("abcdefgh", "hgfedcba"):
        with database.writing() as connection:
            take_locks(connection, names)
    first, second = (given["numbers"] for given in asked)
    assert held == len(first) == 8
    assert first == second == sorted(first)


def test_a_statement_that_takes_too_long_is_unavailable(tmp_path: Path) -> None:
    with (
        open_database(url_of("postgres"), statement_seconds=0.05) as database,
        pytest.raises(Unavailable, match="took too long"),
        database.reading() as connection,
    ):
        connection.execute(text("SELECT pg_sleep(10)"))


def test_a_server_that_takes_no_writes_is_unavailable(database: Database, tmp_path: Path) -> None:
    administer(f"ALTER DATABASE {name_of(tmp_path)} SET default_transaction_read_only = on")
    with pytest.raises(Unavailable, match="takes no writes"):
        add_tip(database)
    with SqlStorage(database).reading() as work:
        assert work.tips.get(a_tip(1).id) is None


def test_a_connection_that_was_cut_is_unavailable_once(database: Database, tmp_path: Path) -> None:
    with database.reading() as connection:
        connection.execute(select(1))
    administer(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name_of(tmp_path)}'")
    with pytest.raises(Unavailable, match="went away"):
        add_tip(database)
    add_tip(database)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with open_database(f"postgresql://somebody:SECRET@127.0.0.1:{port}/tips") as database, pytest.raises(Unavailable) as refusal:
            add_tip(database)
    assert "TIPSTREAM_DATABASE_URL" in str(refusal.value)
    assert "SECRET" not in str(refusal.value) + str(refusal.value.__cause__)


def test_a_database_that_is_not_there_is_unavailable() -> None:
    with open_database(url_of("nowhere")) as database, pytest.raises(Unavailable, match="TIPSTREAM_DATABASE_URL"):
        add_tip(database)


def test_missing_tables_are_unavailable(tmp_path: Path) -> None:
    with open_database(made(tmp_path, tables=False)) as database, pytest.raises(Unavailable, match="tipstream migrate"):
        add_tip(database)
    dropped(tmp_path)


def test_too_many_at_once_are_unavailable(database: Database) -> None:
    with ExitStack() as stack:
        for _ in range(24):
            stack.enter_context(database.reading())
        with pytest.raises(Unavailable, match="all connections of this process"):
            stack.enter_context(database.reading())


def test_a_taken_key_and_a_missing_owner_are_conflicts_without_values(database: Database) -> None:
    add_tip(database)
    with pytest.raises(Conflict, match="another record") as taken:
        add_tip(database)
    with pytest.raises(Conflict, match="belongs to another") as stray, database.writing() as connection:
        insert(connection, tables.receipts, [{"hash": "SECRET", "tip_id": "tip_9"}])
    assert "SECRET" not in str(taken.value) + str(stray.value)


def test_a_reader_may_not_write(database: Database) -> None:
    with pytest.raises(NotAllowed), database.reading() as connection:
        insert(connection, tables.tips, [tip_row(a_tip(1))])


def test_a_mistake_of_ours_stays_what_it_is_but_shows_no_value(database: Database) -> None:
    with pytest.raises(Exception, match="syntax error") as failure, database.reading() as connection:
        connection.execute(text("SELEKT :value"), {"value": "SECRET"})
    assert "SECRET" not in str(failure.value)
    assert not isinstance(failure.value, Unavailable)


class Reported(Exception):
    """An error of the server, as the driver hands it over."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("SECRET")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("40001", "Try again"),
        ("40P01", "waited for each other"),
        ("53100", "disk of the server is full"),
        ("53200", "max_locks_per_transaction"),
        ("53300", "max_connections"),
        ("53400", "lacks a resource"),
        ("57P01", "went away"),
        ("57P03", "went away"),
        ("08006", "went away"),
        ("58030", "disk of the server reports an error"),
        ("XX001", "restore the newest backup"),
        ("28P01", "refuses this user"),
        ("3D000", "no such database"),
        ("42501", "rights of the owner"),
        ("26000", "session pooling"),
    ],
)
def test_errors_say_what_to_do(state: str, advice: str) -> None:
    meaning = PostgresBackend().meaning(Reported(state), writes=True)
    assert isinstance(meaning, Unavailable)
    assert advice in str(meaning)
    assert "SECRET" not in str(meaning)


def test_a_division_by_zero_is_a_mistake_of_ours() -> None:
    assert PostgresBackend().meaning(Reported("22012"), writes=True) is None


def test_nobody_is_numbered_between_an_event_and_its_commit(database: Database, tmp_path: Path) -> None:
    """The one who is about to commit holds the log; another that ends now waits, and does not become visible first."""
    refused = []

    def meanwhile(_connection: Connection) -> None:
        try:
            with SqlStorage(second).writing() as other:
                other.events.append([an_event(2)])
        except Unavailable:
            refused.append(True)

    with database_in(tmp_path) as second:
        event.listen(database.engine, "commit", meanwhile)
        with SqlStorage(database).writing() as work:
            work.events.append([an_event(1)])
    assert refused == [True]


def test_a_role_with_few_rights_works_but_changes_no_table(tmp_path: Path) -> None:
    """As docs/how-to/run-on-postgresql.md grants them, before the first migration."""
    url, role = made(tmp_path, tables=False), f"{name_of(tmp_path)}_run"
    administer(f"CREATE ROLE {role} LOGIN")
    for grant in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE ON SEQUENCES"):
        administer(f"ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT {grant} TO {role}", name_of(tmp_path))
    upgrade(url)
    with open_database(url.replace("postgres@", f"{role}@")) as database:
        with SqlStorage(database).writing() as work:
            work.tips.add(a_tip(1))
            work.events.append([an_event(1)])
        upgrade(url.replace("postgres@", f"{role}@"))
        with pytest.raises(Unavailable, match="rights of the owner"), database.writing() as connection:
            connection.execute(text("DROP TABLE tips"))
    dropped(tmp_path)
    administer(f"DROP ROLE {role}")
