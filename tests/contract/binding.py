"""How a suite meets an adapter that is made from a database. Each engine has a module beside this one that says where its databases are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from infra.storage.database import Database
from infra.storage.event_log import SqlEventLog
from infra.storage.partner_work import SqlPartnerWork
from infra.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from ingest.ports import PartnerStorage, PartnerWork
from tests.contract.tips_suite import Behind
from triage.ports import Storage, UnitOfWork

IMPATIENT = 0.05
"""Seconds that a writer waits for another: enough to be sure that it waits, short enough to test that it gives up."""


class OnDatabase:
    """For suites of a port that is made from a database: ``adapter`` is its class."""

    adapter: Any

    def database_in(self, folder: Path, wait_seconds: float = IMPATIENT) -> AbstractContextManager[Database]:
        """The database that stands for ``folder``, made with its tables when it is not there yet."""
        raise NotImplementedError

    @contextmanager
    def open(self, folder: Path, wait_seconds: float = IMPATIENT) -> Iterator[Any]:
        with self.database_in(folder, wait_seconds) as database:
            yield self.adapter(database)

    @contextmanager
    def behind(self, folder: Path) -> Iterator[Behind]:
        with self.database_in(folder) as database:
            yield Behind(SqlStorage(database), SqlEventLog(database))


class PartOnDatabase(OnDatabase):
    """For suites of a part of the unit of work: ``part`` is its name there, ``adapter`` its class."""

    part: str

    @contextmanager
    def open(self, folder: Path, wait_seconds: float = IMPATIENT) -> Iterator[Storage]:
        with self.database_in(folder, wait_seconds) as database:
            yield StorageWith(database, self.part, self.adapter)


class StorageWith(SqlStorage):
    """The storage with one part of its units of work taken from ``adapter``."""

    def __init__(self, database: Database, part: str, adapter: Any) -> None:
        super().__init__(database)
        self._part = part
        self._adapter = adapter

    def writing(self) -> UnitOfWork:
        return _Swapped(self._database.writing(), self._part, self._adapter)

    def reading(self) -> UnitOfWork:
        return _Swapped(self._database.reading(), self._part, self._adapter)


class _Swapped(SqlUnitOfWork):
    """A unit of work with one part taken from ``adapter``."""

    def __init__(self, transaction: AbstractContextManager[Connection], part: str, adapter: Any) -> None:
        super().__init__(transaction)
        self._part = part
        self._adapter = adapter

    def _speak_through(self, connection: Connection) -> None:
        super()._speak_through(connection)
        setattr(self, self._part, self._adapter(connection))


class _SwappedPartnerWork(_Swapped, SqlPartnerWork):
    """The same of the partners' work."""


class PartnerPartOnDatabase(OnDatabase):
    """For suites of a part of the partners' work: ``part`` is its name there, ``adapter`` its class."""

    part: str

    @contextmanager
    def open(self, folder: Path, wait_seconds: float = IMPATIENT) -> Iterator[PartnerStorage]:
        with self.database_in(folder, wait_seconds) as database:
            yield PartnerStorageWith(database, self.part, self.adapter)


class PartnerStorageWith(PartnerStorage):
    """Partner works with one part taken from ``adapter``."""

    def __init__(self, database: Database, part: str, adapter: Any) -> None:
        self._database = database
        self._part = part
        self._adapter = adapter

    def writing(self) -> PartnerWork:
        return _SwappedPartnerWork(self._database.writing(), self._part, self._adapter)

    def reading(self) -> PartnerWork:
        return _SwappedPartnerWork(self._database.reading(), self._part, self._adapter)
