"""Sharing in a real Chromium: shared with a preview, read at the other agency, taken back; and every page of it for everybody."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ingest.ports import Purpose
from tests.builders import an_entity
from tests.e2e.test_console_browser import RULES, SMALL_TARGETS, Desk, desk
from triage.domain.access import Role, User
from triage.domain.attachment import Attachment
from triage.domain.tip import Place

__all__ = ["desk"]
pytestmark = pytest.mark.browser

LOOKED_AT = os.environ.get("TIPSTREAM_SCREENSHOTS", "")
STORY = "My name is Dana Reyes. A man in a red truck, plate 22-B471, waits for girls behind the scales."
PEOPLE = (("chi", Role.ANALYST, "child"), ("sue", Role.SUPERVISOR, "trafficking"), ("lia", Role.ANALYST, "liaison"))
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def people(desk: Desk) -> None:
    with desk.world.storage.writing() as work:
        for name, role, place in (
            ("chi", Role.ANALYST, "child"),
            ("sue", Role.SUPERVISOR, "trafficking"),
            ("lia", Role.ANALYST, "liaison"),
        ):
            work.users.put(User(f"usr_{name}", name, name.capitalize(), role, frozenset({place}), ""))


def a_tip(desk: Desk) -> str:
    entities = [
        an_entity("person", "Dana Reyes", start=STORY.index("Dana"), role="reporter"),
        an_entity("plate", "22-B471", start=STORY.index("22-B"), role="suspect"),
    ]
    tip = desk.world.arrive(narrative=STORY, place=Place(name="Flying J", county="Sarpy", state="NE"), read={"entities": entities})
    picture = Attachment("att_1", tip, desk.world.clock.now(), "a" * 64, "image/png", len(PIXEL), 1, 1)
    desk.world.blobs.put(picture.id, desk.world.sealer.seal(Purpose.PHOTO, picture.id, PIXEL))
    with desk.world.storage.writing() as work:
        work.attachments.put(picture)
    return tip


def share(page: Page, case: str, to: str) -> None:
    """From the case's page to a share of everything."""
    page.goto(f"/desk/case/{case}?tab=shares")
    page.get_by_role("link", name="Share this case").click()
    page.get_by_label("With whom").select_option(to)
    page.get_by_label("Pictures").check()
    page.get_by_label("Why they need it").fill("The same truck was seen there")
    page.get_by_role("button", name="Show what they will see").click()


@contextmanager
def checked(page: Page, width: int, name: str) -> Iterator[None]:
    """Look at the page that the block opens as people who do not see or aim well meet it."""
    yield
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert page.evaluate(SMALL_TARGETS) == [], name
    if LOOKED_AT:
        page.screenshot(path=f"{LOOKED_AT}/sharing-{name}-{width}.png", full_page=True)


def test_a_case_is_shared_read_elsewhere_and_taken_back(desk: Desk) -> None:
    people(desk)
    case = desk.world.case(a_tip(desk)).id
    ana, chi = desk.page("ana"), desk.page("chi")
    share(ana, case, "child")
    preview = ana.locator(".seen").inner_html()
    assert "Dana Reyes" not in preview
    ana.get_by_role("button", name="Change something").click()
    expect(ana.get_by_label("Why they need it")).to_have_value("The same truck was seen there")
    expect(ana.get_by_label("Pictures")).to_be_checked()
    ana.get_by_role("button", name="Show what they will see").click()
    ana.get_by_role("button", name="Share", exact=True).click()
    expect(ana.get_by_role("status").first).to_contain_text("Shared. The receiving desk is told.")
    chi.goto("/desk/queue/child")
    chi.get_by_role("link", name="shares a case with Crimes against children").click()
    expect(chi.locator(".seen .text")).to_have_text(STORY.replace("Dana Reyes", "[name]") + "\nWhere: Flying J, Sarpy, NE")
    assert chi.locator(".seen").inner_html() == preview
    expect(chi.locator("img")).to_have_count(0)
    chi.get_by_role("link", name="Show picture 1").click()
    expect(chi.locator("img.veil")).to_be_visible()
    assert chi.locator("img").evaluate("(image) => image.naturalWidth") == 1
    ana.get_by_role("button", name="Take it back").click()
    expect(ana.get_by_role("status").first).to_contain_text("Taken back")
    chi.reload()
    expect(chi.get_by_role("heading", level=1)).to_have_text("Not found")


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_every_page_of_it_is_for_everybody(desk: Desk, width: int, scheme: str) -> None:
    people(desk)
    tip = a_tip(desk)
    desk.world.arrive("cargo_theft", narrative="A trailer was opened at night", place=Place(county="Cass", state="NE"))
    case = desk.world.case(tip).id
    look = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    ana, lia, sue = (desk.page(name, **look) for name in ("ana", "lia", "sue"))
    with checked(ana, width, "form"):
        ana.goto(f"/desk/case/{case}/share")
    with checked(ana, width, "preview"):
        share(ana, case, "foreign-police")
    ana.get_by_role("button", name="Share", exact=True).click()
    with checked(ana, width, "tab"):
        ana.goto(f"/desk/case/{case}?tab=shares")
    with checked(lia, width, "received"):
        lia.goto("/desk/shared")
    lia.locator("h2 a").first.click()
    with checked(lia, width, "shared"):
        lia.get_by_role("link", name="Show picture 1").click()
    with checked(ana, width, "task-forces"):
        ana.goto("/desk/task-forces")
    with checked(ana, width, "task-force"):
        ana.goto("/desk/task-force/east-corridor")
    with checked(sue, width, "restrict"):
        sue.goto(f"/desk/case/{case}/restrict")
    sue.get_by_label("Why", exact=True).fill("It names one of us")
    with checked(sue, width, "restrict-again"):
        sue.get_by_role("button", name="Let only these people").click()
    with checked(sue, width, "sealed"):
        sue.goto("/desk/sealed")
