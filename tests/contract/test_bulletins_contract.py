"""Bulletins and their receipts on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from infra.storage import tables
from infra.storage.database import put
from infra.storage.partner_records import SqlBulletins
from ingest.domain.bulletin import Bulletin, ReadReceipt
from tests.contract.bulletins_suite import BulletinsSuite
from tests.contract.on_postgres import OnPostgresPartnerPart
from tests.contract.on_sqlite import OnSqlitePartnerPart
from tests.contract.saboteurs import caught, expected


class SqliteBulletins(OnSqlitePartnerPart, BulletinsSuite):
    part, adapter = "bulletins", SqlBulletins


class TestSqliteBulletins(SqliteBulletins):
    pass


class TestPostgresBulletins(OnPostgresPartnerPart, BulletinsSuite):
    part, adapter = "bulletins", SqlBulletins


class KeepsTheFirstWording(SqlBulletins):
    def put(self, bulletin: Bulletin) -> None:
        if self.get(bulletin.id) is None:
            super().put(bulletin)


class HidesTheWithdrawn(SqlBulletins):
    def all(self, limit: int) -> list[Bulletin]:
        return [bulletin for bulletin in super().all(limit) if bulletin.withdrawn_at is None]


class KeepsTheLastReading(SqlBulletins):
    def mark_read(self, receipt: ReadReceipt) -> None:
        row = {"bulletin": receipt.bulletin, "staff": receipt.staff, "partner": receipt.partner, "at": receipt.at}
        put(self._connection, tables.bulletin_reads, [row])


class TakesAnybodysReadingForOnes(SqlBulletins):
    def read_by(self, staff_id: str) -> frozenset[str]:
        return frozenset(self._connection.scalars(select(tables.bulletin_reads.c.bulletin)))


BREAKS = {
    KeepsTheFirstWording: "test_put_replaces",
    HidesTheWithdrawn: "test_lists_newest_first",
    KeepsTheLastReading: "test_keeps_the_first_reading",
    TakesAnybodysReadingForOnes: "test_says_what_a_person_has_read",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteBulletins, BREAKS) == expected(BREAKS)
