"""Binds the suites to SQLite: every test works on its own copy of a file that was migrated once."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import event

from infra.storage.database import Database, open_database
from infra.storage.migrate import upgrade
from tests.contract.binding import IMPATIENT, OnDatabase, PartnerPartOnDatabase, PartOnDatabase

FILE = "tipstream.db"


@cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        upgrade(f"sqlite:///{folder}/{FILE}")
        return (Path(folder) / FILE).read_bytes()


@contextmanager
def database_in(folder: Path, wait_seconds: float = IMPATIENT) -> Iterator[Database]:
    """The database that lives in ``folder``, made with its tables when it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        (folder / FILE).write_bytes(_template())
    with open_database(f"sqlite:///{folder / FILE}", wait_seconds) as database:
        # No test cuts the power, so none needs to wait for the disk; that the product does is tested on its own.
        event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        yield database


class OnSqlite(OnDatabase):
    """Databases are files."""

    def database_in(self, folder: Path, wait_seconds: float = IMPATIENT) -> AbstractContextManager[Database]:
        return database_in(folder, wait_seconds)

    @contextmanager
    def locked(self, folder: Path) -> Iterator[None]:
        """Keep everybody else from writing to the database in ``folder``."""
        with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    def crashed(self, folder: Path, to: Path) -> Path:
        """The files of the database as they are on disk now, as if the machine had stopped."""
        shutil.copytree(folder, to)
        return to

    def holding(self, folder: Path, needle: bytes) -> set[str]:
        """The tables in which ``needle`` occurs."""
        with closing(sqlite3.connect(folder / FILE)) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in names}
        return {name for name, found in rows.items() if any(needle.decode() in repr(row) for row in found)}


class OnSqlitePart(OnSqlite, PartOnDatabase):
    """A part of the unit of work on SQLite."""


class OnSqlitePartnerPart(OnSqlite, PartnerPartOnDatabase):
    """A part of the partners' work on SQLite."""
