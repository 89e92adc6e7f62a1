"""Field maps and import runs on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from infra.storage import tables
from infra.storage.partner_records import SqlImports
from ingest.domain.field_map import FieldMap, ImportRun
from tests.contract.imports_suite import ImportsSuite
from tests.contract.on_postgres import OnPostgresPartnerPart
from tests.contract.on_sqlite import OnSqlitePartnerPart
from tests.contract.saboteurs import caught, expected


class SqliteImports(OnSqlitePartnerPart, ImportsSuite):
    part, adapter = "imports", SqlImports


class TestSqliteImports(SqliteImports):
    pass


class TestPostgresImports(OnPostgresPartnerPart, ImportsSuite):
    part, adapter = "imports", SqlImports


class KeepsTheFirstRun(SqlImports):
    def put_run(self, run: ImportRun) -> None:
        if self.get_run(run.id) is None:
            super().put_run(run)


class ListsRunsOldestFirst(SqlImports):
    def runs(self, slug: str, limit: int) -> list[ImportRun]:
        return super().runs(slug, limit)[::-1]


class ListsEverybodysMaps(SqlImports):
    def maps(self, slug: str) -> list[FieldMap]:
        table = tables.field_maps.c
        return list(self._connection.scalars(select(table.document).where(slug in ("inn",)).order_by(table.name, table.id)))


class FindsTheNewestRun(SqlImports):
    def get_run(self, run_id: str) -> ImportRun | None:
        return super().get_run(run_id) and self.runs("inn", 1)[0]


class RemovesEveryMap(SqlImports):
    def remove_map(self, map_id: str) -> None:
        self._connection.execute(delete(tables.field_maps))


BREAKS = {
    KeepsTheFirstRun: "test_put_replaces",
    ListsRunsOldestFirst: "test_lists_a_partners",
    ListsEverybodysMaps: "test_lists_a_partners",
    FindsTheNewestRun: "test_finds_a_run",
    RemovesEveryMap: "test_forgets_a_removed_map",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteImports, BREAKS) == expected(BREAKS)
