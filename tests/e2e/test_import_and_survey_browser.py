"""Importing a file, answering a survey and reading its concerns, in a real browser without JavaScript, on a narrow phone and at night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ingest.domain.partner import Partner
from ingest.domain.survey import SurveyAnswer
from tests.desk import Desk, open_desk
from tests.portal import DRIVER, PASSWORD
from tests.serving import serving
from triage.domain.access import Role
from triage.web.session import SESSION_COOKIE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """(least) => [...document.querySelectorAll('main :is(a, button, select, textarea, summary, label.tile)')]
  .filter((e) => e.getClientRects().length && !e.matches('td a'))
  .filter((e) => e.getBoundingClientRect().height < least).map((e) => e.outerHTML.slice(0, 80))"""
LOG = "No;Town;What happened;Danger\n1;York;A girl was crying at the desk.;yes\n2;York;;no\n3;York;Loud noise all night.;no\n"

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Site:
    """A served product and its address."""

    desk: Desk
    url: str


@pytest.fixture
def site(tmp_path: Path, migrated: Path) -> Iterator[Site]:
    """The whole web application on a free port, with a partner's person, a survey, and forty answers to it."""
    with open_desk(tmp_path, migrated) as desk:
        with desk.core.partner_side.writing() as work:
            work.partners.put(Partner("prairie-haul", "Prairie Haul", "trucking", "Keith", "NE"))
            work.partners.put(Partner("neighbors-together", "Neighbors Together", "community_org"))
            work.staff.put(DRIVER)
            for n in range(60):
                chosen = {"worries": ("speeding", "drugs") if n % 3 else ("scams",), "safe-at-night": ("no" if n % 4 else "yes",)}
                day = desk.clock.now().date() - timedelta(days=1 + n % 28)
                place = "downtown" if n % 3 else "north_side"
                work.surveys.add(SurveyAnswer(f"sva_{n}", "main-street", day, "en", place, chosen, {"change": f"More light, please ({n})"}))
        with serving(desk.app) as url:
            yield Site(desk, url)


def page_of(browser: Browser, **context: Any) -> Page:
    page = browser.new_context(**context).new_page()
    page.set_default_timeout(20_000)
    return page


def check(page: Page, least: int) -> None:
    """No violation that axe knows, nothing smaller than it should be, nothing wider than the screen."""
    violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations] == []
    assert page.evaluate(SMALL_TARGETS, least) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/p/sign-in?next=/p/import&lang=en")
    page.get_by_label("Name").fill(DRIVER.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def upload(page: Page) -> None:
    page.get_by_label("Your file").set_input_files({"name": "log.csv", "mimeType": "text/csv", "buffer": LOG.encode()})
    page.get_by_role("button", name="Upload").click()


def test_a_file_is_imported_without_javascript(browser: Browser, site: Site) -> None:
    page = page_of(browser, java_script_enabled=False)
    sign_in(page, site)
    upload(page)
    expect(page.get_by_label("What happened")).to_have_value("narrative")
    page.get_by_label("No", exact=True).select_option(label="Your reference")
    page.get_by_role("button", name="Save and show the first rows").click()
    expect(page.get_by_text("What happened: Say what was seen or heard.")).to_be_visible()
    page.get_by_role("button", name="Import all rows").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()  # the page looks again by itself until it is
    expect(page.locator(".figures")).to_have_text(re.compile(r"Rows\s*3\s*Taken\s*2\s*Sent before\s*0\s*Not taken\s*1"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_import_pages_are_accessible_on_a_narrow_phone(browser: Browser, site: Site, scheme: Any) -> None:
    page = page_of(browser, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    sign_in(page, site)
    check(page, 24)
    page.get_by_role("button", name="Upload").click()
    check(page, 24)
    upload(page)
    check(page, 24)
    page.get_by_role("button", name="Save and show the first rows").click()
    check(page, 24)
    page.get_by_role("button", name="Import all rows").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    check(page, 24)


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("es", "dark")])
def test_a_survey_is_answered_on_a_narrow_phone(browser: Browser, site: Site, language: str, scheme: Any) -> None:
    page = page_of(browser, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page.goto(f"{site.url}/r/survey/main-street?lang={language}")
    check(page, 44)
    page.locator("main form button").click()
    page.get_by_role("alert").wait_for()
    check(page, 44)
    page.locator("[name='q.safe-at-night'][value='no']").check()
    page.locator("[name='q.worries.drugs']").check()
    page.locator("[name='q.seen']").fill("A van came every night.")
    page.locator("main form button").click()
    assert re.fullmatch(r"(\d{4} ){3}\d{4}", page.locator(".code").inner_text())
    check(page, 44)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_concerns_are_read_on_a_narrow_screen(browser: Browser, site: Site, scheme: Any) -> None:
    page = page_of(browser, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": site.desk.session(Role.SUPERVISOR), "url": site.url}])
    page.goto(f"{site.url}/desk/concerns")
    check(page, 24)
    page.get_by_role("link", name="How safe does Main Street feel?").click()
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    check(page, 24)
    expect(page.get_by_text("held back").first).to_be_visible()
