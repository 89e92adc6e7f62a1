"""Lists in a real Chromium: the preview beside them, many tips by keyboard, facets in and out, wrong highlights, pages for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from infra.storage.database import Database
from tests.e2e.test_console_browser import RULES, SMALL_TARGETS, Desk, open_console
from triage.domain.assessment import Assertion, Finding, Urgency
from triage.domain.case import EntryState

pytestmark = pytest.mark.browser

QUEUE = "/desk/queue/trafficking"


@pytest.fixture
def desk(database: Database, tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    with open_console(database, tmp_path, browser) as opened:
        yield opened


def test_the_row_in_hand_is_shown_beside_the_list(desk: Desk) -> None:
    tips = [desk.world.arrive(narrative=f"The {name} van stood there.") for name in ("first", "second")]
    page = desk.page("ana")
    page.goto(QUEUE)
    expect(page.locator("#pane")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.get_by_role("region", name="The first van stood there.")).to_be_visible()
    expect(page.locator("#pane-title")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#pane-title")).to_have_text("The second van stood there.")
    expect(page.locator("#pane-title")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#pane-title")).to_have_text("The first van stood there.")
    assert [row.purpose for row in desk.world.audit(f"tip:{tips[1]}") if row.action == "tip.read"] == ["preview"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What was sent")).to_be_visible()
    assert page.url.endswith(tips[0])
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text("Human trafficking task force")
    narrow = desk.page("bo", viewport={"width": 700, "height": 800})
    narrow.goto(QUEUE)
    narrow.keyboard.press("j")
    expect(narrow.get_by_role("link", name="The first van stood there.")).to_be_focused()
    expect(narrow.locator("#pane")).to_be_hidden()


def test_many_tips_are_put_off_by_keyboard_and_taken_back(desk: Desk) -> None:
    tips = [desk.world.arrive(narrative=f"Tip {number}.") for number in range(4)]
    page = desk.page("ana")
    page.goto(QUEUE)
    for key in ("j", "x", "j", "j", "Space"):
        page.keyboard.press(key)
    expect(page.locator("#picked")).to_have_text("2 selected:")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Put off: 2 tips")
    page.get_by_label("What they wait for").fill("a call back")
    page.get_by_role("button", name="Put off").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Put off: 2")
    assert [bool(desk.world.entry(tip).snoozed_until) for tip in tips] == [True, False, True, False]
    page.wait_for_load_state()
    page.keyboard.press("z")
    expect(page.get_by_role("heading", level=1)).to_have_text("Undone: 2")
    assert not any(desk.world.entry(tip).snoozed_until for tip in tips)


def test_the_row_in_hand_is_claimed_without_being_selected(desk: Desk) -> None:
    tips = [desk.world.arrive() for _ in range(2)]
    page = desk.page("ana")
    page.goto(QUEUE)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("status").filter(has_text="You have claimed this tip.")).to_be_visible()
    assert [desk.world.entry(tip).state for tip in tips] == [EntryState.WAITING, EntryState.CLAIMED]


def test_a_facets_value_is_kept_or_left_out_by_one_key(desk: Desk) -> None:
    for label in ("sex_trafficking", "labor_trafficking", "labor_trafficking"):
        desk.world.arrive(label, narrative="A silver van.")
    desk.console.index_all()
    page = desk.page("ana")
    page.goto("/desk/search?q=van")
    value = page.locator("[data-facet] [data-include]", has_text="Labor trafficking")
    value.focus()
    page.keyboard.press("-")
    expect(page.locator("#found")).to_have_text("1 case")
    expect(page.locator(".picked")).to_contain_text("Not Concern: Labor trafficking")
    page.goto("/desk/search?q=van")
    value.focus()
    page.keyboard.press("+")
    expect(page.locator("#found")).to_have_text("2 cases")
    page.keyboard.press("j")
    expect(page.locator("#pane-title")).to_have_text("A silver van.")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("What to look for")).to_be_focused()


def test_a_highlight_is_called_wrong_by_one_key(desk: Desk) -> None:
    findings = [Finding("debt_bondage", 0, 5, Assertion.PRESENT, "rule:a", "1"), Finding("no_id", 6, 9, Assertion.PRESENT, "rule:b", "1")]
    tip = desk.world.arrive(narrative="Debts and papers.", read={"findings": findings})
    page = desk.page("ana")
    page.goto(f"/desk/tip/{tip}")
    for key in ("]", "]", "w"):
        page.keyboard.press(key)
    expect(page.get_by_role("status").filter(has_text="this highlight is wrong")).to_be_visible()
    (row,) = desk.world.audit(f"findings:{tip}")
    assert row.detail["indicator"] == "no_id"


def test_only_the_keys_with_ctrl(desk: Desk) -> None:
    tip, page = desk.world.arrive(), desk.page("ana")
    page.context.add_init_script("localStorage.setItem('desk.keys', JSON.stringify({on: true, single: false}))")
    page.goto(f"/desk/tip/{tip}")
    page.keyboard.press("1")
    page.keyboard.press("z")
    page.keyboard.press("Control+Shift+X")
    expect(page.get_by_label("Reason", exact=True)).to_be_focused()
    assert desk.world.entry(tip).state is EntryState.WAITING
    page.locator("h1").click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Undo")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("status")).to_contain_text("everything is as it was")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_list_is_for_everybody(desk: Desk, scheme: str, width: int) -> None:
    tips = [desk.world.arrive(urgency=Urgency.P0), desk.world.arrive("labor_trafficking"), desk.world.arrive()]
    desk.console.index_all()
    page = desk.page("ana", viewport={"width": width, "height": 800}, color_scheme=scheme)

    def check(what: str) -> None:
        for details in page.locator("details").all():
            details.evaluate("(element) => { element.open = true; }")
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], what
        assert page.evaluate("document.documentElement.scrollWidth") <= width, what
        assert page.evaluate(SMALL_TARGETS) == [], what

    page.goto(f"{QUEUE}?level=P2&county=buffalo")
    page.get_by_label("Keep this view as").fill("Same day")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("navigation", name="Views")).to_be_visible()
    page.keyboard.press("j")
    if width > 1200:
        expect(page.locator("#pane-title")).to_be_focused()
    check("a view of the queue")
    for tip in tips[1:]:
        page.locator(f"[name='pick:{tip}']").check()
    page.get_by_role("button", name="Transfer …").click()
    check("many tips: what is asked")
    page.get_by_label("Desk", exact=True).select_option("violent")
    page.get_by_label("Why they belong there").fill("shots")
    page.get_by_role("button", name="Transfer", exact=True).click()
    check("many tips: what became of them")
    page.goto("/desk/search?q=is&f=-county:Webb")
    page.keyboard.press("j")
    check("search")
