"""Accepting a tip: all its parts at once, and the same answer to the same report."""

from __future__ import annotations

from dataclasses import fields

import pytest

from ingest.receive import KEEP_ANSWER, Once, Sender, decode_contact
from ingest.submission import ContactIn, Submission
from tests.intake import Intake
from triage.domain.errors import Conflict
from triage.domain.tip import Contact

SENDER = Sender("prairie-haul", "partner:prairie-haul")
SECRET = "402-555-0143"
VAN = Submission(narrative="A white van.", contact=ContactIn(phone=SECRET, leave_message=True))


def test_writes_tip_contact_receipt_audit_and_event(intake: Intake) -> None:
    deps = intake.deps
    receipt = deps.receiver.receive_blocking(VAN, SENDER)
    with deps.storage.reading() as work:
        tip = work.tips.get(receipt.id)
        audit = work.audit.of_object(f"tip:{receipt.id}", 10)
    assert tip is not None
    assert (tip.narrative, tip.partner, tip.received_at, tip.has_contact) == ("A white van.", "prairie-haul", intake.clock.now(), True)
    assert [(row.actor, row.action, dict(row.detail)) for row in audit] == [
        ("partner:prairie-haul", "tip.received", {"partner": "prairie-haul", "channel": "api"})
    ]
    assert deps.store.tip_of_receipt(deps.sealer.receipt_hash(receipt.code)) == receipt.id
    sealed = deps.store.contact_of(receipt.id)
    assert sealed is not None
    assert SECRET.encode() not in sealed
    assert decode_contact(deps.sealer.open_contact(receipt.id, sealed)) == Contact(phone=SECRET, leave_message=True)


def test_an_anonymous_tip_has_no_contact_row(intake: Intake) -> None:
    receipt = intake.deps.receiver.receive_blocking(Submission(narrative="A van."), SENDER)
    assert intake.deps.store.contact_of(receipt.id) is None


def test_the_same_key_and_body_get_the_first_answer(intake: Intake) -> None:
    receive = intake.deps.receiver.receive_blocking
    first = receive(VAN, SENDER, Once("caller", "key"))
    again = receive(VAN, SENDER, Once("caller", "key"))
    assert (again.id, again.code) == (first.id, first.code)
    assert again.repeated
    assert not first.repeated


def test_the_same_key_with_another_body_is_a_conflict_that_stores_nothing(intake: Intake) -> None:
    receive = intake.deps.receiver.receive_blocking
    receive(VAN, SENDER, Once("caller", "key"))
    with pytest.raises(Conflict):
        receive(Submission(narrative="Another van."), SENDER, Once("caller", "key"))
    assert receive(VAN, SENDER, Once("caller", "key")).repeated


def test_keys_of_two_callers_have_nothing_to_do_with_each_other(intake: Intake) -> None:
    receive = intake.deps.receiver.receive_blocking
    first, second = receive(VAN, SENDER, Once("a", "bc")), receive(VAN, SENDER, Once("ab", "c"))
    assert first.id != second.id


def test_an_answer_is_kept_for_a_day(intake: Intake) -> None:
    receive = intake.deps.receiver.receive_blocking
    first = receive(VAN, SENDER, Once("caller", "key"))
    intake.clock.at += KEEP_ANSWER
    assert receive(VAN, SENDER, Once("caller", "key")).id != first.id


def test_the_kept_answer_cannot_be_read_without_the_caller(intake: Intake) -> None:
    once = Once("caller", "key")
    receipt = intake.deps.receiver.receive_blocking(VAN, SENDER, once)
    kept = intake.deps.store.answer_of(once.hash, intake.clock.now())
    assert kept is not None
    for part in fields(kept):
        assert receipt.code not in str(getattr(kept, part.name))
    with pytest.raises(ValueError, match="sealed for something else"):
        intake.deps.sealer.open_answer("other", "key", kept.sealed)
