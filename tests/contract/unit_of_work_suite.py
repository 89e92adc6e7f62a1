"""What every unit of work must do. Subclass and say how to open a storage."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import a_tip
from tests.contract import samples
from tests.contract.samples import AT, a_case, an_audit_row, an_event
from tests.contract.tips_suite import undone
from triage.domain.errors import NotAllowed, Unavailable
from triage.ports import Storage, UnitOfWork

WRITES: dict[str, Callable[[UnitOfWork], None]] = {
    "tips": lambda work: work.tips.add(a_tip(2)),
    "assessments": lambda work: work.assessments.add(samples.full_assessment()),
    "decisions": lambda work: work.decisions.add(samples.full_decision()),
    "links": lambda work: work.links.add(a_tip(1), [], tuple(range(64))),
    "cases": lambda work: work.cases.add(a_case("case_2", ())),
    "case update": lambda work: work.cases.update(a_case(version=2)),
    "queue": lambda work: work.queue.put(samples.an_entry()),
    "notices": lambda work: work.notices.add(samples.a_notice()),
    "acts": lambda work: work.acts.add(samples.an_act()),
    "messages": lambda work: work.messages.add(samples.a_message()),
    "audit": lambda work: work.audit.append([an_audit_row()]),
    "events": lambda work: work.events.append([an_event()]),
    "policies": lambda work: work.policies.add("v1", {}),
    "users": lambda work: work.users.put(samples.a_user()),
    "session": lambda work: work.users.start_session("hash", "usr_1", AT),
    "end of session": lambda work: work.users.end_session("hash"),
    "saved searches": lambda work: work.saved.put(samples.a_search()),
    "removed search": lambda work: work.saved.remove("ssr_1"),
}


class UnitOfWorkSuite:
    def open(self, folder: Path, wait_seconds: float = 0.05) -> AbstractContextManager[Storage]:
        """Open the storage that lives in ``folder``; called again, it is the same storage. Writers wait so long for others."""
        raise NotImplementedError

    def crashed(self, folder: Path, to: Path) -> Path:
        """What the machine finds after a sudden stop, now, of the storage in ``folder``: a folder to open."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[Storage]:
        with self.open(tmp_path / "store") as storage:
            yield storage

    def test_commits_all_or_none(self, storage: Storage) -> None:
        with undone(storage) as work:
            for write in WRITES.values():
                if write not in (WRITES["case update"], WRITES["removed search"]):
                    write(work)
        with storage.reading() as work:
            assert work.tips.get(a_tip(2).id) is None
            assert work.cases.ids("", 10) == []
            assert (work.queue.counts(), work.users.all(), work.policies.get("v1"), work.saved.all()) == ({}, [], None, [])
            assert (work.audit.of_object("tip:tip_1", 10), work.acts.of_tip("tip_1"), work.messages.of_tip("tip_1")) == ([], [], [])
        with storage.writing() as work:
            work.tips.add(a_tip(1))
            work.audit.append([an_audit_row()])
            work.queue.put(samples.an_entry())
        with storage.reading() as work:
            assert work.tips.get(a_tip(1).id) == a_tip(1)
            assert work.audit.of_object("tip:tip_1", 10) == [an_audit_row()]
            assert work.queue.get("tip_1") == samples.an_entry()

    def test_is_durable(self, storage: Storage, tmp_path: Path) -> None:
        with storage.writing() as work:
            work.tips.add(a_tip(1))
        with self.open(self.crashed(tmp_path / "store", tmp_path / "after")) as again, again.reading() as work:
            assert work.tips.get(a_tip(1).id) == a_tip(1)

    def test_shows_nothing_early(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.tips.add(a_tip(1))
            with storage.reading() as other:
                assert other.tips.get(a_tip(1).id) is None
        with storage.reading() as other:
            assert other.tips.get(a_tip(1).id) == a_tip(1)

    def test_one_writer_after_the_other(self, storage: Storage, tmp_path: Path) -> None:
        with storage.writing() as work:
            work.cases.add(a_case())
        with storage.writing() as work:
            work.cases.update(a_case(version=2, owner="usr_2"))
            with pytest.raises(Unavailable), storage.writing() as other:
                other.cases.get("case_1")
        with storage.writing() as work:
            work.cases.update(a_case(version=3))

        failures: list[Exception] = []

        def count_up(patient: Storage) -> None:
            try:
                for _ in range(10):
                    with patient.writing() as work:
                        read = work.cases.get_many(["case_1"])["case_1"]
                        work.cases.update(replace(read, version=read.version + 1))
            except Exception as error:
                failures.append(error)

        with self.open(tmp_path / "store", wait_seconds=30) as patient:
            workers = [threading.Thread(target=count_up, args=(patient,)) for _ in range(2)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        with storage.reading() as work:
            assert (failures, work.cases.get_many(["case_1"])["case_1"].version) == ([], 23)

    def test_holds_what_it_names(self, storage: Storage, tmp_path: Path) -> None:
        with storage.writing() as work:
            work.hold(["b", "a"])
            with pytest.raises(Unavailable), storage.writing() as other:
                other.hold(["c", "b"])
        tries: list[int] = []
        together = threading.Barrier(2)

        def count_up(patient: Storage) -> None:
            together.wait()
            with patient.writing() as work:
                work.hold(["counter"])
                found = work.audit.of_object("tip:tip_1", 10)
                tries.append(len(found))
                work.audit.append([an_audit_row(f"aud_{len(found)}")])

        with self.open(tmp_path / "store", wait_seconds=30) as patient:
            workers = [threading.Thread(target=count_up, args=(patient,)) for _ in range(2)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        assert sorted(tries) == [0, 1]

    def test_reads_a_fixed_picture(self, storage: Storage) -> None:
        with storage.reading() as before:
            assert before.tips.get(a_tip(1).id) is None
            with storage.writing() as work:  # nor does a reader keep anybody from writing
                work.tips.add(a_tip(1))
                assert work.tips.get(a_tip(1).id) == a_tip(1)
            assert before.tips.get(a_tip(1).id) is None
        with storage.reading() as after:
            assert after.tips.get(a_tip(1).id) == a_tip(1)

    def test_reading_refuses_to_write(self, storage: Storage) -> None:
        refused = []
        for name, write in WRITES.items():
            with storage.reading() as work, suppress(NotAllowed):
                write(work)
                continue
            refused.append(name)
        assert refused == list(WRITES)
        with storage.writing() as work:
            work.tips.add(a_tip(1))
