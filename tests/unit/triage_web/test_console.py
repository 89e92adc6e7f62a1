"""The console over HTTP, as a browser without scripts sees it."""

from __future__ import annotations

import asyncio
import hashlib
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from infra.search.tantivy_index import TantivyCaseIndex
from infra.security import Argon2Passwords
from infra.storage.database import Database
from tests.builders import taxonomy
from tests.world import VIN, World, a_viewer
from triage.document_builder import case_document
from triage.domain.access import Role, User
from triage.domain.assessment import Assertion, Band, Finding, Urgency
from triage.domain.case import DECLINE_REASONS, CaseKind, CaseStatus, EntryState
from triage.sign_in import IDLE
from triage.web import console as pages
from triage.web.deps import ConsoleDeps
from triage.web.routes import console_routes
from triage.web.session import BODY_LIMIT, SESSION_COOKIE

TEXT = "A girl <b>ran</b> from the silver van & asked for help."
PASSWORD = "open sesame"
PEOPLE = {"ana": ("trafficking", "violent"), "bo": ("trafficking",), "vic": ("victim-services",), "admin": ()}


class Browser:
    """Follows links and fills in the forms that the pages hold; keeps cookies."""

    def __init__(self, app: Starlette, session: str = "") -> None:
        self._app = app
        self._cookies = httpx.Cookies({SESSION_COOKIE: session} if session else None)
        self.page: httpx.Response = httpx.Response(204)

    def get(self, path: str) -> httpx.Response:
        return self._send("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, content=urlencode(fields), headers=kind)

    def submit(self, action: str, **fields: str) -> httpx.Response:
        """Send the form of the page in hand with this action, its hidden fields as they are."""
        found = re.search(rf'<form [^>]*action="{re.escape(action)}".*?</form>', self.page.text, re.S)
        assert found, f"the page has no form for {action}"
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found.group())
        return self.post(action, {**{name: html.unescape(value) for name, value in hidden}, **fields})

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        self.get("/desk/sign-in")
        return self.submit("/desk/sign-in", name=name, password=password)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="https://desk.test", cookies=self._cookies) as client:
                answer = await client.request(method, path, **options)
                self._cookies = client.cookies
                return answer

        self.page = asyncio.run(send())
        return self.page


class Console:
    """A world with people, an index and the console's pages."""

    def __init__(self, database: Database, index: TantivyCaseIndex, password_hash: str) -> None:
        self.world = World(database)
        self.index = index
        with self.world.storage.writing() as work:
            for name, desks in PEOPLE.items():
                role = Role.ADMIN if name == "admin" else Role.ANALYST
                work.users.put(User(f"usr_{name}", name, name.capitalize(), role, frozenset(desks), password_hash))
        tokens = iter(f"{number:064x}" for number in range(1000))
        deps = ConsoleDeps(
            storage=self.world.storage,
            index=index,
            policy=self.world.policy,
            taxonomy=taxonomy(),
            passwords=Argon2Passwords(),
            clock=self.world.clock,
            ids=self.world.ids,
            partner_titles=lambda: {"prairie-haul": "Prairie Haul <Trucking>"},
            random_token=lambda: next(tokens),
            secure_cookies=True,
        )
        self._tokens = deps.random_token
        self._app = Starlette(routes=console_routes(pages.Console(deps)))

    def browser(self, name: str = "") -> Browser:
        """A browser; with a name, one in which that person has signed in already (checking passwords is slow on purpose)."""
        if not name:
            return Browser(self._app)
        token, now = f"{int(self.world.clock.now().timestamp())}.{self._tokens()}", self.world.clock.now()
        with self.world.storage.writing() as work:
            work.users.start_session(hashlib.sha256(token.encode()).hexdigest(), f"usr_{name}", now + IDLE)
        return Browser(self._app, token)

    def index_all(self) -> None:
        with self.world.storage.reading() as work:
            cases = work.cases.get_many(work.cases.ids("", 100)).values()
            documents = [case_document(c, work.tips.get_many(c.tips), work.assessments.get_many(c.tips), {}) for c in cases]
        self.index.put(documents)


@pytest.fixture(scope="module")
def password_hash() -> str:
    return Argon2Passwords().hash(PASSWORD)


@pytest.fixture
def console(database: Database, tmp_path: Path, password_hash: str) -> Iterator[Console]:
    with TantivyCaseIndex(tmp_path / "index") as index:
        yield Console(database, index, password_hash)


def test_signing_in_leads_where_one_wanted_to_go(console: Console) -> None:
    tip, browser = console.world.arrive(), console.browser()
    answer = browser.get(f"/desk/tip/{tip}?done=claim")
    assert answer.status_code == 303
    browser.get(answer.headers["location"])
    answer = browser.submit("/desk/sign-in", name="ana", password=PASSWORD)
    assert answer.headers["location"] == f"/desk/tip/{tip}?done=claim"
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("desk_session=", "HttpOnly", "SameSite=lax", "Secure", "Path=/desk"))
    assert browser.get("/desk").headers["location"] == "/desk/queue/trafficking"


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/desk/", "/desk/../../x\\y", "/other", "/desk/x\nSet-Cookie: a=b"])
def test_signing_in_never_leads_elsewhere(console: Console, elsewhere: str) -> None:
    browser = console.browser()
    browser.get("/desk/sign-in?" + urlencode({"next": elsewhere}))
    assert browser.submit("/desk/sign-in", name="ana", password=PASSWORD).headers["location"] == "/desk"


def test_a_wrong_password_is_told_and_not_shown_again(console: Console) -> None:
    answer = console.browser().sign_in("ana", "my secret")
    assert answer.status_code == 422
    assert "The name or the password is not right" in answer.text
    assert "my secret" not in answer.text
    assert "<title>Error: " in answer.text


def test_the_sign_in_form_must_be_our_own(console: Console) -> None:
    browser = console.browser()
    browser.get("/desk/sign-in")
    answer = browser.submit("/desk/sign-in", name="ana", password=PASSWORD, token="0" * 64)
    assert (answer.status_code, "desk_session" in answer.headers.get("set-cookie", "")) == (403, False)


def test_signing_out_ends_the_session(console: Console) -> None:
    browser = console.browser("ana")
    browser.get("/desk/queue/trafficking")
    assert browser.submit("/desk/sign-out").status_code == 303
    assert browser.get("/desk/queue/trafficking").headers["location"].startswith("/desk/sign-in")


def test_every_page_carries_strict_headers_and_nothing_inline(console: Console) -> None:
    tip, browser = console.world.arrive(), console.browser("ana")
    case = console.world.case(tip).id
    for path in (
        "/desk/sign-in",
        "/desk/queue/trafficking",
        f"/desk/tip/{tip}",
        f"/desk/case/{case}",
        "/desk/search?q=van",
        "/desk/tip/none",
    ):
        answer = browser.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", answer.text), path
        assert len(re.findall(r"<h1[ >]", answer.text)) == 1, path
        ids = re.findall(r'\sid="([^"]+)"', answer.text)
        assert len(ids) == len(set(ids)), path


def test_the_stylesheet_is_small_and_kept(console: Console) -> None:
    browser = console.browser()
    address = re.search(r'href="(/desk/static/[^"]+)"', browser.get("/desk/sign-in").text)
    assert address
    answer = browser.get(address.group(1))
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.content) <= 16_000


def test_the_queue_shows_what_matters(console: Console) -> None:
    world = console.world
    finding = Finding("documents_confiscated", 0, 6, Assertion.PRESENT, "rule:x", "1")
    denied = Finding("debt_bondage", 0, 6, Assertion.NEGATED, "rule:x", "1")
    calm = world.arrive(read={"findings": [finding, finding, denied]}, flags=["minor_involved"], narrative=TEXT)
    world.arrive(urgency=Urgency.P0)
    world.casework.claim(a_viewer(*PEOPLE["ana"], user="usr_ana"), calm, 1)
    world.clock.forward(minutes=90)
    page = console.browser("ana").get("/desk/queue/trafficking").text
    lane, rest = page.split('id="waiting"')
    assert "Life threat" in lane
    assert "late by 88 min" in lane
    for words in ("Minor involved", "Documents confiscated <b>×2</b>", "90 min of 24 h", "Possible", "Claimed by Ana", "Buffalo, NE"):
        assert words in rest
    assert "Debt bondage" not in rest
    assert "A girl &lt;b&gt;ran&lt;/b&gt;" in rest
    assert "Prairie Haul &lt;Trucking&gt;" in rest


def test_a_queue_has_pages(console: Console) -> None:
    for _ in range(51):
        console.world.arrive()
    browser = console.browser("ana")
    assert "Page 1 of 2" in browser.get("/desk/queue/trafficking").text
    second = browser.get("/desk/queue/trafficking?page=2").text
    assert (second.count('class="row"'), "Page 2 of 2" in second) == (1, True)
    assert browser.get("/desk/queue/trafficking?page=x").status_code == 200


def test_the_text_stands_untouched_between_its_marks(console: Console) -> None:
    findings = [
        Finding("asks_stranger_for_escape", 2, 20, Assertion.PRESENT, "rule:asks", "1.2"),
        Finding("minor_in_truck_lot", 10, 40, Assertion.NEGATED, "model:spans", "3"),
        Finding("debt_bondage", 45, 9000, Assertion.PRESENT, "rule:debt", "1"),
    ]
    tip = console.world.arrive(narrative=TEXT, read={"findings": findings})
    page = console.browser("ana").get(f"/desk/tip/{tip}").text
    shown = re.search(r'<div class="text"[^>]*>(.*?)</div>', page, re.S)
    assert shown
    assert html.unescape(re.sub(r"<[^>]+>", "", shown.group(1))) == TEXT
    for words in ("rule:asks 1.2", "model:spans 3", "denied", "said to be so"):
        assert words in page
    numbers = set(re.findall(r'id="e(\d+)"', page))
    assert numbers == {"1", "2", "3"} == set(re.findall(r'id="t(\d+)"', page))
    assert set(re.findall(r'href="#e(\d+)"', page)) <= numbers


def test_the_tip_page_says_why_it_is_here(console: Console) -> None:
    first = console.world.arrive(vin=VIN, urgency=Urgency.P1)
    console.world.arrive("cargo_theft", vin=VIN)
    browser = console.browser("ana")
    browser.get(f"/desk/tip/{first}")
    page = browser.get(f"/desk/tip/{first}").text
    for words in ("by the rule trafficking", "where the sender is", "Every rule that was looked at", VIN, "P1 Urgent", "Victim services"):
        assert words in page
    assert "1 more at desks whose tips you may not read" in page
    assert "<b>Ana</b> read the tip (triage)" in page


def test_a_tip_is_claimed_and_accepted(console: Console) -> None:
    tip, browser = console.world.arrive(), console.browser("ana")
    browser.get(f"/desk/tip/{tip}")
    answer = browser.submit(f"/desk/tip/{tip}/claim")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/tip/{tip}?done=claim")
    assert "You have claimed this tip." in browser.get(answer.headers["location"]).text
    answer = browser.submit(f"/desk/tip/{tip}/accept")
    assert answer.headers["location"] == "/desk/queue/trafficking?done=accept"
    assert "Accepted." in browser.get(answer.headers["location"]).text
    assert console.world.case(tip).status is CaseStatus.ACTIVE


def test_a_form_that_does_not_fit_comes_back_filled_in(console: Console) -> None:
    tip, browser = console.world.arrive(band=Band.LIKELY), console.browser("ana")
    browser.get(f"/desk/tip/{tip}")
    answer = browser.submit(f"/desk/tip/{tip}/decline", reason="resolved", note="")
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert 'href="#decline-note"' in answer.text
    assert 'id="decline-note"' in answer.text
    assert '<option value="resolved" selected>' in answer.text
    assert browser.submit(f"/desk/tip/{tip}/decline", reason="resolved", note="spoke to the clerk").status_code == 303
    assert console.world.case(tip).outcome == "declined:resolved"


@pytest.mark.parametrize(
    ("act", "fields", "expected"),
    [
        ("decline", {"reason": "unfounded"}, ("trafficking", CaseKind.CASE, EntryState.DONE)),
        ("refer", {"desk": "care"}, ("care", CaseKind.REFERRAL, EntryState.WAITING)),
        ("transfer", {"desk": "violent", "reason": "shots"}, ("violent", CaseKind.CASE, EntryState.WAITING)),
        ("set-urgency", {"level": "P1"}, ("trafficking", CaseKind.CASE, EntryState.WAITING)),
    ],
)
def test_each_form_does_what_it_says(console: Console, act: str, fields: dict[str, str], expected: tuple[object, ...]) -> None:
    tip, browser = console.world.arrive(), console.browser("ana")
    browser.get(f"/desk/tip/{tip}")
    assert browser.submit(f"/desk/tip/{tip}/{act}", **fields).status_code == 303
    entry = console.world.entry(tip)
    assert (entry.desk, console.world.case(tip).kind, entry.state) == expected


def test_a_duplicate_goes_to_the_other_tips_case(console: Console) -> None:
    first, second, browser = console.world.arrive(), console.world.arrive(), console.browser("ana")
    browser.get(f"/desk/tip/{second}")
    assert browser.submit(f"/desk/tip/{second}/duplicate", other=f" {first} ").status_code == 303
    case = console.world.case(first)
    assert case.tips == (first, second)
    assert f"called it a duplicate of {first}" in browser.get(f"/desk/case/{case.id}").text


def test_somebody_else_was_first(console: Console) -> None:
    tip, ana, bo = console.world.arrive(), console.browser("ana"), console.browser("bo")
    ana.get(f"/desk/tip/{tip}")
    bo.get(f"/desk/tip/{tip}")
    bo.submit(f"/desk/tip/{tip}/claim")
    answer = ana.submit(f"/desk/tip/{tip}/accept")
    assert (answer.status_code, "Somebody changed this meanwhile" in answer.text) == (409, True)
    assert f'href="/desk/tip/{tip}"' in answer.text


def test_a_form_without_our_token_does_nothing(console: Console) -> None:
    tip, browser = console.world.arrive(), console.browser("ana")
    for token in ("", "0" * 64):
        assert browser.post(f"/desk/tip/{tip}/claim", {"token": token, "version": "1"}).status_code == 403
    assert console.browser().post(f"/desk/tip/{tip}/claim", {"version": "1"}).headers["location"].startswith("/desk/sign-in?next=")
    assert console.world.entry(tip).state is EntryState.WAITING


@pytest.mark.parametrize("body", [{"note": "x" * BODY_LIMIT}, {f"n{number}": "" for number in range(100)}])
def test_a_form_that_is_too_large_is_refused(console: Console, body: dict[str, str]) -> None:
    assert console.browser("ana").post("/desk/tip/x/claim", body).status_code == 422


def test_who_reads_along_sees_no_forms(console: Console) -> None:
    tip, browser = console.world.arrive(urgency=Urgency.P1), console.browser("vic")
    page = browser.get("/desk/queue/victim-services").text
    assert "A victim may need services soon" in page
    page = browser.get(f"/desk/tip/{tip}").text
    assert "people of its desk decide" in page
    assert f"/desk/tip/{tip}/" not in page
    token = re.search(r'name="token" value="(\w+)"', page)
    assert token
    assert browser.post(f"/desk/tip/{tip}/accept", {"token": token.group(1), "version": "1"}).status_code == 403


def test_forbidden_and_unknown_pages_are_not_found(console: Console) -> None:
    cargo, browser = console.world.arrive("cargo_theft"), console.browser("ana")
    case = console.world.case(cargo).id
    for path in (f"/desk/tip/{cargo}", "/desk/tip/none", f"/desk/case/{case}", "/desk/case/none", "/desk/queue/cargo", "/desk/queue/none"):
        assert browser.get(path).status_code == 404, path
    answer = console.browser("admin").get("/desk")
    assert (answer.status_code, "works at no desk" in answer.text) == (403, True)


def test_search_finds_what_may_be_read(console: Console) -> None:
    mine, cargo = console.world.arrive(narrative=TEXT), console.world.arrive("cargo_theft", narrative="A silver van was loaded at night.")
    console.index_all()
    browser = console.browser("ana")
    page = browser.get("/desk/search?q=van&purpose=weekly+review").text
    assert "1 case<" in page
    assert f'href="/desk/tip/{mine}"' in page
    assert cargo not in page
    assert "<mark>van</mark>" in page
    assert "&lt;b&gt;ran" in page
    (row,) = console.world.audit("index:cases")
    assert row.purpose == "weekly review"


def test_facets_narrow_and_can_be_dropped_again(console: Console) -> None:
    for labels in (("sex_trafficking",), ("labor_trafficking",), ("labor_trafficking",)):
        console.world.arrive(*labels, narrative=TEXT)
    console.index_all()
    browser = console.browser("ana")
    page = browser.get("/desk/search?q=van").text
    link = re.search(r'href="([^"]+labor_trafficking)">Labor trafficking<span class="count">2', page)
    assert link
    page = browser.get(html.unescape(link.group(1))).text
    assert "2 cases<" in page
    assert 'href="/desk/search?q=van">Concern: Labor trafficking' in page


@pytest.mark.parametrize("query", ['"', "AND -", "q" * 5000, "a:b:c ((", "\x00"])
def test_any_text_is_a_search(console: Console, query: str) -> None:
    browser = console.browser("ana")
    assert browser.get("/desk/search?" + urlencode({"q": query, "f": "nonsense", "page": "-1"})).status_code == 200


def test_reasons_for_declining_are_the_ones_of_the_domain(console: Console) -> None:
    tip = console.world.arrive()
    page = console.browser("ana").get(f"/desk/tip/{tip}").text
    assert set(re.findall(r'<option value="(\w+)">', page)) >= set(DECLINE_REASONS)
