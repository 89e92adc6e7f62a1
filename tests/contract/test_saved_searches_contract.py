"""Saved searches on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.saved_searches import SqlSavedSearches
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from tests.contract.saved_searches_suite import SavedSearchesSuite
from triage.domain.query import SavedSearch


class SqliteSavedSearches(OnSqlitePart, SavedSearchesSuite):
    part, adapter = "saved", SqlSavedSearches


class TestSqliteSavedSearches(SqliteSavedSearches):
    pass


class TestPostgresSavedSearches(OnPostgresPart, SavedSearchesSuite):
    part, adapter = "saved", SqlSavedSearches


class KeepsTheFirst(SqlSavedSearches):
    def put(self, search: SavedSearch) -> None:
        if all(kept.id != search.id for kept in self.all()):
            super().put(search)


class ListsEverybodys(SqlSavedSearches):
    def of_user(self, user_id: str) -> list[SavedSearch]:
        return self.all()


class RemovesThePersons(SqlSavedSearches):
    def remove(self, search_id: str) -> None:
        self._connection.execute(delete(tables.saved_searches))


BREAKS = {
    KeepsTheFirst: "test_put_replaces",
    ListsEverybodys: "test_lists_a_persons_searches",
    RemovesThePersons: "test_forgets_what_was_removed",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteSavedSearches, BREAKS) == expected(BREAKS)
