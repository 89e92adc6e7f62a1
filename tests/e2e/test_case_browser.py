"""A case in a real Chromium: one journey from taking it to closing it with a second person, and every tab for everybody."""

from __future__ import annotations

import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.builders import an_entity
from tests.e2e.test_console_browser import ANA, RULES, SMALL_TARGETS, Desk, desk
from triage.domain.assessment import Band
from triage.domain.case import CaseStatus
from triage.domain.tip import Geo, Person, PersonRole

__all__ = ["desk"]
pytestmark = pytest.mark.browser

LOOKED_AT = os.environ.get("TIPSTREAM_SCREENSHOTS", "")
TABS = ("timeline", "tips", "people", "vehicles", "places", "online", "tasks", "messages", "audit", "graph", "map")
VIN = "1M8GDM9AXKP042788"


def a_case(desk: Desk, tips: int = 3) -> tuple[str, str]:
    """A case with tips that name the same truck: its id, and the id of its first tip."""
    world, found = desk.world, []
    for number in range(tips):
        more = [
            an_entity("plate", f"ABC12{number}", start=40),
            an_entity("handle", "@someone", start=60),
            an_entity("site", "truck stop", start=80),
        ]
        found.append(
            world.arrive(
                narrative=f"Report {number}: a girl was kept in the sleeper of a truck at the truck stop, the driver is @someone.",
                band=Band.LIKELY,
                read={"entities": [an_entity("vin", VIN, valid=True), *more[number % 2 :]]},
                geo=Geo(41.12 + number / 10, -101.7),
                persons=(Person(PersonRole.MAY_NEED_HELP, "a girl in a grey coat"),),
            )
        )
    for tip in found:
        world.casework.accept(ANA, tip, world.version(tip))
    return world.case(found[0]).id, found[0]


def test_a_case_is_taken_planned_and_closed_by_two_people(desk: Desk) -> None:
    case, _ = a_case(desk)
    bo, ana = desk.page("bo"), desk.page("ana")
    bo.goto("/desk/cases?list=desk")
    bo.get_by_role("link", name="No next step planned").click()
    bo.get_by_role("button", name="Take it").click()
    expect(bo.get_by_role("definition").first).to_have_text("Bo")
    bo.get_by_text("Follow a template …").click()
    bo.get_by_label("Template").select_option(label="Human trafficking")
    bo.get_by_role("button", name="Follow it").click()
    bo.get_by_text("Plan …", exact=True).click()
    bo.get_by_label("Next step").fill("Call the driver’s company")
    bo.get_by_label("On", exact=True).fill("2026-11-03")
    bo.get_by_label("Where the person stands").select_option("safe")
    bo.get_by_label("Somebody under 18").select_option("no")
    bo.get_by_role("button", name="Keep the plan").click()
    expect(bo.locator(".tip-head")).to_contain_text("Call the driver’s company, 2026-11-03")
    bo.get_by_role("link", name="Tasks").click()
    for title in ("Check whether the person is in danger now", "Offer victim services"):
        bo.get_by_role("button", name=re.compile(f"Done.*{title}")).click()
        expect(bo.get_by_role("status")).to_contain_text("The task has ended.")
    expect(bo.locator(".tip-head")).to_contain_text("1 of 3 open")
    for page, button, note in ((bo, "Close the case", "She never was there."), (ana, "Agree and close", "I called, too.")):
        page.goto(f"/desk/case/{case}")
        if page is bo:
            page.get_by_text("Close …", exact=True).click()
        page.get_by_label("What was found true").select_option("unfounded")
        page.get_by_label("How useful were the tips?").select_option("partly")
        page.get_by_label("How the work ended").fill(note)
        page.get_by_role("button", name=button).click()
    expect(ana.get_by_role("status")).to_contain_text("Closed.")
    with desk.world.storage.reading() as work:
        kept = work.cases.get(case)
    assert kept is not None
    assert kept.status is CaseStatus.CLOSED


@pytest.mark.parametrize(("scheme", "width", "tabs"), [("light", 320, TABS), ("dark", 1280, ("timeline", "tasks", "graph", "map"))])
def test_every_tab_is_for_everybody(desk: Desk, scheme: str, width: int, tabs: tuple[str, ...]) -> None:
    case, tip = a_case(desk)
    page = desk.page("ana", viewport={"width": width, "height": 800}, color_scheme=scheme)
    paths = ["/desk/cases", "/desk/tasks", f"/desk/tip/{tip}?source=1", *(f"/desk/case/{case}?tab={tab}" for tab in tabs)]
    for path in paths:
        page.goto(path)
        if LOOKED_AT:
            page.screenshot(
                path=f"{LOOKED_AT}/{scheme}-{width}-{re.sub(r'[^a-z]+', '-', path.partition('?')[2] or path)}.png", full_page=True
            )
        for details in page.locator("details").all():
            details.evaluate("(element) => { element.name = ''; element.open = true; }")
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SMALL_TARGETS) == [], path
