"""The journeys of a partner's staff in a real browser: by keyboard, without JavaScript, on a phone, at night, in Spanish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from infra.security import Argon2Passwords
from infra.storage.database import open_database
from infra.storage.partner_work import SqlPartnerStorage
from infra.system import SystemClock, SystemIds
from ingest.domain.bulletin import Bulletin, BulletinKind
from ingest.domain.partner import Staff
from tests.e2e.product import Product
from triage.domain.case import Message
from triage.domain.sender import Outcome, OutcomeCode, Useful
from triage.domain.undo import UNDO_FOR

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a long pass phrase"
QUESTION = "Which way did the van leave?"
PAGES = ["/p/report", "/p/reports", "/p/messages", "/p/numbers", "/p/bulletins", "/p/bulletins/bul_signs", "/p/keys"]


@dataclass(frozen=True, slots=True)
class Office:
    """The partner's office: a manager with reports, one of which has a question and an outcome."""

    product: Product
    tip: str


@pytest.fixture(scope="module")
def office(product: Product) -> Office:
    """Staff, a bulletin, and a report that the desk wrote about, in the running product."""
    clock = SystemClock()
    tips = [
        product.post(
            {
                "narrative": f"grey van behind the fuel desk, no plate, seen {hour} pm",
                "partner": {"role": "clerk", "reference": f"PH-{hour}"},
            }
        )
        for hour in (7, 8, 9)
    ]
    tip, now = tips[0].json()["id"], clock.now()
    with open_database(f"sqlite:///{product.data / 'tipstream.db'}") as database, SqlPartnerStorage(database).writing() as work:
        hashed = Argon2Passwords().hash(PASSWORD)
        work.staff.put(Staff("stf_max", "prairie-haul", "max", "Max Miller", hashed, manager=True))
        work.bulletins.put(
            Bulletin("bul_signs", BulletinKind.TRAINING, "Signs at a fuel stop", "Look at who pays.\n\nLook at who speaks.", "usr_1", now)
        )
        work.messages.add(Message(SystemIds(clock).new("msg"), tip, now - UNDO_FOR, from_source=False, text=QUESTION, by="usr_1"))
        work.outcomes.put(Outcome(tip, Useful.YES, now, "usr_1", OutcomeCode.ACTED_ON))
    return Office(product, tip)


@contextmanager
def a_page(browser: Browser, office: Office, width: int = 1280, script: bool = False, **options: Any) -> Iterator[Page]:
    size: Any = {"width": width, "height": 800}
    context = browser.new_context(viewport=size, java_script_enabled=script, base_url=office.product.url, **options)
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def sign_in(page: Page) -> None:
    page.goto("/p/sign-in?lang=en")
    page.get_by_label("Name").fill("max")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_from_signing_in_to_the_numbers_without_javascript(browser: Browser, office: Office) -> None:
    with a_page(browser, office) as page:
        sign_in(page)
        page.get_by_role("link", name="Report", exact=True).click()
        page.get_by_label("What did you see or hear?").fill("two kids asleep in a hot car by pump 4, nobody near for an hour")
        page.locator("summary", has_text="Who is sending this?").click()
        page.get_by_label("Your role").fill("cashier")
        page.get_by_label("Your own reference number").fill("PH-77")
        page.get_by_role("button", name="Send my report").first.click()
        page.get_by_role("link", name="Open this report").click()
        expect(page.locator("h1")).to_have_text("Report: PH-77")
        expect(page.locator(".status")).to_have_text("Received")
        page.get_by_role("link", name="Messages").click()
        page.get_by_role("row").nth(1).get_by_role("link").click()
        expect(page.locator("main")).to_contain_text(QUESTION)
        expect(page.locator("main")).to_contain_text("A team acted on what you told us.")
        page.get_by_label("Answer, or add something").fill("North, on 80.")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("status")).to_have_text("We have added it to the report.")
        page.get_by_role("link", name="Numbers").click()
        expect(page.locator(".figures dd").first).not_to_have_text("0")
        expect(page.locator("main")).to_contain_text("What would make your reports more useful")
        page.get_by_role("link", name="Bulletins").click()
        expect(page.locator(".mark")).to_have_text("New")
        page.get_by_role("link", name="Signs at a fuel stop").click()
        expect(page.locator("article p.said")).to_have_count(2)
        page.get_by_role("button", name="Sign out").click()
        page.goto("/p/reports")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_report_sent_without_signal_arrives_once(browser: Browser, office: Office) -> None:
    words = "no bars here: a girl in the wash bay says she may not use her phone"
    with a_page(browser, office, 360, script=True) as page:
        sign_in(page)
        page.goto("/p/report")
        page.get_by_label("What did you see or hear?").fill(words)
        page.context.set_offline(True)
        page.get_by_role("button", name="Send my report").first.click()
        expect(page.locator("main")).to_contain_text("No signal")
        page.context.set_offline(False)
        expect(page.get_by_role("link", name="Open this report")).to_be_visible(timeout=40_000)


def test_everything_is_reached_by_keyboard(browser: Browser, office: Office) -> None:
    with a_page(browser, office) as page:
        page.goto("/p/sign-in?lang=en")
        page.get_by_label("Name").focus()
        page.keyboard.type("max")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.textContent.trim()"))
        assert {"/p/report", "/p/messages", "/p/numbers", "/p/bulletins", "/p/keys", "Sign out", f"/p/reports/{office.tip}"} <= reached


def test_spanish_stays_once_it_was_chosen(browser: Browser, office: Office) -> None:
    with a_page(browser, office) as page:
        sign_in(page)
        page.get_by_role("link", name="Español").click()
        page.get_by_role("link", name="Cifras").click()
        assert page.locator("html").get_attribute("lang") == "es"
        expect(page.locator("h1")).to_have_text("Cifras")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_hold_the_accessibility_rules(browser: Browser, office: Office, width: int, scheme: Any) -> None:
    with a_page(browser, office, width, script=True, color_scheme=scheme, bypass_csp=True) as page:
        page.goto("/p/sign-in")
        check(page, width)
        sign_in(page)
        for path in [*PAGES, f"/p/reports/{office.tip}", "/p/nowhere"]:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            check(page, width)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_the_pages_to_write_bulletins_hold_them_too(browser: Browser, office: Office, width: int, scheme: Any) -> None:
    writer = next(user for user in office.product.ready["users"] if user["role"] == "supervisor")
    with a_page(browser, office, width, script=True, color_scheme=scheme, bypass_csp=True) as page:
        page.goto("/desk/sign-in")
        page.get_by_label("Name").fill(writer["name"])
        page.get_by_label("Password").fill(writer["password"])
        page.get_by_role("button", name="Sign in").click()
        for path in ("/desk/bulletins", "/desk/bulletins/bul_signs", "/desk/bulletins/new"):
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            check(page, width)
        page.get_by_label("Bulletin", exact=True).check()
        page.get_by_label("Title").fill("Grey vans")
        page.get_by_label("Text", exact=True).fill("Look for the grey van GTR 4412.")
        page.get_by_label("All partners").check()
        page.get_by_role("button", name="Look at it first").click()
        expect(page.locator("mark")).to_contain_text("GTR 4412")
        check(page, width)


SMALL = """
() => [...document.querySelectorAll('a, button, select, textarea, summary, input:not([type=hidden])')].filter((one) => {
  if (one.closest('.off, .skip') || one.matches('.tile input, .tick input, .skip')) return false;
  const box = one.getBoundingClientRect();
  return box.width > 0 && (box.height < 24 || box.width < 24);
}).map((one) => one.outerHTML.slice(0, 90))
"""


def check(page: Page, width: int) -> None:
    """No violation of the rules, nothing too small to hit, no sideways scrolling."""
    found = [(violation["id"], violation["nodes"][0]["html"]) for violation in Axe().run(page).response["violations"]]
    assert not found, f"{page.url}: {found}"
    assert page.evaluate(SMALL) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide} px at {width} px"
