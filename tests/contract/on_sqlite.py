"""Binds the suites to SQLite: every test works on its own copy of a file that was migrated once."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from infra.storage.database import Database, open_database
from infra.storage.event_log import SqlEventLog
from infra.storage.migrate import upgrade
from infra.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from tests.contract.tips_suite import Behind
from triage.ports import Storage, UnitOfWork

FILE = "tipstream.db"
IMPATIENT = 0.05
"""Seconds that a writer waits for another: enough to be sure that it waits, short enough to test that it gives up."""


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


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep everybody else from writing to the database in ``folder``."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def copy(folder: Path, to: Path) -> Path:
    """The files of the database as they are on disk now, as if the machine had stopped."""
    shutil.copytree(folder, to)
    return to


class OnSqlite:
    """For suites of a port that is made from a database: ``adapter`` is its class."""

    adapter: Any

    @contextmanager
    def open(self, folder: Path, wait_seconds: float = IMPATIENT) -> Iterator[Any]:
        with database_in(folder, wait_seconds) as database:
            yield self.adapter(database)

    @contextmanager
    def behind(self, folder: Path) -> Iterator[Behind]:
        with database_in(folder) as database:
            yield Behind(SqlStorage(database), SqlEventLog(database))

    def locked(self, folder: Path) -> Any:
        return locked(folder)


class OnSqlitePart(OnSqlite):
    """For suites of a part of the unit of work: ``part`` is its name there, ``adapter`` its class."""

    part: str

    @contextmanager
    def open(self, folder: Path, wait_seconds: float = IMPATIENT) -> Iterator[Storage]:
        with database_in(folder, wait_seconds) as database:
            yield StorageWith(database, self.part, self.adapter)


class StorageWith(SqlStorage):
    """The storage with one part of its units of work taken from ``adapter``."""

    def __init__(self, database: Database, part: str, adapter: Any) -> None:
        super().__init__(database)
        self._part = part
        self._adapter = adapter

    def writing(self) -> UnitOfWork:
        return _UnitWith(self._database.writing(), self._part, self._adapter)

    def reading(self) -> UnitOfWork:
        return _UnitWith(self._database.reading(), self._part, self._adapter)


class _UnitWith(SqlUnitOfWork):
    def __init__(self, transaction: AbstractContextManager[Connection], part: str, adapter: Any) -> None:
        super().__init__(transaction)
        self._part = part
        self._adapter = adapter

    def _speak_through(self, connection: Connection) -> None:
        super()._speak_through(connection)
        setattr(self, self._part, self._adapter(connection))
