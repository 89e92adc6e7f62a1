"""What every store of undo notes must do. Subclass and say how to open a storage."""

from __future__ import annotations

from dataclasses import replace

from tests.contract.samples import a_case, an_entry, later
from tests.contract.tips_suite import RecordsSuite
from triage.domain.undo import Before, CaseBefore
from triage.ports import Storage


def a_note(number: int = 1) -> Before:
    """What stood before the act of this number."""
    cases = (CaseBefore("case_1", a_case(), 3), CaseBefore("case_2", None, 1))
    return Before(f"act_{number}", "tip_1", "usr_1", later(minutes=number), cases, (an_entry("tip_1"),))


class UndoNotesSuite(RecordsSuite):
    def test_keeps_one_as_it_was(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.undo.put(a_note(1))
            work.undo.put(a_note(2))
            work.undo.put(replace(a_note(2), by="usr_2"))
        with storage.reading() as work:
            assert [work.undo.get(f"act_{number}") for number in (1, 2, 3)] == [a_note(1), replace(a_note(2), by="usr_2"), None]

    def test_forgets_what_was_removed(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.undo.put(a_note(1))
            work.undo.put(a_note(2))
            work.undo.remove("act_1")
            work.undo.remove("act_9")
        with storage.reading() as work:
            assert (work.undo.get("act_1"), work.undo.get("act_2")) == (None, a_note(2))

    def test_forgets_old_ones(self, storage: Storage) -> None:
        with storage.writing() as work:
            for number in (1, 2, 3):
                work.undo.put(a_note(number))
            assert work.undo.forget(later(minutes=3)) == 2
        with storage.reading() as work:
            assert [work.undo.get(f"act_{number}") for number in (1, 2, 3)] == [None, None, a_note(3)]
