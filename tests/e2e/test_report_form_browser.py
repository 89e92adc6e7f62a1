"""The public form in a real Chromium: without JavaScript, on a broken line, at night, on a narrow phone, and left in a hurry."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from infra.storage.migrate import upgrade
from ingest.web.routes import intake_routes
from tests.builders import example_policy
from tests.intake import Intake, open_intake
from triage.domain.events import EventType

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, textarea, summary, label.tile')]
  .filter((e) => e.getClientRects().length && !e.matches('.skip'))
  .filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 80))"""

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Site:
    """A served intake and its address."""

    intake: Intake
    url: str

    @property
    def tips(self) -> int:
        """How many tips were accepted."""
        return len(self.intake.events.read("test", [EventType.TIP_RECEIVED], 100))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The intake on a free port; its exit leads to a dull page of the same server, since tests have no network."""
    upgrade(f"sqlite:///{tmp_path / 'tipstream.db'}")
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with open_intake(tmp_path, replace(example_policy(), exit_site=f"{url}/weather")) as intake:
        weather = Route("/weather", lambda _: PlainTextResponse("Sunny."))
        app = Starlette(routes=[weather, *intake_routes(intake.deps)])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Site(intake, url)
        server.should_exit = True
        thread.join()


def page_of(browser: Browser, **context: Any) -> Page:
    return browser.new_context(**context).new_page()


def check(page: Page) -> None:
    """No violation that axe knows, nothing smaller than a thumb, nothing wider than the screen."""
    violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations] == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_report_is_sent_and_found_again_without_javascript(browser: Browser, site: Site) -> None:
    page = page_of(browser, java_script_enabled=False)
    page.goto(f"{site.url}/r/prairie-haul")
    page.get_by_role("button", name="Send my report").first.click()
    assert page.title() == "Error: Report"
    page.get_by_label("What did you see or hear?").fill("A white van.")
    page.get_by_text("Was there a vehicle?").click()
    page.get_by_label("License plate").fill("ABC 123")
    page.get_by_role("button", name="Send my report").last.click()
    code = page.locator(".code").inner_text()
    assert re.fullmatch(r"(\d{4} ){3}\d{4}", code)
    page.reload()
    assert page.locator(".code").inner_text() == code
    page.get_by_role("link", name="Come back with your code").click()
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Show my report").click()
    assert page.locator(".status").inner_text() == "Received"
    page.get_by_label("Add something").fill("It left at noon.")
    page.get_by_role("button", name="Send").click()
    assert page.locator(".own .said").inner_text() == "It left at noon."
    assert site.tips == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_is_accessible_on_a_narrow_phone(browser: Browser, site: Site, scheme: Any, language: str) -> None:
    page = page_of(browser, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page.goto(f"{site.url}/r/prairie-haul?lang={language}")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    check(page)
    page.locator("button").first.click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.id") == "summary"
    check(page)
    page.locator("[name=narrative]").fill("A white van.")
    page.locator("[name=life_threat]").first.check()
    page.locator("button").first.click()
    page.locator(".code").wait_for()
    check(page)
    code = page.locator(".code").inner_text()
    for typed in ("1234", code):
        page.goto(f"{site.url}/r/code?lang={language}")
        page.locator("[name=code]").fill(typed)
        page.locator("button").click()
        page.locator(".status, .error").wait_for()
        check(page)
    page.goto(f"{site.url}/r/nothing")
    check(page)


def test_a_lost_signal_loses_no_word_and_sends_exactly_one_report(browser: Browser, site: Site) -> None:
    page = page_of(browser)
    page.goto(f"{site.url}/r/prairie-haul")
    page.get_by_label("What did you see or hear?").fill("A white van.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send my report").first.click()
    page.get_by_text("No signal. Your words are still here.").wait_for()
    assert page.get_by_label("What did you see or hear?").input_value() == "A white van."
    page.context.set_offline(False)
    page.locator(".code").wait_for()
    assert site.tips == 1
    page.reload()
    assert page.title() == "You sent this report"


@pytest.mark.parametrize("way", ["button", "shift"])
def test_leaving_in_a_hurry_leaves_no_form_behind(browser: Browser, site: Site, way: str) -> None:
    page = page_of(browser)
    page.goto(f"{site.url}/r/prairie-haul")
    page.get_by_label("What did you see or hear?").fill("A white van.")
    if way == "button":
        page.get_by_role("link", name="Leave this page").click()
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url("**/weather")
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert [entry["url"] for entry in history["entries"] if "/r/" in entry["url"]] == []
