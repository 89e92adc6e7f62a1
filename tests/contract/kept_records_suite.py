"""What every store of records that belong to something must do. Subclass and say how to open a storage."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import pytest

from tests.contract.samples import later
from tests.contract.tips_suite import RecordsSuite
from tests.contract.work_samples import RECORDS, a_share, a_task
from triage.ports import Storage

MANY = 1100
"""More than an engine lets one statement name."""


def of_two_kinds() -> pytest.MarkDecorator:
    """For tests of rules that are the same whatever the kind: a maker of records by number, owner and other."""

    def task(number: int, owner: str = "case_1", other: str = "usr_2", minutes: float | None = None) -> Any:
        return a_task(number, case_id=owner, assignee=other, created_at=later(minutes=number if minutes is None else minutes))

    def share(number: int, owner: str = "case_1", other: str = "child", minutes: float | None = None) -> Any:
        return a_share(number, case_id=owner, to=other, at=later(minutes=number if minutes is None else minutes))

    return pytest.mark.parametrize(("part", "make"), [("tasks", task), ("shares", share)], ids=["tasks", "shares"])


class KeptRecordsSuite(RecordsSuite):
    def test_keeps_one_as_it_was(self, storage: Storage) -> None:
        with storage.writing() as work:
            for part, (record, _) in RECORDS.items():
                getattr(work, part).put(record)
        with storage.reading() as work:
            for part, (record, _) in RECORDS.items():
                assert getattr(work, part).get(record.id) == record
                assert getattr(work, part).get("unknown") is None

    def test_put_replaces(self, storage: Storage) -> None:
        for index in (0, 1):
            with storage.writing() as work:
                for part, states in RECORDS.items():
                    getattr(work, part).put(states[index])
        with storage.reading() as work:
            for part, (_, changed) in RECORDS.items():
                assert getattr(work, part).newest(10) == [changed]
                assert getattr(work, part).of(changed.owner) == getattr(work, part).beside(changed.other) == [changed]

    @of_two_kinds()
    def test_finds_many_by_id(self, storage: Storage, part: str, make: Any) -> None:
        with storage.writing() as work:
            for number in (1, 2, 3):
                getattr(work, part).put(make(number))
        one, three = make(1), make(3)
        with storage.reading() as work:
            records = getattr(work, part)
            asked = [three.id, *(f"unknown_{number}" for number in range(MANY)), one.id, three.id]
            assert records.get_many(asked) == {one.id: one, three.id: three}
            assert records.get_many([]) == {}

    @of_two_kinds()
    def test_lists_those_of_an_owner(self, storage: Storage, part: str, make: Any) -> None:
        late, early, same, others = make(1, minutes=9), make(2), make(3, minutes=2), make(4, owner="case_2")
        with storage.writing() as work:
            for record in (late, same, early, others):
                getattr(work, part).put(record)
        with storage.reading() as work:
            records = getattr(work, part)
            assert records.of("case_1") == [early, same, late]
            assert records.of("case_9") == []
            asked = ["case_2", *(f"case_{number}" for number in range(9, MANY)), "case_1", "case_2"]
            assert records.of_many(asked) == {"case_1": [early, same, late], "case_2": [others]}
            assert records.of_many([]) == {}

    @of_two_kinds()
    def test_lists_those_beside_the_other_thing(self, storage: Storage, part: str, make: Any) -> None:
        late, early, others = make(1, minutes=9), make(2, owner="case_2"), make(3, other="somebody")
        with storage.writing() as work:
            for record in (late, early, others):
                getattr(work, part).put(record)
        with storage.reading() as work:
            assert getattr(work, part).beside(late.other) == [early, late]
            assert getattr(work, part).beside("somebody") == [others]
            assert getattr(work, part).beside("case_1") == []

    @of_two_kinds()
    def test_lists_the_newest(self, storage: Storage, part: str, make: Any) -> None:
        made = [make(1), make(2, minutes=9), make(3), make(4, minutes=3)]
        with storage.writing() as work:
            for record in made:
                getattr(work, part).put(record)
        with storage.reading() as work:
            assert getattr(work, part).newest(3) == [made[1], made[3], made[2]]
            assert getattr(work, part).newest(10) == [made[1], made[3], made[2], made[0]]

    @of_two_kinds()
    def test_forgets_what_was_removed(self, storage: Storage, part: str, make: Any) -> None:
        with storage.writing() as work:
            for number in (1, 2):
                getattr(work, part).put(make(number))
            getattr(work, part).remove(make(1).id)
            getattr(work, part).remove("unknown")
        with storage.reading() as work:
            assert getattr(work, part).newest(10) == [make(2)]


def unfilled() -> list[str]:
    """The fields of the samples that hold their default, so that a store could lose them unnoticed."""
    return [
        f"{part}.{field.name}"
        for part, (record, _) in RECORDS.items()
        for field in fields(record)
        if (field.default is not MISSING and getattr(record, field.name) == field.default)
        or (field.default_factory is not MISSING and getattr(record, field.name) == field.default_factory())
    ]
