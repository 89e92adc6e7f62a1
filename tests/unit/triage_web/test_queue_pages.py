"""The queue: what rows say, what a view leaves out, many tips at once, the preview, a highlight that is wrong."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from tests.console import Browser, Console
from tests.world import VIN, a_viewer
from triage.domain.assessment import Assertion, Band, Finding, Urgency
from triage.domain.case import EntryState
from triage.domain.desk_view import Preferences
from triage.domain.tip import Answer
from triage.queue_views import MOST, ONE_IN, in_blind_sample

QUEUE = "/desk/queue/trafficking"
ANA = a_viewer("trafficking", "violent")
BO = a_viewer("trafficking", user="usr_bo")


def shown(browser: Browser) -> set[str]:
    """The tips that the page in hand has rows for."""
    return set(re.findall(r'name="pick:(tip_\w+)"', browser.page.text))


def unlikely(console: Console, blind: bool) -> str:
    """A tip that reads as unlikely, in the blind sample or not."""
    while True:
        tip = console.world.arrive(band=Band.UNLIKELY)
        if in_blind_sample(console.world.entry(tip)) is blind:
            return tip
        console.world.casework.accept(ANA, tip, 1)


def picks(console: Console, *tips: str) -> dict[str, str]:
    return {f"pick:{tip}": str(console.world.version(tip)) for tip in tips}


def test_a_row_says_who_is_looking_and_what_it_may_belong_with(console: Console) -> None:
    first = console.world.arrive("sex_trafficking", vin=VIN)
    console.world.casework.transfer(ANA, first, 1, "violent", "shots")
    second = console.world.arrive("sex_trafficking", vin=VIN)
    bo, ana = console.browser("bo"), console.browser("ana")
    bo.get(f"/desk/tip/{second}")
    page = ana.get(QUEUE).text
    assert "Bo looking" in page
    assert "may belong with 1 earlier" in page
    page = bo.get(QUEUE).text  # works at one desk alone, and has looked itself
    assert "looking" not in page
    assert "may belong with" not in page
    console.world.clock.forward(minutes=6)
    assert "looking" not in ana.get(QUEUE).text


def test_the_blind_sample_shows_nothing_that_was_read(console: Console) -> None:
    finding = Finding("documents_confiscated", 0, 6, Assertion.PRESENT, "rule:x", "1")
    sampled = unlikely(console, blind=True)
    ordinary = console.world.arrive(band=Band.LIKELY, read={"findings": [finding]})
    browser = console.browser("ana")
    page = browser.get(QUEUE).text
    rows = {tip: part for part in page.split('<li class="row')[1:] for tip in re.findall(r'name="pick:(tip_\w+)"', part)}
    assert "Read this one too: blind sample" in rows[sampled]
    assert 'class="band' not in rows[sampled]
    assert "chip-category" not in rows[sampled]
    assert "Documents confiscated" in rows[ordinary]
    preview = browser.get(f"/desk/tip/{sampled}/preview").text
    assert "Unlikely" not in preview
    assert "Blind sample" in preview


def test_one_unlikely_tip_in_twenty_is_sampled_and_always_the_same(console: Console) -> None:
    entry = console.world.entry(console.world.arrive(band=Band.UNLIKELY))
    entries = [replace(entry, tip_id=f"tip_{number:026d}") for number in range(4000)]
    sampled = [one for one in entries if in_blind_sample(one)]
    assert 4000 / ONE_IN * 0.75 < len(sampled) < 4000 / ONE_IN * 1.25
    assert [one for one in entries if in_blind_sample(one)] == sampled
    assert not any(in_blind_sample(replace(one, band=Band.POSSIBLE)) or in_blind_sample(replace(one, life_threat=True)) for one in sampled)


@pytest.fixture
def tips(console: Console) -> dict[str, str]:
    """One tip for each thing that can be asked of a queue."""
    world = console.world
    made = {
        "plain": world.arrive(),
        "threat": world.arrive(urgency=Urgency.P0),
        "urgent": world.arrive(urgency=Urgency.P1, band=Band.LIKELY),
        "labor": world.arrive("labor_trafficking"),
        "spanish": world.arrive(read={"language": "es"}),
        "minor": world.arrive(minor_possible=Answer.YES),
        "mine": world.arrive(),
        "hers": world.arrive(),
        "low": unlikely(console, blind=False),
        "blind": unlikely(console, blind=True),
    }
    world.casework.claim(a_viewer("trafficking", user="usr_ana"), made["mine"], 1)
    world.casework.claim(BO, made["hers"], 1)
    return made


VIEWS: dict[str, set[str]] = {
    "level=P1": {"urgent"},
    "band=likely": {"urgent", "blind"},
    "band=unlikely": {"low", "blind"},
    "category=labor_trafficking": {"labor"},
    "language=ES": {"spanish"},
    "minor=yes": {"minor"},
    "held=mine": {"mine"},
    "held=others": {"hers"},
    "held=mine&held=others": {"mine", "hers"},
    "threat=yes": set(),
    "county=buffalo,+hall&held=mine": {"mine"},
    "county=Hall": set(),
    "partner=prairie-haul&level=P1": {"urgent"},
    "nonsense=1&level=P1": {"urgent"},
}


def test_a_view_never_hides_a_threat_and_says_what_it_leaves_out(console: Console, tips: dict[str, str]) -> None:
    browser, found = console.browser("ana"), {}
    for query in VIEWS:
        page = browser.get(f"{QUEUE}?{query}").text
        found[query] = {name for name, tip in tips.items() if tip in shown(browser)} - {"threat"}
        assert tips["threat"] in shown(browser), query
        assert f"{len(tips) - 1 - len(VIEWS[query])} more open tips are not shown" in page, query
    assert found == VIEWS


def test_late_tips_can_be_asked_for(console: Console) -> None:
    old = console.world.arrive()
    console.world.clock.forward(hours=30)
    console.world.arrive()
    browser = console.browser("ana")
    browser.get(f"{QUEUE}?late=yes")
    assert shown(browser) == {old}
    assert "1 more open tip is not shown" in browser.page.text


def test_a_view_is_kept_renamed_and_removed_by_its_owner_alone(console: Console, tips: dict[str, str]) -> None:
    ana, bo = console.browser("ana"), console.browser("bo")
    ana.get(f"{QUEUE}?level=P1&held=waiting")
    there = ana.submit(f"{QUEUE}/views", name=" Urgent  ones ").headers["location"]
    page = ana.get(there).text
    assert 'aria-current="true">Urgent ones</a>' in page
    assert shown(ana) == {tips["urgent"], tips["threat"]}
    assert re.search(r'name="level" value="P1" checked', page)
    view = there.partition("view=")[2]
    assert bo.get(there).status_code == 404
    token = re.search(r'name="token" value="(\w+)"', bo.get(QUEUE).text)
    assert token
    for path in (f"/desk/view/{view}", f"/desk/view/{view}/remove"):
        assert bo.post(path, {"token": token.group(1), "name": "x"}).status_code == 404
    ana.get(there)
    ana.submit(f"/desk/view/{view}", name="Soon")
    page = ana.get(there).text
    assert ">Soon</a>" in page
    ana.submit(f"/desk/view/{view}/remove")
    assert ana.get(there).status_code == 404
    assert "Soon" not in ana.get(QUEUE).text
    assert [row.action for row in console.world.audit("desk:trafficking") if row.action.startswith("view.")] == [
        "view.keep",
        "view.keep",
        "view.forget",
    ]


def test_views_have_a_limit_and_need_a_name_and_something_to_show(console: Console) -> None:
    ana = console.browser("ana")
    for number in range(MOST + 1):
        ana.get(f"{QUEUE}?level=P1")
        answer = ana.submit(f"{QUEUE}/views", name=f"View {number}")
        assert answer.status_code == (303 if number < MOST else 422)
    ana.get(f"{QUEUE}?level=P1")
    assert ana.submit(f"{QUEUE}/views", name="View 3").status_code == 303  # in place of the one of that name
    for fields in ({"name": " "}, {"name": "x" * 41}, {"name": "Empty", "filters": "colour=red"}):
        ana.get(f"{QUEUE}?level=P1")
        assert ana.submit(f"{QUEUE}/views", **fields).status_code == 422
    token = re.search(r'name="token" value="(\w+)"', ana.get(QUEUE).text)
    assert token
    assert ana.post("/desk/queue/cargo/views", {"token": token.group(1), "name": "x", "filters": "level=P1"}).status_code == 404


def test_pages_of_a_view_keep_to_it(console: Console) -> None:
    for number in range(120):
        console.world.arrive(urgency=Urgency.P1 if number % 2 else Urgency.P3)
    browser = console.browser("ana")
    page = browser.get(f"{QUEUE}?level=P3").text
    assert "Page 1 of 2" in page
    link = re.search(r'href="([^"]+page=2)"', page)
    assert link
    browser.get(html.unescape(link.group(1)))
    assert len(shown(browser)) == 10
    assert all(console.world.entry(tip).urgency is Urgency.P3 for tip in shown(browser))


def test_one_picked_tip_is_done_at_once_with_undo(console: Console) -> None:
    tip, ana = console.world.arrive(), console.browser("ana")
    ana.get(QUEUE)
    there = ana.submit(f"{QUEUE}/bulk", act="claim", **picks(console, tip)).headers["location"]
    assert there.startswith(f"{QUEUE}?done=claim&undo=act_")
    assert "/desk/undo/act_" in ana.get(there).text


def test_many_are_asked_about_before_anything_happens(console: Console) -> None:
    tips = [console.world.arrive() for _ in range(3)]
    likely = console.world.arrive(band=Band.LIKELY)
    ana = console.browser("ana")
    ana.get(QUEUE)
    page = ana.submit(f"{QUEUE}/bulk", act="decline", **picks(console, *tips, likely)).text
    assert "Decline: 4 tips" in page
    assert all(console.world.entry(tip).state is EntryState.WAITING for tip in tips)
    refused = ana.submit(f"{QUEUE}/bulk", reason="")
    assert (refused.status_code, "Choose one of the reasons" in refused.text) == (422, True)
    done = ana.submit(f"{QUEUE}/bulk", reason="unfounded", note="asked the owner").text
    assert "Declined: 3, not 1" in done
    assert "decline it by itself" in done
    assert [console.world.entry(tip).state for tip in (*tips, likely)] == [EntryState.DONE] * 3 + [EntryState.WAITING]
    undone = ana.submit(f"{QUEUE}/bulk/undo").text
    assert "3 acts were taken back" in undone
    assert all(console.world.entry(tip).state is EntryState.WAITING for tip in tips)


@pytest.mark.parametrize(
    ("act", "fields", "desk", "state"),
    [
        ("transfer", {"desk": "violent", "reason": "shots"}, "violent", EntryState.WAITING),
        ("refer", {"desk": "care"}, "care", EntryState.WAITING),
        ("snooze", {"hours": "4", "reason": "a call back"}, "trafficking", EntryState.WAITING),
    ],
)
def test_each_act_asks_for_its_own(console: Console, act: str, fields: dict[str, str], desk: str, state: EntryState) -> None:
    tips = [console.world.arrive() for _ in range(2)]
    ana = console.browser("ana")
    ana.get(QUEUE)
    ana.submit(f"{QUEUE}/bulk", act=act, **picks(console, *tips))
    assert "2 tips went through" in ana.submit(f"{QUEUE}/bulk", **fields).text
    assert {(console.world.entry(tip).desk, console.world.entry(tip).state) for tip in tips} == {(desk, state)}


def test_duplicates_of_one_that_is_among_them(console: Console) -> None:
    tips = [console.world.arrive() for _ in range(3)]
    ana = console.browser("ana")
    ana.get(QUEUE)
    ana.submit(f"{QUEUE}/bulk", act="duplicate", **picks(console, *tips))
    page = ana.submit(f"{QUEUE}/bulk", other=tips[0]).text
    assert "A tip cannot be its own duplicate" in page
    assert set(console.world.case(tips[0]).tips) == set(tips)


def test_a_whole_fold_is_picked_by_one_tick(console: Console) -> None:
    tips = [console.world.arrive() for _ in range(4)]
    with console.world.storage.writing() as work:
        for tip in tips[:3]:
            work.queue.put(replace(console.world.entry(tip), campaign=tips[0], alike=3))
    ana = console.browser("ana")
    page = ana.get(QUEUE).text
    fold = re.search(r'name="(fold:tip_\w+)" value="([^"]+)"', page)
    assert fold
    page = ana.submit(f"{QUEUE}/bulk", act="claim", **{fold.group(1): fold.group(2)}).text
    assert "2 tips went through" in page
    assert [console.world.entry(tip).state for tip in tips].count(EntryState.CLAIMED) == 2


@pytest.mark.parametrize(
    "fields",
    [{}, {"pick:x": "1"}, {"pick:tip_00000000000000000000000001": "one"}, {f"pick:tip_{number:026d}": "1" for number in range(101)}],
    ids=["none", "no_tip", "no_version", "too_many"],
)
def test_nothing_or_too_much_is_refused(console: Console, fields: dict[str, str]) -> None:
    ana = console.browser("ana")
    ana.get(QUEUE)
    assert ana.submit(f"{QUEUE}/bulk", act="claim", **fields).status_code == 422


def test_bulk_does_nothing_that_one_may_not_do(console: Console) -> None:
    cargo = console.world.arrive("cargo_theft", narrative="A secret load.")
    along = console.world.arrive(urgency=Urgency.P1)
    vic = console.browser("vic")
    vic.get("/desk/queue/victim-services")
    page = vic.submit("/desk/queue/victim-services/bulk", act="claim", **picks(console, cargo, along)).text
    assert "not 2" in page
    assert "secret" not in page
    assert console.world.entry(along).state is EntryState.WAITING
    vic.get("/desk/queue/victim-services")
    assert vic.submit("/desk/queue/victim-services/bulk", act="accept", **picks(console, along)).status_code == 404
    token = re.search(r'name="token" value="(\w+)"', vic.get("/desk/queue/victim-services").text)
    assert token
    fields = {"token": token.group(1), "act": "decline", **picks(console, cargo)}
    for act in ("decline", "claim"):
        assert vic.post("/desk/queue/cargo/bulk", {**fields, "act": act}).status_code == 404
    own, ana = console.world.arrive(), console.browser("ana")
    token = re.search(r'name="token" value="(\w+)"', ana.get(QUEUE).text)
    assert token
    assert ana.post("/desk/queue/cargo/bulk", {"token": token.group(1), "act": "claim", **picks(console, own)}).status_code == 404
    assert console.world.entry(own).state is EntryState.WAITING
    assert vic.post(f"{QUEUE}/bulk", {**fields, "token": "0" * 64}).status_code == 403


def test_a_preview_is_a_look_with_its_purpose(console: Console) -> None:
    tip, cargo, ana = console.world.arrive(narrative="A girl <b>ran</b>."), console.world.arrive("cargo_theft"), console.browser("ana")
    page = ana.get(f"/desk/tip/{tip}/preview")
    assert "A girl &lt;b&gt;ran&lt;/b&gt;." in page.text
    assert "<html" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    (row,) = [row for row in console.world.audit(f"tip:{tip}") if row.action == "tip.read"]
    assert (row.actor, row.purpose) == ("user:usr_ana", "preview")
    assert ana.get(f"/desk/tip/{cargo}/preview").status_code == 404
    assert console.browser().get(f"/desk/tip/{tip}/preview").status_code == 303


def test_a_wrong_highlight_is_kept_as_codes_and_shown(console: Console) -> None:
    text = "Her passport was taken by Maria."
    findings = [
        Finding("documents_confiscated", 0, 24, Assertion.PRESENT, "rule:passport", "3"),
        Finding("debt_bondage", 25, 31, Assertion.NEGATED, "model:spans", "7"),
    ]
    tip, ana = console.world.arrive(narrative=text, read={"findings": findings}), console.browser("ana")
    page = ana.get(f"/desk/tip/{tip}").text
    assert "“Her passport was taken b”" in page
    for _ in range(2):  # said twice, kept once
        ana.get(f"/desk/tip/{tip}")
        assert ana.submit(f"/desk/tip/{tip}/wrong", mark="2").headers["location"] == f"/desk/tip/{tip}?done=wrong#evidence"
    (row,) = console.world.audit(f"findings:{tip}")
    assert (row.actor, row.action) == ("user:usr_ana", "finding.wrong")
    assert row.detail == {
        "indicator": "debt_bondage",
        "by": "model:spans",
        "version": "7",
        "start": "25",
        "end": "31",
        "desk": "trafficking",
    }
    assert "Debt bondage</b> was called wrong by Ana" in ana.get(f"/desk/tip/{tip}").text
    for mark in ("0", "3", "x", ""):
        ana.get(f"/desk/tip/{tip}")
        assert ana.submit(f"/desk/tip/{tip}/wrong", mark=mark).status_code == 404
    cargo = console.world.arrive("cargo_theft", narrative=text, read={"findings": findings})
    token = re.search(r'name="token" value="(\w+)"', ana.get(QUEUE).text)
    assert token
    assert ana.post(f"/desk/tip/{cargo}/wrong", {"token": token.group(1), "mark": "1"}).status_code == 404
    assert console.world.audit(f"findings:{cargo}") == []


def test_a_queue_behind_a_restricted_case_shows_none_of_it(console: Console) -> None:
    tip, other = console.world.arrive(narrative="A secret van."), console.world.arrive()
    with console.world.storage.writing() as work:
        case = work.cases.of_tip(tip)
        assert case
        work.cases.update(replace(case, restricted_to=("usr_bo",), version=case.version + 1))
    ana = console.browser("ana")
    for query in ("", "?level=P2", "?county=buffalo"):
        ana.get(QUEUE + query)
        assert shown(ana) == {other}
    ana.get(QUEUE)
    page = ana.submit(f"{QUEUE}/bulk", act="decline", **picks(console, tip, other)).text
    assert "secret" not in page
    assert "Declined: 1, not 1" in ana.submit(f"{QUEUE}/bulk", reason="unfounded").text
    assert console.world.entry(tip).state is EntryState.WAITING
    assert ana.get(f"/desk/tip/{tip}/preview").status_code == 404
    assert tip not in ana.get(QUEUE).text


def test_what_a_person_would_rather_choose_to_see_is_not_shown_beside_a_list(console: Console) -> None:
    finding = Finding("mh_self_harm", 0, 3, Assertion.PRESENT, "rule:x", "1")
    given = {"narrative": "She cuts her arms behind the depot.", "read": {"findings": [finding]}}
    tip, ana = console.world.arrive("mental_health_crisis", "sex_trafficking", **given), console.browser("ana")
    console.index_all()
    for path in (QUEUE, f"/desk/tip/{tip}/preview", "/desk/search?q=depot"):
        assert "cuts" in ana.get(path).text, path
    with console.world.storage.writing() as work:
        work.preferences.put(Preferences("usr_ana", console.world.clock.now(), veiled=("self_harm",)))
    for path in (QUEUE, f"/desk/tip/{tip}/preview", "/desk/search?q=depot"):
        page = ana.get(path).text
        assert "cuts" not in page, path
        assert "it tells of suicide or self-harm" in page, path


def test_threats_that_do_not_fit_into_the_lane_are_in_every_view(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.reading.LANE_LIMIT", 1)
    threats = {console.world.arrive(urgency=Urgency.P0) for _ in range(3)}
    console.world.arrive()
    browser = console.browser("ana")
    browser.get(f"{QUEUE}?county=Hall")
    assert shown(browser) == threats


def test_only_so_many_are_looked_through_and_the_page_says_so(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.reading.LOOKED", 2)
    tips = [console.world.arrive(urgency=Urgency.P1) for _ in range(3)]
    browser = console.browser("ana")
    page = browser.get(f"{QUEUE}?level=P1").text
    assert shown(browser) == set(tips[:2])
    assert "1 wait behind them" in page
