"""The pages of care desks and the door of overrides, as a browser without scripts sees them."""

from __future__ import annotations

import re

import pytest

from tests.builders import an_entity
from tests.console import Browser, Console
from triage.domain.access import Role, User
from triage.domain.assessment import Urgency
from triage.domain.care import HandOff
from triage.domain.tip import Answer, Consent, Place

NEED = "homelessness_basic_needs"
TEXT = "Call Rosa at 308-555-0100. A family sleeps in a blue <car> behind the depot."
REASON = "A caller says that he stopped breathing."


@pytest.fixture
def desk(console: Console) -> Console:
    """The console with people of the care desk and supervisors of others."""
    people = {
        "cleo": (Role.ANALYST, "care"),
        "dora": (Role.ANALYST, "care"),
        "sue": (Role.SUPERVISOR, "violent"),
        "ivan": (Role.SUPERVISOR, "intake"),
        "otto": (Role.SUPERVISOR, "oversight"),
    }
    with console.world.storage.writing() as work:
        for name, (role, place) in people.items():
            work.users.put(User(f"usr_{name}", name, name.capitalize(), role, frozenset({place}), ""))
    return console


def referral(desk: Console, **given: object) -> str:
    entity = an_entity("phone", "+13085550100", "308-555-0100", start=TEXT.index("308"), role="reporter")
    place = Place(name="Depot", town="Kearney", county="Buffalo", state="NE")
    return desk.world.arrive(NEED, narrative=TEXT, place=place, language="es", read={"entities": [entity], "language": "es"}, **given)  # type: ignore[arg-type]


def hand_offs(desk: Console, tip: str) -> list[HandOff]:
    with desk.world.storage.reading() as work:
        return work.hand_offs.of(tip)


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_list_holds_need_county_language_and_consent_but_no_text(desk: Console) -> None:
    tip = referral(desk, consent=Consent(support=True))
    page = desk.browser("cleo").get("/desk/referrals")
    assert page.status_code == 200
    words = plain(page.text)
    assert "Homelessness or basic needs" in words
    assert "Buffalo, NE" in words
    assert "Consent: Agreed" in words
    assert "Not handed on yet" in words
    assert "blue" not in page.text
    assert "Rosa" not in page.text
    assert f'href="/desk/tip/{tip}"' in page.text


@pytest.mark.parametrize("name", ["ana", "sue", "ivan", "otto", "admin"])
def test_the_list_is_for_care_desks_alone(desk: Console, name: str) -> None:
    tip = referral(desk)
    browser = desk.browser(name)
    assert browser.get("/desk/referrals").status_code == 404
    assert browser.get(f"/desk/tip/{tip}").status_code == 404
    assert browser.get(f"/desk/tip/{tip}/hand-off?service=platte-beds&part=need").status_code == 404


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("cleo", {"Referrals"}),
        ("vic", {"Referrals"}),
        ("ana", set()),
        ("sue", {"Open a referral"}),
        ("ivan", {"Open a referral"}),
        ("otto", set()),
    ],
)
def test_the_way_there_is_shown_to_those_who_may_go_it(desk: Console, name: str, seen: set[str]) -> None:
    found = desk.browser(name).get("/desk/keys").text
    assert {title for title in ("Referrals", "Open a referral") if f">{title}</a>" in found} == seen


def asked(browser: Browser, tip: str, query: str = "service=platte-beds&part=need&part=county&part=language") -> str:
    page = browser.get(f"/desk/tip/{tip}/hand-off?{query}")
    assert page.status_code == 200
    return plain(page.text)


def test_a_hand_off_from_the_tips_page_to_its_outcome(desk: Console) -> None:
    tip, browser = referral(desk), desk.browser("cleo")
    page = browser.get(f"/desk/tip/{tip}").text
    assert "say nothing that could identify anybody" in page
    fitting, others = re.findall(r"<optgroup.*?</optgroup>", page, re.S)
    assert "Platte Valley Warm Beds" in fitting
    assert "Salt Creek" in others
    assert re.findall(r'name="part" value="(\w+)"( checked)?', page) == [
        ("need", " checked"),
        ("county", " checked"),
        ("language", " checked"),
    ]
    words = asked(browser, tip)
    assert "Say this, and nothing else" in words
    assert "They are in: Buffalo, NE" in words
    assert "They write in: Spanish" in words
    assert "blue" not in words
    assert "555-0100" not in words
    answer = browser.submit(f"/desk/tip/{tip}/hand-off", note="The night desk calls back")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/tip/{tip}?done=handed#care")
    [made] = hand_offs(desk, tip)
    assert (made.service, made.parts, made.note) == ("platte-beds", ("need", "county", "language"), "The night desk calls back")
    page = browser.get(f"/desk/tip/{tip}?done=handed").text
    assert "The service was asked" in page
    assert "Platte Valley Warm Beds (example): Asked" in page
    assert browser.submit(f"/desk/hand-off/{made.id}", state="reached", note="").status_code == 303
    page = browser.get(f"/desk/tip/{tip}").text
    assert "Platte Valley Warm Beds (example): They have spoken" in page
    assert f"/desk/hand-off/{made.id}" not in page  # nothing can follow
    assert "asked a service to help" in page
    assert "They have spoken: Platte Valley Warm Beds" in plain(browser.get("/desk/referrals").text)


def test_in_danger_where_and_what_may_be_said_and_the_reporter_stays_out(desk: Console) -> None:
    tip = referral(desk, life_threat=Answer.YES, urgency=Urgency.P0)
    browser = desk.browser("cleo")
    assert "a life is in danger" in browser.get(f"/desk/tip/{tip}").text
    words = asked(browser, tip, "service=platte-beds&part=need&part=place&part=account")
    assert "Depot, Kearney, Buffalo, NE" in words
    assert "behind the depot" in words
    assert "[phone]" in words
    assert "555-0100" not in words
    assert "Kearney" not in asked(browser, tip, "service=platte-beds&part=account")  # that is a part of its own
    assert browser.get(f"/desk/tip/{tip}/hand-off?service=platte-beds&part=contact").status_code == 422


def test_with_consent_the_way_to_the_sender_is_the_audited_one(desk: Console) -> None:
    tip, browser = referral(desk, consent=Consent(support=True), has_contact=True), desk.browser("cleo")
    words = asked(browser, tip, "service=platte-beds&part=need&part=contact")
    assert "with this call as the purpose" in words
    assert "555-0100" not in words


@pytest.mark.parametrize(
    "query", ["", "service=platte-beds", "service=nobody&part=need", "service=platte-beds&part=account", "service=platte-beds&part=x"]
)
def test_what_does_not_fit_is_said(desk: Console, query: str) -> None:
    tip, browser = referral(desk), desk.browser("cleo")
    assert browser.get(f"/desk/tip/{tip}/hand-off?{query}").status_code == 422


def test_a_form_that_is_old_or_strange_changes_nothing(desk: Console) -> None:
    tip, browser = referral(desk), desk.browser("cleo")
    asked(browser, tip)
    assert browser.submit(f"/desk/tip/{tip}/hand-off", version="x").status_code == 422
    asked(browser, tip)
    assert browser.submit(f"/desk/tip/{tip}/hand-off", version="7").status_code == 409
    asked(browser, tip)
    assert browser.submit(f"/desk/tip/{tip}/hand-off", parts="need,contact").status_code == 422
    assert hand_offs(desk, tip) == []
    asked(browser, tip)
    assert browser.submit(f"/desk/tip/{tip}/hand-off").status_code == 303
    [made] = hand_offs(desk, tip)
    browser.get(f"/desk/tip/{tip}")
    assert browser.submit(f"/desk/hand-off/{made.id}", state="").status_code == 422
    stranger = desk.browser("ana")
    stranger.get("/desk/keys")
    token = re.search(r'name="token" value="([^"]+)"', stranger.page.text)
    assert token
    given = {"token": token[1], "seen": "offered", "state": "reached"}
    assert stranger.post(f"/desk/hand-off/{made.id}", given).status_code == 404
    assert [one.state for one in hand_offs(desk, tip)] == ["offered"]


def test_what_nobody_answered_is_listed(desk: Console) -> None:
    tip, browser = referral(desk), desk.browser("cleo")
    asked(browser, tip)
    browser.submit(f"/desk/tip/{tip}/hand-off")
    desk.world.clock.forward(days=4)
    words = plain(desk.browser("dora").get("/desk/referrals").text)
    assert "Platte Valley Warm Beds (example) Asked, 4 days ago · 308-555-0111" in words
    assert "held back" in words


def test_the_directory_is_searched_by_need_county_and_language(desk: Console) -> None:
    browser = desk.browser("ana")
    titles = re.findall(r'<h2 class="gist">(.*?)</h2>', browser.get("/desk/services").text)
    assert len(titles) == len(desk.deps.care.services)
    page = browser.get("/desk/services?need=victims&county=NE%2FHall&language=es").text
    assert re.findall(r'<h2 class="gist">(.*?)</h2>', page)[0] == "Rio Azul Counselors (example)"
    assert "fits need, county, language" in page
    assert 'href="http' not in page  # an address is shown, never followed from here
    desk.world.clock.forward(days=200)
    assert "not checked lately" in desk.browser("ana").get("/desk/services").text


def test_an_override_shows_the_least_once_and_stands_on_the_referrals_page(desk: Console) -> None:
    tip, browser = referral(desk), desk.browser("sue")
    assert browser.get("/desk/override").status_code == 200
    page = browser.submit("/desk/override", record=tip, ground="danger_to_life", reason=REASON)
    assert page.status_code == 200
    words = plain(page.text)
    assert "A referral, opened once" in words
    assert "behind the depot" in words
    assert "blue &lt;car&gt;" in page.text
    assert "555-0100" not in words
    assert page.headers["cache-control"] == "no-store"
    assert browser.get(f"/desk/tip/{tip}").status_code == 404
    care = desk.browser("cleo")
    page = care.get(f"/desk/tip/{tip}")
    assert f"Opened by Sue from outside, 2026-11-01 12:00 UTC. Danger to somebody’s life: {REASON}" in plain(page.text)
    assert "Somebody from outside opened a referral of your desk" in care.get("/desk/alerts").text


def test_a_court_order_shows_no_words(desk: Console) -> None:
    tip, browser = referral(desk), desk.browser("ivan")
    browser.get("/desk/override")
    page = browser.submit("/desk/override", record=tip, ground="court_order", reason=REASON, reference="")
    assert page.status_code == 422
    assert "the court and the number" in page.text
    page = browser.submit("/desk/override", record=tip, ground="court_order", reason=REASON, reference="District Court 26-117")
    assert page.status_code == 200
    assert "depot" not in page.text.lower()
    assert "hands over itself" in page.text


def test_the_form_comes_back_with_what_to_mend(desk: Console) -> None:
    tip, browser = referral(desk), desk.browser("sue")
    browser.get("/desk/override")
    page = browser.submit("/desk/override", record=tip, ground="", reason="<why>")
    assert page.status_code == 422
    assert "Choose the ground" in page.text
    assert "&lt;why&gt;" in page.text
    page = browser.submit("/desk/override", record=tip, ground="danger_to_life", reason="too short")
    assert "at least 20 characters" in page.text
    assert browser.submit("/desk/override", record="tip_none", ground="danger_to_life", reason=REASON).status_code == 404
    assert [row for row in desk.world.audit(f"tip:{tip}") if row.action == "referral.override"] == []


@pytest.mark.parametrize("name", ["ana", "cleo", "otto", "admin"])
def test_nobody_else_gets_to_the_door(desk: Console, name: str) -> None:
    tip, browser = referral(desk), desk.browser(name)
    assert browser.get("/desk/override").status_code == 403
    browser.get("/desk/keys")
    token = re.search(r'name="token" value="([^"]+)"', browser.page.text)
    assert token
    form = {"token": token[1], "record": tip, "ground": "danger_to_life", "reason": REASON}
    assert browser.post("/desk/override", form).status_code == 403
    assert [row for row in desk.world.audit(f"tip:{tip}") if row.action == "referral.override"] == []
