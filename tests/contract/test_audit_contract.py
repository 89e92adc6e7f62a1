"""The audit log on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import pytest

from infra.storage.logs import SqlAudit
from tests.contract.audit_suite import AuditSuite
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from triage.domain.audit import AuditRow


class SqliteAudit(OnSqlitePart, AuditSuite):
    part, adapter = "audit", SqlAudit


class TestSqliteAudit(SqliteAudit):
    pass


class TestPostgresAudit(OnPostgresPart, AuditSuite):
    part, adapter = "audit", SqlAudit


class WritesAtOnce(SqlAudit):
    def append(self, rows: Iterable[AuditRow]) -> None:
        super().append(rows)
        self._connection.exec_driver_sql("COMMIT")
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")


class ListsTheOldest(SqlAudit):
    def of_object(self, object: str, limit: int) -> list[AuditRow]:
        return super().of_object(object, 1000)[:limit]


class NamesTheFirstFirst(SqlAudit):
    def actors(self, objects: Sequence[str], action: str, since: datetime) -> Mapping[str, tuple[str, ...]]:
        return {object: actors[::-1] for object, actors in super().actors(objects, action, since).items()}


class ForgetsSinceWhen(SqlAudit):
    def actors(self, objects: Sequence[str], action: str, since: datetime) -> Mapping[str, tuple[str, ...]]:
        return super().actors(objects, action, datetime.min.replace(tzinfo=since.tzinfo))


BREAKS = {
    WritesAtOnce: "test_is_part_of_the_transaction",
    ListsTheOldest: "test_lists_what_happened_to_an_object",
    NamesTheFirstFirst: "test_says_who_did_it_of_late",
    ForgetsSinceWhen: "test_says_who_did_it_of_late",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteAudit, BREAKS) == expected(BREAKS)
