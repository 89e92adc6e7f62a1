"""Unfinished reports: kept under a secret or a code, found with nothing else, and forgotten in time."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ingest.domain.draft import FORM_IDLE, SAVED_FOR, Draft, DraftKind
from ingest.drafting import Drafting, Kept
from ingest.receipts import read_code
from tests.builders import NOON
from tests.intake import Intake

KEPT = Kept("prairie-haul", {"narrative": "A grey minivan.", "place.town": "Ogallala"})


@pytest.fixture
def drafting(intake: Intake) -> Drafting:
    deps = intake.deps
    return Drafting(deps.partner_side, deps.sealer, deps.clock, deps.ids, random.Random(9).randbytes)


def test_a_form_is_found_with_its_secret_alone(drafting: Drafting) -> None:
    secret = drafting.new_secret()
    assert drafting.load(secret) is None
    drafting.keep(secret, KEPT)
    assert drafting.load(secret) == KEPT
    assert drafting.load(drafting.new_secret()) is None
    assert drafting.load("") is None


def test_every_page_keeps_it_for_another_hour(drafting: Drafting, intake: Intake) -> None:
    secret = drafting.new_secret()
    drafting.keep(secret, KEPT)
    intake.clock.forward(seconds=FORM_IDLE.total_seconds() - 1)
    drafting.keep(secret, KEPT)
    intake.clock.forward(seconds=FORM_IDLE.total_seconds() - 1)
    assert drafting.load(secret) == KEPT
    intake.clock.forward(seconds=1)
    assert drafting.load(secret) is None


def test_what_was_saved_is_found_with_its_code_however_it_is_typed(drafting: Drafting) -> None:
    saved = drafting.save_for_later(drafting.new_secret(), KEPT)
    assert read_code(saved.code) == saved.code
    assert saved == replace(KEPT, code=saved.code, tip_id=saved.tip_id)
    found = drafting.resume(f" {saved.code[:4]}-{saved.code[4:]} ")
    assert found
    secret, kept = found
    assert kept == saved
    assert drafting.load(secret) == saved
    assert drafting.resume("4821 0937 5526 1184") is drafting.resume("nothing") is None


def test_saving_again_keeps_the_code_and_the_newest_answers(drafting: Drafting, intake: Intake) -> None:
    secret = drafting.new_secret()
    first = drafting.save_for_later(secret, KEPT)
    intake.clock.forward(seconds=SAVED_FOR.total_seconds() - 1)
    changed = replace(first, answers={"narrative": "A white van."})
    assert drafting.save_for_later(secret, changed) == changed
    intake.clock.forward(seconds=SAVED_FOR.total_seconds() - 1)
    found = drafting.resume(first.code)
    assert found
    assert found[1] == changed
    intake.clock.forward(seconds=1)
    assert drafting.resume(first.code) is None


def test_what_was_sent_is_forgotten(drafting: Drafting) -> None:
    saved = drafting.save_for_later(drafting.new_secret(), KEPT)
    drafting.forget_saved(saved.code)
    assert drafting.resume(saved.code) is None


def test_nothing_that_is_stored_can_be_read(drafting: Drafting, intake: Intake) -> None:
    secret = drafting.new_secret()
    saved = drafting.save_for_later(secret, KEPT)
    with intake.deps.partner_side.reading() as work:
        draft = work.drafts.get(intake.deps.sealer.receipt_hash(saved.code), NOON)
        [row] = work.audit.of_object(f"tip:{saved.tip_id}", 10)
    assert draft
    assert (draft.kind, draft.tip_id) == (DraftKind.SAVED, "")
    assert b"minivan" not in draft.sealed
    assert secret not in repr(draft)
    assert (row.actor, row.action) == ("public", "report.saved")
    assert saved.code not in repr(row)


def test_a_draft_of_other_keys_or_of_a_program_is_none(drafting: Drafting, intake: Intake) -> None:
    saved = drafting.save_for_later(drafting.new_secret(), KEPT)
    id = intake.deps.sealer.receipt_hash(saved.code)
    for draft in (
        Draft(id, DraftKind.SAVED, "prairie-haul", "", b"\x01 sealed with other keys", NOON + SAVED_FOR),
        Draft(id, DraftKind.OPEN, "prairie-haul", "tip_1", b"", NOON + SAVED_FOR),
    ):
        with intake.deps.partner_side.writing() as work:
            work.drafts.put(draft)
        assert drafting.resume(saved.code) is None
