"""The pages about ties: the panel of a tip, two tips side by side, cases made one, who else works on something."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import an_entity
from tests.console import Console
from tests.world import a_viewer
from triage.domain.case import CaseStatus
from triage.domain.desk_view import Preferences
from triage.domain.links import Verdict
from triage.links.answers import Answering
from triage.links.pointers import Deconfliction, renew_pointers
from triage.web.links.compare_view import texts_of

PHONE = an_entity("phone", "+14025550143")
PLATE = an_entity("plate", "KPR412", attributes={"basis": "cue"})


def arrive(console: Console, *entities: Any, label: str = "sex_trafficking", **given: Any) -> str:
    world = console.world
    tip = world.arrive(label, read={"entities": entities or (PHONE,)}, **given)
    renew_pointers(world.storage, world.policy, console.deps.blinder, [world.case(tip).id]) if console.deps.blinder else None
    return tip


def section(page: str) -> str:
    found = re.search(r'<section id="similar".*?</section>', page, re.S)
    assert found
    return found.group()


def test_a_tip_shows_what_could_belong_to_it_and_why(console: Console) -> None:
    one = arrive(console)
    two = arrive(console, PHONE, an_entity("trailer", "53219"), narrative="A <b>trailer</b> behind the motel.")
    ties = section(console.browser("ana").get(f"/desk/tip/{one}").text)
    for words in (
        "Strong:",
        "the same phone +14025550143",
        f"/desk/compare/{one}/{two}",
        "A &lt;b&gt;trailer",
        "Compare one after the other",
    ):
        assert words in ties
    assert "Nothing that a person should look at." in section(console.browser("ana").get(f"/desk/tip/{arrive(console, PLATE)}").text)


def test_two_tips_stand_side_by_side(console: Console) -> None:
    one = arrive(console, PHONE, PLATE, narrative="A white van took two girls at noon.")
    two = arrive(console, PHONE, narrative="A white van took two boys at night.")
    page = console.browser("ana").get(f"/desk/compare/{one}/{two}").text
    for words in (
        "<b>1 of 1</b>",
        "They share: the same phone +14025550143",
        'Phone <span class="how">the same</span>',
        'Plate <span class="how">only one says</span>',
        'Concerns <span class="how">the same</span>',
        '<mark class="own">girls</mark>',
        '<mark class="own">boys</mark>',
        "Marked: only in this one.",
    ):
        assert words in page
    for tip in (one, two):
        assert console.world.audit(f"tip:{tip}")[-1].action == "tip.read"


def test_after_an_answer_the_next_pair_comes(console: Console) -> None:
    one, two, three = arrive(console), arrive(console), arrive(console, label="cargo_theft")
    hidden, four = three, arrive(console)
    browser = console.browser("ana")
    browser.get(f"/desk/tip/{one}")
    assert hidden not in browser.page.text
    page = browser.get(f"/desk/compare/{one}/{two}").text
    assert "2 of 2" in page or "1 of 2" in page
    browser.submit(f"/desk/compare/{one}/{two}", verdict="different", note="a motel")
    assert browser.page.headers["location"] == f"/desk/compare/{one}/{four}?done=different"
    page = browser.get(browser.page.headers["location"]).text
    assert "Kept: different." in page
    browser.submit(f"/desk/compare/{one}/{four}", verdict="unsure")
    assert browser.page.headers["location"] == f"/desk/tip/{one}?done=tie-last#similar"
    ties = section(browser.get(f"/desk/tip/{one}?done=tie-last").text)
    assert "Nothing that a person should look at." in ties
    assert "Answered (2)" in ties
    assert "Different</b>, said Ana" in ties


def test_the_same_in_two_cases_offers_to_merge_and_parting_undoes_it(console: Console) -> None:
    one, two = arrive(console), arrive(console)
    browser = console.browser("ana")
    browser.get(f"/desk/compare/{one}/{two}")
    assert "Make them one?" not in browser.page.text
    browser.submit(f"/desk/compare/{one}/{two}", verdict="same")
    browser.get(browser.page.headers["location"])
    assert "Make them one?" in browser.page.text
    assert "Only tie them: back to the tip" in browser.page.text
    into = console.world.case(one).id
    browser.submit(f"/desk/case/{into}/merge", note="one driver")
    page = browser.get(browser.page.headers["location"]).text
    assert "The two cases are one now." in page
    assert "Merged by Ana" in page
    assert console.world.case(two).id == into
    assert "Both are in one case." in browser.get(f"/desk/compare/{one}/{two}").text
    browser.get(f"/desk/case/{into}?tab=merged")
    browser.submit(f"/desk/case/{into}/unmerge")
    page = browser.get(browser.page.headers["location"]).text
    assert "The cases are parted again." in page
    assert "parted again by Ana" in page
    assert console.world.case(two).id != into
    assert console.world.case(two).status is CaseStatus.NEW


def test_a_merge_of_an_older_page_or_of_cases_that_stay_apart_is_refused_in_words(console: Console) -> None:
    world = console.world
    one, two = arrive(console), arrive(console)
    browser = console.browser("ana")
    browser.get(f"/desk/compare/{one}/{two}")
    browser.submit(f"/desk/compare/{one}/{two}", verdict="same")
    offered = browser.get(browser.page.headers["location"])
    world.casework.claim(a_viewer("trafficking", user="usr_bo"), two, world.version(two))
    assert browser.submit(f"/desk/case/{world.case(one).id}/merge").status_code == 409
    browser.page = offered
    case = world.case(two)
    refused = browser.submit(f"/desk/case/{world.case(one).id}/merge", merged_version=str(case.version), merged="case_none")
    assert refused.status_code == 404
    browser.page = offered
    assert browser.submit(f"/desk/case/{world.case(one).id}/merge", version="x").status_code == 422
    assert world.case(two).id == case.id


def test_whoever_may_not_read_one_of_the_two_finds_no_page(console: Console) -> None:
    one, two = arrive(console), arrive(console, label="cargo_theft")
    browser = console.browser("ana")
    for path in (f"/desk/compare/{one}/{two}", f"/desk/compare/{two}/{one}", f"/desk/compare/{one}/tip_none", "/desk/compare/a/b"):
        assert browser.get(path).status_code == 404
    assert browser.get(f"/desk/compare?one={one}&two={two}").headers["location"] == f"/desk/compare/{one}/{two}"
    assert browser.get(f"/desk/compare?one={one}&two=").status_code == 422
    browser.get(f"/desk/tip/{one}")
    token = re.search(r'name="token" value="([^"]+)"', browser.page.text)
    assert token
    assert browser.post(f"/desk/compare/{one}/{two}", {"token": token[1], "verdict": "same"}).status_code == 404
    assert browser.post(f"/desk/compare/{one}/{one}", {"token": token[1], "verdict": "perhaps"}).status_code == 422
    assert browser.post(f"/desk/compare/{one}/{two}", {"verdict": "same"}).status_code == 403
    with console.world.storage.reading() as work:
        assert work.verdicts.newest(10) == []


def test_another_desk_that_works_on_the_same_is_named_with_its_contact(console: Console) -> None:
    world = console.world
    mine, theirs = arrive(console, PLATE), arrive(console, PLATE, label="cargo_theft")
    world.casework.claim(a_viewer("cargo", user="usr_carl"), theirs, world.version(theirs))
    ties = section(console.browser("ana").get(f"/desk/tip/{mine}").text)
    assert "Cargo and property crime</b>, State Patrol, holds a plate that is in this tip." in ties
    assert "402-555-0102" in ties
    assert theirs not in ties
    assert world.case(theirs).id not in ties


def test_the_alert_names_the_desk_and_nothing_else(console: Console) -> None:
    world = console.world
    mine, theirs = arrive(console, PLATE), arrive(console, PLATE, label="cargo_theft")
    with world.storage.writing() as work:
        case = work.cases.of_tip(mine)
        assert case
        work.cases.update(replace(case, owner="usr_bo", version=case.version + 1))
    assert console.deps.blinder
    Deconfliction(world.storage, world.policy, console.deps.blinder, world.clock, world.ids).of_tip(a_viewer("cargo"), theirs)
    page = console.browser("bo").get("/desk/alerts").text
    assert "Cargo and property crime works on something that shares a plate with a case of yours" in page
    assert theirs not in page


def test_who_else_works_on_something_is_asked_with_a_reason(console: Console) -> None:
    arrive(console, PLATE, label="cargo_theft")
    mine = arrive(console, PLATE)
    browser = console.browser("ana")
    assert "For which desk" in browser.get("/desk/deconflict").text
    refused = browser.submit("/desk/deconflict", kind="plate", thing="KP", purpose="", desk="trafficking")
    assert refused.status_code == 422
    assert "Write the whole of it" in refused.text
    assert "Write why you ask" in refused.text
    page = browser.submit("/desk/deconflict", kind="plate", thing="kpr 412", purpose="a stop on I-80", desk="trafficking").text
    for words in ("1 desk elsewhere", "Cargo and property crime", "402-555-0102", "You have asked 1 time", console.world.case(mine).id):
        assert words in page
    page = browser.submit("/desk/deconflict", kind="plate", thing="ZZZ 999", purpose="a stop on I-80", desk="trafficking").text
    assert "No desk elsewhere says that it holds this" in page
    assert "You have asked 2 times" in page
    assert "For which desk" not in console.browser("bo").get("/desk/deconflict").text
    assert console.browser("admin").get("/desk/deconflict").status_code == 404


def test_a_new_reason_says_so(console: Console) -> None:
    world = console.world
    one, two = arrive(console), arrive(console)
    Answering(world.storage, world.policy, world.clock, world.ids).answer(a_viewer("trafficking"), one, two, Verdict.DIFFERENT)
    with world.storage.writing() as work:
        (answer,) = work.verdicts.newest(1)
        work.verdicts.put(replace(answer, reasons=("site",)))
    assert "<b>(new)</b>" in section(console.browser("ana").get(f"/desk/tip/{one}").text)


@pytest.mark.parametrize(
    ("one", "two"), [("", ""), ("a", ""), ("a b  c\n\nd", "a b c"), ("x " * 900, "x " * 650), ("Ñandú, é.", "nandu e")]
)
def test_marked_texts_are_the_texts(one: str, two: str) -> None:
    texts = texts_of(one, two)
    assert "".join(words for words, _ in texts.one) == one
    assert "".join(words for words, _ in texts.two) == two


def test_texts_that_differ_mark_what_they_share() -> None:
    texts = texts_of(
        "the man with the red hat sold a car",
        "yesterday at the lake the man with the red hat swam far out into the water alone again and never came back",
    )
    assert [words.strip() for words, marked in texts.one if marked] == ["the man with the red hat"]
    assert texts.meaning == "Marked: the same words in both."
    assert texts_of("one two", "three four").meaning == "The texts differ."


def test_hard_texts_stay_under_the_veil_that_the_reader_chose(console: Console) -> None:
    one, two = (arrive(console, PHONE, label="mental_health_crisis", narrative="She wrote that she will end it.") for _ in range(2))
    with console.world.storage.writing() as work:
        for tip in (one, two):
            case = work.cases.of_tip(tip)
            assert case
            work.cases.update(replace(case, also=("trafficking",), version=case.version + 1))
        work.preferences.put(Preferences("usr_ana", console.world.clock.now(), veiled=("self_harm",)))
    browser = console.browser("ana")
    page = browser.get(f"/desk/compare/{one}/{two}").text
    assert "will end it" not in page
    assert "people of their desks say whether they are the same" in page
    assert "will end it" in browser.get(f"/desk/compare/{one}/{two}?show=1").text
    assert console.world.audit(f"tip:{one}")[-1].purpose == "unveiled"
