"""The console over HTTP, as a browser without scripts sees it."""

from __future__ import annotations

import asyncio
import html
import re
from urllib.parse import quote, urlencode

import pytest

from tests.console import PASSWORD, PEOPLE, Console
from tests.world import VIN, a_viewer
from triage.domain.access import Role, Viewer
from triage.domain.assessment import Assertion, Band, Finding, Urgency
from triage.domain.case import DECLINE_REASONS, CaseKind, CaseStatus, EntryState
from triage.web import console as pages
from triage.web.gate import Gate
from triage.web.news import News
from triage.web.session import BODY_LIMIT, FIELD_LIMIT

TEXT = "A girl <b>ran</b> from the silver van & asked for help."


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
        "/desk/queue/trafficking/handover",
        "/desk/alerts",
        "/desk/keys",
        "/desk/tip/none",
    ):
        answer = browser.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        own = re.findall(r'<script src="/desk/static/[a-z]+\.js[^"]*" defer>', answer.text)
        assert re.findall(r"<script[^>]*>", answer.text) == own, path
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text), path
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
    assert "<b>Ana</b> read the tip (triage)" in page


def test_a_tip_is_claimed_and_accepted(console: Console) -> None:
    tip, browser = console.world.arrive(), console.browser("ana")
    browser.get(f"/desk/tip/{tip}")
    answer = browser.submit(f"/desk/tip/{tip}/claim")
    assert (answer.status_code, answer.headers["location"].partition("&")[0]) == (303, f"/desk/tip/{tip}?done=claim")
    assert "You have claimed this tip." in browser.get(answer.headers["location"]).text
    answer = browser.submit(f"/desk/tip/{tip}/accept")
    assert answer.headers["location"].startswith("/desk/queue/trafficking?done=accept&undo=act_")
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
    bo = console.browser("bo")
    assert "Ana asked to decline this tip" in bo.get(f"/desk/tip/{tip}").text
    assert bo.submit(f"/desk/tip/{tip}/decline", reason="resolved", note="I called too").status_code == 303
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


@pytest.mark.parametrize("body", [{"note": "x" * BODY_LIMIT}, {f"n{number}": "" for number in range(FIELD_LIMIT + 1)}])
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


def test_a_kept_search_tells_about_new_tips(console: Console) -> None:
    world, ana = console.world, console.browser("ana")
    world.arrive(narrative="A zeppelin stood at the motel.")
    console.index_all()
    ana.get("/desk/search?q=zeppelin&f=kind:case")
    assert ana.submit("/desk/searches", name="Grey vans").headers["location"] == "/desk/alerts?done=kept"
    world.clock.forward(minutes=1)
    tip = world.arrive(narrative="The zeppelin is back.")
    world.arrive(narrative="A blue van stood there.")
    for _ in range(2):  # told again after a crash, nobody is told twice
        console.tell_all()
    page = ana.get("/desk/alerts")
    assert page.text.count("A new tip for “Grey vans”") == 1
    assert f"/desk/tip/{tip}" in page.text
    assert "Alerts <span class" in ana.get("/desk/search").text
    ana.get("/desk/alerts")
    ana.submit("/desk/alerts/seen")
    assert "Nothing new" in ana.get("/desk/alerts").text
    search = re.search(r"/desk/searches/(ssr_\w+)/remove", ana.page.text)
    assert search
    assert console.browser("bo").get("/desk/alerts").text.count("Grey vans") == 0
    ana.submit(search.group(0))
    assert "None yet" in ana.get("/desk/alerts").text


def test_what_was_found_can_be_taken_out_for_a_purpose(console: Console) -> None:
    tip, ana = console.world.arrive(narrative="=cmd() wrote the zeppelin's driver."), console.browser("ana")
    console.index_all()
    ana.get("/desk/search?q=zeppelin")
    refused = ana.submit("/desk/search/export", form="csv", purpose=" ")
    assert (refused.status_code, console.world.audit("index:cases")[-1].action) == (422, "search")
    ana.get("/desk/search?q=zeppelin")
    file = ana.submit("/desk/search/export", form="csv", purpose="a briefing")
    assert file.headers["content-disposition"] == 'attachment; filename="cases.csv"'
    assert console.world.case(tip).id in file.text
    assert "taken out by ana" in file.text
    assert ",'=cmd()" in file.text
    row = console.world.audit("index:cases")[-1]
    assert (row.action, row.purpose, row.detail["rows"]) == ("search.export", "a briefing", "1")
    for form, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        ana.get("/desk/search?q=zeppelin")
        assert ana.submit("/desk/search/export", form=form, purpose="a briefing").content.startswith(start)


def test_news_tells_of_what_came_and_only_whoever_works_there(console: Console) -> None:
    world, shown = console.world, console.world.clock.now()
    world.clock.forward(seconds=1)
    for urgency in (Urgency.P2, Urgency.P0):
        world.arrive(urgency=urgency)

    async def first(desks: frozenset[str]) -> str:
        viewer = Viewer("usr_ana", "ana", Role.ANALYST, desks)
        gate = Gate(pages.Console(console.deps))
        stream = News(gate, world.reading, lambda _: None)._events(viewer, "trafficking", shown)
        return await anext(aiter(stream))

    assert asyncio.run(first(frozenset({"trafficking"}))) == 'event: news\ndata: {"waiting": 2, "threats": 1}\n\n'
    ana, at = console.browser("ana"), quote(shown.isoformat())
    assert ana.get(f"/desk/queue/cargo/news?since={at}").status_code == 404
    assert ana.get("/desk/queue/trafficking/news?since=yesterday").status_code == 422
    assert console.browser().get(f"/desk/queue/trafficking/news?since={at}").status_code == 401


def test_an_open_page_keeps_no_session_running(console: Console) -> None:
    ana = console.browser("ana")
    for _ in range(3):
        console.world.clock.forward(minutes=11)
        ana.get("/desk/queue/cargo/news?since=2026-01-01T00:00:00Z")
    assert ana.get("/desk/keys").status_code == 303


def test_an_act_can_be_undone_from_the_next_page(console: Console) -> None:
    tip, ana = console.world.arrive(), console.browser("ana")
    ana.get(f"/desk/tip/{tip}")
    there = ana.submit(f"/desk/tip/{tip}/accept").headers["location"]
    page = ana.get(there).text
    undo = re.search(r'action="(/desk/undo/act_\w+)"', page)
    assert undo
    assert ana.submit(undo.group(1)).headers["location"] == f"/desk/tip/{tip}?done=undo"
    assert console.world.entry(tip).state is EntryState.WAITING
    assert "everything is as it was" in ana.get(f"/desk/tip/{tip}?done=undo").text
    ana.get(there)
    assert ana.submit(undo.group(1)).status_code == 404


def test_who_else_is_looking_is_said(console: Console) -> None:
    tip, ana, bo = console.world.arrive(), console.browser("ana"), console.browser("bo")
    for _ in range(2):
        assert "opened this" not in ana.get(f"/desk/tip/{tip}").text
    assert "<strong>Ana</strong> opened this within the last 5 minutes." in bo.get(f"/desk/tip/{tip}").text
    console.world.clock.forward(minutes=5)
    assert "opened this" not in ana.get(f"/desk/tip/{tip}").text
