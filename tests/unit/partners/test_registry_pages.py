"""The pages of the register over HTTP, as a browser without scripts sees them."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route

from infra.accounts import registry
from ingest.domain.partner import Partner, PartnerContact, PartnerStatus, Scope
from ingest.registry.api_key import token_hash
from ingest.registry.registry import KeyOrder
from ingest.web.desk.registry import HOME
from tests.builders import NOON
from tests.console import Browser
from tests.desk import Desk, open_desk
from triage.domain.access import Role

PAGE = f"{HOME}/prairie-haul"
HAULIER = Partner("prairie-haul", "Prairie Haul <Trucking>", "trucking", "Buffalo", "NE", trained_on=date(2026, 3, 1))
PROFILE = {
    "title": "Prairie Haul",
    "sector": "trucking",
    "county": "Buffalo",
    "state": "NE",
    "languages": "en, es",
    "trained_on": "2026-03-01",
}


@pytest.fixture
def desk(tmp_path: Path, migrated: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, migrated) as desk:
        desk.core.partners.put(HAULIER)
        yield desk


@pytest.fixture
def admin(desk: Desk) -> Browser:
    return desk.browser(Role.ADMIN)


def kept_partner(desk: Desk) -> Partner:
    partner = desk.core.partners.get("prairie-haul")
    assert partner is not None
    return partner


def actions(desk: Desk) -> list[tuple[str, str]]:
    with desk.core.storage.reading() as work:
        return [(row.actor, row.action) for row in work.audit.of_object("partner:prairie-haul", 100)]


def errors(page: str) -> list[str]:
    """The messages of the summary; each must lead to a field that is there."""
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    found = re.search(r'<div class="errors".*?</div>', page, re.S)
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', found.group() if found else "")
    assert {target for target, _ in links} <= ids
    return [html.unescape(words) for _, words in links]


def addresses(desk: Desk) -> list[tuple[str, str]]:
    """Every address of the register, as (method, path) with names that exist."""
    made = desk.core.partners.keys("prairie-haul")[0].id
    with desk.core.partner_side.reading() as work:
        (person,) = work.staff.of_partner("prairie-haul")
    filled = {"slug": "prairie-haul", "step": "suspend", "key": made, "staff": person.id}
    found = []
    for route in desk.app.routes:
        if isinstance(route, Route) and route.path.startswith(HOME):
            path = re.sub(r"\{(\w+)\}", lambda name: filled[name[1]], route.path)
            found += [(method, path) for method in route.methods or () if method in ("GET", "POST")]
    return found


@pytest.mark.parametrize("role", list(Role))
def test_administrators_change_supervisors_read_and_nobody_else_knows(desk: Desk, role: Role) -> None:
    registry(desk.core).issue("system:test", "prairie-haul", KeyOrder())
    registry(desk.core).add_staff("system:test", "prairie-haul", "dora")
    known = addresses(desk)
    assert len(known) == 14
    browser = desk.browser(role)
    token = form_token_of(browser)
    for method, path in known:
        answer = browser.get(path) if method == "GET" else browser.post(path, {"token": token})
        reads = role in (Role.ADMIN, Role.SUPERVISOR)
        changes = method == "POST" or path.endswith("/new")
        if not reads:
            assert answer.status_code == 404, (method, path)
        elif changes and role is not Role.ADMIN:
            assert answer.status_code == 403, (method, path)
        else:
            assert answer.status_code in (200, 303, 422), (method, path)
    if role is not Role.ADMIN:
        assert [action for _, action in actions(desk)] == ["key.issue", "staff.add"]


def form_token_of(browser: Browser) -> str:
    """The token that this person's forms carry; the form to sign out is on every page."""
    found = re.search(r'name="token" value="([^"]+)"', browser.get("/desk/search").text)
    assert found
    return found[1]


def test_without_signing_in_there_is_only_the_door(desk: Desk) -> None:
    browser = Browser(desk.app)
    assert browser.get(PAGE).headers["location"].startswith("/desk/sign-in")
    assert browser.post(PAGE, PROFILE).headers["location"].startswith("/desk/sign-in")


def test_a_form_without_its_token_changes_nothing(desk: Desk, admin: Browser) -> None:
    for method, path in ((m, p) for m, p in [("POST", PAGE), ("POST", f"{PAGE}/keys"), ("POST", f"{PAGE}/status/end")]):
        assert admin.post(path, {**PROFILE, "reason": "x", "token": "0" * 64}).status_code == 403, method
    assert (kept_partner(desk), actions(desk)) == (HAULIER, [])


def test_an_administrator_lands_on_the_partners(admin: Browser) -> None:
    assert admin.get("/desk").headers["location"] == HOME
    page = admin.get(HOME).text
    assert '<a href="/desk/partners" aria-current="true">Partners</a>' in page
    assert "Prairie Haul &lt;Trucking&gt;" in page


def test_the_list_is_narrowed_and_marks_what_is_to_do(desk: Desk, admin: Browser) -> None:
    put = desk.core.partners.put
    put(Partner("first-bank", "First Bank", "bank", agreement_until=date(2026, 10, 31), trained_on=date(2026, 1, 1)))
    put(Partner("oak-school", "Oak School", "school", status=PartnerStatus.SUSPENDED, agreement_until=date(2020, 1, 1)))
    put(Partner("grace", "Grace Chapel", "house_of_worship", trained_on=date(2025, 10, 31)))
    registry(desk.core).issue("system:test", "prairie-haul", KeyOrder(life=timedelta(days=14)))

    def titles(query: str) -> set[str]:
        return set(re.findall(r'href="/desk/partners/([a-z-]+)">[^<]+</a></th>', admin.get(f"{HOME}?{query}").text))

    assert titles("") == {"prairie-haul", "first-bank", "oak-school", "grace"}
    assert titles("sector=bank") == {"first-bank"}
    assert titles("status=suspended") == {"oak-school"}
    assert titles("mark=agreement_over") == {"first-bank"}
    assert titles("mark=no_training") == {"grace"}
    assert titles("mark=key_expires") == {"prairie-haul"}
    assert titles("sector=nonsense") == set()


def test_a_partner_is_added_and_its_form_opens(desk: Desk, admin: Browser) -> None:
    admin.get(f"{HOME}/new")
    answer = admin.submit(f"{HOME}/new", slug="elm-watch", **{**PROFILE, "title": "Elm Watch", "sector": "neighborhood_watch"})
    assert answer.headers["location"] == f"{HOME}/elm-watch?done=added"
    assert "The partner is in the register." in admin.get(answer.headers["location"]).text
    assert Browser(desk.app).get("/r/elm-watch").status_code == 200


def test_a_partner_that_does_not_fit_comes_back_as_it_was_typed(desk: Desk, admin: Browser) -> None:
    admin.get(f"{HOME}/new")
    answer = admin.submit(f"{HOME}/new", slug="exit", title="Elm <Watch>", sector="nonsense", state="Neb", trained_on="yesterday")
    assert answer.status_code == 422
    assert errors(answer.text) == ["Write a day as year-month-day, for example 2026-11-01."]
    assert 'value="Elm &lt;Watch&gt;"' in answer.text
    answer = admin.submit(
        f"{HOME}/new", slug="exit", title="", sector="nonsense", state="Neb", languages="en", embed_origins="https://x.test/page"
    )
    assert len(errors(answer.text)) == 5
    assert "<title>Error: " in answer.text
    assert len(desk.core.partners.all()) == 1


def test_the_profile_is_changed_by_its_form(desk: Desk, admin: Browser) -> None:
    admin.get(PAGE)
    more = {"agreement_until": "2028-01-31", "retention": "short", "photos": "yes", "quotas.tips_a_day": "500"}
    answer = admin.submit(
        PAGE, **PROFILE, **more, **{"agreed.place": "yes", "agreed.vehicles": "yes", "embed_origins": "https://a.test\r\nhttps://b.test"}
    )
    assert answer.headers["location"] == f"{PAGE}?done=saved"
    kept = kept_partner(desk)
    assert (kept.title, kept.agreement_until, kept.retention, kept.photos) == ("Prairie Haul", date(2028, 1, 31), "short", True)
    assert (kept.agreed_fields, kept.embed_origins, kept.quotas.tips_a_day) == (
        ("place", "vehicles"),
        ("https://a.test", "https://b.test"),
        500,
    )
    page = admin.get(answer.headers["location"]).text
    assert "Saved." in page
    assert "Fields: title, agreement until, agreed fields, quotas, retention, photos, embed origins" in page
    # What the form shows, sent as it is, changes nothing.
    form = page.split(f'action="{PAGE}"')[1].split("</form>")[0]
    shown = dict(re.findall(r'<input id="[^"]+" name="([\w.]+)" type="[a-z]+" value="([^"]*)"', form))
    shown |= dict.fromkeys(re.findall(r'<input type="checkbox" id="[^"]+" name="([\w.]+)" value="yes" checked', form), "yes")
    shown |= dict(re.findall(r'<textarea id="[^"]+" name="(\w+)"[^>]*>([^<]*)<', form))
    shown |= {
        name: re.findall(r'<option value="(\w*)" selected', rest)[0]
        for name, rest in re.findall(r'<select id="[^"]+" name="(\w+)"(.*?)</select>', form, re.S)
    }
    admin.submit(PAGE, **shown)
    assert kept_partner(desk) == kept
    assert actions(desk) == [("user:usr_admin", "partner.change")]


def test_contacts_are_kept_and_never_told_in_the_trail(desk: Desk, admin: Browser) -> None:
    admin.get(PAGE)
    sent = {
        "contacts[0].name": "Nia Night",
        "contacts[0].phone": "308-555-0142",
        "contacts[2].name": "Desk",
        "contacts[2].email": "d@haul.test",
    }
    assert admin.submit(f"{PAGE}/contacts", **sent).status_code == 303
    assert kept_partner(desk).contacts == (PartnerContact("Nia Night", phone="308-555-0142"), PartnerContact("Desk", email="d@haul.test"))
    with desk.core.storage.reading() as work:
        (row,) = work.audit.of_object("partner:prairie-haul", 9)
    assert row.detail == {"fields": "contacts"}
    admin.get(PAGE)
    answer = admin.submit(f"{PAGE}/contacts", **{"contacts[0].name": "Nia", "contacts[0].email": "nowhere"})
    assert errors(answer.text) == ["Write an address like name@example.com."]


def test_suspending_needs_a_reason_and_closes_form_and_keys(desk: Desk, admin: Browser) -> None:
    made = registry(desk.core).issue("system:test", "prairie-haul", KeyOrder())
    admin.get(PAGE)
    assert errors(admin.submit(f"{PAGE}/status/suspend", reason=" ").text) == ["Say why, in 120 characters or fewer."]
    assert admin.submit(f"{PAGE}/status/suspend", reason="a key leaked").status_code == 303
    page = admin.get(PAGE).text
    assert ("Suspended" in page, "a key leaked" in page) == (True, True)
    visitor = Browser(desk.app)
    assert visitor.get("/r/prairie-haul").status_code == 403
    assert call(desk, made.token) == 403


def call(desk: Desk, key: str) -> int:
    """What the API answers to this key."""

    async def ask() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(desk.app), base_url="https://tips.test") as client:
            return (await client.get("/api/v1/tips/tip_none", headers={"Authorization": f"Bearer {key}"})).status_code

    return asyncio.run(ask())


def test_when_the_agreement_is_over_keys_are_refused_and_the_form_stays(desk: Desk) -> None:
    made = registry(desk.core).issue("system:test", "prairie-haul", KeyOrder())
    registry(desk.core).change("system:test", "prairie-haul", agreement_until=NOON.date())
    assert call(desk, made.token) == 404  # the key works; there is no such tip
    desk.clock.forward(days=1)
    assert call(desk, made.token) == 403
    assert Browser(desk.app).get("/r/prairie-haul").status_code == 200


def test_a_new_key_is_shown_once(desk: Desk, admin: Browser) -> None:
    assert len(re.findall(r'name="scope\.[\w:]+" value="yes" checked', admin.get(PAGE).text)) == len(Scope)
    page = admin.submit(f"{PAGE}/keys", label="fraud desk", days="30", **{"scope.tips:read": "yes", "sandbox": "yes"}).text
    token = re.search(r'value="(ts_test_[\w-]{43})"', page)
    assert token
    (key,) = desk.core.partners.keys("prairie-haul")
    assert (key.key_hash, key.scopes, key.sandbox, key.label) == (token_hash(token[1]), (Scope.READ,), True, "fraud desk")
    assert key.expires_at == NOON + timedelta(days=30)
    later = admin.get(PAGE).text
    assert (token[1] in later, key.key_hash in later, key.id in later) == (False, False, True)
    answer = admin.submit(f"{PAGE}/keys", label="x", days="many")
    assert errors(answer.text) == ["Write a whole number, or nothing."]
    assert errors(admin.submit(f"{PAGE}/keys", label="x").text) == ["Choose at least one thing that the key may do."]


def test_a_key_is_rotated_and_revoked(desk: Desk, admin: Browser) -> None:
    old = registry(desk.core).issue("system:test", "prairie-haul", KeyOrder())
    admin.get(PAGE)
    assert errors(admin.submit(f"{PAGE}/keys/{old.key.id}/rotate", overlap="100").text) == ["Use 0 to 90 days."]
    page = admin.submit(f"{PAGE}/keys/{old.key.id}/rotate", overlap="2").text
    assert re.search(r'value="ts_live_[\w-]{43}"', page)
    found = {key.id == old.key.id: key for key in desk.core.partners.keys("prairie-haul")}
    kept, new = found[True], found[False]
    assert (kept.replaced_by, kept.expires_at) == (new.id, NOON + timedelta(days=2))
    assert "Replaced, still works" in admin.get(PAGE).text
    assert admin.submit(f"{PAGE}/keys/{old.key.id}/revoke").status_code == 303
    assert admin.post(f"{PAGE}/keys/{old.key.id}/rotate", {"token": form_token_of(admin), "overlap": "2"}).status_code == 409
    assert call(desk, old.token) == 401


def test_a_person_is_added_gets_a_password_and_is_kept_out(desk: Desk, admin: Browser) -> None:
    admin.get(PAGE)
    page = admin.submit(f"{PAGE}/staff", name="dora", display_name="Dora", manager="yes").text
    secret = re.search(r'class="secret" value="([\w-]{16})"', page)
    assert secret
    admin.get(PAGE)
    assert admin.submit(f"{PAGE}/staff", name="DORA").status_code == 409
    with desk.core.partner_side.reading() as work:
        (person,) = work.staff.of_partner("prairie-haul")
    admin.get(PAGE)
    assert admin.submit(f"{PAGE}/staff/{person.id}/deactivate").status_code == 303
    assert "Kept out" in admin.get(PAGE).text
    assert secret[1] not in admin.submit(f"{PAGE}/staff/{person.id}/password").text
    assert [action for _, action in actions(desk)] == ["staff.add", "staff.deactivate", "staff.password"]


def test_a_partner_that_has_ended_offers_nothing_more(admin: Browser) -> None:
    admin.get(PAGE)
    admin.submit(f"{PAGE}/status/end", reason="they closed")
    page = admin.get(PAGE).text
    assert not re.search(rf'action="{PAGE}/(status|keys"|staff")', page)


def test_posters_and_snippets_lead_to_the_form(desk: Desk, admin: Browser) -> None:
    svg = admin.get(f"{PAGE}/poster?kind=svg&language=es")
    assert (svg.headers["content-type"].split(";")[0], svg.headers["content-disposition"]) == (
        "image/svg+xml",
        'attachment; filename="prairie-haul-es.svg"',
    )
    assert "tips.test/r/prairie-haul" in svg.text
    pdf = admin.get(f"{PAGE}/poster?kind=pdf&paper=a4")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert admin.get(f"{PAGE}/poster?kind=pdf&paper=wall&language=xx").status_code == 200
    assert "&lt;a href=&#34;https://tips.test/r/prairie-haul?lang=en&#34;" in admin.get(PAGE).text
    assert "&lt;iframe" not in admin.page.text
    registry(desk.core).change("system:test", "prairie-haul", embed_origins=("https://haul.test",))
    assert "&lt;iframe src=&#34;https://tips.test/r/prairie-haul?lang=en&#34;" in admin.get(PAGE).text


def test_only_the_named_pages_may_frame_the_form(desk: Desk) -> None:
    visitor = Browser(desk.app)
    closed = visitor.get("/r/prairie-haul").headers
    assert ("frame-ancestors 'none'" in closed["content-security-policy"], closed["x-frame-options"]) == (True, "DENY")
    registry(desk.core).change("system:test", "prairie-haul", embed_origins=("https://haul.test", "https://b.test:8443"))
    opened = visitor.get("/r/prairie-haul").headers
    assert "frame-ancestors https://haul.test https://b.test:8443" in opened["content-security-policy"]
    assert "x-frame-options" not in opened
    assert visitor.get("/r/code").headers["x-frame-options"] == "DENY"
    assert visitor.get("/r/nobody").headers["x-frame-options"] == "DENY"


def test_every_page_carries_strict_headers_and_nothing_inline(desk: Desk, admin: Browser) -> None:
    registry(desk.core).issue("system:test", "prairie-haul", KeyOrder())
    registry(desk.core).add_staff("system:test", "prairie-haul", "dora")
    for path in (HOME, f"{HOME}/new", PAGE):
        answer = admin.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|javascript:", answer.text), path
        assert len(re.findall(r"<h1[ >]", answer.text)) == 1, path
        ids = re.findall(r'\sid="([^"]+)"', answer.text)
        assert len(ids) == len(set(ids)), path
        assert set(re.findall(r'<label for="([^"]+)"', answer.text)) <= set(ids)
