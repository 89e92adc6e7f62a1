"""The form question by question, as a browser without JavaScript uses it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.domain.draft import FORM_IDLE
from ingest.lanes import EVENTS
from ingest.throttle import Throttle
from ingest.web.steps import STEPS
from tests.form_walk import CODE, Walk, code_of, field_of, title_of
from tests.intake import TRUCKING, Intake
from triage.domain.tip import Answer, Consent, Geo, Place, SourceBasis, Tip, Vehicle


def stored(intake: Intake, page: httpx.Response) -> Tip:
    """The tip whose code the page shows."""
    tip_id = intake.deps.store.tip_of_receipt(intake.deps.sealer.receipt_hash(code_of(page).replace(" ", "")))
    with intake.deps.storage.reading() as work:
        tip = work.tips.get(tip_id or "")
    assert tip
    return tip


def tips(intake: Intake) -> int:
    return len(intake.events.read("test", list(EVENTS.values()), 100))


def test_a_report_of_one_answer_takes_four_pages(intake: Intake) -> None:
    walk = Walk.begin(intake.client())
    walk.press("next")
    page = walk.press("send", narrative="A white van.")
    assert title_of(page) == "We have your report"
    assert stored(intake, page).narrative == "A white van."


def test_every_question_is_asked_once_and_every_answer_is_kept(intake: Intake) -> None:
    walk = Walk.begin(intake.client())
    asked = [walk.step]
    answers = {
        "danger": {"life_threat": "not_sure"},
        "what": {"narrative": "First line.\r\nSecond line."},
        "where": {"place.road": "I-80 west", "place.exit": "107", "geo.lat": "41.04560001", "geo.lon": "-102.1", "geo.accuracy_m": "30.4"},
        "when": {"when_text": "Tuesday"},
        "people": {"persons[1].description": "a tall man", "minor_possible": "yes"},
        "vehicle": {"vehicles[0].plate": "abc 123"},
        "online": {"identifiers": "@handle"},
        "basis": {"source_basis": "part_of_job"},
        "staff": {"partner.reference": "R-7"},
        "contact": {"contact": "yes", "contact.phone": "402-555-0143"},
        "consent": {"consent.police": "yes"},
    }
    while walk.step != "check":
        walk.press("next", **answers[walk.step])
        asked.append(walk.step)
    assert asked == [*answers, "check"]
    text = unescape(walk.page.text)
    for words in (
        "I am not sure",
        "Second line.",
        "Exit or mile marker: 107",
        "41.0456, -102.1000",
        "License plate: abc 123",
        "The police team",
    ):
        assert words in text
    tip = stored(intake, walk.press("send"))
    assert (tip.narrative, tip.life_threat) == ("First line.\nSecond line.", Answer.NOT_SURE)
    assert (tip.place, tip.geo) == (Place(road="I-80 west", exit="107"), Geo(41.0456, -102.1, 30))
    assert (tip.vehicles, tip.identifiers, tip.when_text) == ((Vehicle("abc 123"),), ("@handle",), "Tuesday")
    assert (tip.source_basis, tip.partner_reference, tip.has_contact) == (SourceBasis.PART_OF_JOB, "R-7", True)
    assert tip.consent == Consent(police=True)


def test_everything_but_the_words_can_be_skipped(intake: Intake) -> None:
    walk = Walk.begin(intake.client())
    while walk.step != "check":
        walk.press("next", narrative="A van.") if walk.step == "what" else walk.press("skip")
    assert unescape(walk.page.text).count("Not provided") == 9
    assert stored(intake, walk.press("send")).narrative == "A van."


def test_danger_gets_help_before_any_question(intake: Intake) -> None:
    walk = Walk.begin(intake.client())
    page = walk.press("next", life_threat="yes")
    assert walk.step == "help"
    assert 'href="tel:911"' in page.text
    assert "1-888-373-7888" in page.text
    assert title_of(page) == "Report"
    walk.press("next")
    assert 'class="danger"' in walk.press("send", narrative="Now!").text


def test_who_has_called_is_not_told_to_call_again(intake: Intake) -> None:
    walk = Walk.begin(intake.client())
    walk.press("next", life_threat="yes")
    walk.press("called")
    page = walk.press("send", narrative="Now!")
    assert 'class="danger"' not in page.text
    assert stored(intake, page).life_threat is Answer.YES


def test_survivors_see_help_first_and_are_asked_before_police_hear(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("basis", "It was me.")
    page = walk.press("next", source_basis="happened_to_me")
    assert walk.step == "wishes"
    assert page.text.index("1-888-373-7888") < page.text.index('name="consent.police"')
    assert " checked" not in page.text
    walk.press("next", consent__support="yes")
    assert walk.step == "contact", "who works at the partner is no question for a survivor"
    page = walk.press("next", contact="yes", contact__phone="402-555-0143")
    assert walk.step == "check"
    assert 'class="advice"' not in page.text
    tip = stored(intake, walk.press("send"))
    assert tip.consent == Consent(support=True)


def test_the_count_is_right_on_every_page(intake: Intake) -> None:
    walk, numbers = Walk.begin(intake.client()), []
    while walk.step != "check":
        found = re.search(r"Question (\d+) of (\d+)", walk.page.text)
        assert found
        assert title_of(walk.page) == f"Report – question {found[1]}"
        numbers.append((int(found[1]), int(found[2])))
        walk.press("next", narrative="A van.")
    assert numbers == [(number, 10) for number in range(1, 11)]


def test_what_must_be_mended_is_said_on_its_page_and_nothing_is_lost(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("people")
    page = walk.press("next", **{"persons[0].description": "b" * 5_001, "persons[1].description": "a tall man"})
    assert page.status_code == 422
    assert title_of(page) == "Error: Report – question 5"
    assert unescape(page.text).count("This answer is too long") == 2
    assert "a tall man</textarea>" in page.text
    walk.press("back", **{"persons[0].description": "b" * 5_001, "persons[1].description": "a tall man"})
    assert walk.step == "when"
    walk.press("next")
    assert "a tall man</textarea>" in walk.page.text
    assert "bbb" not in walk.page.text


def test_going_back_shows_what_was_answered(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where", "A <b>white</b> van.")
    assert "A &lt;b&gt;white&lt;/b&gt; van.</textarea>" in walk.press("back", place__town="Ogallala").text
    assert 'value="Ogallala"' in walk.press("next", narrative="A van.").text
    walk.press("back")
    walk.press("back")
    assert walk.step == "danger"
    assert "Tell us what you saw" in walk.press("back").text


def test_an_answer_is_changed_from_the_last_page(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("check")
    walk.press("change:vehicle")
    assert walk.step == "vehicle"
    walk.press("next", **{"vehicles[0].plate": "KPR"})
    assert walk.step == "check"
    walk.press("change:danger")
    walk.press("next", life_threat="yes")
    assert walk.step == "help"
    walk.press("called")
    assert walk.step == "check"
    walk.press("change:what")
    assert walk.press("next", narrative="").status_code == 422
    walk.press("next", narrative="A grey van.")
    walk.press("change:where")
    walk.press("back")
    assert walk.step == "check"
    tip = stored(intake, walk.press("send"))
    assert (tip.narrative, tip.vehicles, tip.life_threat) == ("A grey van.", (Vehicle("KPR"),), Answer.YES)


def test_the_language_changes_in_the_middle(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where")
    page = walk.press("lang:es", place__town="Ogallala")
    assert "¿Dónde fue?" in page.text
    assert 'value="Ogallala"' in page.text
    walk.to("check")
    assert stored(intake, walk.press("send")).language == "es"


def test_what_would_help_is_said_before_and_after_sending_and_never_needed(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("check")
    assert "Say where it was." in walk.page.text
    assert "Say where it was." in walk.press("send").text
    full = "Two men hit a girl in a red coat at the truck stop at exit 107 on Tuesday, plate KPR 312."
    assert 'class="advice"' not in Walk.begin(intake.client()).to("check", full).page.text


def test_questions_outside_the_agreement_are_not_asked_nor_kept(intake: Intake) -> None:
    intake.deps.partners.put(replace(TRUCKING, agreed_fields=("vehicles", "when_text")))
    walk = Walk.begin(intake.client())
    asked = [walk.step]
    while walk.step != "check":
        walk.press("next", narrative="A van.", place__town="Ogallala", when_bucket="now", contact="yes", contact__phone="402-555-0143")
        asked.append(walk.step)
    assert asked == ["danger", "what", "when", "vehicle", "check"]
    tip = stored(intake, walk.press("send"))
    assert (tip.place, tip.when_bucket, tip.has_contact) == (Place(), None, False)
    page = intake.client().get("/r/prairie-haul?all=1")
    assert 'name="vehicles[0].plate"' in page.text
    assert 'name="place.town"' not in page.text


def test_everybodys_form_asks_nobody_for_a_role(intake: Intake) -> None:
    intake.deps.partners.put(replace(TRUCKING, slug="public-line", sector="public"))
    walk = Walk.begin(intake.client(), "public-line").to("basis")
    walk.press("next")
    assert walk.step == "contact"


def test_sending_again_gives_the_same_code(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("check")
    check = walk.page
    first = code_of(walk.press("send"))
    walk.page = check
    assert code_of(walk.press("send")) == first
    assert tips(intake) == 1


def test_a_form_that_rested_too_long_is_cleared_and_says_so(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where")
    intake.clock.forward(seconds=FORM_IDLE.total_seconds())
    page = walk.press("next", place__town="Ogallala")
    assert page.status_code == 410
    assert "Nothing was sent." in page.text
    assert 'href="/r/prairie-haul?lang=en"' in page.text
    assert "Ogallala" not in page.text


def test_words_that_took_long_to_write_are_not_lost(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("what")
    intake.clock.forward(seconds=FORM_IDLE.total_seconds())
    walk.press("next", narrative="A long account.")
    assert walk.step == "where"
    assert "A long account." in walk.to("check").page.text


def test_a_page_that_is_too_old_or_not_ours_is_shown_again_ready_to_send(intake: Intake) -> None:
    for draft in ("nonsense", intake.deps.sealer.sign("visit:tip_1")):
        page = intake.client().post("/r/prairie-haul/sent", data={"step": "what", "go": "send", "draft": draft, "narrative": "A van."})
        assert page.status_code == 422
        assert "Press Send once more" in page.text
        walk = Walk(intake.client(), page, "/r/prairie-haul")
        assert stored(intake, walk.press("send", narrative="A van.")).narrative == "A van."


def test_one_partners_draft_is_nothing_to_anothers_form(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("where")
    walk.form = "/r/oak-school"
    assert walk.press("next").status_code == 410


def test_a_program_that_fills_in_everything_is_held_up_and_a_person_is_not_lost(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("what")
    page = walk.press("send", narrative="A van.", website="http://spam.example")
    assert page.status_code == 422
    assert "spam.example" not in page.text
    assert walk.press("send", narrative="A van.").status_code == 200


def test_too_many_pages_from_one_address_wait_with_their_words_kept(intake: Intake) -> None:
    limits = replace(intake.deps.limits, steps=Throttle(2, timedelta(minutes=10), intake.clock))
    walk = Walk.begin(intake.client(limits=limits)).to("where")
    page = walk.press("next", place__town="Ogallala")
    assert (page.status_code, page.headers["retry-after"]) == (429, "600")
    assert 'value="Ogallala"' in page.text
    intake.clock.forward(minutes=10)
    assert walk.press("next", place__town="Ogallala").status_code == 200


def test_when_nothing_can_be_written_the_answers_are_kept(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("check")
    intake.writer.close()
    page = walk.press("send")
    assert page.status_code == 503
    assert "We cannot take reports right now" in page.text
    assert "A white van." in page.text


@pytest.mark.parametrize("answers", [{"life_threat": "maybe"}, {"life_threat": ""}])
def test_only_the_answers_shown_are_taken(intake: Intake, answers: dict[str, str]) -> None:
    page = Walk.begin(intake.client()).press("next", **answers)
    assert page.status_code == (422 if answers["life_threat"] else 200)


def test_a_point_that_is_none_is_left_out(intake: Intake) -> None:
    for lat in ("north", "nan", "91", "1e400", ""):
        walk = Walk.begin(intake.client()).to("where")
        walk.press("next", geo__lat=lat, geo__lon="1", geo__accuracy_m="5")
        assert stored(intake, walk.to("check").press("send")).geo is None


def test_no_step_can_be_jumped_to_without_the_words(intake: Intake) -> None:
    for step in STEPS:
        walk = Walk.begin(intake.client())
        draft = field_of(walk.press("next"), "draft")
        page = walk.client.post("/r/prairie-haul/sent", data={"step": step.name, "go": "send", "draft": draft})
        assert page.status_code == 422, step.name
        assert "Tell us what you saw or heard" in unescape(page.text)
    assert tips(intake) == 0


def test_no_page_sets_a_cookie_or_may_be_kept(intake: Intake) -> None:
    walk = Walk.begin(intake.client())
    while walk.step:
        assert "set-cookie" not in walk.page.headers
        assert walk.page.headers["cache-control"] == "no-store"
        assert not re.search(r"<style|<script(?! src)| style=| on[a-z]+=|https?://(?!www\.weather\.gov)", walk.page.text)
        walk.press("send" if walk.step == "check" else "next", narrative="A van.")
    assert CODE.search(walk.page.text)


def test_a_form_that_was_left_in_a_hurry_leads_nowhere_when_its_pages_are_sent_again(intake: Intake) -> None:
    walk = Walk.begin(intake.client()).to("what")
    what = walk.page
    walk.press("next", narrative="A white van.")
    answer = walk.client.post("/r/exit", data={"draft": field_of(walk.page, "draft")})
    assert answer.headers["refresh"] == f"0; url={intake.deps.policy.exit_site}"
    intake.clock.forward(hours=23)
    for seen, go in ((what, "next"), (what, "send"), (walk.page, "back")):
        walk.page = seen
        page = walk.press(go, narrative="A white van.")
        assert page.status_code == 410
        assert "white van" not in page.text
    assert tips(intake) == 0
    assert walk.client.post("/r/exit", data={"draft": "nonsense"}).status_code == 200


def test_a_code_is_not_shown_again_after_leaving(intake: Intake) -> None:
    client = intake.client()
    draft = {"draft": field_of(client.get("/r/prairie-haul?all=1"), "draft"), "narrative": "A white van."}
    code = code_of(client.post("/r/prairie-haul/sent", data=draft))
    client.post("/r/exit", data=draft)
    page = client.post("/r/prairie-haul/sent", data=draft)
    assert page.status_code == 410
    assert code not in page.text


STRANGE = st.one_of(
    st.sampled_from([*(step.name for step in STEPS), "start", "next", "back", "skip", "stay", "save", "send", "called"]),
    st.sampled_from(["change:where", "change:", "lang:es", "lang:xx", "yes", "happened_to_me", "1", "é" * 6_000]),
    st.text(max_size=20),
)
NAMES = sorted({"step", "go", "then", "lang", *(field for step in STEPS for field in step.fields)})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), STRANGE, max_size=8), min_size=1, max_size=3), st.booleans())
def test_whatever_is_sent_is_answered_with_a_page(intake: Intake, sent: list[dict[str, str]], begun: bool) -> None:
    client = intake.client()
    draft = field_of(client.get("/r/prairie-haul"), "draft")
    if begun:
        client.post("/r/prairie-haul", data={"draft": draft, "step": "what", "go": "next", "narrative": "A van."})
    for answers in sent:
        page = client.post("/r/prairie-haul/sent", data={"draft": draft, "step": "check", **answers})
        assert page.status_code in {200, 410, 422, 429}
        assert page.text.startswith("<!DOCTYPE html>")
