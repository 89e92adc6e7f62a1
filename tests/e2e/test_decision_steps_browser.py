"""What a decision costs: clicks and keys of the five commonest, from the queue and back to it; docs/console-figures.md shows them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from infra.search.tantivy_index import TantivyCaseIndex
from infra.storage.database import Database
from tests.console import Console
from tests.serving import serving
from tests.world import a_viewer
from triage.domain.case import ActKind, EntryState
from triage.sign_in import IDLE
from triage.web import console as pages
from triage.web.routes import console_routes
from triage.web.session import SESSION_COOKIE

pytestmark = pytest.mark.browser

PAGE = Path(__file__).parents[2] / "docs" / "console-figures.md"
ANA = a_viewer("trafficking", "violent")
WORDS = "Looked into."
KEYS: dict[ActKind, tuple[str, ...]] = {
    ActKind.ACCEPT: ("j", "Enter", "1"),
    ActKind.DECLINE: ("j", "Enter", "3", "ArrowDown", "Tab", WORDS, "Tab", "Enter"),
    ActKind.DUPLICATE: ("j", "Enter", "2", "{other}", "Enter"),
    ActKind.REFER: ("j", "Enter", "4", "ArrowDown", "Tab", "Tab", "Enter"),
    ActKind.TRANSFER: ("j", "Enter", "5", "ArrowDown", "Tab", WORDS, "Enter"),
}
"""What is pressed; whatever is longer than a key's name is written."""
NAMED = re.compile(r"\w|Enter|Tab|Arrow\w+")
TITLES = {
    ActKind.ACCEPT: "Accept",
    ActKind.DECLINE: "Decline with a reason",
    ActKind.DUPLICATE: "Duplicate of another",
    ActKind.REFER: "Refer to care",
    ActKind.TRANSFER: "Transfer to another desk",
}


@dataclass(frozen=True)
class Desk:
    """A served console with somebody signed in."""

    console: Console
    page: Page


@pytest.fixture
def desk(database: Database, tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    with TantivyCaseIndex(tmp_path / "index") as index:
        console = Console(database, index, "unused")
        with serving(Starlette(routes=console_routes(pages.Console(console.deps)))) as url:
            context = browser.new_context(base_url=url)
            context.set_default_timeout(15_000)
            now, token = console.world.clock.now(), f"{int(console.world.clock.now().timestamp())}.{1:064x}"
            with console.world.storage.writing() as work:
                work.users.start_session(hashlib.sha256(token.encode()).hexdigest(), ANA.user, now + IDLE)
            context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": f"{url}/desk"}])
            context.add_init_script("localStorage.setItem('desk.keys', JSON.stringify({on: true}))")
            yield Desk(console, context.new_page())
            context.close()


def by_keys(desk: Desk, kind: ActKind, other: str) -> int:
    """Do it with the keyboard; how many keys that took beside the words."""
    pressed = 0
    for key in KEYS[kind]:
        if key == "1" or key.isdigit():
            expect(desk.page.get_by_role("heading", name="Decide")).to_be_visible()
        if NAMED.fullmatch(key):
            desk.page.keyboard.press(key)
            pressed += 1
        else:
            desk.page.keyboard.type(key.format(other=other))
    return pressed


def by_clicks(desk: Desk, kind: ActKind, other: str) -> int:
    """Do it with the mouse; how many clicks that took. A choice from a list is two: one opens it, one chooses."""
    page, clicks = desk.page, 2
    page.locator(".rows .row a").first.click()
    decide = page.get_by_role("region", name="Decide")
    if kind is ActKind.ACCEPT:
        decide.get_by_role("button", name="Accept").first.click()
        return clicks
    summary = {ActKind.DECLINE: "Decline", ActKind.DUPLICATE: "Duplicate of", ActKind.REFER: "Refer", ActKind.TRANSFER: "Not for us"}[kind]
    decide.locator("summary", has_text=summary).click()
    form = decide.locator(f"details[open] form[action$='/{kind.value}']")
    if kind is ActKind.DUPLICATE:
        form.locator("input[name=other]").click()
        page.keyboard.type(other)
        clicks += 1
    else:
        form.locator("select").first.select_option(index=1)
        clicks += 2
    if kind is ActKind.TRANSFER:
        form.locator("input[name=reason]").click()
        page.keyboard.type(WORDS)
        clicks += 1
    if kind is ActKind.DECLINE:
        form.locator("[name=note]").click()
        page.keyboard.type(WORDS)
        clicks += 1
    form.locator("button").click()
    return clicks + 1


def counted(desk: Desk, kind: ActKind) -> tuple[int, int]:
    """Clicks and keys of a decision of this kind, each on a tip of its own that is decided then."""
    counts = []
    for way in (by_clicks, by_keys):
        world = desk.console.world
        other = world.arrive()
        world.casework.accept(ANA, other, 1)
        tip = world.arrive()
        desk.page.goto("/desk/queue/trafficking")
        counts.append(way(desk, kind, other))
        expect(desk.page.get_by_role("status").filter(has_text="Undo")).to_be_visible()
        with world.storage.reading() as work:
            assert [act.kind for act in work.acts.of_tip(tip)] == [kind]
        entry = world.entry(tip)
        if entry.desk == "trafficking" and entry.state is not EntryState.DONE:
            raise AssertionError(f"{kind} left the tip in the queue")
    return counts[0], counts[1]


def test_clicks_and_keys_are_those_that_the_documentation_shows(desk: Desk) -> None:
    first_table = PAGE.read_text("utf8").partition("## How long")[0]
    rows = re.findall(r"^\| ([^|]+?) \| (\d+) \| (\d+) \|", first_table, re.M)
    shown = {title: (int(clicks), int(keys)) for title, clicks, keys in rows}
    assert {TITLES[kind]: counted(desk, kind) for kind in TITLES} == shown
