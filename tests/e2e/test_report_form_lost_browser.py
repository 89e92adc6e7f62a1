"""The public form in a real Chromium on a broken line, and left in a hurry."""

# ruff: noqa: F811 - fixtures of another module

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.e2e.test_report_form_browser import CODE, FORM, MARK, WORDS, Site, check, page_of, press, site, step, walk  # noqa: F401 - fixture

pytestmark = pytest.mark.browser


def test_a_lost_signal_loses_no_word_and_sends_exactly_one_report(browser: Browser, site: Site) -> None:
    page = page_of(browser)
    page.goto(site.url + FORM)
    walk(page, "what")
    page.locator("[name=narrative]").fill("A white")
    page.context.set_offline(True)
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("No signal. Your words are still here.").wait_for()
    page.locator("[name=narrative]").fill("A white van.")
    page.context.set_offline(False)
    page.get_by_label("Name of the place").wait_for()
    walk(page, "check")
    expect(page.locator(".rows")).to_contain_text("A white van.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send my report").click()
    page.get_by_text("No signal. Your words are still here.").wait_for()
    page.context.set_offline(False)
    page.locator(".code").wait_for()
    assert site.tips == 1
    page.reload()
    assert page.title() == "You sent this report"


def test_an_answer_that_was_lost_on_the_way_is_asked_for_again_and_sends_once(browser: Browser, site: Site) -> None:
    page = page_of(browser)
    page.goto(f"{site.url}{FORM}?all=1")
    page.locator("[name=narrative]").fill(WORDS)
    lost: list[str] = []

    def lose_the_first(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().text())
            route.abort()

    page.route("**/sent", lose_the_first)
    page.get_by_role("button", name="Send my report").first.click()
    page.get_by_text("No signal. Your words are still here.").wait_for()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(".code").wait_for()
    assert page.locator(".code").inner_text() in lost[0]
    assert site.tips == 1


@pytest.mark.parametrize("way", ["button", "shift"])
def test_leaving_in_a_hurry_leaves_no_form_behind(browser: Browser, site: Site, way: str) -> None:
    page = page_of(browser)
    page.goto(f"{site.url}{FORM}?lang=es")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Tell us what you saw")
    walk(page, "vehicle")
    if way == "button":
        page.get_by_role("button", name="Leave this page").click()
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url("**/weather")
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert [entry["url"] for entry in history["entries"] if "/r/" in entry["url"]] == []


def test_leaving_without_javascript_leaves_no_answer_behind(browser: Browser, site: Site) -> None:
    page = page_of(browser, java_script_enabled=False)
    page.goto(site.url + FORM)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Continue").click()
    page.locator("[name=narrative]").fill(WORDS)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Leave this page").click()
    page.wait_for_url("**/weather")
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    shown = {entry["url"].removeprefix(site.url) for entry in history["entries"]} - {"about:blank"}
    assert shown <= {FORM, "/weather", "/r/exit"}, "no address says how far somebody came"
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser asks whether to send the form again; that it is closed is tested apart
        page.go_back()
