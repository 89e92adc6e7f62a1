"""What every intake store must do. Subclass and say how to open one, how to look behind it, and how to lock it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.ports import Acceptance, IntakeStore, Outcome, SealedAnswer, Verdict
from tests.builders import a_tip
from tests.contract.samples import AT, an_audit_row, an_event, later
from tests.contract.tips_suite import Behind
from triage.domain.errors import Conflict, Unavailable
from triage.domain.events import EventType

SEALED = b"sealed-contact-of-the-sender"


def an_answer(key: int, body: str = "body", sealed: bytes = b"first answer", **given: Any) -> SealedAnswer:
    """An answer that is kept for a day."""
    return SealedAnswer(**{"key_hash": f"key_{key}", "body_hash": body, "sealed": sealed, "expires_at": later(days=1), **given})


def accepted(number: int, answer: SealedAnswer | None = None) -> Acceptance:
    """One tip with all that is written with it."""
    tip = replace(a_tip(), id=f"tip_{number}", has_contact=True)
    audit = an_audit_row(f"aud_{number}", f"tip:{tip.id}")
    return Acceptance(tip, SEALED + b" %d" % number, f"receipt_{number}", audit, an_event(number), answer)


class IntakeSuite:
    def open(self, folder: Path) -> AbstractContextManager[IntakeStore]:
        """Open the store that lives in ``folder``; called again, it is the same store."""
        raise NotImplementedError

    def behind(self, folder: Path) -> AbstractContextManager[Behind]:
        """Open what else lives in ``folder``."""
        raise NotImplementedError

    def locked(self, folder: Path) -> AbstractContextManager[None]:
        """Keep everybody from writing to the store in ``folder`` while the block runs."""
        raise NotImplementedError

    def crashed(self, folder: Path, to: Path) -> Path:
        """What the machine finds after a sudden stop, now, of the store in ``folder``: a folder to open."""
        raise NotImplementedError

    def holding(self, folder: Path, needle: bytes) -> set[str]:
        """The tables of the store in ``folder`` in which ``needle`` occurs."""
        raise NotImplementedError

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "store"

    @pytest.fixture
    def store(self, folder: Path) -> Iterator[IntakeStore]:
        with self.open(folder) as store:
            yield store

    def stored(self, folder: Path, store: IntakeStore, acceptance: Acceptance) -> list[bool]:
        """Which parts of the acceptance are there: tip, contact, receipt, audit row, event."""
        tip_id = acceptance.tip.id
        with self.behind(folder) as behind, behind.storage.reading() as work:
            return [
                work.tips.get(tip_id) == acceptance.tip,
                store.contact_of(tip_id) == acceptance.sealed_contact,
                store.tip_of_receipt(acceptance.receipt_hash) == tip_id,
                work.audit.of_object(f"tip:{tip_id}", 10) == [acceptance.audit],
                acceptance.event in [logged.event for logged in behind.log.read("nobody", list(EventType), 100)],
            ]

    def test_stores_any_text(self, folder: Path) -> None:
        """Also what engines' own text cannot hold, in a field that tips are found by."""
        strange = "a\x00b \u202e \u2028 \U000f0000 '"
        given = accepted(1)
        tip = replace(given.tip, narrative=strange, partner_reference=strange)
        with self.open(folder) as store, self.behind(folder) as behind:
            assert [outcome.verdict for outcome in store.accept([replace(given, tip=tip)], AT)] == [Verdict.STORED]
            with behind.storage.reading() as work:
                assert work.tips.get(tip.id) == tip

    def test_stores_all_parts_or_none(self, store: IntakeStore, folder: Path) -> None:
        good, anonymous = accepted(1, an_answer(1)), replace(accepted(2), sealed_contact=None)
        assert store.accept([good, anonymous], AT) == [Outcome(Verdict.STORED)] * 2
        assert self.stored(folder, store, good) == [True] * 5
        assert self.stored(folder, store, anonymous) == [True] * 5
        assert store.answer_of("key_1", AT) == good.answer
        taken = replace(accepted(4), receipt_hash=good.receipt_hash)
        with pytest.raises(Conflict):
            store.accept([accepted(3, an_answer(3)), taken], AT)
        assert self.stored(folder, store, accepted(3)) == [False] * 5
        assert store.answer_of("key_3", AT) is None
        assert store.tip_of_receipt(good.receipt_hash) == "tip_1"
        assert store.accept([], AT) == []

    def test_is_durable(self, store: IntakeStore, folder: Path, tmp_path: Path) -> None:
        store.accept([accepted(1, an_answer(1))], AT)
        after = self.crashed(folder, tmp_path / "after")
        with self.open(after) as again:
            assert self.stored(after, again, accepted(1)) == [True] * 5
            assert again.answer_of("key_1", AT) == an_answer(1)

    def test_answers_each_on_its_own(self, store: IntakeStore, folder: Path) -> None:
        store.accept([accepted(1, an_answer(1))], AT)
        group = [
            accepted(2, an_answer(2)),
            accepted(3, an_answer(1, "other")),
            accepted(4),
            accepted(5, an_answer(1)),
            accepted(6, an_answer(6)),
        ]
        outcomes = store.accept(group, AT)
        assert [outcome.verdict is Verdict.STORED for outcome in outcomes] == [True, False, True, False, True]
        assert [self.stored(folder, store, acceptance)[0] for acceptance in group] == [True, False, True, False, True]

    def test_repeats_the_first_answer(self, store: IntakeStore, folder: Path) -> None:
        group = [accepted(1, an_answer(1)), accepted(2, an_answer(1, sealed=b"second answer"))]
        assert store.accept(group, AT) == [Outcome(Verdict.STORED), Outcome(Verdict.REPEATED, an_answer(1))]
        late = later(hours=23, minutes=59)
        assert store.accept([accepted(3, an_answer(1, sealed=b"third answer"))], late) == [Outcome(Verdict.REPEATED, an_answer(1))]
        assert [self.stored(folder, store, accepted(number)) for number in (1, 2, 3)] == [[True] * 5, [False] * 5, [False] * 5]
        assert store.answer_of("key_1", late) == an_answer(1)

    def test_refuses_another_body(self, store: IntakeStore, folder: Path) -> None:
        group = [accepted(1, an_answer(1)), accepted(2, an_answer(1, "other"))]
        assert store.accept(group, AT) == [Outcome(Verdict.STORED), Outcome(Verdict.CONFLICT)]
        assert store.accept([accepted(3, an_answer(1, "other"))], AT) == [Outcome(Verdict.CONFLICT)]
        assert [self.stored(folder, store, accepted(number))[0] for number in (1, 2, 3)] == [True, False, False]

    def test_forgets_answers_in_time(self, store: IntakeStore) -> None:
        over, again = later(days=1), an_answer(1, "other", expires_at=later(days=2))
        store.accept([accepted(1, an_answer(1)), accepted(2, an_answer(2))], AT)
        assert store.answer_of("key_1", over) is None
        assert store.accept([accepted(3, again)], over) == [Outcome(Verdict.STORED)]
        assert store.answer_of("key_1", over) == again
        assert (store.forget_answers(over), store.forget_answers(over)) == (1, 0)
        assert store.answer_of("key_1", over) == again

    def test_says_when_to_retry(self, store: IntakeStore, folder: Path) -> None:
        group = [accepted(1, an_answer(1)), accepted(2)]
        with self.locked(folder), pytest.raises(Unavailable) as refusal:
            store.accept(group, AT)
        assert refusal.value.retryable
        assert self.stored(folder, store, group[0]) == [False] * 5
        assert store.accept(group, AT) == [Outcome(Verdict.STORED)] * 2

    def test_keeps_contacts_apart(self, store: IntakeStore, folder: Path) -> None:
        store.accept([accepted(1, an_answer(1)), accepted(2)], AT)
        assert store.contact_of("tip_1") == SEALED + b" 1"
        assert store.contact_of("tip_3") is None
        assert self.holding(folder, SEALED) == {"contacts"}
