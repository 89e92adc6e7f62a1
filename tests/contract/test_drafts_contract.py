"""Drafts on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.partner_records import SqlDrafts
from ingest.domain.draft import Draft
from tests.contract.drafts_suite import DraftsSuite
from tests.contract.on_postgres import OnPostgresPartnerPart
from tests.contract.on_sqlite import OnSqlitePartnerPart
from tests.contract.saboteurs import caught, expected


class SqliteDrafts(OnSqlitePartnerPart, DraftsSuite):
    part, adapter = "drafts", SqlDrafts


class TestSqliteDrafts(SqliteDrafts):
    pass


class TestPostgresDrafts(OnPostgresPartnerPart, DraftsSuite):
    part, adapter = "drafts", SqlDrafts


class KeepsTheFirst(SqlDrafts):
    def put(self, draft: Draft) -> None:
        if self.get(draft.id, draft.expires_at - timedelta(days=365)) is None:
            super().put(draft)


class FindsTheLateOnce(SqlDrafts):
    def get(self, draft_id: str, now: datetime) -> Draft | None:
        return super().get(draft_id, now - timedelta(microseconds=1))


class RemovesAll(SqlDrafts):
    def remove(self, draft_id: str) -> None:
        self._connection.execute(delete(tables.drafts))


class OnlySays(SqlDrafts):
    def forget(self, now: datetime) -> list[str]:
        table = tables.drafts.c
        over = super().forget(now)
        self._connection.execute(delete(tables.drafts).where(table.expires_at > now))
        return over


BREAKS = {
    KeepsTheFirst: "test_put_replaces",
    FindsTheLateOnce: "test_forgets_in_time",
    RemovesAll: "test_forgets_what_was_removed",
    OnlySays: "test_says_what_it_forgot",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteDrafts, BREAKS) == expected(BREAKS)
