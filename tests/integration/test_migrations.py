"""The migrations make the tables that the code expects, keep what is stored, and are nobody's business but the migrating command's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from infra.storage import migrate, tables
from infra.storage.database import open_database
from infra.storage.unit_of_work import SqlStorage
from tests.builders import a_tip
from tests.contract import on_postgres
from tests.contract.samples import a_search

DATA = Path(__file__).with_name("data")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/tipstream.db"
    else:
        request.getfixturevalue("postgres_server")
        yield on_postgres.made(tmp_path, tables=False)
        on_postgres.dropped(tmp_path)


def tables_at(url: str) -> set[str]:
    with open_database(url) as database, database.reading() as connection:
        return set(inspect(connection).get_table_names())


def test_the_tables_are_those_of_the_code(url: str) -> None:
    migrate.upgrade(url)
    with open_database(url) as database, database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []
        found = inspect(connection)
        for table in tables.metadata.sorted_tables:
            assert [column["name"] for column in found.get_columns(table.name)] == [column.name for column in table.columns]
            assert found.get_pk_constraint(table.name)["constrained_columns"] == [column.name for column in table.primary_key]


def test_upgrading_again_changes_nothing(url: str) -> None:
    assert migrate.current(url) is None
    migrate.upgrade(url)
    at = migrate.current(url)
    with open_database(url) as database, SqlStorage(database).writing() as work:
        work.tips.add(a_tip(1))
    migrate.upgrade(url)
    assert migrate.current(url) == at is not None
    with open_database(url) as database, SqlStorage(database).reading() as work:
        assert work.tips.get(a_tip(1).id) == a_tip(1)


def test_every_step_goes_down_and_up_again_with_data(url: str) -> None:
    migrate.upgrade(url)
    with open_database(url) as database, SqlStorage(database).writing() as work:
        work.tips.add(a_tip(1))
        work.saved.put(a_search())
    newest = migrate.current(url)
    script = ScriptDirectory(str(Path(migrate.__file__).with_name("migrations")))
    for revision in script.walk_revisions():
        migrate.downgrade(url, str(revision.down_revision or "base"))
        assert migrate.current(url) == revision.down_revision
        if revision.down_revision:
            with open_database(url) as database, SqlStorage(database).reading() as work:
                assert work.tips.get(a_tip(1).id) == a_tip(1)
        migrate.upgrade(url)
        assert migrate.current(url) == newest
    migrate.downgrade(url, "base")
    assert tables_at(url) == {"alembic_version"}


def test_the_statements_of_the_last_schema_run_on_this_one(url: str) -> None:
    """While a cluster is upgraded, processes of the last release work on the new tables."""
    migrate.upgrade(url)
    last = ScriptDirectory(str(Path(migrate.__file__).with_name("migrations"))).get_revision("head").down_revision
    statements = json.loads((DATA / f"statements_{last}.json").read_text("utf8"))
    migrate.downgrade(url, last)
    spoken_of = {word for statement in statements for word in statement["sql"].split()}
    assert tables_at(url) - spoken_of == {"alembic_version"}
    migrate.upgrade(url)
    with open_database(url) as database, database.writing() as connection:
        for statement in statements:
            given = {name: bytes.fromhex(value["hex"]) if isinstance(value, dict) else value for name, value in statement["given"].items()}
            done = connection.execute(text(statement["sql"]), given)
            assert (len(done.all()) if done.returns_rows else done.rowcount) == 1, statement["sql"]


def test_an_upgrade_is_all_or_nothing(url: str) -> None:
    last = "api_keys"
    with open_database(url) as database, database.writing() as connection:
        connection.execute(text(f"CREATE TABLE {last} (in_the_way INTEGER)"))
    with pytest.raises(DBAPIError, match="already exists"):
        migrate.upgrade(url)
    assert tables_at(url) == {last}


def test_two_upgrades_at_once_do_the_work_once(url: str) -> None:
    code = "import sys; from infra.storage.migrate import upgrade; upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert migrate.current(url) is not None


def test_only_migrating_loads_alembic() -> None:
    modules = ["unit_of_work", "intake", "partners", "event_log", "dead_letters", "audit_chain"]
    code = "\n".join(f"import infra.storage.{module}" for module in modules) + "\nimport sys; print('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
