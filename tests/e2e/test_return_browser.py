"""The return page in a real Chromium: without JavaScript and with it, by keyboard, on a narrow screen, in both languages."""

# ruff: noqa: F811 - fixtures of another module

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ingest.receive import Receipt, Sender
from ingest.submission import Submission
from tests.contract.pictures_suite import SECRET, jpeg, two_colours, with_gps
from tests.e2e.test_report_form_browser import Site, check, page_of, site  # noqa: F401 - fixture
from tests.intake import TRUCKING
from triage.domain.case import Message
from triage.domain.sender import Outcome, OutcomeCode, Useful
from triage.domain.undo import UNDO_FOR

pytestmark = pytest.mark.browser

LOOKED_AT = os.environ.get("TIPSTREAM_SCREENSHOTS", "")


def sent(site: Site) -> Receipt:
    """A report to a partner that takes photos, to which the desk has written."""
    deps = site.intake.deps
    deps.partners.put(replace(TRUCKING, photos=True))
    receipt = deps.receiver.receive_blocking(Submission(narrative="A white van."), Sender(TRUCKING.slug, "public"))
    with deps.storage.writing() as work:
        work.messages.add(
            Message("msg_1", receipt.id, deps.clock.now() - UNDO_FOR, from_source=False, text="Which exit was it?", by="usr_1")
        )
        work.outcomes.put(Outcome(receipt.id, Useful.YES, deps.clock.now(), "usr_1", OutcomeCode.ACTED_ON))
    return receipt


def come_back(page: Page, site: Site, receipt: Receipt, language: str = "en") -> None:
    page.goto(f"{site.url}/r/code?lang={language}")
    page.locator("[name=code]").fill(receipt.code)
    page.locator("main button").click()
    page.locator(".status").wait_for()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def picture(folder: Path, number: int = 1) -> Path:
    """A photo as a phone makes it, with its place inside."""
    file = folder / f"photo{number}.jpg"
    file.write_bytes(jpeg(two_colours(400 + number, 300), exif=with_gps()))
    return file


def look(page: Page, name: str) -> None:
    """Keep a picture of the page for people to look at, where one is asked for."""
    if LOOKED_AT:
        page.screenshot(path=f"{LOOKED_AT}/{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_sender_comes_back_answers_adds_a_photo_and_changes_their_mind(
    browser: Browser,
    site: Site,
    tmp_path: Path,
    scripts: bool,
) -> None:
    receipt, page = sent(site), page_of(browser, java_script_enabled=scripts)
    come_back(page, site, receipt)
    expect(page.locator(".new")).to_have_text("New")
    expect(page.get_by_text("A team acted on what you told us.")).to_be_visible()
    page.get_by_label("Add something").fill("Exit 107, the second one.")
    press(page, "Send")
    expect(page.locator(".done")).to_have_text("We have added it to your report.")
    expect(page.locator(".new")).to_have_count(0)

    press(page, "Add photos")
    expect(page.get_by_text("Do not send sexual pictures")).to_be_visible()
    page.get_by_label("Photo 1").set_input_files(picture(tmp_path))
    not_a_photo = tmp_path / "words.jpg"
    not_a_photo.write_text("no photo")
    page.get_by_label("Photo 2").set_input_files(not_a_photo)
    press(page, "Send the photos")
    expect(page.locator("#f-photo2-error")).to_contain_text("The photo must be a JPG, PNG, WebP or HEIC")
    expect(page.get_by_text("Your photo is in your report.")).to_be_visible()
    press(page, "Back to my report")
    expect(page.get_by_text("Photos in your report: 1")).to_be_visible()
    [name] = site.intake.deps.blobs.names("att")
    assert SECRET not in (site.intake.deps.blobs.get(name) or b"")

    page.get_by_text("Tell us how to reach you").click()
    press(page, "Save how to reach me")
    expect(page.locator("#summary")).to_contain_text("Enter a phone number or an email")
    page.get_by_label("Phone").fill("402-555-0143")
    press(page, "Save how to reach me")
    expect(page.get_by_text("We have a way to reach you")).to_be_visible()
    page.get_by_text("Delete how to reach you").click()
    press(page, "Delete them now")
    expect(page.get_by_text("You are anonymous")).to_be_visible()

    press(page, "Stop messages")
    expect(page.get_by_text("You asked us not to write to you")).to_be_visible()
    press(page, "Let us write to you again")
    expect(page.get_by_text("We may write to you here, on this page.")).to_be_visible()
    with site.intake.deps.storage.reading() as work:
        actions = [row.action for row in work.audit.of_object(f"tip:{receipt.id}", 50)]
        assert work.senders.get(receipt.id).withdrawn_at is not None
    assert actions == [
        "tip.received", "thread.seen", "tip.amended", "picture.added", "contact.left", "contact.withdrawn",
        "messages.stopped", "messages.wanted",
    ]  # fmt: skip
    assert "402-555-0143" not in page.content()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("colors", ["light", "dark"])
def test_every_page_is_accessible_and_fits_a_narrow_screen(
    browser: Browser,
    site: Site,
    tmp_path: Path,
    language: str,
    colors: str,
) -> None:
    receipt = sent(site)
    page = page_of(browser, viewport={"width": 320, "height": 640}, color_scheme=colors)
    page.goto(f"{site.url}/r/code?lang={language}")
    check(page)
    page.locator("[name=code]").fill("1")
    page.locator("main button").click()
    page.locator("#summary").wait_for()
    check(page)
    come_back(page, site, receipt, language)
    look(page, f"return-{language}-{colors}")
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    check(page)
    page.locator("form[action='/r/code/contact'] button").click()
    page.locator("#summary").wait_for()
    check(page)
    page.locator("form[action='/r/photo'] button").click()
    page.locator("[name=photo1]").wait_for()
    check(page)
    look(page, f"photos-{language}-{colors}")
    page.locator("form[action='/r/photo/add'] button").click()
    page.locator("#summary").wait_for()
    check(page)
    page.locator("[name=photo1]").set_input_files(picture(tmp_path))
    page.locator("form[action='/r/photo/add'] button").click()
    page.locator(".done").wait_for()
    check(page)


def test_photos_are_added_by_keyboard_alone(browser: Browser, site: Site, tmp_path: Path) -> None:
    receipt, page = sent(site), page_of(browser)
    page.on("filechooser", lambda _: None)  # from now on choosers are caught: a key press would be faster than the asking for it below
    come_back(page, site, receipt)
    page.get_by_role("button", name="Add photos").press("Enter")
    page.get_by_label("Photo 1").wait_for()
    page.get_by_label("Photo 1").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(picture(tmp_path))
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Send the photos"
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your photo is in your report.")).to_be_visible()


def test_a_photo_that_was_sent_into_nothing_is_sent_again(browser: Browser, site: Site, tmp_path: Path) -> None:
    """The line breaks while the photo goes out: it is tried again, and is in the report once."""
    receipt, page = sent(site), page_of(browser)
    come_back(page, site, receipt)
    press(page, "Add photos")
    page.get_by_label("Photo 1").set_input_files(picture(tmp_path))
    page.clock.install()
    page.context.set_offline(True)
    press(page, "Send the photos")
    expect(page.locator(".notice")).to_contain_text("No signal")
    page.context.set_offline(False)
    page.clock.run_for(6_000)
    expect(page.get_by_text("Your photo is in your report.")).to_be_visible()
    assert len(site.intake.deps.blobs.names("att")) == 1


def test_leaving_the_return_page_leaves_nothing_behind(browser: Browser, site: Site) -> None:
    """With JavaScript all of a visit is one entry of the history, and the exit takes its place."""
    receipt, page = sent(site), page_of(browser)
    come_back(page, site, receipt)
    press(page, "Add photos")
    page.get_by_label("Photo 1").wait_for()
    press(page, "Back to my report")
    expect(page.locator(".status")).to_be_visible()
    page.locator("#leave").click()
    page.wait_for_url("**/weather")
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    addresses = [entry["url"] for entry in history["entries"]]
    assert not any(re.search("/r/(code|photo)", address) for address in addresses)
