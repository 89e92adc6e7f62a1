"""Links on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pytest

from infra.storage.links import SqlLinks
from tests.contract.links_suite import LinksSuite
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from triage.domain.decision import LinkKey, LinkMatch


class SqliteLinks(OnSqlitePart, LinksSuite):
    part, adapter = "links", SqlLinks


class TestSqliteLinks(SqliteLinks):
    pass


class PostgresLinks(OnPostgresPart, LinksSuite):
    part, adapter = "links", SqlLinks


class TestPostgresLinks(PostgresLinks):
    pass


class NewestFirst(SqlLinks):
    def find(self, tip_id: str, keys: Iterable[LinkKey], since: datetime, limit: int) -> list[LinkMatch]:
        return super().find(tip_id, keys, since, limit)[::-1]


class AsksForTheFirstThousand(SqlLinks):
    def find(self, tip_id: str, keys: Iterable[LinkKey], since: datetime, limit: int) -> list[LinkMatch]:
        return super().find(tip_id, list(keys)[:1000], since, limit)


class FindsItself(SqlLinks):
    def find(self, tip_id: str, keys: Iterable[LinkKey], since: datetime, limit: int) -> list[LinkMatch]:
        return super().find("", keys, since, limit)


class IgnoresTheThreshold(SqlLinks):
    def similar(self, tip_id: str, fingerprint: tuple[int, ...], since: datetime, threshold: float, limit: int) -> list[LinkMatch]:
        return super().similar(tip_id, fingerprint, since, 0.0, limit)


class RemembersTheFirstCase(SqlLinks):
    def find(self, tip_id: str, keys: Iterable[LinkKey], since: datetime, limit: int) -> list[LinkMatch]:
        return [replace(match, case_id=match.tip_id.replace("tip", "case")) for match in super().find(tip_id, keys, since, limit)]


class LetsGoOfTheLock(SqlLinks):
    def lock(self, keys: Iterable[LinkKey]) -> None:
        self._connection.exec_driver_sql("COMMIT")


BREAKS = {
    NewestFirst: "test_finds_earlier_tips_by_shared_key",
    AsksForTheFirstThousand: "test_finds_by_any_number_of_keys",
    FindsItself: "test_leaves_out_the_asking_tip",
    IgnoresTheThreshold: "test_finds_near_duplicates",
    RemembersTheFirstCase: "test_follows_a_tip_to_another_case",
    LetsGoOfTheLock: "test_lets_two_workers_see_each_others_tips",
}


class LocksNothing(SqlLinks):
    def lock(self, keys: Iterable[LinkKey]) -> None:
        pass


BREAKS_AMONG_MANY_WRITERS = {LocksNothing: "test_lets_two_workers_see_each_others_tips"}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteLinks, BREAKS) == expected(BREAKS)


@pytest.mark.usefixtures("postgres_server")
def test_the_suite_catches_what_only_many_writers_show(pytester: pytest.Pytester) -> None:
    breaks = BREAKS_AMONG_MANY_WRITERS
    assert caught(pytester, PostgresLinks, breaks, breaks.values()) == expected(breaks)
