"""The audit chain on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import Connection, func, select

from infra.storage import tables
from infra.storage.audit_chain import SqlAuditChain
from infra.storage.database import Database
from infra.storage.logs import AUDIT_COLUMNS
from tests.contract.audit_chain_suite import AuditChainSuite
from tests.contract.on_postgres import OnPostgres
from tests.contract.on_sqlite import OnSqlite
from tests.contract.saboteurs import caught, expected
from triage.domain.audit import AuditRow, SealedRow


class SqliteAuditChain(OnSqlite, AuditChainSuite):
    adapter = SqlAuditChain


class TestSqliteAuditChain(SqliteAuditChain):
    pass


class TestPostgresAuditChain(OnPostgres, AuditChainSuite):
    adapter = SqlAuditChain


class SealsByTime(SqlAuditChain):
    def _waiting(self, connection: Connection, limit: int) -> list[tuple[int, AuditRow]]:
        return sorted(super()._waiting(connection, limit), key=lambda waiting: waiting[1].at)


class KeepsTheLock(SqlAuditChain):
    def seal(self, limit: int) -> int:
        sealed = super().seal(limit)
        if sealed == 2:
            self._kept = self._database.writing()
            self._held = self._kept.__enter__()
        return sealed

    def __del__(self) -> None:
        """Closes what it held, so that no later test has to hear of it."""
        if hasattr(self, "_held"):
            self._held.invalidate()


class SealsTwice(SqlAuditChain):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._rounds = 0

    def unsealed(self) -> int:
        return super().unsealed() or int(self._rounds < 3)

    def _waiting(self, connection: Connection, limit: int) -> list[tuple[int, AuditRow]]:
        self._rounds += 1
        found = super()._waiting(connection, limit)
        if found or connection.scalar(select(func.count()).select_from(tables.audit)) != 50:
            return found
        statement = select(tables.audit.c.number, *AUDIT_COLUMNS).order_by(tables.audit.c.number).limit(limit)
        return [(number, AuditRow(*fields)) for number, *fields in connection.execute(statement)]


class FindsTheFirstAlone(SqlAuditChain):
    def of_objects(self, objects: Sequence[str]) -> Mapping[str, list[SealedRow]]:
        return {object: rows[:1] for object, rows in super().of_objects(objects).items()}


BREAKS = {
    FindsTheFirstAlone: "test_finds_the_sealed_rows_of_objects",
    SealsByTime: "test_seals_in_commit_order",
    KeepsTheLock: "test_never_blocks_acceptance",
    SealsTwice: "test_one_sealer",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteAuditChain, BREAKS) == expected(BREAKS)
