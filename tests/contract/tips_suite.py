"""What is written once and never changed: tips, assessments, decisions, policy texts. Subclass and say how to open a storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from streams.ports import EventLog
from tests.builders import a_tip, an_assessment
from tests.contract.samples import full_assessment, full_decision, full_tip
from triage.domain.errors import AlreadyExists
from triage.ports import Storage, UnitOfWork


class _OnPurpose(Exception):
    """Ends a unit of work."""


@contextmanager
def undone(storage: Storage) -> Iterator[UnitOfWork]:
    """A writing unit of work whose block is left by an exception."""
    with suppress(_OnPurpose), storage.writing() as work:
        yield work
        raise _OnPurpose


@dataclass(frozen=True)
class Behind:
    """What shows that something was stored: the units of work and the log of what happened."""

    storage: Storage
    log: EventLog


class RecordsSuite:
    def open(self, folder: Path) -> AbstractContextManager[Storage]:
        """Open the storage that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[Storage]:
        with self.open(tmp_path) as storage:
            yield storage


class TipsSuite(RecordsSuite):
    def test_keeps_a_tip_as_it_was(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.tips.add(full_tip())
            work.tips.add(a_tip(1))
        with storage.reading() as work:
            assert work.tips.get("tip_full") == full_tip()
            assert work.tips.get(a_tip(1).id) == a_tip(1)
            assert work.tips.get("tip_unknown") is None

    def test_adds_once(self, storage: Storage) -> None:
        tip = a_tip(1)
        with storage.writing() as work:
            work.tips.add(tip)
        with storage.writing() as work:
            work.tips.add(a_tip(1))
            with pytest.raises(AlreadyExists, match=tip.id) as refusal:
                work.tips.add(replace(tip, narrative="Something else."))
            assert work.tips.get(tip.id) == tip
        assert "Something else" not in str(refusal.value)

    def test_finds_many(self, storage: Storage) -> None:
        with storage.writing() as work:
            for number in (1, 2, 3):
                work.tips.add(a_tip(number))
        with storage.reading() as work:
            assert work.tips.get_many([a_tip(3).id, "tip_unknown", a_tip(1).id]) == {a_tip(1).id: a_tip(1), a_tip(3).id: a_tip(3)}
            assert work.tips.get_many([]) == {}


class AssessmentsSuite(RecordsSuite):
    def test_keeps_as_it_was(self, storage: Storage) -> None:
        read = full_assessment()
        with storage.writing() as work:
            work.assessments.add(read)
        with storage.reading() as work:
            assert work.assessments.get_many([read.tip_id])[read.tip_id] == read

    def test_adds_once(self, storage: Storage) -> None:
        read = full_assessment()
        with storage.writing() as work:
            work.assessments.add(read)
            work.assessments.add(full_assessment())
            with pytest.raises(AlreadyExists, match=read.tip_id):
                work.assessments.add(replace(read, model="another"))
            assert work.assessments.get_many([read.tip_id])[read.tip_id].model == read.model

    def test_finds_many(self, storage: Storage) -> None:
        read = [an_assessment(a_tip(number)) for number in (1, 2)]
        with storage.writing() as work:
            for one in read:
                work.assessments.add(one)
        with storage.reading() as work:
            assert work.assessments.get_many([read[0].tip_id, "tip_unknown", read[1].tip_id]) == {one.tip_id: one for one in read}


class DecisionsSuite(RecordsSuite):
    def test_decides_once(self, storage: Storage) -> None:
        record = full_decision()
        with storage.writing() as work:
            work.decisions.add(record)
        for second in (record, replace(record, case_id="case_8")):
            with storage.writing() as work:
                with pytest.raises(AlreadyExists, match=record.tip_id):
                    work.decisions.add(second)
                assert work.decisions.get_many([record.tip_id])[record.tip_id].case_id == record.case_id

    def test_keeps_a_record_as_it_was(self, storage: Storage) -> None:
        record = full_decision()
        with storage.writing() as work:
            work.decisions.add(record)
        with storage.reading() as work:
            assert work.decisions.get_many([record.tip_id, "tip_unknown"]) == {record.tip_id: record}


class PoliciesSuite(RecordsSuite):
    def test_keeps_each_version(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.policies.add("v1", {"routing.yaml": "a: ä\n", "desks.yaml": ""})
            work.policies.add("v2", {"routing.yaml": "a: 2\n"})
            work.policies.add("v1", {"routing.yaml": "other"})
        with storage.reading() as work:
            assert work.policies.get("v1") == {"routing.yaml": "a: ä\n", "desks.yaml": ""}
            assert work.policies.get("v2") == {"routing.yaml": "a: 2\n"}
            assert work.policies.get("v3") is None
