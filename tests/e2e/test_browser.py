"""The journeys of a reporter and an analyst in a real browser: without JavaScript, with it, offline, by keyboard, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.product import Product, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
SAW = "gray van behind the depot, three women inside, one asked me to call her sister"


@contextmanager
def a_page(browser: Browser, product: Product, viewport: Any = None, script: bool = False, **options: Any) -> Iterator[Page]:
    context = browser.new_context(viewport=viewport or DESK, java_script_enabled=script, base_url=product.url, **options)
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def sign_in(page: Page, product: Product, name: str) -> None:
    page.goto("/desk/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(product.user(name)["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def sent_code(page: Page) -> str:
    found = re.search(r"\b\d{4} \d{4} \d{4} \d{4}\b", page.inner_text("main"))
    assert found, "the page shows no code of four groups of four digits"
    return found[0]


def test_a_report_without_javascript_and_the_way_back(browser: Browser, product: Product) -> None:
    with a_page(browser, product, PHONE) as page:
        page.goto("/r/prairie-haul?all=1")
        page.get_by_label("What did you see or hear?").fill(SAW)
        page.get_by_role("button", name="Send my report").first.click()
        code = sent_code(page)
        sent_at = page.url
        page.goto(sent_at)
        assert code not in page.content(), "a later look at the address shows the code"
        page.goto("/r/code")
        page.get_by_role("textbox").fill(code)
        page.locator("main form button").click()
        expect(page.locator("main")).to_contain_text("Received")
        assert SAW not in page.content()
        assert page.context.cookies() == []


def test_what_must_be_mended_is_said_and_nothing_typed_is_lost(browser: Browser, product: Product) -> None:
    with a_page(browser, product) as page:
        page.goto("/r/prairie-haul?all=1")
        page.locator("summary", has_text="Where was it?").click()
        page.locator("[name='place.town']").fill("Kearney")
        page.get_by_role("button", name="Send my report").first.click()
        assert page.title().startswith("Error:")
        expect(page.get_by_role("link", name="Tell us what you saw or heard. A few words is enough")).to_be_visible()
        assert page.locator("[name='place.town']").input_value() == "Kearney"


def test_spanish_is_one_tap_away(browser: Browser, product: Product) -> None:
    with a_page(browser, product) as page:
        page.goto("/r/st-brendan")
        page.get_by_role("link", name="Español").click()
        assert page.locator("html").get_attribute("lang") == "es"


def test_a_report_sent_without_signal_arrives_once(browser: Browser, product: Product) -> None:
    words = "no bars out here: two kids alone in the blue cab at the scale house"
    with a_page(browser, product, PHONE, script=True) as page:
        page.goto("/r/prairie-haul?all=1")
        page.get_by_label("What did you see or hear?").fill(words)
        page.context.set_offline(True)
        page.get_by_role("button", name="Send my report").first.click()
        expect(page.locator("body")).to_contain_text("No signal")
        assert page.get_by_label("What did you see or hear?").input_value() == words
        page.context.set_offline(False)
        expect(page.locator("main")).to_contain_text(re.compile(r"\d{4} \d{4} \d{4} \d{4}"), timeout=40_000)
    until(lambda: _found(product, "scale house"), 30, "the report is searchable")
    assert product.command("search", '"scale house"', "--as", "dana")["total"] == 1


def test_leaving_quickly_by_keyboard(browser: Browser, product: Product) -> None:
    with a_page(browser, product, script=True) as page:
        left: list[str] = []
        page.route("**/r/exit", lambda route: (left.append(route.request.url), route.fulfill(body="gone"))[1])
        page.goto("/r/prairie-haul")
        for _ in range(3):
            page.keyboard.press("Shift")
        expect(page.locator("body")).to_have_text("gone")
        assert left


def test_an_analyst_reads_and_decides_without_javascript(browser: Browser, product: Product) -> None:
    tip = product.post(
        {"narrative": "boss at the dairy by ravenna ne holds all our passports, gate is padlocked at night, we owe him more each month"}
    ).json()["id"]
    desk = product.desk_of(tip)
    with a_page(browser, product) as page:
        sign_in(page, product, "dana")
        page.goto(f"/desk/queue/{desk}")
        page.locator(f"a[href*='{tip}']").first.click()
        expect(page.locator("mark").first).to_be_visible()
        expect(page.locator("main")).to_contain_text("Why here")
        page.get_by_role("button", name="Accept", exact=True).click()
        expect(page.locator("main")).to_contain_text("Accepted.")
    entry = next((row for row in product.command("queue", desk, "--as", "dana") if row["tip_id"] == tip), None)
    assert entry is None, "an accepted tip is still open in the queue"


def test_a_person_of_another_desk_does_not_see_the_tip(browser: Browser, product: Product) -> None:
    tip = product.post({"narrative": "three pallets of televisions gone from our yard in kearney, seal cut, no driver signed"}).json()["id"]
    desk = product.desk_of(tip)
    stranger = next(u for u in product.ready["users"] if u["role"] == "analyst" and desk not in u["desks"] and "intake" not in u["desks"])
    with a_page(browser, product) as page:
        sign_in(page, product, stranger["name"])
        answer = page.goto(f"/desk/tip/{tip}")
        assert answer is not None
        assert answer.status == 404
        assert "televisions" not in page.content()


def test_search_finds_and_narrows(browser: Browser, product: Product) -> None:
    product.post({"narrative": "white freightliner with ohio plate GTR 4412 dumping barrels behind the levee in fremont ne"})
    until(lambda: _found(product, "levee barrels"), 30, "searchable")
    with a_page(browser, product) as page:
        sign_in(page, product, "dana")
        page.get_by_role("searchbox").or_(page.locator("input[type=search]")).first.fill("levee barrels")
        page.keyboard.press("Enter")
        expect(page.locator("main mark").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_hold_the_accessibility_rules(browser: Browser, product: Product, width: int, scheme: Any) -> None:
    tip = product.post(
        {"narrative": "a man at the shelter in lincoln ne offers girls rides and jobs, same green jeep every evening"}
    ).json()["id"]
    desk = product.desk_of(tip)
    public = ["/r/prairie-haul", "/r/code", "/desk/sign-in"]
    inside = [f"/desk/queue/{desk}", f"/desk/tip/{tip}", "/desk/search?q=jeep"]
    with a_page(browser, product, {"width": width, "height": 800}, script=True, color_scheme=scheme, bypass_csp=True) as page:
        for path in [*public, *inside]:
            if path == inside[0]:
                sign_in(page, product, "dana")
            page.goto(path)
            found = [violation["id"] for violation in Axe().run(page).response["violations"]]
            assert not found, f"{path}: {found}"
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} scrolls sideways by {wide} px at {width} px"


def test_no_page_asks_another_host(browser: Browser, product: Product) -> None:
    hosts: set[str] = set()
    with a_page(browser, product, script=True) as page:
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        for path in ("/r/prairie-haul", "/r/code", "/desk/sign-in"):
            page.goto(path)
    assert hosts == {product.url.removeprefix("http://")}


def _found(product: Product, query: str) -> bool:
    return bool(product.command("search", query, "--as", "dana")["total"] > 0)
