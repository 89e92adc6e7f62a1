"""What every store of pictures' facts, senders' choices, released outcomes and contact details must do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.builders import a_tip
from tests.contract.samples import AT, later
from tests.contract.tips_suite import RecordsSuite
from triage.domain.attachment import Attachment
from triage.domain.sender import Outcome, OutcomeCode, SenderState, Useful
from triage.domain.tip import Consent
from triage.ports import Storage


def a_picture(number: int = 1, **given: Any) -> Attachment:
    """A picture of the first tip with every field given."""
    sound: dict[str, Any] = {
        "tip_id": "tip_1",
        "at": later(minutes=number),
        "sha256": "a" * 64,
        "media_type": "image/jpeg",
        "size": 123_456,
        "width": 4096,
        "height": 3072,
        "destroyed_at": None,
        "destroyed_by": "",
        "reason": "",
    }
    return Attachment(id=f"att_{number}", **{**sound, **given})


def destroyed(number: int) -> Attachment:
    """One whose bytes a person had destroyed."""
    return a_picture(number, destroyed_at=later(hours=1), destroyed_by="usr_1", reason="minor")


class AttachmentsSuite(RecordsSuite):
    def test_keeps_one_as_it_was(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.attachments.put(destroyed(1))
        with storage.reading() as work:
            assert work.attachments.get("att_1") == destroyed(1)
            assert work.attachments.get("att_2") is None

    def test_put_replaces(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.attachments.put(a_picture(1))
            work.attachments.put(a_picture(2))
            work.attachments.put(destroyed(1))
        with storage.reading() as work:
            assert work.attachments.of_tip("tip_1") == [destroyed(1), a_picture(2)]

    def test_lists_those_of_a_tip(self, storage: Storage) -> None:
        early = a_picture(9, at=AT)
        with storage.writing() as work:
            for picture in (a_picture(3), destroyed(2), early, a_picture(1, tip_id="tip_2")):
                work.attachments.put(picture)
        with storage.reading() as work:
            assert work.attachments.of_tip("tip_1") == [early, destroyed(2), a_picture(3)]
            assert work.attachments.of_tip("tip_9") == []

    def test_forgets_what_was_never_finished(self, storage: Storage) -> None:
        with storage.writing() as work:
            for number in (1, 2, 3):
                work.attachments.put(a_picture(number))
            work.attachments.forget(["att_1", "att_3", "att_unknown"])
            work.attachments.forget([])
        with storage.reading() as work:
            assert work.attachments.of_tip("tip_1") == [a_picture(2)]
            assert work.attachments.get("att_1") is None

    def test_knows_which_are_kept(self, storage: Storage) -> None:
        many = [f"att_{number}" for number in range(1, 1202)]
        with storage.writing() as work:
            for picture in (a_picture(1), destroyed(2), a_picture(1200), a_picture(2000)):
                work.attachments.put(picture)
        with storage.reading() as work:
            assert work.attachments.kept(many) == {"att_1", "att_1200"}
            assert work.attachments.kept([]) == frozenset()


class SendersSuite(RecordsSuite):
    def test_knows_nobodys_choice_at_first(self, storage: Storage) -> None:
        with storage.reading() as work:
            assert work.senders.get("tip_1") == SenderState("tip_1")

    def test_put_replaces(self, storage: Storage) -> None:
        state = SenderState("tip_1", True, AT, later(hours=1), "duplicate", later(hours=2), Consent(police=True), later(hours=3))
        with storage.writing() as work:
            work.senders.put(SenderState("tip_1", stopped=True))
            work.senders.put(SenderState("tip_2", retracted_at=AT, retract_reason="duplicate"))
            work.senders.put(state)
        with storage.reading() as work:
            assert work.senders.get("tip_1") == state
            assert work.senders.get("tip_2") == SenderState("tip_2", retracted_at=AT, retract_reason="duplicate")


def an_outcome(number: int = 1, at: datetime = AT, code: OutcomeCode | None = OutcomeCode.HELPED) -> Outcome:
    """What was released about a tip."""
    return Outcome(f"tip_{number}", Useful.PARTLY, at, "usr_1", code)


class OutcomesSuite(RecordsSuite):
    def test_put_replaces(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.outcomes.put(an_outcome(1))
            work.outcomes.put(an_outcome(2, code=None))
            work.outcomes.put(an_outcome(1, later(days=1), OutcomeCode.ADDED))
        with storage.reading() as work:
            assert work.outcomes.get_many(["tip_1"]) == {"tip_1": an_outcome(1, later(days=1), OutcomeCode.ADDED)}

    def test_finds_many(self, storage: Storage) -> None:
        with storage.writing() as work:
            for number in (1, 2, 3):
                work.outcomes.put(an_outcome(number))
        with storage.reading() as work:
            assert work.outcomes.get_many(["tip_1", "tip_3", "tip_9"]) == {"tip_1": an_outcome(1), "tip_3": an_outcome(3)}
            assert work.outcomes.get_many([]) == {}


class ContactsSuite(RecordsSuite):
    """Over a storage of the partners' side."""

    def holding(self, folder: Path, needle: bytes) -> set[str]:
        """The tables in which ``needle`` occurs."""
        raise NotImplementedError

    def test_put_replaces(self, storage: Any) -> None:
        with storage.writing() as work:
            for tip in ("tip_1", "tip_2"):
                work.tips.add(a_tip(id=tip))
            work.contacts.put("tip_1", b"first")
            work.contacts.put("tip_2", b"\x00\xff other")
            work.contacts.put("tip_1", b"second")
        with storage.reading() as work:
            assert [work.contacts.get(tip) for tip in ("tip_1", "tip_2", "tip_3")] == [b"second", b"\x00\xff other", None]

    def test_forgets_for_good(self, storage: Any, tmp_path: Path) -> None:
        with storage.writing() as work:
            for tip in ("tip_1", "tip_2"):
                work.tips.add(a_tip(id=tip))
            work.contacts.put("tip_1", b"sealed-and-gone")
            work.contacts.put("tip_2", b"stays")
        with storage.writing() as work:
            work.contacts.remove("tip_1")
            work.contacts.remove("tip_unknown")
        with storage.reading() as work:
            assert [work.contacts.get(tip) for tip in ("tip_1", "tip_2")] == [None, b"stays"]
        assert self.holding(tmp_path, b"sealed-and-gone") == set()
        assert self.holding(tmp_path, b"tip_1") == {"tips"}
        assert self.holding(tmp_path, b"stays") == {"contacts"}
