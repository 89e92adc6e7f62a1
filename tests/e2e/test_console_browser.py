"""The console in a real Chromium: twenty tips by keyboard alone, two people on one tip, news that moves no row, pages for everybody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from infra.search.tantivy_index import TantivyCaseIndex
from infra.storage.database import Database
from tests.console import Console
from tests.serving import serving
from tests.world import a_viewer
from triage.domain.assessment import Urgency
from triage.domain.case import ActKind, EntryState
from triage.sign_in import IDLE
from triage.web import console as pages
from triage.web.routes import console_routes
from triage.web.session import SESSION_COOKIE

pytestmark = pytest.mark.browser

ANA = a_viewer("trafficking", "violent")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, textarea, summary, input:not([type=hidden]), label:has(input)')]
  .filter((e) => e.getClientRects().length && !(e.matches('input') && e.closest('label')))
  .filter((e) => !e.closest('p, li, td, th, dd') && !e.matches('.skip'))
  .filter((e) => e.getBoundingClientRect().height < 24).map((e) => e.outerHTML.slice(0, 90))"""


class Desk:
    """A served console, and browsers in which people have signed in."""

    def __init__(self, console: Console, url: str, browser: Browser) -> None:
        self.console = console
        self.world = console.world
        self._url = url
        self._browser = browser
        self._signed_in = 0

    def page(self, name: str, **options: object) -> Page:
        """A page of somebody's browser, with keys on."""
        self._signed_in += 1
        token, now = f"{int(self.world.clock.now().timestamp())}.{self._signed_in:064x}", self.world.clock.now()
        with self.world.storage.writing() as work:
            work.users.start_session(hashlib.sha256(token.encode()).hexdigest(), f"usr_{name}", now + IDLE)
        context = self._browser.new_context(base_url=self._url, **options)
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": f"{self._url}/desk"}])
        context.add_init_script("localStorage.setItem('desk.keys', JSON.stringify({on: true}))")
        return context.new_page()


@contextmanager
def open_console(database: Database, tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    """Serve a console of its own."""
    with TantivyCaseIndex(tmp_path / "index") as index:
        console = Console(database, index, "unused")
        with serving(Starlette(routes=console_routes(pages.Console(console.deps)))) as url:
            yield Desk(console, url, browser)
            for context in browser.contexts:
                context.close()


@pytest.fixture
def desk(database: Database, tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    with open_console(database, tmp_path, browser) as opened:
        yield opened


def test_twenty_tips_are_cleared_by_keyboard_alone(desk: Desk) -> None:
    tips = [desk.world.arrive(urgency=Urgency.P0 if number == 7 else Urgency.P2) for number in range(20)]
    page, pressed = desk.page("ana"), 0

    def press(*keys: str) -> None:
        nonlocal pressed
        for key in keys:
            page.keyboard.press(key)
            pressed += 1

    page.goto("/desk/queue/trafficking")
    for number in range(20):
        press("j", "Enter")
        expect(page.get_by_role("heading", name="What was sent")).to_be_visible()
        if number % 2 == 0:  # the threat to life, which comes first, is not declined by one person alone
            press("1")
        else:
            press("3", "ArrowDown", "Tab")
            page.keyboard.type("looked into")
            press("Tab", "Enter")
        expect(page.get_by_role("status").filter(has_text="Undo")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Nothing is waiting at this desk.")
    with desk.world.storage.reading() as work:
        acts = [act for tip in tips for act in work.acts.of_tip(tip)]
    assert {act.kind for act in acts} == {ActKind.ACCEPT, ActKind.DECLINE}
    assert len(acts) == 20
    assert all(desk.world.entry(tip).state is EntryState.DONE for tip in tips)
    assert pressed <= 20 * 6, "more than six keys a decision, besides the note"


def test_the_last_act_is_undone_by_one_key(desk: Desk) -> None:
    tip, page = desk.world.arrive(), desk.page("ana")
    page.goto(f"/desk/tip/{tip}")
    page.keyboard.press("1")
    expect(page.get_by_role("status").filter(has_text="Undo")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("status")).to_contain_text("everything is as it was")
    assert desk.world.entry(tip).state is EntryState.WAITING


def test_keys_are_off_until_they_are_turned_on_and_can_be_others(desk: Desk) -> None:
    tip, page = desk.world.arrive(), desk.page("ana")
    page.goto("/desk/keys")
    page.evaluate("localStorage.clear()")
    page.context.clear_permissions()
    fresh = page.context.browser.new_context(base_url=page.url.partition("/desk")[0], storage_state=page.context.storage_state())
    page = fresh.new_page()
    page.goto(f"/desk/tip/{tip}")
    page.keyboard.press("1")
    assert desk.world.entry(tip).state is EntryState.WAITING
    page.goto("/desk/keys")
    page.get_by_label("Keys are on in this browser").check()
    page.get_by_label("Accept it").fill("y")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#keys [role=status]")).to_have_text("Kept. Keys are on.")
    page.goto(f"/desk/tip/{tip}")
    page.keyboard.press("1")
    page.keyboard.press("Control+y")
    assert desk.world.entry(tip).state is EntryState.WAITING
    page.keyboard.press("y")
    expect(page.get_by_role("status").filter(has_text="Undo")).to_be_visible()
    assert desk.world.entry(tip).state is EntryState.DONE


def test_two_people_never_work_one_tip(desk: Desk) -> None:
    tip = desk.world.arrive()
    ana, bo = desk.page("ana"), desk.page("bo")
    for page in (ana, bo):
        page.goto(f"/desk/tip/{tip}")
    ana.keyboard.press("0")
    expect(ana.get_by_role("status")).to_contain_text("You have claimed this tip.")
    bo.keyboard.press("1")
    expect(bo.get_by_role("heading", level=1)).to_have_text("Somebody changed this meanwhile")
    bo.goto(f"/desk/tip/{tip}")
    expect(bo.locator("#decide")).to_contain_text("Somebody else has claimed this tip.")


def test_news_is_told_and_no_row_moves(desk: Desk) -> None:
    first, page = desk.world.arrive(), desk.page("ana")
    page.goto("/desk/queue/trafficking")
    expect(page.locator("#news")).to_be_hidden()
    desk.world.clock.forward(seconds=5)
    second = desk.world.arrive(urgency=Urgency.P0)
    expect(page.locator("#news")).to_contain_text("1 new, 1 of them a threat to life")
    assert page.title().startswith("(1) ")
    assert page.locator(f"a[href$='{second}']").count() == 0
    page.get_by_role("link", name=re.compile("1 new")).click()
    expect(page.locator(f"a[href$='{second}']")).to_be_visible()
    expect(page.locator(f"a[href$='{first}']")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_for_everybody(desk: Desk, scheme: str, width: int) -> None:
    tip = desk.world.arrive(urgency=Urgency.P0)
    desk.world.casework.snooze(ANA, desk.world.arrive(), 1, 4, "the owner calls back")
    desk.console.index_all()
    page = desk.page("ana", viewport={"width": width, "height": 800}, color_scheme=scheme)
    case = desk.world.case(tip).id
    queue = "/desk/queue/trafficking"
    for path in (queue, f"{queue}/handover", f"/desk/tip/{tip}", f"/desk/case/{case}", "/desk/search?q=van", "/desk/alerts", "/desk/keys"):
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("(element) => { element.open = true; }")
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SMALL_TARGETS) == [], path
