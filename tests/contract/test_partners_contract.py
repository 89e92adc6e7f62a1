"""The register of partners on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import pytest

from infra.storage.partners import SqlPartners
from ingest.domain.partner import ALL_SCOPES, ApiKey, Partner
from tests.contract.on_postgres import OnPostgres
from tests.contract.on_sqlite import OnSqlite
from tests.contract.partners_suite import PartnersSuite
from tests.contract.saboteurs import caught, expected
from triage.domain.errors import Conflict


class SqlitePartners(OnSqlite, PartnersSuite):
    adapter = SqlPartners


class TestSqlitePartners(SqlitePartners):
    pass


class TestPostgresPartners(OnPostgres, PartnersSuite):
    adapter = SqlPartners


class FindsTheFirst(SqlPartners):
    def get(self, slug: str) -> Partner | None:
        return super().get(slug) or self.all()[0]


class ListsKeysOldestFirst(SqlPartners):
    def keys(self, slug: str) -> list[ApiKey]:
        return super().keys(slug)[::-1]


class TrustsExpiredKeys(SqlPartners):
    def by_key(self, key_hash: str, now: datetime) -> tuple[Partner, ApiKey] | None:
        return super().by_key(key_hash, datetime.min.replace(tzinfo=now.tzinfo))


class KeepsTheFirst(SqlPartners):
    def put(self, partner: Partner) -> None:
        if self.get(partner.slug) is None:
            super().put(partner)


class DropsStrayKeys(SqlPartners):
    def put_key(self, key: ApiKey) -> None:
        with suppress(Conflict):
            super().put_key(key)


class ForgetsScopes(SqlPartners):
    def put_key(self, key: ApiKey) -> None:
        super().put_key(replace(key, scopes=ALL_SCOPES))


BREAKS = {
    FindsTheFirst: "test_finds_by_slug",
    ListsKeysOldestFirst: "test_finds_by_key_hash",
    TrustsExpiredKeys: "test_a_revoked_or_expired_key_finds_nobody",
    KeepsTheFirst: "test_put_replaces",
    DropsStrayKeys: "test_refuses_a_key_of_nobody",
    ForgetsScopes: "test_keeps_every_field",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqlitePartners, BREAKS) == expected(BREAKS)
