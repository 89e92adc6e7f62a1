"""The register of partners in a real Chromium without JavaScript, and a form in a frame on the partner's own page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from ingest.web.routes import intake_routes
from tests.builders import example_policy
from tests.desk import open_desk
from tests.intake import TRUCKING, open_intake
from tests.serving import listening, serving
from triage.domain.access import Role
from triage.web.session import SESSION_COOKIE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """() => [...document.querySelectorAll('main :is(a, button, select, textarea, summary, input:not([type=hidden]))')]
  .filter((e) => e.getClientRects().length).filter((e) => e.getBoundingClientRect().height < 24).map((e) => e.outerHTML.slice(0, 80))"""

pytestmark = pytest.mark.browser


@pytest.fixture
def desk_url(tmp_path: Path, migrated: Path) -> Iterator[tuple[str, str]]:
    """The address of an application, and the session of an administrator there."""
    with open_desk(tmp_path, migrated) as desk:
        token = desk.session(Role.ADMIN)
        with serving(desk.app) as url:
            yield url, token


def check(page: Page) -> None:
    """No violation that axe knows, no target that is hard to hit, nothing wider than the screen."""
    violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations] == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def signed_in(context: BrowserContext, desk_url: tuple[str, str]) -> Page:
    url, token = desk_url
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": f"{url}/desk"}])
    return context.new_page()


def test_a_partner_is_added_and_given_a_key_without_javascript(browser: Browser, desk_url: tuple[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}, base_url=desk_url[0])
    page = signed_in(context, desk_url)
    page.goto("/desk")
    page.get_by_role("link", name="Add a partner").click()
    page.get_by_label("Address", exact=True).fill("elm-watch")
    page.get_by_label("State", exact=True).fill("Neb")
    page.get_by_role("button", name="Add the partner").click()
    expect(page.get_by_role("alert")).to_contain_text("Say how people call the partner.")
    page.get_by_label("Title", exact=True).fill("Elm Street Watch")
    page.get_by_label("State", exact=True).fill("NE")
    page.get_by_label("Sector", exact=True).select_option("neighborhood_watch")
    page.get_by_role("button", name="Add the partner").click()
    expect(page.get_by_role("status")).to_have_text("The partner is in the register.")
    page.get_by_text("Issue a key").click()
    page.get_by_label("For which system", exact=True).fill("phone tree")
    page.get_by_label("For trying only").check()
    page.get_by_role("button", name="Issue the key").click()
    assert page.locator(".secret").input_value().startswith("ts_test_")
    page.get_by_role("link", name="I have copied it").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Poster, PDF letter, en").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF-")
    assert saved.value.suggested_filename == "elm-watch-en-letter.pdf"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages(browser: Browser, desk_url: tuple[str, str], scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640}, base_url=desk_url[0])  # type: ignore[arg-type]
    page = signed_in(context, desk_url)
    page.goto("/desk/partners/new")
    check(page)
    page.get_by_role("button", name="Add the partner").click()
    check(page)
    page.get_by_label("Address", exact=True).fill("elm-watch")
    page.get_by_label("Title", exact=True).fill("Elm Street Watch")
    page.get_by_role("button", name="Add the partner").click()
    for summary, button in (
        ("Issue a key", "Issue the key"),
        ("Add a person", None),
        ("Change the contacts", None),
        ("Change the profile", None),
    ):
        page.get_by_text(summary, exact=True).click()
        if button:
            page.get_by_role("button", name=button).click()
            check(page)
            page.get_by_role("link", name="I have copied it").click()
    page.get_by_text("Rotate", exact=True).click()
    check(page)
    page.goto("/desk/partners?sector=bank")
    check(page)
    context.close()


def test_a_partners_page_frames_the_form_only_where_it_may(browser: Browser, tmp_path: Path, migrated: Path) -> None:
    (tmp_path / "tipstream.db").write_bytes(migrated.read_bytes())
    (ours, our_port), (theirs, their_port) = listening(), listening()
    url, page_of_partner = f"http://127.0.0.1:{our_port}", f"http://localhost:{their_port}"
    frame = f'<h1>Prairie Haul</h1><iframe title="Report" width="600" height="600" src="{url}/r/{TRUCKING.slug}"></iframe>'
    partner = Starlette(routes=[Route("/", lambda _: HTMLResponse(frame))])
    with open_intake(tmp_path, replace(example_policy(), exit_site=f"{url}/weather")) as intake:
        app = Starlette(routes=[Route("/weather", lambda _: PlainTextResponse("Sunny.")), *intake_routes(intake.deps)])
        with serving(app, ours), serving(partner, theirs):
            page = browser.new_page()
            with page.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
                page.goto(page_of_partner)
            assert page.frame_locator("iframe").locator(".leave").count() == 0
            for javascript in (True, False):
                intake.deps.partners.put(replace(TRUCKING, embed_origins=(page_of_partner,)))
                page = browser.new_page(java_script_enabled=javascript)
                page.goto(page_of_partner)
                inside = page.frame_locator("iframe")
                expect(inside.locator(".leave")).to_be_visible()
                inside.get_by_role("button", name="Start").click()
                expect(inside.get_by_role("button", name="Continue")).to_be_visible()
                inside.get_by_role("button", name="Leave this page").click()
                page.wait_for_url("**/weather")
                page.context.close()
