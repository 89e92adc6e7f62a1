"""Records that belong to something on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Connection, delete

from infra.storage import tables
from infra.storage.kept import SqlRecords
from tests.contract.kept_records_suite import KeptRecordsSuite, unfilled
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from tests.contract.work_samples import RECORDS
from triage.domain.work import Task
from triage.ports import Records, UnitOfWork


class Tasks(SqlRecords[Task]):
    """The part that the saboteurs take the place of; the other parts are there as the product has them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, tables.tasks)


class SqliteKeptRecords(OnSqlitePart, KeptRecordsSuite):
    part, adapter = "tasks", Tasks


class TestSqliteKeptRecords(SqliteKeptRecords):
    pass


class TestPostgresKeptRecords(OnPostgresPart, KeptRecordsSuite):
    part, adapter = "tasks", Tasks


class LosesTheDueTime(Tasks):
    def get(self, id: str) -> Task | None:
        task = super().get(id)
        return task and replace(task, due_at=None)


class KeepsTheFirst(Tasks):
    def put(self, record: Task) -> None:
        if self.get(record.id) is None:
            super().put(record)


class NamesWhatItDoesNotHave(Tasks):
    def get_many(self, ids: Sequence[str]) -> Mapping[str, Task]:
        found = super().get_many(ids)
        return {id: found.get(id) for id in ids}  # type: ignore[misc]


class ListsTheNewestFirst(Tasks):
    def of(self, owner: str) -> list[Task]:
        return sorted(super().of(owner), key=lambda task: task.at, reverse=True)


class NamesOwnersWithoutAny(Tasks):
    def of_many(self, owners: Sequence[str]) -> Mapping[str, list[Task]]:
        return {**{owner: [] for owner in owners}, **super().of_many(owners)}


class FindsByOwnerToo(Tasks):
    def beside(self, other: str) -> list[Task]:
        return super().beside(other) or self.of(other)


class ListsTheOldest(Tasks):
    def newest(self, limit: int) -> list[Task]:
        return super().newest(1000)[-limit:]


class ForgetsAll(Tasks):
    def remove(self, id: str) -> None:
        self._connection.execute(delete(tables.tasks))


BREAKS = {
    LosesTheDueTime: "test_keeps_one_as_it_was",
    KeepsTheFirst: "test_put_replaces",
    NamesWhatItDoesNotHave: "test_finds_many_by_id",
    ListsTheNewestFirst: "test_lists_those_of_an_owner",
    NamesOwnersWithoutAny: "test_lists_those_of_an_owner",
    FindsByOwnerToo: "test_lists_those_beside_the_other_thing",
    ListsTheOldest: "test_lists_the_newest",
    ForgetsAll: "test_forgets_what_was_removed",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteKeptRecords, BREAKS) == expected(BREAKS)


def test_every_part_has_a_full_sample() -> None:
    parts = {name for name, kind in UnitOfWork.__annotations__.items() if str(kind).startswith(Records.__name__)}
    assert parts == set(RECORDS)
    assert unfilled() == []
