"""Into the portal and out of it: who may, how often one may try, what ends a session, in which language."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from ingest.domain.partner import PartnerStatus
from tests.intake import TRUCKING, Intake
from tests.portal import DRIVER, NURSE, PASSWORD, Window, employ, signed_in
from triage.domain.errors import NotAllowed
from triage.sign_in import IDLE, LONGEST, TRIES, SignIn


@pytest.fixture
def staffed(intake: Intake) -> Intake:
    employ(intake)
    return intake


def change(intake: Intake, **changed: object) -> None:
    with intake.deps.partner_side.writing() as work:
        work.staff.put(replace(DRIVER, **changed))  # type: ignore[arg-type]


def is_out(window: Window) -> bool:
    answer = window.get("/p/reports")
    return answer.status_code == 303 and answer.headers["location"].startswith("/p/sign-in")


def test_the_way_leads_over_the_sign_in_page_and_back(staffed: Intake) -> None:
    window = Window(staffed)
    asked = window.get("/p/bulletins?lang=es")
    assert asked.headers["location"] == "/p/sign-in?next=%2Fp%2Fbulletins%3Flang%3Des"
    page = window.get(asked.headers["location"])
    assert 'value="/p/bulletins?lang=es"' in page.text
    gone_on = window.sign_in("dee", next="/p/bulletins?lang=es")
    assert (gone_on.status_code, gone_on.headers["location"]) == (303, "/p/bulletins?lang=es")
    assert window.get("/p/bulletins").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/p/", "//evil.example", "/desk", "/p/../desk\n", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(staffed: Intake, elsewhere: str) -> None:
    assert Window(staffed).sign_in("dee", next=elsewhere).headers["location"] == "/p/reports"


def test_the_cookie_is_for_the_portal_alone(staffed: Intake) -> None:
    answer = Window(staffed).sign_in("dee")
    [cookie] = [line for line in answer.headers.get_list("set-cookie") if line.startswith("portal_session=")]
    assert {"HttpOnly", "Path=/p", "SameSite=strict"} <= set(cookie.split("; "))
    assert "secure" not in cookie.lower()
    over_https = Window(replace(staffed, deps=replace(staffed.deps, secure_cookies=True))).get("/p/sign-in")
    assert all("Secure" in line for line in over_https.headers.get_list("set-cookie"))


@pytest.mark.parametrize("name", ["dee", "nobody"])
def test_wrong_names_and_passwords_look_the_same_and_are_counted(staffed: Intake, name: str) -> None:
    window = Window(staffed)
    for _ in range(TRIES):
        refused = window.sign_in(name, "wrong")
        assert refused.status_code == 422
        assert "The name or the password is not right" in refused.text
    assert window.sign_in(name.upper()).status_code == 429


def test_tries_at_the_console_are_counted_apart(staffed: Intake) -> None:
    deps = staffed.deps
    console = SignIn(deps.storage, deps.passwords, deps.clock, deps.ids, lambda: "token")
    for _ in range(TRIES):
        with pytest.raises(NotAllowed):
            console.sign_in("dee", PASSWORD)
    assert Window(staffed).sign_in("dee").status_code == 303


@pytest.mark.parametrize("status", [status for status in PartnerStatus if status is not PartnerStatus.ACTIVE])
def test_the_staff_of_a_partner_that_is_not_active_is_out(staffed: Intake, status: PartnerStatus) -> None:
    window = signed_in(staffed)
    staffed.deps.partners.put(replace(TRUCKING, status=status))
    assert is_out(window)
    assert Window(staffed).sign_in("dee").status_code == 422
    assert Window(staffed).sign_in("ola").status_code == 303


def test_a_deactivated_account_is_out_at_once(staffed: Intake) -> None:
    window = signed_in(staffed)
    change(staffed, active=False)
    assert is_out(window)
    assert Window(staffed).sign_in("dee").status_code == 422


def test_signing_out_ends_the_session_itself(staffed: Intake) -> None:
    window = signed_in(staffed)
    kept = httpx.Cookies(window.cookies)
    assert window.post("/p/sign-out").headers["location"] == "/p/sign-in"
    window.cookies = kept
    assert is_out(window)


def test_a_session_runs_while_it_is_used_and_not_longer_than_a_shift(staffed: Intake) -> None:
    window, began = signed_in(staffed), staffed.clock.now()
    while staffed.clock.now() < began + LONGEST - IDLE:
        staffed.clock.forward(minutes=20)
        assert not is_out(window)
    staffed.clock.at = began + LONGEST
    assert is_out(window)
    idle = signed_in(staffed)
    staffed.clock.at += IDLE
    assert is_out(idle)


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_changes_nothing(staffed: Intake, token: str) -> None:
    window = signed_in(staffed)
    assert window.post("/p/sign-out", {"token": token}).status_code == 403
    assert not is_out(window)


def test_the_token_of_another_session_does_not_hold(staffed: Intake) -> None:
    window, other = signed_in(staffed), signed_in(staffed, NURSE)
    assert window.post("/p/sign-out", {"token": other.token}).status_code == 403


def test_a_sign_in_form_made_for_another_browser_is_refused(staffed: Intake) -> None:
    mine, stranger = Window(staffed), Window(staffed)
    mine.get("/p/sign-in")
    stranger.get("/p/sign-in")
    refused = stranger.post("/p/sign-in", {"name": "dee", "password": PASSWORD, "token": mine.token})
    assert refused.status_code == 403
    assert "portal_session" not in stranger.cookies


def test_a_chosen_language_is_kept(staffed: Intake) -> None:
    window = signed_in(staffed)
    assert 'lang="es"' in window.get("/p/reports?lang=es").text
    assert "Nuestros informes" in window.get("/p/messages").text
    assert "portal_language" not in Window(staffed).get("/p/sign-in?lang=es").headers.get("set-cookie", "")
    fresh = Window(staffed)
    fresh.sign_in("dee", lang="es")
    assert "Nuestros informes" in fresh.get("/p/reports").text


def test_every_answer_is_strict_and_not_kept(staffed: Intake) -> None:
    window = signed_in(staffed)
    for path in ("/p/sign-in", "/p/reports", "/p/nowhere", "/p/reports/tip_unknown"):
        headers = window.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_names_are_kept_as_hashes_in_the_audit_log(staffed: Intake) -> None:
    Window(staffed).sign_in("my-password-in-the-wrong-field", "x")
    with staffed.deps.partner_side.reading() as work:
        assert work.audit.of_object("staff-name:my-password-in-the-wrong-field", 10) == []
