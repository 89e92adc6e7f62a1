"""A report that is saved and finished later, as a browser without JavaScript does it."""

from __future__ import annotations

from dataclasses import replace

from ingest.domain.draft import SAVED_FOR
from ingest.domain.partner import PartnerStatus
from tests.form_walk import Walk, code_of, title_of
from tests.intake import TRUCKING, Intake
from tests.unit.ingest.test_question_pages import stored, tips


def test_saving_for_later_gives_the_code_before_sending(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where")
    saved = code_of(walk.press("save", place__town="Ogallala"))
    assert title_of(walk.page) == "Saved, not sent yet"
    assert tips(intake) == 0
    assert "Ogallala" in walk.press("stay").text
    assert code_of(walk.press("save")) == saved
    page = walk.press("send")
    assert code_of(page) == saved
    assert stored(intake, page).place.town == "Ogallala"
    with intake.deps.partner_side.reading() as work:
        assert work.drafts.get(intake.deps.sealer.receipt_hash(saved.replace(" ", "")), intake.clock.now()) is None


def test_the_code_leads_back_to_what_was_saved(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where")
    code = code_of(walk.press("save", place__town="Ogallala"))
    for _ in range(11):  # a right code is no wrong try
        page = walk.client.post("/r/code", data={"code": code, "lang": "es"})
    assert title_of(page) == "Guardado, todavía no enviado"
    again = Walk(walk.client, page, walk.form)
    assert "Ogallala" in again.press("stay").text
    assert code_of(again.press("send")) == code
    assert "Recibido" in walk.client.post("/r/code", data={"code": code, "lang": "es"}).text


def test_a_saved_report_for_a_form_that_is_closed_now_cannot_go_on(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where")
    code = code_of(walk.press("save"))
    intake.deps.partners.put(replace(TRUCKING, status=PartnerStatus.SUSPENDED))
    assert walk.client.post("/r/code", data={"code": code}).status_code == 422


def test_a_saved_report_is_sent_once_whoever_goes_on_with_it(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where")
    code = code_of(walk.press("save"))
    form = walk.page
    walk.press("send")
    walk.page = form
    walk.press("stay")
    walk.press("change:what")
    walk.press("next", narrative="Other words.")
    page = walk.press("send")
    assert title_of(page) == "You sent this report"
    assert code not in page.text
    assert tips(intake) == 1


def test_what_was_saved_is_kept_for_three_days(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where")
    code = code_of(walk.press("save")).replace(" ", "")
    id = intake.deps.sealer.receipt_hash(code)
    intake.clock.forward(seconds=SAVED_FOR.total_seconds() - 1)
    with intake.deps.partner_side.reading() as work:
        draft = work.drafts.get(id, intake.clock.now())
    assert draft
    assert b"van" not in draft.sealed
    intake.clock.forward(seconds=1)
    with intake.deps.partner_side.reading() as work:
        assert work.drafts.get(id, intake.clock.now()) is None
