"""Binds the suites to PostgreSQL: every test works on a database of its own, copied by the server from one that was migrated once.

The databases sort by the rules of English, not of code points, so that a column without its own collation would be noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infra.storage import tables
from infra.storage.database import Database, open_database
from infra.storage.migrate import upgrade
from tests.contract.binding import IMPATIENT, OnDatabase, PartnerPartOnDatabase, PartOnDatabase
from tests.services.fixtures import needed
from tests.services.servers import Server

_EMPTY, _TEMPLATE = "empty_in_english", "tipstream_template"


def url_of(name: str) -> str:
    """The address of the database ``name`` on the server of this run."""
    return needed("postgres").info["url"].rpartition("/")[0] + f"/{name}"


def administer(statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
    """Run one statement as the owner of the server and return its rows."""
    with psycopg.connect(url_of(database), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@cache
def _template(server: Server) -> str:
    administer(f"CREATE DATABASE {_EMPTY} LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0")
    administer(f"CREATE DATABASE {_TEMPLATE} TEMPLATE {_EMPTY}")
    upgrade(url_of(_TEMPLATE))
    return _TEMPLATE


def name_of(folder: Path) -> str:
    """The database that stands for a folder."""
    return "t_" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]


def made(folder: Path, tables: bool = True) -> str:
    """The address of the database that stands for ``folder``; made when it is not there yet, with the newest tables or with none."""
    name, template = name_of(folder), _template(needed("postgres"))
    if not administer(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        administer(f"CREATE DATABASE {name} TEMPLATE {template if tables else _EMPTY}")
    return url_of(name)


def dropped(folder: Path) -> None:
    """Drop what was made for ``folder`` and the folders in it, whoever is still connected."""
    for (name,) in administer("SELECT datname FROM pg_database WHERE datname LIKE 't\\_%'"):
        if name in {name_of(folder), *(name_of(path) for path in folder.rglob("*"))}:
            administer(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def database_in(folder: Path, wait_seconds: float = IMPATIENT) -> Iterator[Database]:
    """The database that stands for ``folder``, made with its tables when it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_database(made(folder), wait_seconds) as database:
        yield database


class OnPostgres(OnDatabase):
    """Databases are on the server of this run, and go with the test."""

    @pytest.fixture(autouse=True)
    def _dropped(self, tmp_path: Path) -> Iterator[None]:
        needed("postgres")
        yield
        dropped(tmp_path)

    def database_in(self, folder: Path, wait_seconds: float = IMPATIENT) -> AbstractContextManager[Database]:
        return database_in(folder, wait_seconds)

    @contextmanager
    def locked(self, folder: Path) -> Iterator[None]:
        """Keep everybody else from writing to the database of ``folder``."""
        names = ", ".join(table.name for table in tables.metadata.sorted_tables)
        with psycopg.connect(made(folder)) as other:
            other.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
            yield
            other.rollback()

    def crashed(self, folder: Path, to: Path) -> Path:
        """The same data after the server was killed and started again."""
        server = needed("postgres")
        server.kill()
        server.start()
        return folder

    def holding(self, folder: Path, needle: bytes) -> set[str]:
        """The tables in which ``needle`` occurs."""
        with psycopg.connect(made(folder)) as connection:
            rows = {table.name: connection.execute(f"SELECT * FROM {table.name}").fetchall() for table in tables.metadata.sorted_tables}
        return {name for name, found in rows.items() if any(needle.decode() in repr(row) for row in found)}


class OnPostgresPart(OnPostgres, PartOnDatabase):
    """A part of the unit of work on PostgreSQL."""


class OnPostgresPartnerPart(OnPostgres, PartnerPartOnDatabase):
    """A part of the partners' work on PostgreSQL."""
