"""Units of work on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType

import pytest
from sqlalchemy import Connection, delete, select

from infra.storage import tables
from infra.storage.cases import SqlCases
from infra.storage.database import Database
from infra.storage.records import SqlTips
from infra.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from tests.contract.on_postgres import OnPostgres
from tests.contract.on_sqlite import OnSqlite
from tests.contract.saboteurs import caught, expected
from tests.contract.unit_of_work_suite import UnitOfWorkSuite
from triage.domain.case import Case
from triage.domain.tip import Tip
from triage.ports import UnitOfWork


class SqliteUnitOfWork(OnSqlite, UnitOfWorkSuite):
    adapter = SqlStorage


class TestSqliteUnitOfWork(SqliteUnitOfWork):
    pass


class PostgresUnitOfWork(OnPostgres, UnitOfWorkSuite):
    adapter = SqlStorage


class TestPostgresUnitOfWork(PostgresUnitOfWork):
    pass


class CommitsWhateverHappens(SqlStorage):
    class Unit(SqlUnitOfWork):
        def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
            super().__exit__(None, None, None)

    def writing(self) -> UnitOfWork:
        return self.Unit(self._database.writing())


class StartsAfresh(SqlStorage):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.writing() as connection:
            connection.execute(delete(tables.tips))


class ShowsTipsEarly(SqlStorage):
    class Unit(SqlUnitOfWork):
        def _speak_through(self, connection: Connection) -> None:
            super()._speak_through(connection)
            self.tips = self.early = ShowsTipsEarly.Tips(connection)

        def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
            if error:
                self.early.take_back()
            super().__exit__(None, None, None) if error and self.early.added else super().__exit__(kind, error, trace)

    class Tips(SqlTips):
        def __init__(self, connection: Connection) -> None:
            super().__init__(connection)
            self.added: list[str] = []

        def add(self, tip: Tip) -> None:
            super().add(tip)
            self.added.append(tip.id)
            self._connection.exec_driver_sql("COMMIT")
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")

        def take_back(self) -> None:
            if self.added:
                self._connection.exec_driver_sql("ROLLBACK")
                self._connection.exec_driver_sql("BEGIN IMMEDIATE")
                self._connection.execute(delete(tables.tips).where(tables.tips.c.id.in_(self.added)))

    def writing(self) -> UnitOfWork:
        return self.Unit(self._database.writing())


class TakesNoLock(SqlStorage):
    def writing(self) -> UnitOfWork:
        return SqlUnitOfWork(self._late())

    @contextmanager
    def _late(self) -> Iterator[Connection]:
        with self._database.reading() as connection:
            connection.exec_driver_sql("PRAGMA query_only = 0")
            yield connection.execution_options(tipstream_writes=True)


class ReadsEachTimeAnew(SqlStorage):
    def reading(self) -> UnitOfWork:
        return SqlUnitOfWork(self._anew())

    @contextmanager
    def _anew(self) -> Iterator[Connection]:
        with self._database.reading() as connection:
            connection.exec_driver_sql("COMMIT")
            yield connection


class LetsReadersWrite(SqlStorage):
    def reading(self) -> UnitOfWork:
        return SqlUnitOfWork(self._open())

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        with self._database.reading() as connection:
            connection.exec_driver_sql("PRAGMA query_only = 0")
            yield connection


BREAKS = {
    CommitsWhateverHappens: "test_commits_all_or_none",
    StartsAfresh: "test_is_durable",
    ShowsTipsEarly: "test_shows_nothing_early",
    TakesNoLock: "test_one_writer_after_the_other",
    ReadsEachTimeAnew: "test_reads_a_fixed_picture",
    LetsReadersWrite: "test_reading_refuses_to_write",
}


class HoldsNothing(SqlStorage):
    class Unit(SqlUnitOfWork):
        def hold(self, names: Iterable[str]) -> None:
            pass

    def writing(self) -> UnitOfWork:
        return self.Unit(self._database.writing())


class ReadsCasesWithoutHoldingThem(SqlStorage):
    class Unit(SqlUnitOfWork):
        def _speak_through(self, connection: Connection) -> None:
            super()._speak_through(connection)
            self.cases = ReadsCasesWithoutHoldingThem.Cases(connection)

    class Cases(SqlCases):
        def get_many(self, case_ids: Sequence[str]) -> Mapping[str, Case]:
            found = self._connection.scalars(select(tables.cases.c.document).where(tables.cases.c.id.in_(case_ids)))
            return {case.id: case for case in found}

    def writing(self) -> UnitOfWork:
        return self.Unit(self._database.writing())


class ReadsWhatIsNewest(SqlStorage):
    def reading(self) -> UnitOfWork:
        return SqlUnitOfWork(self._database.engine.execution_options(postgresql_readonly=True).begin())


class WritesInReaders(SqlStorage):
    def reading(self) -> UnitOfWork:
        return SqlUnitOfWork(self._frozen())

    @contextmanager
    def _frozen(self) -> Iterator[Connection]:
        with self._database.writing() as connection:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection


BREAKS_AMONG_MANY_WRITERS = {
    HoldsNothing: "test_holds_what_it_names",
    ReadsCasesWithoutHoldingThem: "test_one_writer_after_the_other",
    ReadsWhatIsNewest: "test_reads_a_fixed_picture",
    WritesInReaders: "test_reading_refuses_to_write",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    noticed_twice = {"TakesNoLock": {"test_one_writer_after_the_other", "test_holds_what_it_names"}}
    assert caught(pytester, SqliteUnitOfWork, BREAKS) == expected(BREAKS) | noticed_twice


@pytest.mark.usefixtures("postgres_server")
def test_the_suite_catches_what_only_many_writers_show(pytester: pytest.Pytester) -> None:
    breaks = BREAKS_AMONG_MANY_WRITERS
    assert caught(pytester, PostgresUnitOfWork, breaks, breaks.values()) == expected(breaks)
