"""Webhooks on the portal: for managers, of their own partner, in both languages, without JavaScript."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ingest.domain.webhook import DeliveryState
from tests.intake import TRUCKING, Intake
from tests.portal import DRIVER, MANAGER, NURSE, Window, employ, signed_in

URL = "https://hooks.example.org/in?token=hush"


@pytest.fixture
def staffed(intake: Intake) -> Intake:
    employ(intake)
    return intake


def add(window: Window, **form: str) -> str:
    """Add one; returns the address of its page."""
    window.get("/p/webhooks")
    answer = window.post("/p/webhooks", {"url": URL, **form})
    assert answer.status_code == 200
    assert len(set(re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.text))) == 1
    page = re.search(r'action="(/p/webhooks/whk_\w+)/test"', answer.text)
    assert page
    return page[1]


def test_the_secret_is_shown_once_and_the_address_without_its_own(staffed: Intake) -> None:
    manager = signed_in(staffed, MANAGER)
    page = add(manager, step_closed="1")
    for address in ("/p/webhooks", page):
        text = manager.get(address).text
        assert "https://hooks.example.org/in" in text
        assert "whsec_" not in text
        assert "hush" not in text
    assert "The work on it is done" in manager.get(page).text
    assert "We got the report" not in manager.get(page).text


def test_it_is_tested_replayed_switched_off_and_on_rotated_and_deleted(staffed: Intake) -> None:
    manager = signed_in(staffed, MANAGER)
    page = add(manager)
    assert manager.post(f"{page}/test").headers["location"] == page
    assert "A test" in manager.get(page).text
    with staffed.deps.partner_side.writing() as work:
        (delivery,) = work.webhooks.deliveries(page.rpartition("/")[2], 10)
        work.webhooks.put_delivery(replace(delivery, state=DeliveryState.FAILED, failure="timeout", tries=10))
    shown = manager.get(page).text
    assert "Given up" in shown
    assert "timeout" in shown
    assert manager.post(f"{page}/replay/{delivery.id}").status_code == 303
    assert "Waits" in manager.get(page).text
    manager.post(f"{page}/off")
    assert "It is switched off." in manager.get(page).text
    manager.post(f"{page}/on")
    assert "It is switched on." in manager.get(page).text
    rotated = manager.post(f"{page}/rotate").text
    assert "whsec_" in rotated
    assert "24 hours" in rotated
    assert manager.post(f"{page}/delete").headers["location"] == "/p/webhooks"
    assert manager.get(page).status_code == 404


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://a.example/", "must start with https"),
        ("", "Write an address like"),
        ("https://u:p@a.example/", "name and password"),
        ("https://a.example/#x", "number sign"),
    ],
)
def test_an_address_that_cannot_be_called_comes_back_with_what_to_mend(staffed: Intake, url: str, said: str) -> None:
    manager = signed_in(staffed, MANAGER)
    manager.get("/p/webhooks")
    answer = manager.post("/p/webhooks", {"url": url, "step_closed": "1"})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'name="step_closed" value="1" checked' in answer.text
    assert "You have no webhook." in answer.text


def test_no_more_than_the_quota(staffed: Intake) -> None:
    staffed.deps.partners.put(replace(TRUCKING, quotas=replace(TRUCKING.quotas, webhooks=1)))
    manager = signed_in(staffed, MANAGER)
    add(manager)
    assert "You can have 1 webhooks" in manager.post("/p/webhooks", {"url": URL}).text


def test_they_are_for_managers_and_of_their_own_partner(staffed: Intake) -> None:
    page = add(signed_in(staffed, MANAGER))
    driver, other = signed_in(staffed, DRIVER), signed_in(staffed, NURSE)
    assert 'href="/p/webhooks"' not in driver.get("/p/reports").text
    for window, status in ((driver, 403), (other, 404)):
        assert window.get(page).status_code == status
        for act in ("test", "off", "on", "rotate", "delete", "nothing", "replay/msg_1"):
            assert window.post(f"{page}/{act}").status_code == status, act
    assert driver.get("/p/webhooks").status_code == driver.post("/p/webhooks", {"url": URL}).status_code == 403
    assert "hooks.example.org" not in other.get("/p/webhooks").text
    assert "It is switched on." in signed_in(staffed, MANAGER).get(page).text


def test_without_its_token_nothing_is_done(staffed: Intake) -> None:
    manager = signed_in(staffed, MANAGER)
    page = add(manager)
    assert manager.post(f"{page}/delete", {"token": "x"}).status_code == 403
    assert manager.get(page).status_code == 200


def test_in_spanish(staffed: Intake) -> None:
    manager = signed_in(staffed, MANAGER)
    assert "Añadir un webhook" in manager.get("/p/webhooks?lang=es").text
    page = add(manager)
    assert "Está encendido." in manager.get(page).text


def test_what_is_done_there_is_audited_in_the_persons_name(staffed: Intake) -> None:
    page = add(signed_in(staffed, MANAGER))
    with staffed.deps.partner_side.reading() as work:
        (row,) = work.audit.of_object(f"webhook:{page.rpartition('/')[2]}", 10)
    assert (row.actor, row.action) == ("staff:stf_max", "webhook.added")
