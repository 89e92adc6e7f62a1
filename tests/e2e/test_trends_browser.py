"""Trends and the map in a real Chromium: for everybody, on a phone and in the dark, and steps of time by keyboard alone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.test_console_browser import RULES, SMALL_TARGETS, Desk, desk
from triage.domain.access import Role, User
from triage.domain.tip import Geo, Place

__all__ = ["desk"]

pytestmark = pytest.mark.browser

PLACES = {"Lancaster": (40.81, -96.7), "York": (40.87, -97.59), "Keith": (41.13, -101.72)}


def seed(desk: Desk, each: int = 11) -> None:
    """Tips over the weeks that the page shows, some open, some of them with a point."""
    world = desk.world
    with world.storage.writing() as work:
        work.users.put(User("usr_lea", "lea", "Lea", Role.SUPERVISOR, frozenset({"trafficking"}), "unused"))
    world.clock.forward(days=-70)
    for period in range(3):
        for county, (lat, lon) in PLACES.items():
            for number in range(26 if (county, period) == ("York", 2) else each):
                where = Place(county=county, state="NE", road="I-80")
                world.arrive(place=where, geo=Geo(lat + number / 100, lon, 20), language="es" if number % 2 else "en")
        for _ in range(3):
            world.arrive(place=Place(county="Hall", state="NE"))
        world.clock.forward(days=28 if period < 2 else 14)


def test_trends_and_map_are_for_everybody(desk: Desk) -> None:
    seed(desk)
    page = desk.page("lea")
    for width, scheme in ((320, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        for path in ("/desk/trends", "/desk/map?weeks=12&county=NE/York"):
            page.goto(path)
            for details in page.locator("details").all():
                details.evaluate("(element) => { element.open = true; }")
            found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(SMALL_TARGETS) == [], path


def test_time_and_points_are_chosen_by_keyboard(desk: Desk) -> None:
    seed(desk, each=4)
    page = desk.page("lea")
    page.goto("/desk/trends")
    page.get_by_role("link", name="Earlier").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Time that the map shows").locator("[aria-current]")).to_have_count(1)
    assert page.url.endswith("?step=2#places")
    page.goto("/desk/map?weeks=12")
    page.get_by_role("link", name="Show the point").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("circle.dot-at")).to_have_count(1)
