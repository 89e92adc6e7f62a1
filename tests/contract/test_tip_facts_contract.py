"""Facts about tips on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pytest

from infra.storage.tip_facts import SqlTipFacts
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from tests.contract.tip_facts_suite import TipFactsSuite
from triage.domain.trend import Result, TipFact, TipPin


class SqliteTipFacts(OnSqlitePart, TipFactsSuite):
    part, adapter = "facts", SqlTipFacts


class TestSqliteTipFacts(SqliteTipFacts):
    pass


class TestPostgresTipFacts(OnPostgresPart, TipFactsSuite):
    part, adapter = "facts", SqlTipFacts


class GivesTheEndToo(SqlTipFacts):
    def between(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipFact]:
        return super().between(desks, since, until.replace(minute=59), limit)


class LooksAtOwnersAlone(SqlTipFacts):
    def between(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipFact]:
        return [fact for fact in super().between(desks, since, until, limit) if fact.desk in desks]


class ForgetsLooks(SqlTipFacts):
    def between(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipFact]:
        return [replace(fact, looked_at=None) for fact in super().between(desks, since, until, limit)]


class AcceptsEverything(SqlTipFacts):
    def between(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipFact]:
        return [replace(fact, result=Result.ACCEPTED) for fact in super().between(desks, since, until, limit)]


class PinsForEverybody(SqlTipFacts):
    def pins(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipPin]:
        return super().pins({*desks, "child"}, since, until, limit)


BREAKS = {
    GivesTheEndToo: "test_gives_those_of_the_time",
    LooksAtOwnersAlone: "test_gives_those_of_the_desks_alone",
    ForgetsLooks: "test_tells_the_first_look",
    AcceptsEverything: "test_tells_what_came_of_it",
    PinsForEverybody: "test_pins_what_is_open",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteTipFacts, BREAKS) == expected(BREAKS)
