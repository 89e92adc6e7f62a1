"""The accounts of partners' staff on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from infra.storage import tables
from infra.storage.staff import SqlStaffAccounts
from ingest.domain.partner import Staff
from tests.contract.on_postgres import OnPostgresPartnerPart
from tests.contract.on_sqlite import OnSqlitePartnerPart
from tests.contract.saboteurs import caught, expected
from tests.contract.staff_suite import StaffSuite
from triage.domain.errors import AlreadyExists


class SqliteStaff(OnSqlitePartnerPart, StaffSuite):
    part, adapter = "staff", SqlStaffAccounts


class TestSqliteStaff(SqliteStaff):
    pass


class TestPostgresStaff(OnPostgresPartnerPart, StaffSuite):
    part, adapter = "staff", SqlStaffAccounts


class MindsCapitals(SqlStaffAccounts):
    def by_name(self, name: str) -> Staff | None:
        found = super().by_name(name)
        return found if found is None or found.name == name else None


class RenamesTheSecond(SqlStaffAccounts):
    def put(self, staff: Staff) -> None:
        try:
            super().put(staff)
        except AlreadyExists:
            super().put(replace(staff, name=f"{staff.name}-2"))


class KeepsTheFirst(SqlStaffAccounts):
    def put(self, staff: Staff) -> None:
        if self.by_id(staff.id) is None:
            super().put(staff)


class ListsEverybody(SqlStaffAccounts):
    def of_partner(self, slug: str) -> list[Staff]:
        return list(self._connection.scalars(select(tables.staff.c.document).order_by(tables.staff.c.folded_name)))


class KeepsSessionsRunning(SqlStaffAccounts):
    def by_session(self, token_hash: str, now: datetime) -> Staff | None:
        return super().by_session(token_hash, now - timedelta(days=1))


class EndsEverybodysSessions(SqlStaffAccounts):
    def end_sessions(self, staff_id: str) -> None:
        self._connection.execute(delete(tables.staff_sessions))


class TakesStrays(SqlStaffAccounts):
    def put(self, staff: Staff) -> None:
        known = self._connection.scalar(select(tables.partners.c.slug).where(tables.partners.c.slug == staff.partner))
        if known is not None:
            super().put(staff)


BREAKS = {
    MindsCapitals: "test_finds_by_name",
    RenamesTheSecond: "test_a_name_is_taken_once_among_all_partners",
    KeepsTheFirst: "test_put_replaces",
    ListsEverybody: "test_lists_a_partners_people",
    KeepsSessionsRunning: "test_forgets_ended_sessions",
    EndsEverybodysSessions: "test_ends_all_sessions_of_a_person",
    TakesStrays: "test_refuses_an_account_at_no_partner",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteStaff, BREAKS) == expected(BREAKS)
