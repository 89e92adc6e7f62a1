"""Cases on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import update

from infra.storage import tables
from infra.storage.cases import SqlCases
from infra.storage.database import insert_new
from tests.contract.cases_suite import CasesSuite
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from triage.domain.case import Case
from triage.domain.errors import AlreadyExists


class SqliteCases(OnSqlitePart, CasesSuite):
    part, adapter = "cases", SqlCases


class TestSqliteCases(SqliteCases):
    pass


class TestPostgresCases(OnPostgresPart, CasesSuite):
    part, adapter = "cases", SqlCases


class SortsTips(SqlCases):
    def get_many(self, case_ids: Sequence[str]) -> Mapping[str, Case]:
        found = super().get_many(case_ids)
        return {id: replace(case, tips=tuple(sorted(case.tips))) for id, case in found.items()} if len(case_ids) > 1 else found


class RefusesRepeats(SqlCases):
    def add(self, case: Case) -> None:
        if self.get(case.id):
            raise AlreadyExists("case", case.id)
        super().add(case)


class ChecksNoVersion(SqlCases):
    def update(self, case: Case) -> None:
        self._connection.execute(update(tables.cases).where(tables.cases.c.id == case.id).values(version=case.version - 1))
        super().update(case)


class LeavesTipsWhereTheyWere(SqlCases):
    def _point_tips_to(self, case: Case) -> None:
        rows = [{"tip_id": tip_id, "case_id": case.id} for tip_id in case.tips]
        insert_new(self._connection, tables.case_tips, rows, ["tip_id"])


class BeginsAtTheCaseItself(SqlCases):
    def ids(self, after: str, limit: int) -> list[str]:
        return sorted([*([after] if after else []), *super().ids(after, limit)])[:limit]


class ForgetsNewOwners(SqlCases):
    def update(self, case: Case) -> None:
        super().update(case)
        self._connection.execute(update(tables.cases).where(tables.cases.c.id == case.id).values(owner=""))


BREAKS = {
    SortsTips: "test_keeps_a_case_as_it_was",
    RefusesRepeats: "test_adds_once",
    ChecksNoVersion: "test_updates_only_what_was_read",
    LeavesTipsWhereTheyWere: "test_holds_every_tip_once",
    BeginsAtTheCaseItself: "test_lists_ids_in_order",
    ForgetsNewOwners: "test_lists_those_of_desks",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteCases, BREAKS) == expected(BREAKS)
