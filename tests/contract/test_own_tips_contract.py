"""A partner's own tips on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from infra.storage import tables
from infra.storage.own_tips import SqlOwnTips
from ingest.domain.partner_yield import OwnTip, PartnerYield
from tests.contract.on_postgres import OnPostgresPartnerPart
from tests.contract.on_sqlite import OnSqlitePartnerPart
from tests.contract.own_tips_suite import OwnTipsSuite
from tests.contract.saboteurs import caught, expected


class SqliteOwnTips(OnSqlitePartnerPart, OwnTipsSuite):
    part, adapter = "own", SqlOwnTips


class TestSqliteOwnTips(SqliteOwnTips):
    pass


class TestPostgresOwnTips(OnPostgresPartnerPart, OwnTipsSuite):
    part, adapter = "own", SqlOwnTips


Cursor = tuple[datetime, str] | None


class ListsTwinsTheOtherWay(SqlOwnTips):
    def page(self, slug: str, before: Cursor, limit: int, since: datetime | None = None, reference: str = "") -> list[OwnTip]:
        found = super().page(slug, before, limit, since, reference)
        return found if before or since or reference else sorted(found, key=lambda tip: (-tip.received_at.timestamp(), tip.id))


class PassesOverTwins(SqlOwnTips):
    def page(self, slug: str, before: Cursor, limit: int, since: datetime | None = None, reference: str = "") -> list[OwnTip]:
        return super().page(slug, (before[0], "") if before and not reference else before, limit, since, reference)


class NarrowsToTheBeginning(SqlOwnTips):
    def page(self, slug: str, before: Cursor, limit: int, since: datetime | None = None, reference: str = "") -> list[OwnTip]:
        found = super().page(slug, before, limit, since)
        return [tip for tip in found if tip.reference.startswith(reference)]


class CountsAfter(SqlOwnTips):
    def count(self, slug: str, since: datetime) -> int:
        return super().count(slug, since + timedelta(seconds=1)) or len(self.page(slug, None, 2, since)) % 2


class CountsTheLastMoment(SqlOwnTips):
    def yields(self, slug: str, since: datetime, until: datetime, by_form: bool = False) -> PartnerYield:
        return super().yields(slug, since, until + timedelta(microseconds=1), by_form)


class CountsTheFormToo(SqlOwnTips):
    def count(self, slug: str, since: datetime) -> int:
        tip = tables.tips.c
        return self._connection.scalar(select(func.count()).where(tip.partner == slug, tip.received_at >= since)) or 0


class KnowsEverybodys(SqlOwnTips):
    def has(self, slug: str, tip_id: str) -> bool:
        others = self._connection.scalar(select(tables.tips.c.partner).where(tables.tips.c.id == tip_id, tables.tips.c.partner != slug))
        return others is not None or super().has(slug, tip_id)


class ListsByTheFirstMessage(SqlOwnTips):
    def written_about(self, slug: str, limit: int) -> list[OwnTip]:
        return super().written_about(slug, 99)[::-1][:limit]


BREAKS = {
    ListsTwinsTheOtherWay: "test_lists_ones_own",
    PassesOverTwins: "test_goes_on_after_a_cursor",
    NarrowsToTheBeginning: "test_narrows",
    CountsAfter: "test_counts_what_came_since",
    CountsTheLastMoment: "test_counts_what_became_of_them",
    CountsTheFormToo: "test_keeps_what_people_sent_by_the_form_from_the_partner",
    KnowsEverybodys: "test_knows_its_own",
    ListsByTheFirstMessage: "test_lists_what_was_written_about",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteOwnTips, BREAKS) == expected(BREAKS)
