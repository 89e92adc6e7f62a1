"""What every store of cases must do. Subclass and say how to open a storage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.contract.samples import a_case
from tests.contract.tips_suite import RecordsSuite
from triage.domain.case import CaseStatus
from triage.domain.errors import AlreadyExists, StaleVersion
from triage.ports import Storage


class CasesSuite(RecordsSuite):
    def test_keeps_a_case_as_it_was(self, storage: Storage) -> None:
        first, second = a_case("case_1", ("tip_2", "tip_1")), a_case("case_2", ("tip_3",), life_threat=False)
        with storage.writing() as work:
            work.cases.add(first)
            work.cases.add(second)
        with storage.reading() as work:
            assert work.cases.get("case_1") == first
            assert work.cases.get_many(["case_2", "case_unknown", "case_1"]) == {"case_1": first, "case_2": second}
            assert work.cases.get("case_unknown") is None

    def test_adds_once(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.cases.add(a_case())
            work.cases.add(a_case())
            with pytest.raises(AlreadyExists, match="case_1"):
                work.cases.add(a_case(desk="cargo"))
            assert work.cases.get("case_1") == a_case()

    def test_updates_only_what_was_read(self, storage: Storage) -> None:
        changed = replace(a_case(), status=CaseStatus.CLOSED, outcome="unfounded", version=2)
        with storage.writing() as work:
            work.cases.add(a_case())
            work.cases.update(changed)
        for version in (1, 2, 4):
            with storage.writing() as work, pytest.raises(StaleVersion, match="version 2"):
                work.cases.update(replace(changed, desk="cargo", version=version))
        with storage.writing() as work, pytest.raises(StaleVersion):
            work.cases.update(a_case("case_unknown", version=2))
        with storage.reading() as work:
            assert work.cases.get("case_1") == changed

    @pytest.mark.parametrize("taken_first", [True, False], ids=["taken first", "given first"])
    def test_holds_every_tip_once(self, storage: Storage, taken_first: bool) -> None:
        with storage.writing() as work:
            work.cases.add(a_case("case_1", ("tip_1", "tip_2")))
            work.cases.add(a_case("case_2", ("tip_3",)))
        moves = [a_case("case_1", ("tip_1",), version=2), a_case("case_2", ("tip_3", "tip_2"), version=2)]
        with storage.writing() as work:
            for case in moves if taken_first else moves[::-1]:
                work.cases.update(case)
        with storage.writing() as work:
            work.cases.add(a_case("case_3", ("tip_3",)))
        with storage.reading() as work:
            held = {tip_id: work.cases.of_tip(tip_id) for tip_id in ("tip_1", "tip_2", "tip_3")}
            assert {tip_id: case and case.id for tip_id, case in held.items()} == {"tip_1": "case_1", "tip_2": "case_2", "tip_3": "case_3"}
            assert held["tip_2"] == moves[1]
            assert work.cases.of_tip("tip_unknown") is None

    def test_lists_ids_in_order(self, storage: Storage) -> None:
        with storage.writing() as work:
            for id in ("case_3", "case_1", "case_2", "case_4"):
                work.cases.add(a_case(id, (f"tip_of_{id}",)))
        with storage.reading() as work:
            assert work.cases.ids("", 2) == ["case_1", "case_2"]
            assert work.cases.ids("case_2", 10) == ["case_3", "case_4"]
            assert work.cases.ids("case_4", 10) == []

    def test_lists_those_of_desks(self, storage: Storage) -> None:
        kept = [
            a_case("case_1", ("tip_1",), owner="usr_ana"),
            a_case("case_2", ("tip_2",), status=CaseStatus.ACTIVE),
            a_case("case_3", ("tip_3",), desk="cargo", owner="usr_ana"),
            a_case("case_4", ("tip_4",), status=CaseStatus.CLOSED),
            a_case("case_5", ("tip_5",), owner="usr_bo"),
        ]
        with storage.writing() as work:
            for case in kept:
                work.cases.add(replace(case, owner="", version=1))
            for case in kept:
                work.cases.update(replace(case, version=2))
        desk, opened = kept[0].desk, [CaseStatus.NEW, CaseStatus.ACTIVE]

        def listed(*args: Any, **more: Any) -> list[str]:
            with storage.reading() as work:
                return [case.id for case in work.cases.listed(*args, **more)]

        assert listed([desk], opened, 10) == ["case_5", "case_2", "case_1"]
        assert listed([desk, "cargo"], opened, 10) == ["case_5", "case_3", "case_2", "case_1"]
        assert listed([desk], opened, 2, "case_5") == ["case_2", "case_1"]
        assert listed([desk], [CaseStatus.CLOSED], 1) == ["case_4"]
        assert listed([desk, "cargo"], opened, 10, owner="usr_ana") == ["case_3", "case_1"]
        assert listed([], opened, 10) == []
