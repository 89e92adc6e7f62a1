"""Queues, notices, acts and messages on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select

from infra.storage import tables
from infra.storage.database import insert_new
from infra.storage.desk import SqlActs, SqlMessages, SqlNotices, SqlQueue
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.queue_suite import ActsSuite, MessagesSuite, NoticesSuite, QueueSuite
from tests.contract.saboteurs import caught, expected
from triage.domain.assessment import Urgency
from triage.domain.case import Act, EntryState, Message, Notice, QueueEntry


class SqliteQueue(OnSqlitePart, QueueSuite):
    part, adapter = "queue", SqlQueue


class SqliteNotices(OnSqlitePart, NoticesSuite):
    part, adapter = "notices", SqlNotices


class SqliteActs(OnSqlitePart, ActsSuite):
    part, adapter = "acts", SqlActs


class SqliteMessages(OnSqlitePart, MessagesSuite):
    part, adapter = "messages", SqlMessages


class TestSqliteQueue(SqliteQueue):
    pass


class TestPostgresQueue(OnPostgresPart, QueueSuite):
    part, adapter = "queue", SqlQueue


class TestSqliteNotices(SqliteNotices):
    pass


class TestPostgresNotices(OnPostgresPart, NoticesSuite):
    part, adapter = "notices", SqlNotices


class TestSqliteActs(SqliteActs):
    pass


class TestPostgresActs(OnPostgresPart, ActsSuite):
    part, adapter = "acts", SqlActs


class TestSqliteMessages(SqliteMessages):
    pass


class TestPostgresMessages(OnPostgresPart, MessagesSuite):
    part, adapter = "messages", SqlMessages


class StaysWithTheFirstDesk(SqlQueue):
    def put(self, entry: QueueEntry) -> None:
        first = self.get(entry.tip_id)
        super().put(replace(entry, desk=first.desk) if first else entry)


class IgnoresBands(SqlQueue):
    def open(self, desk: str, limit: int, offset: int = 0, now: datetime | None = None) -> list[QueueEntry]:
        found = super().open(desk, 1000, now=now)
        return sorted(found, key=lambda entry: (not entry.life_threat, entry.due_at, entry.entered_at))[offset : offset + limit]


class CountsWhatIsDone(SqlQueue):
    def counts(self, now: datetime | None = None) -> Mapping[str, tuple[int, int]]:
        if now is not None:
            return super().counts(now)
        entry = tables.queue.c
        statement = select(entry.desk, func.count(), func.sum(entry.life_threat)).group_by(entry.desk)
        return {desk: (count, urgent) for desk, count, urgent in self._connection.execute(statement)}


class NamesAnyThreat(SqlQueue):
    def longest_waiting_threat(self) -> QueueEntry | None:
        entry = tables.queue.c
        threats = select(entry.document).where(entry.life_threat.is_(True)).order_by(entry.due_at)
        return next(iter(self._connection.scalars(threats)), None)


class ListsWhatSleepsAnyway(SqlQueue):
    def open(self, desk: str, limit: int, offset: int = 0, now: datetime | None = None) -> list[QueueEntry]:
        return super().open(desk, limit, offset)


class CountsWhatIsClaimed(SqlQueue):
    def came(self, desk: str, since: datetime) -> tuple[int, int]:
        newer = [entry for entry in self.open(desk, 1000) if entry.entered_at > since]
        return len(newer), sum(entry.life_threat for entry in newer)


class ForgetsThreatsOfLowLevels(SqlQueue):
    def waiting(self, levels: Collection[Urgency]) -> list[QueueEntry]:
        return [entry for entry in super().waiting(levels) if entry.urgency in levels]


class FindsOpenOnesAlone(SqlQueue):
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, QueueEntry]:
        return {id: entry for id, entry in super().get_many(tip_ids).items() if entry.state is not EntryState.DONE}


class KeepsTheFirstQuietly(SqlNotices):
    def add(self, notice: Notice) -> None:
        row = {"id": notice.id, "tip_id": notice.tip_id, "desk": notice.desk, "at": notice.at, "document": notice}
        insert_new(self._connection, tables.notices, [row], ["id"])


class ListsAsWritten(SqlNotices):
    def of_tip(self, tip_id: str) -> list[Notice]:
        notice = tables.notices.c
        return list(self._connection.scalars(select(notice.document).where(notice.tip_id == tip_id).order_by(notice.number.desc())))


class SortsActsById(SqlActs):
    def of_tip(self, tip_id: str) -> list[Act]:
        return sorted(super().of_tip(tip_id), key=lambda act: act.id)


class ListsActsTipByTip(SqlActs):
    def of_tips(self, tip_ids: Sequence[str]) -> list[Act]:
        return sorted(super().of_tips(tip_ids), key=lambda act: act.tip_id)


class ListsNewestFirst(SqlMessages):
    def of_tip(self, tip_id: str) -> list[Message]:
        return super().of_tip(tip_id)[::-1]


class ListsMessagesTipByTip(SqlMessages):
    def of_tips(self, tip_ids: Sequence[str]) -> list[Message]:
        return sorted(super().of_tips(tip_ids), key=lambda message: message.tip_id)


class KeepsWhatWasTakenBack(SqlMessages):
    def remove(self, message_id: str) -> None:
        """Forget nothing."""


BREAKS: dict[type, dict[type, str]] = {
    SqliteQueue: {
        StaysWithTheFirstDesk: "test_holds_one_entry_a_tip",
        IgnoresBands: "test_lists_a_desks_open_entries",
        NamesAnyThreat: "test_names_the_life_threat_that_waits_longest",
        CountsWhatIsClaimed: "test_counts_what_came_since",
        ListsWhatSleepsAnyway: "test_leaves_out_what_is_put_off",
        ForgetsThreatsOfLowLevels: "test_finds_those_that_wait",
        CountsWhatIsDone: "test_counts_open_entries_by_desk",
        FindsOpenOnesAlone: "test_finds_many",
    },
    SqliteNotices: {KeepsTheFirstQuietly: "test_keeps_each_once", ListsAsWritten: "test_lists_newest_first"},
    SqliteActs: {SortsActsById: "test_lists_oldest_first", ListsActsTipByTip: "test_lists_those_of_many_tips"},
    SqliteMessages: {
        ListsNewestFirst: "test_lists_oldest_first",
        ListsMessagesTipByTip: "test_lists_those_of_many_tips",
        KeepsWhatWasTakenBack: "test_forgets_what_was_taken_back",
    },
}


@pytest.mark.parametrize("suite", BREAKS, ids=lambda suite: suite.__name__)
def test_the_suite_catches(suite: type, pytester: pytest.Pytester) -> None:
    assert caught(pytester, suite, BREAKS[suite]) == expected(BREAKS[suite])
