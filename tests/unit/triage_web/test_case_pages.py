"""The pages about cases, as a browser without scripts sees them."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from tests.builders import an_entity
from tests.console import Browser, Console
from tests.contract.reports_suite import letters, shown
from tests.world import a_viewer
from triage.domain.assessment import Band
from triage.domain.tip import Geo, Person, PersonRole

ANA = a_viewer("trafficking", "violent")
TABS = ("timeline", "tips", "people", "vehicles", "places", "online", "tasks", "messages", "audit", "graph", "map")
TEXT = "A girl <b>ran</b> from the van ABC123 at the truck stop; call me on +1 308 555 0100, he is @someone."


def opened(console: Console, **given: object) -> tuple[str, str]:
    """A case with one tip that Ana has accepted: the tip's id and the case's."""
    read = {
        "entities": [
            an_entity("plate", "ABC123", start=TEXT.index("ABC123"), role="suspect"),
            an_entity("phone", "+13085550100", "+1 308 555 0100", TEXT.index("+1"), role="reporter"),
            an_entity("handle", "@someone", start=TEXT.index("@")),
            an_entity("site", "truck stop", start=TEXT.index("truck")),
        ]
    }
    tip = console.world.arrive(**{"narrative": TEXT, "read": read, **given})  # type: ignore[arg-type]
    console.world.casework.accept(ANA, tip, 1)
    return tip, console.world.case(tip).id


def visible(browser: Browser) -> str:
    """The words of the page's main part."""
    main = browser.page.text.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_the_case_and_none_the_senders_own_details(console: Console, tab: str) -> None:
    _, case = opened(console, persons=(Person(PersonRole.MAY_NEED_HELP, "a girl in a grey coat"),), geo=Geo(41.13, -101.7))
    browser = console.browser("ana")
    assert browser.get(f"/desk/case/{case}?tab={tab}").status_code == 200
    assert "<b>ran" not in browser.page.text
    assert "Next step" in visible(browser)
    if tab not in ("timeline", "tips"):  # there the sender's own words stand, as on the tip's page
        assert "555" not in browser.page.text
    links = re.findall(r'href="(/desk/case/[^"]+)"', browser.page.text)
    assert len([link for link in links if link.startswith(f"/desk/case/{case}")]) >= len(TABS)


def test_what_the_tips_name_stands_in_its_list_with_the_tip(console: Console) -> None:
    tip, case = opened(console, persons=(Person(PersonRole.MAY_NEED_HELP, "a girl in a grey coat"),))
    browser = console.browser("ana")
    for tab, words in (("people", "a girl in a grey coat"), ("vehicles", "ABC123"), ("places", "truck stop"), ("online", "@someone")):
        browser.get(f"/desk/case/{case}?tab={tab}")
        assert words in visible(browser)
        assert f"/desk/tip/{tip}" in browser.page.text
        assert "/desk/search?q=" in browser.page.text
    browser.get(f"/desk/case/{case}?tab=graph")
    assert browser.page.text.count('class="node node-') == 5
    assert browser.page.text.count('<path class="tie"') == 4


def test_a_case_is_worked_and_closed_with_a_second_person(console: Console) -> None:
    tip, case = opened(console, band=Band.LIKELY)
    ana, bo, here = console.browser("ana"), console.browser("bo"), f"/desk/case/{case}"
    ana.get(here)
    ana.submit(f"{here}/work/follow", template="trafficking")
    assert ana.page.headers["location"] == f"{here}?done=case-follow"
    ana.get(here)
    ana.submit(f"{here}/work/close", truth="unfounded", useful="no", note="Nobody was there.")
    assert ana.page.status_code == 422
    assert "Somebody under 18: this has no answer yet." in visible(ana)
    assert "Offer victim services: finish this task" in visible(ana)
    assert "Nobody was there." in ana.page.text
    assert f'href="{here}?tab=tasks#tsk_' in ana.page.text
    ana.submit(f"{here}/work/plan", **{"next_step": "Call", "next_day": "2026-10-30", "field-victim-status": "safe", "field-minor": "no"})
    ana.get("/desk/cases")
    assert "Call" in visible(ana)
    assert "2026-10-30 late" in visible(ana)
    assert "3 of 3 tasks open" in visible(ana)
    ana.get(f"{here}?tab=tasks")
    for task in re.findall(r'<li class="row task" id="(\w+)"', ana.page.text)[:2]:
        ana.get(f"{here}?tab=tasks")
        ana.submit(f"{here}/task/{task}/end", state="done", note="")
    ana.get(here)
    ana.submit(f"{here}/work/close", truth="unfounded", useful="no", outcome="no_concern", note="Nobody was there.")
    assert ana.page.headers["location"] == f"{here}?done=case-propose_close"
    bo.get("/desk/cases?list=desk")
    assert "waits for a second person" in visible(bo)
    bo.get(here)
    assert "Ana asked to close this case. Close it too if you agree" in visible(bo)
    bo.submit(f"{here}/work/close", truth="unfounded", useful="no", outcome="no_concern", note="Agreed.")
    bo.get(f"{here}?done=case-close")
    assert "Closed: Checked, and it did not happen so" in visible(bo)
    assert "closed it: Checked, and it did not happen so (asked for by Ana)" in visible(bo)
    bo.submit(f"{here}/work/reopen", note="The driver called.")
    assert console.world.case(tip).outcome == ""


def test_tasks_and_notes_are_kept_and_mistakes_come_back(console: Console) -> None:
    _, case = opened(console)
    browser, here = console.browser("bo"), f"/desk/case/{case}"
    browser.get(f"{here}?tab=tasks")
    browser.submit(f"{here}/work/task", title="Ask the carrier", assignee="usr_bo", due="someday")
    assert (browser.page.status_code, "Ask the carrier" in browser.page.text) == (422, True)
    browser.submit(f"{here}/work/task", title="Ask the carrier", assignee="usr_bo", due="2026-11-03", required="yes")
    browser.get("/desk/tasks")
    assert "Ask the carrier 2026-11-03" in visible(browser)
    ana = console.browser("ana")
    ana.get(f"{here}?tab=tasks")
    ana.submit(f"{here}/work/task", title="Call the site", assignee="usr_bo")
    browser.get("/desk/alerts")
    assert "1 new Somebody gave you a task" in visible(browser)
    assert f'href="{here}?tab=tasks"' in browser.page.text
    browser.get(here)
    browser.submit(f"{here}/work/note", text="<i>Seen</i> again")
    browser.get(f"{here}?kind=note&order=oldest")
    assert "Bo noted <i>Seen</i> again" in visible(browser)
    assert "<i>Seen" not in browser.page.text
    assert "sent a tip" not in visible(browser)


def test_a_form_of_an_old_page_changes_nothing(console: Console) -> None:
    tip, case = opened(console)
    ana, bo, here = console.browser("ana"), console.browser("bo"), f"/desk/case/{case}"
    bo.get(here)
    ana.get(here)
    ana.submit(f"{here}/work/plan", next_step="Call")
    assert bo.submit(f"{here}/work/plan", next_step="Wait").status_code == 409
    assert console.world.case(tip).version == 3


def test_whoever_may_not_read_it_finds_nothing(console: Console) -> None:
    tip, case = opened(console)
    known, unknown = console.browser("vic"), console.browser("vic")
    for path in ("", "?tab=graph", "?tab=tasks"):
        seen, missing = known.get(f"/desk/case/{case}{path}"), unknown.get(f"/desk/case/case_unknown{path}")
        assert (seen.status_code, missing.status_code) == (404, 404)
    vic = console.browser("vic")
    vic.get("/desk/cases?list=desk")
    assert case not in vic.page.text
    token = re.findall(r'name="token" value="(\w+)"', vic.page.text)[0]
    forms: tuple[tuple[str, dict[str, str]], ...] = (
        (f"/desk/case/{case}/work/note", {"text": "x"}),
        (f"/desk/case/{case}/report", {"purpose": "x"}),
        (f"/desk/tip/{tip}/grade", {"source": "A", "content": "1"}),
    )
    for path, fields in forms:
        assert vic.post(path, {**fields, "token": token}).status_code == 404
    assert [row.action for row in console.world.audit(f"case:{case}")] == []
    admin = console.browser("admin")
    assert [admin.get(path).status_code for path in ("/desk/cases", "/desk/tasks", f"/desk/case/{case}")] == [404, 404, 404]


def test_a_restricted_case_is_nowhere_for_a_colleague(console: Console) -> None:
    tip, case = opened(console)
    with console.world.storage.writing() as work:
        work.cases.update(replace(console.world.case(tip), restricted_to=("usr_ana",), version=3))
    bo, ana = console.browser("bo"), console.browser("ana")
    assert bo.get(f"/desk/case/{case}").status_code == 404
    assert case not in bo.get("/desk/cases?list=desk").text
    assert case in ana.get("/desk/cases?list=desk").text


def test_reading_along_shows_no_form_and_moves_points(console: Console) -> None:
    tip, case = opened(console, geo=Geo(41.1234, -101.7123))
    with console.world.storage.writing() as work:
        work.cases.update(replace(console.world.case(tip), also=("victim-services",), version=3))
    vic, ana = console.browser("vic"), console.browser("ana")
    vic.get(f"/desk/case/{case}")
    assert "people of its desk work on it" in visible(vic)
    assert "/work/" not in vic.page.text
    assert "41.123, -101.712" in visible_map(ana, case)
    assert "41.123, -101.712" not in visible_map(vic, case)
    assert visible_map(vic, case) == visible_map(vic, case)


def visible_map(browser: Browser, case: str) -> str:
    browser.get(f"/desk/case/{case}?tab=map")
    return visible(browser)


def test_a_grade_is_kept_with_its_history(console: Console) -> None:
    tip, case = opened(console)
    browser = console.browser("ana")
    browser.get(f"/desk/tip/{tip}")
    assert browser.submit(f"/desk/tip/{tip}/grade", source="B", content="9").status_code == 422
    browser.submit(f"/desk/tip/{tip}/grade", source="F", content="3", note="one call")
    browser.get(f"/desk/tip/{tip}")
    browser.submit(f"/desk/tip/{tip}/grade", source="B", content="2")
    browser.get(f"/desk/tip/{tip}?done=grade")
    assert "B2 : source usually reliable, content probably true." in visible(browser)
    assert "F3: source cannot be judged, content possibly true one call" in visible(browser)
    browser.get(f"/desk/case/{case}?tab=tips")
    assert "B2" in visible(browser)
    assert [row.detail["grade"] for row in console.world.audit(f"tip:{tip}") if row.action == "tip.grade"] == ["F3", "B2"]


def test_the_history_of_a_source_counts_what_the_viewer_may_read(console: Console) -> None:
    world = console.world
    declined, other, secret = world.arrive(), world.arrive(), world.arrive()
    world.casework.decline(ANA, declined, 1, "unfounded")
    with world.storage.writing() as work:
        work.cases.update(replace(world.case(secret), restricted_to=("usr_bo",), version=2))
    tip, _ = opened(console)
    console.index_all()
    browser = console.browser("ana")
    browser.get(f"/desk/tip/{tip}")
    assert "How earlier tips of Prairie Haul <Trucking> ended" in visible(browser)
    assert "As far as you may read" not in visible(browser)
    browser.get(f"/desk/tip/{tip}?source=1")
    assert "Open cases 1 Declined: Checked, and it did not happen so 1" in visible(browser)
    assert [row.action for row in world.audit(f"tip:{tip}")].count("source.read") == 1
    assert other


def test_a_report_needs_a_purpose_and_is_on_record(console: Console) -> None:
    _, case = opened(console)
    browser, here = console.browser("ana"), f"/desk/case/{case}"
    browser.get(here)
    assert browser.submit(f"{here}/report", purpose=" ").status_code == 422
    answer = browser.submit(f"{here}/report", purpose="briefing on Monday")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    [row] = [row for row in console.world.audit(f"case:{case}") if row.action == "case.export"]
    assert row.purpose == "briefing on Monday"


def test_a_report_names_its_sources_and_not_the_sender(console: Console) -> None:
    tip, case = opened(console)
    browser, here = console.browser("ana"), f"/desk/case/{case}"
    browser.get(f"/desk/tip/{tip}")
    browser.submit(f"/desk/tip/{tip}/grade", source="B", content="2", note="")
    browser.get(here)
    browser.submit(f"{here}/work/note", text="The owner of the lot was called.")
    browser.get(here)
    pages = shown(browser.submit(f"{here}/report", purpose="briefing").content)
    words = letters("".join(pages))
    for text in (
        f"Tip {tip}",
        "Sent through Prairie Haul <Trucking>",
        "Grade B2 by Ana",
        "says test-model",
        "call me on [phone], he is @someone",
        f"ABC123 {tip} suspect, read in the text",
        "The owner of the lot was called.",
        "a person has decided",
    ):
        assert letters(text) in words, text
    assert "555" not in words
    assert all(letters("Taken out by ana on 2026-11-01 12:00 UTC for: briefing") in letters(page) for page in pages)
