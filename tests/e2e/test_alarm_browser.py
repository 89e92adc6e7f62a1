"""A tip that waits reaches people whose tabs are all in the background, in a real Chromium, until one of them claims it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.test_console_browser import RULES, SMALL_TARGETS, Desk
from tests.e2e.test_console_browser import desk as desk  # the fixture
from tests.world import a_viewer
from triage.domain.access import Role, User
from triage.domain.assessment import Urgency
from triage.escalation.escalating import Escalating
from triage.escalation.messages import Couriers
from triage.policy_files.escalation import FILE, load_escalation

pytestmark = pytest.mark.browser

ANA = a_viewer("trafficking", "violent")
PLAN = """
rotas:
  - {desk: trafficking, zone: UTC, week: [{days: [sat, sun], from: "00:00", to: "00:00", people: [ana, bo]}]}
chains:
  - {levels: [P0], steps: [{after: at once, tell: [on_call], by: [browser]}, {after: 2 minutes, tell: [on_call], by: [browser]}]}
"""
RECORDS = """
  const shown = [];
  window.Notification = class {
    static permission = "granted";
    static requestPermission() { return Promise.resolve("granted"); }
    constructor(title, options) {
      this.at = shown.push({ title, ...options, open: true }) - 1;
      document.documentElement.dataset.shown = shown.length;
    }
    close() { shown[this.at].open = false; }
  };
  window.shown = shown;
  Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
  Object.defineProperty(document, "hidden", { get: () => true });
  document.hasFocus = () => false;
"""


def escalate(desk: Desk) -> None:
    world = desk.world
    couriers = Couriers(world.storage, world.policy, world.clock, world.ids, {}, None, "")  # type: ignore[arg-type]
    plan = load_escalation({FILE: PLAN}, world.policy.desks)
    Escalating(world.storage, world.policy, plan, world.clock, world.ids, couriers).once()


def in_background(desk: Desk, name: str, *paths: str) -> list[Page]:
    """Tabs of one browser, all of them hidden, in which the person has asked for notifications."""
    first = desk.page(name)
    first.context.add_init_script(RECORDS)
    first.goto("/desk/alerts")
    first.get_by_label("Tell me also when this page is in the background").check()
    expect(first.locator("#notify [role=status]")).to_have_text("Kept. You are told.")
    tabs = [first.context.new_page() for _ in paths]
    for tab, path in zip(tabs, paths, strict=True):
        tab.goto(path)
    first.close()
    return tabs


def shown(tabs: list[Page]) -> list[dict[str, object]]:
    return [note for tab in tabs for note in tab.evaluate("shown")]


def test_a_threat_to_life_alerts_everybody_on_call_in_the_background_until_one_claims_it(desk: Desk) -> None:
    ana, bo = in_background(desk, "ana", "/desk/queue/trafficking", "/desk/search"), in_background(desk, "bo", "/desk/alerts", "/desk/keys")
    vic = in_background(desk, "vic", "/desk/queue/victim-services")
    tip = desk.world.arrive(urgency=Urgency.P0, narrative="He has a knife")
    escalate(desk)
    for tabs in (ana, bo):
        for tab in tabs:
            expect(tab.locator("#alarm")).to_contain_text("P0 waits at Human trafficking task force")
            assert tab.title().find("(!1) ") >= 0
            expect(tab.locator("#unseen")).to_contain_text("1")
        (note,) = shown(tabs)
        assert (note["title"], note["tag"], note["open"]) == ("P0 waits at Human trafficking task force", f"/desk/tip/{tip}", True)
        assert "knife" not in str(note)
    desk.world.clock.forward(minutes=2)
    escalate(desk)
    for tabs in (ana, bo):
        listens = next(tab for tab in tabs if tab.evaluate("shown.length"))
        expect(listens.locator("html")).to_have_attribute("data-shown", "2")  # the next step tells again
        expect(tabs[0].locator("#alarm a")).to_have_count(1)
    desk.world.casework.claim(ANA, tip, desk.world.version(tip))
    for tabs in (ana, bo):
        for tab in tabs:
            expect(tab.locator("#alarm")).to_be_empty()
            expect(tab.locator("#unseen")).to_be_hidden()
            assert "(!" not in tab.title()
        assert not any(note["open"] for note in shown(tabs))
    assert shown(vic) == []
    expect(vic[0].locator("#alarm")).to_be_empty()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_these_pages_are_for_everybody(desk: Desk, width: int, scheme: str) -> None:
    world = desk.world
    with world.storage.writing() as work:
        work.users.put(User("usr_sue", "sue", "Sue", Role.SUPERVISOR, frozenset({"trafficking"}), ""))
    late = world.arrive(urgency=Urgency.P1)
    world.clock.forward(minutes=45)
    world.casework.claim(ANA, late, world.version(late))
    world.arrive(urgency=Urgency.P0)
    escalate(desk)
    assert desk.console.deps.chain is not None
    desk.console.deps.chain.seal(100)
    page = desk.page("sue", viewport={"width": width, "height": 800}, color_scheme=scheme)
    bo = desk.page("bo", viewport={"width": width, "height": 800}, color_scheme=scheme)
    for tab, path in ((page, "/desk/ageing"), (page, "/desk/on-call"), (bo, "/desk/alerts"), (bo, "/desk/on-call")):
        tab.goto(path)
        for details in tab.locator("details").all():
            details.evaluate("(element) => { element.open = true; }")
        found = Axe().run(tab, options={"runOnly": RULES}).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
        assert tab.evaluate(SMALL_TARGETS) == [], path
