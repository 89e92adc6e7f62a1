"""The desk's side of the thread in a real Chromium: without scripts, in both colours, on a wide and on a narrow screen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from infra.search.matcher_embedded import EmbeddedSearchMatcher
from infra.search.tantivy_index import TantivyCaseIndex
from infra.security import Argon2Passwords
from infra.table_files import DrawnTables
from ingest.ports import Purpose
from tests.builders import an_entity, example_files, taxonomy
from tests.contract.on_sqlite import database_in
from tests.contract.pictures_suite import jpeg, two_colours
from tests.e2e.test_report_form_browser import RULES
from tests.serving import serving
from tests.unit.triage.test_correspondence import CONTACT, add_picture, leave_contact
from tests.world import World
from triage.domain.access import Role, User
from triage.domain.case import Message
from triage.domain.tip import Consent
from triage.policy_files.replies import load_replies
from triage.sign_in import SignIn
from triage.web.console import Console
from triage.web.deps import ConsoleDeps
from triage.web.routes import console_routes
from triage.web.session import SESSION_COOKIE

pytestmark = pytest.mark.browser

LOOKED_AT = os.environ.get("TIPSTREAM_SCREENSHOTS", "")
SMALL_TARGETS = """() => [...document.querySelectorAll('main a, main button, main select, main textarea, main summary, main input')]
  .filter((e) => e.getClientRects().length && e.type !== 'hidden' && !e.closest('label.tick, .text'))
  .filter((e) => e.getBoundingClientRect().height < 24).map((e) => e.outerHTML.slice(0, 80))"""


@dataclass(frozen=True)
class Served:
    """A console on a port, with a tip in it, and the token of somebody who has signed in."""

    world: World
    url: str
    tip: str
    token: str

    def page(self, browser: Browser, **context: object) -> Page:
        opened = browser.new_context(**context)  # type: ignore[arg-type]
        opened.add_cookies([{"name": SESSION_COOKIE, "value": self.token, "url": f"{self.url}/desk"}])
        page = opened.new_page()
        page.goto(f"{self.url}/desk/tip/{self.tip}")
        return page


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    passwords = Argon2Passwords()
    with database_in(tmp_path, 10) as database, TantivyCaseIndex(tmp_path / "index") as index:
        world = World(database)
        entity = an_entity("person", "maria", "Maria", attributes={"name": "Maria"})
        tip = world.arrive(read={"entities": [entity]}, has_contact=True, consent=Consent(police=True), language="en")
        leave_contact(world, tip)
        picture = add_picture(world, tip)
        world.blobs.put(picture.id, world.sealer.seal(Purpose.PHOTO, picture.id, jpeg(two_colours(640, 480))))
        with world.storage.writing() as work:
            work.users.put(User("usr_ana", "ana", "Ana", Role.ANALYST, frozenset({"trafficking"}), passwords.hash("open sesame")))
            work.messages.add(Message("msg_1", tip, world.clock.now(), from_source=True, text="The van is back.\nSame row."))
        deps = ConsoleDeps(
            storage=world.storage,
            index=index,
            matcher=EmbeddedSearchMatcher(world.storage, world.clock),
            policy=world.policy,
            taxonomy=taxonomy(),
            passwords=passwords,
            tables=DrawnTables(),
            clock=world.clock,
            ids=world.ids,
            partner_titles=lambda: {"prairie-haul": "Prairie Haul"},
            random_token=lambda: "0" * 64,
            secure_cookies=False,
            vault=world.vault,
            replies=load_replies(example_files()),
        )
        session = SignIn(world.storage, passwords, world.clock, world.ids, deps.random_token).sign_in("ana", "open sesame")
        with serving(Starlette(routes=console_routes(Console(deps)))) as url:
            yield Served(world, url, tip, session.token)


def check(page: Page, name: str = "") -> None:
    """No violation that axe knows, nothing too small to hit, nothing wider than the screen."""
    if name and LOOKED_AT:
        page.screenshot(path=f"{LOOKED_AT}/{name}.png", full_page=True)
    violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations] == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("colors", "width"), [("light", 1280), ("dark", 320)])
def test_a_desk_asks_looks_and_answers(browser: Browser, served: Served, colors: str, width: int) -> None:
    page = served.page(browser, color_scheme=colors, viewport={"width": width, "height": 800})
    check(page, f"desk-tip-{colors}")
    page.get_by_label("Ask or tell the sender").fill("Is Maria with ABC 1234? See example.com")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".leak")).to_have_count(3)
    check(page, f"desk-look-again-{colors}")
    page.get_by_label("I have looked at it. It may leave.").check()
    page.get_by_role("button", name="Send it all the same").click()
    expect(page.get_by_text("Sent. It leaves in ten seconds; then the sender reads it with their code.")).to_be_visible()

    page.get_by_text("Show it …").click()
    page.get_by_label("Why you need it").fill("ask about the time")
    page.get_by_role("button", name="Show how to reach the sender").click()
    expect(page.get_by_text(CONTACT.phone)).to_be_visible()
    check(page)
    page.get_by_role("link", name="Back to the tip").click()

    page.get_by_label("Partly").check()
    page.get_by_label("What the sender may know of the outcome").select_option("acted_on")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".done")).to_have_text("Kept.")

    page.get_by_role("link", name="Look at them one by one").click()
    page.get_by_role("link", name="Show picture 1").click()
    expect(page.locator("img.veil")).to_be_visible()
    assert page.locator("img").evaluate("image => image.complete && image.naturalWidth") == 640
    check(page, f"desk-pictures-{colors}")
    page.get_by_role("link", name="Show it as it is").click()
    expect(page.locator("img.plain")).to_be_visible()
    page.get_by_text("Destroy picture 1 …").click()
    page.get_by_label("Why").select_option("bystander")
    check(page)
    page.get_by_role("button", name="Destroy it").click()
    expect(page.get_by_text("The picture is destroyed.")).to_be_visible()
    check(page)
    assert served.world.blobs.names("att") == []
