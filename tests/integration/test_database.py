"""What only SQLite can show: how connections are prepared, and that its errors come out as ours, without any value in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from infra.storage import tables
from infra.storage.database import Database, open_database
from infra.storage.migrate import upgrade
from infra.storage.records import tip_row
from infra.storage.unit_of_work import SqlStorage
from tests.builders import a_tip
from triage.domain.errors import Conflict, NotAllowed, Unavailable


@pytest.fixture
def file(tmp_path: Path) -> Path:
    upgrade(f"sqlite:///{tmp_path}/tipstream.db")
    return tmp_path / "tipstream.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{file}", wait_seconds=0.05) as database:
        yield database


def add_tip(database: Database, narrative: str = "SECRET WORDS") -> None:
    with database.writing() as connection:
        connection.execute(insert(tables.tips), [tip_row(a_tip(1, narrative=narrative))])


@pytest.mark.parametrize("writes", [True, False])
def test_every_connection_syncs_at_commit(database: Database, writes: bool) -> None:
    with database.writing() if writes else database.reading() as connection:
        found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys", "query_only")}
    full = 2
    assert found == {"journal_mode": "wal", "synchronous": full, "foreign_keys": 1, "query_only": int(not writes)}


def test_a_locked_file_is_unavailable(database: Database, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="somebody else is writing"):
            add_tip(database)
    add_tip(database)


def test_a_full_disk_is_unavailable_and_stores_nothing(database: Database) -> None:
    with database.writing() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(Unavailable, match="disk is full") as refusal:
        add_tip(database, "SECRET WORDS " * 10_000)
    assert "SECRET" not in str(refusal.value)
    with SqlStorage(database).reading() as work:
        assert work.tips.get(a_tip(1).id) is None


def test_a_file_that_may_not_be_written_is_unavailable(file: Path) -> None:
    with open_database(f"sqlite:///file:{file}?mode=ro&uri=true") as database, pytest.raises(Unavailable, match="may not be written"):
        add_tip(database)


def test_a_missing_folder_is_unavailable(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path}/nowhere/tipstream.db") as database, pytest.raises(Unavailable, match="its folder exists"):
        add_tip(database)


def test_another_kind_of_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "tipstream.db").write_text("This is a letter and no database. " * 100)
    with open_database(f"sqlite:///{tmp_path}/tipstream.db") as database, pytest.raises(Unavailable, match="not a database"):
        add_tip(database)


def test_missing_tables_are_unavailable(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path}/tipstream.db") as database, pytest.raises(Unavailable, match="tipstream migrate"):
        add_tip(database)


def test_a_taken_key_and_a_missing_owner_are_conflicts_without_values(database: Database) -> None:
    add_tip(database)
    with pytest.raises(Conflict, match="another record") as taken:
        add_tip(database)
    with pytest.raises(Conflict, match="belongs to another") as stray, database.writing() as connection:
        connection.execute(insert(tables.receipts), [{"hash": "SECRET", "tip_id": "tip_9"}])
    assert "SECRET" not in str(taken.value) + str(taken.value.__cause__) + str(stray.value) + str(stray.value.__cause__)


def test_a_reader_may_not_write(database: Database) -> None:
    with pytest.raises(NotAllowed), database.reading() as connection:
        connection.execute(insert(tables.tips), [tip_row(a_tip(1))])


def test_a_mistake_of_ours_stays_what_it_is_but_shows_no_value(database: Database) -> None:
    with pytest.raises(Exception, match="syntax error") as failure, database.reading() as connection:
        connection.execute(text("SELEKT :value"), {"value": "SECRET"})
    assert "SECRET" not in str(failure.value)
    assert not isinstance(failure.value, Unavailable)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://somebody:SECRET@db/tips", "postgresql://somebody:SECRET@db"])
def test_an_address_that_cannot_be_served_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"Write (sqlite:////absolute/path|postgresql://user@host/database)") as refusal:
        open_database(url)
    assert "SECRET" not in str(refusal.value)


@pytest.mark.parametrize(
    "at",
    [datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)],
    ids=["before 1970", "the last there is"],
)
def test_times_come_back_to_the_microsecond(database: Database, at: datetime) -> None:
    with database.writing() as connection:
        connection.execute(insert(tables.tips), [tip_row(a_tip(1, received_at=at))])
        assert connection.scalar(select(tables.tips.c.received_at)) == at


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="without a zone"), database.writing() as connection:
        connection.execute(insert(tables.tips), [tip_row(a_tip(1, received_at=datetime(2026, 11, 1)))])  # noqa: DTZ001 - the mistake itself
