"""Ties in a real Chromium: tips compared by keyboard alone, cases merged and parted with everything compared, pages for everybody."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.builders import an_entity
from tests.e2e.test_console_browser import RULES, SMALL_TARGETS, Desk, desk
from tests.unit.links.test_merging import everything
from triage.domain.links import Verdict
from triage.domain.tip import Place
from triage.links.pointers import renew_pointers

__all__ = ["desk"]
pytestmark = pytest.mark.browser

LOOKED_AT = os.environ.get("TIPSTREAM_SCREENSHOTS", "")
TEXTS = (
    "White Ford van at the Sunset Motel in Kearney. Two girls got out, he held their phones. He calls from 402-555-0143.",
    "White Ford van at the Sunset Motel in Kearney. Three girls got out, he held their bags. He calls from 402-555-0143.",
    "Somebody offers work in Omaha and asks for passports. The number is 402-555-0143.",
    "My neighbour has had calls from 402-555-0143 every night.",
)


def tips(desk: Desk) -> list[str]:
    phone = an_entity("phone", "+14025550143")
    van = an_entity("vehicle", "white ford van", attributes={"colour": "white", "make": "ford", "body": "van"})
    trailer = an_entity("trailer", "53219")
    read = [(phone, van, trailer), (phone, van, trailer), (phone, trailer), (phone,)]
    place = Place(town="Kearney", state="NE")
    return [desk.world.arrive(narrative=text, read={"entities": found}, place=place) for text, found in zip(TEXTS, read, strict=True)]


def test_pairs_are_answered_and_cases_merged_and_parted_by_keyboard_alone(desk: Desk) -> None:
    first, same, other, unsure = tips(desk)
    before, into = everything(desk.world, [first, same, other, unsure]), desk.world.case(first).id
    page = desk.page("ana")
    page.goto(f"/desk/compare/{first}/{same}")
    expect(page.locator(".tip-head")).to_contain_text("1 of 3")
    page.keyboard.press("y")
    expect(page.get_by_role("heading", name="Make them one?")).to_be_visible()
    page.keyboard.press("Enter")  # only tie them: the next pair
    expect(page.locator(".tip-head")).to_contain_text("2 of 3")
    page.keyboard.press("n")
    expect(page.locator(".tip-head")).to_contain_text("3 of 3")
    page.keyboard.press("h")
    expect(page.get_by_role("status")).to_contain_text("the last one to compare")
    with desk.world.storage.reading() as work:
        said = {answer.verdict for answer in work.verdicts.newest(9)}
    assert said == set(Verdict)

    page.goto(f"/desk/compare/{first}/{same}")
    expect(page.get_by_role("link", name="Only tie them")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The two cases are one now.")
    assert desk.world.case(same).id == into
    page.get_by_text("Part the cases again …").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("two vans after all")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The cases are parted again.")
    after = everything(desk.world, [first, same, other, unsure])
    assert {name: value for name, value in after.items() if name != "verdicts"} == {k: v for k, v in before.items() if k != "verdicts"}


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_the_pages_are_for_everybody(desk: Desk, width: int, scheme: str) -> None:
    world, (first, same, *_) = desk.world, tips(desk)
    theirs = world.arrive("cargo_theft", read={"entities": [an_entity("trailer", "53219")]})
    assert desk.console.deps.blinder
    renew_pointers(world.storage, world.policy, desk.console.deps.blinder, [world.case(tip).id for tip in (first, theirs)])
    page = desk.page("bo", viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(f"/desk/compare/{first}/{same}")
    page.get_by_role("button", name="The same").click()
    expect(page.get_by_role("heading", name="Make them one?")).to_be_visible()
    shots = {"compare": "", "tip": f"/desk/tip/{first}", "deconflict": "/desk/deconflict", "asked": "", "merged": ""}
    for name, path in shots.items():
        if path:
            page.goto(path)
        if name == "asked":
            page.get_by_label("What it is").select_option("trailer")
            page.get_by_label("The whole of it").fill("53219")
            page.get_by_label("Why you ask").fill("a stop on I-80")
            page.get_by_role("button", name="Ask").click()
            expect(page.get_by_role("heading", name="1 desk elsewhere")).to_be_visible()
        if name == "merged":
            page.goto(f"/desk/compare/{first}/{same}")
            page.get_by_role("button", name="Merge the cases").click()
            page.get_by_text("Part the cases again …").click()
        found = Axe().run(page, options={"runOnly": RULES})
        assert not found.response["violations"], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways at {width} px"
        assert page.evaluate(SMALL_TARGETS) == [], name
        if LOOKED_AT:
            page.screenshot(path=f"{LOOKED_AT}/links-{name}-{width}-{scheme}.png", full_page=True)
