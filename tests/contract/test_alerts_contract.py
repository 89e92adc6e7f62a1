"""People's alerts on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import delete, select

from infra.storage import tables
from infra.storage.alerts import SqlAlerts
from tests.contract.alerts_suite import AlertsSuite
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from triage.domain.alert import Alert


class SqliteAlerts(OnSqlitePart, AlertsSuite):
    part, adapter = "alerts", SqlAlerts


class TestSqliteAlerts(SqliteAlerts):
    pass


class TestPostgresAlerts(OnPostgresPart, AlertsSuite):
    part, adapter = "alerts", SqlAlerts


class TellsOncePerPerson(SqlAlerts):
    def add(self, alerts: Sequence[Alert]) -> None:
        super().add([alert for alert in alerts if not self.unseen(alert.user)])


class ListsOldestFirst(SqlAlerts):
    def of_user(self, user: str, limit: int) -> list[Alert]:
        return super().of_user(user, limit)[::-1]


class CountsAll(SqlAlerts):
    def unseen(self, user: str) -> int:
        return len(self.of_user(user, 100))


class MarksOthers(SqlAlerts):
    def see(self, user: str, ids: Sequence[str], at: datetime) -> None:
        for one in self._connection.scalars(select(tables.alerts.c.user_id).distinct()).all():
            super().see(one, ids, at)


class ForgetsTheSource(SqlAlerts):
    def forget(self, user: str, source: str) -> None:
        self._connection.execute(delete(tables.alerts).where(tables.alerts.c.source == source))


BREAKS = {
    TellsOncePerPerson: "test_tells_once",
    ListsOldestFirst: "test_lists_a_persons_alerts",
    CountsAll: "test_counts_what_was_not_seen",
    MarksOthers: "test_marks_only_ones_own",
    ForgetsTheSource: "test_forgets_those_of_a_source",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteAlerts, BREAKS) == expected(BREAKS)
