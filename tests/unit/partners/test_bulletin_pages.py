"""Bulletins from the desk to the partners' people: written, looked at again, published, read, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.domain.bulletin import Bulletin
from ingest.domain.partner import Partner, PartnerStatus, Staff
from tests.console import Browser
from tests.desk import Desk, open_desk
from tests.intake import SCHOOL, TRUCKING
from tests.portal import DRIVER, MANAGER, NURSE, PASSWORD_HASH, Window
from triage.domain.access import Role

HOME = "/desk/bulletins"
HOTEL = Partner("big-inn", "Big Inn", "hotel")
WORDING = {
    "kind": "training",
    "title": "Signs at a fuel stop",
    "text": "First paragraph.\n\nSecond one.",
    "to": "chosen",
    "sector.trucking": "yes",
}


@pytest.fixture
def desk(tmp_path: Path, migrated: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, migrated) as desk:
        for partner in (TRUCKING, SCHOOL, HOTEL):
            desk.core.partners.put(partner)
        with desk.core.partner_side.writing() as work:
            for person in (DRIVER, MANAGER, NURSE, Staff("stf_old", "prairie-haul", "old", "Old", PASSWORD_HASH, active=False)):
                work.staff.put(person)
        yield desk


@pytest.fixture
def supervisor(desk: Desk) -> Browser:
    browser = desk.browser(Role.SUPERVISOR)
    browser.get(f"{HOME}/new")
    return browser


def window(desk: Desk, person: Staff) -> Window:
    """A window of the portal in which this person is signed in."""
    opened = Window(None, desk.app)  # type: ignore[arg-type]  # the application is given
    assert opened.sign_in(person.name).status_code == 303
    return opened


def kept(desk: Desk) -> list[Bulletin]:
    with desk.core.partner_side.reading() as work:
        return work.bulletins.all(10)


def send(browser: Browser, path: str, **form: str) -> httpx.Response:
    """Send a form with the person's token; fields without a value are not sent."""
    token = re.search(r'name="token" value="([^"]+)"', browser.get(HOME).text)
    assert token
    return browser.post(HOME + path, {"token": token[1], **{name: value for name, value in form.items() if value}})


def publish(browser: Browser, **changed: str) -> httpx.Response:
    return send(browser, "/new", **{**WORDING, "go": "publish", **changed})


def actions(desk: Desk, bulletin_id: str) -> list[tuple[str, str]]:
    with desk.core.storage.reading() as work:
        return [(row.actor, row.action) for row in work.audit.of_object(f"bulletin:{bulletin_id}", 100)]


def test_it_is_looked_at_before_it_goes_out(desk: Desk, supervisor: Browser) -> None:
    page = send(supervisor, "/new", **WORDING, go="preview")
    assert page.status_code == 200
    assert "all of: Trucking" in page.text
    assert "Second one." in page.text
    assert kept(desk) == []
    back = send(supervisor, "/new", **WORDING, go="change")
    assert 'value="Signs at a fuel stop"' in back.text
    assert publish(supervisor).status_code == 303
    [bulletin] = kept(desk)
    assert (bulletin.title, bulletin.sectors, bulletin.partners, bulletin.by) == (
        "Signs at a fuel stop",
        ("trucking",),
        (),
        "usr_supervisor",
    )
    assert actions(desk, bulletin.id) == [("user:usr_supervisor", "bulletin.published")]


def test_what_looks_like_a_plate_or_a_number_goes_out_only_when_it_was_looked_at(desk: Desk, supervisor: Browser) -> None:
    risky = "Look for the grey van GTR 4412, or call 308-555-0142."
    stopped = publish(supervisor, text=risky)
    assert stopped.status_code == 422
    assert len(re.findall("<mark", stopped.text)) == 2
    assert kept(desk) == []
    assert publish(supervisor, text=risky, looked="yes").status_code == 303
    assert len(kept(desk)) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": ""}, "Choose a bulletin or a training card."),
        ({"title": " "}, "Write a title."),
        ({"text": "x" * 10_001}, "10,000 characters"),
        ({"sector.trucking": ""}, "Choose partners or sectors, or everybody."),
        ({"partner.nobody": "yes"}, "Choose partners of the list."),
    ],
)
def test_what_is_not_complete_comes_back_with_what_was_written(desk: Desk, supervisor: Browser, changed: dict[str, str], said: str) -> None:
    page = publish(supervisor, **changed)
    assert page.status_code == 422
    assert said in page.text
    assert kept(desk) == []


def test_only_those_it_was_written_to_see_it(desk: Desk, supervisor: Browser) -> None:
    publish(supervisor)
    publish(supervisor, title="To the school", **{"sector.trucking": "", "partner.oak-school": "yes"})
    seen = [window(desk, person).get("/p/bulletins").text for person in (DRIVER, NURSE)]
    assert [[title in page for title in ("Signs at a fuel stop", "To the school")] for page in seen] == [[True, False], [False, True]]


def test_reading_it_leaves_a_receipt_once(desk: Desk, supervisor: Browser) -> None:
    publish(supervisor)
    [bulletin] = kept(desk)
    driver = window(desk, DRIVER)
    assert "New</span>" in driver.get("/p/bulletins").text
    page = driver.get(f"/p/bulletins/{bulletin.id}").text
    assert page.count('<p class="said">') == 2
    driver.get(f"/p/bulletins/{bulletin.id}")
    assert "New</span>" not in driver.get("/p/bulletins").text
    assert window(desk, NURSE).get(f"/p/bulletins/{bulletin.id}").status_code == 404
    assert actions(desk, bulletin.id)[1:] == [("staff:stf_dee", "bulletin.read")]
    told = supervisor.get(f"{HOME}/{bulletin.id}").text
    assert "1 of 2 people at 1 partners." in told
    assert "Old" not in told


def test_a_withdrawn_one_is_gone_for_partners_and_kept_for_the_desk(desk: Desk, supervisor: Browser) -> None:
    publish(supervisor)
    [bulletin] = kept(desk)
    driver = window(desk, DRIVER)
    driver.get(f"/p/bulletins/{bulletin.id}")
    assert send(supervisor, f"/{bulletin.id}/withdraw").status_code == 303
    assert driver.get(f"/p/bulletins/{bulletin.id}").status_code == 404
    assert "Signs at a fuel stop" not in driver.get("/p/bulletins").text
    page = supervisor.get(f"{HOME}/{bulletin.id}").text
    assert "withdrawn" in page
    assert "1 of 2 people" in page
    assert send(supervisor, f"/{bulletin.id}/withdraw").status_code == 409


def test_everybody_means_those_that_join_later_too(desk: Desk, supervisor: Browser) -> None:
    publish(supervisor, to="everybody", **{"partner.oak-school": "yes"})
    [bulletin] = kept(desk)
    assert (bulletin.partners, bulletin.sectors) == ((), ())
    assert bulletin.reaches("new-one", "bank")


@pytest.mark.parametrize("role", Role)
def test_only_supervisors_and_administrators_write_to_partners(desk: Desk, role: Role) -> None:
    may = role in (Role.SUPERVISOR, Role.ADMIN)
    browser = desk.browser(role)
    pages = [browser.get(HOME), browser.get(f"{HOME}/new"), browser.get(f"{HOME}/bul_unknown")]
    sent = [publish(browser), send(browser, "/bul_unknown/withdraw")]
    assert [page.status_code for page in pages] == ([200, 200, 404] if may else [403, 403, 403])
    assert [answer.status_code for answer in sent] == ([303, 404] if may else [403, 403])
    assert len(kept(desk)) == may
    assert (f'href="{HOME}"' in pages[0].text) == may


def test_a_partner_that_is_not_active_reads_nothing(desk: Desk, supervisor: Browser) -> None:
    publish(supervisor)
    driver = window(desk, DRIVER)
    desk.core.partners.put(Partner("prairie-haul", "Prairie Haul", "trucking", status=PartnerStatus.ENDED))
    assert driver.get("/p/bulletins").status_code == 303
