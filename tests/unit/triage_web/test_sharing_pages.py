"""The pages of shares, restrictions and task forces: two agencies' people, without scripts."""

from __future__ import annotations

import html
import json
import re

import pytest

from ingest.ports import Purpose
from tests.console import Browser, Console
from tests.sharing import JPEG
from tests.world import a_viewer
from triage.domain.access import Role, User
from triage.domain.assessment import Urgency
from triage.domain.attachment import Attachment
from triage.domain.share import Share
from triage.domain.tip import Place
from triage.wellness import Wellness

PEOPLE = {
    "chi": (Role.ANALYST, "child"),
    "cam": (Role.ANALYST, "cargo"),
    "sue": (Role.SUPERVISOR, "trafficking"),
    "sam": (Role.SUPERVISOR, "trafficking"),
    "pia": (Role.SUPERVISOR, "trafficking"),
    "lia": (Role.ANALYST, "liaison"),
}
STORY = "A man in a red truck waits for girls <behind> the scales."


@pytest.fixture(autouse=True)
def people(console: Console) -> None:
    with console.world.storage.writing() as work:
        for name, (role, desk) in PEOPLE.items():
            work.users.put(User(f"usr_{name}", name, name.capitalize(), role, frozenset({desk}), ""))


def shares(console: Console) -> list[Share]:
    with console.world.storage.reading() as work:
        return work.shares.newest(10)


def wish(tip: str, to: str = "child", **given: str) -> dict[str, str]:
    parts = {f"part_{part}": "1" for part in ("text", "findings", "entities", "place", "level", "pictures")}
    return {"to": to, "mode": "info", "why": "The same truck was seen there", "until": "2026-12-01", tip: "1", **parts, **given}


def seen(page: str) -> str:
    """The part of a page that shows what is shared."""
    found = re.search(r'<section class="seen".*?</section>', page, re.S)
    assert found, "nothing of a share is shown"
    return found.group()


def shared(console: Console, tip: str, to: str = "child", **given: str) -> Share:
    """Go the whole way: tab, form, preview, share."""
    ana, case = console.browser("ana"), console.world.case(tip).id
    ana.get(f"/desk/case/{case}?tab=shares")
    assert f'href="/desk/case/{case}/share"' in ana.page.text
    ana.get(f"/desk/case/{case}/share")
    assert ana.submit(f"/desk/case/{case}/share/preview", **wish(tip, to, **given)).status_code == 200
    assert shares(console) == [] or shares(console)[0].to != to
    assert ana.submit(f"/desk/case/{case}/share").headers["location"] == f"/desk/case/{case}?tab=shares&done=shared"
    ana.get(f"/desk/case/{case}?tab=shares&done=shared")
    assert "Shared. The receiving desk is told." in ana.page.text
    return shares(console)[0]


def add_picture(console: Console, tip: str) -> Attachment:
    world = console.world
    picture = Attachment("att_1", tip, world.clock.now(), "a" * 64, "image/jpeg", len(JPEG), 8, 6)
    world.blobs.put(picture.id, world.sealer.seal(Purpose.PHOTO, picture.id, JPEG))
    with world.storage.writing() as work:
        work.attachments.put(picture)
    return picture


def test_the_preview_is_byte_for_byte_what_the_receiver_reads(console: Console) -> None:
    tip = console.world.arrive(narrative=STORY, place=Place(name="Flying J", county="Sarpy", state="NE"))
    add_picture(console, tip)
    case, ana = console.world.case(tip).id, console.browser("ana")
    ana.get(f"/desk/case/{case}/share")
    preview = seen(ana.submit(f"/desk/case/{case}/share/preview", **wish(tip)).text)
    ana.submit(f"/desk/case/{case}/share")
    chi = console.browser("chi")
    assert preview == seen(chi.get(f"/desk/shared/{shares(console)[0].id}").text)
    assert html.escape(STORY) in preview
    assert "Prairie Haul" not in chi.page.text, "who sent it is not shared"


def test_what_was_not_chosen_is_not_on_the_page(console: Console) -> None:
    tip = console.world.arrive(narrative=STORY)
    case, ana = console.world.case(tip).id, console.browser("ana")
    ana.get(f"/desk/case/{case}/share")
    fields = {"to": "child", "mode": "info", "why": "To know of it", "until": "2026-12-01", tip: "1", "part_level": "1"}
    ana.submit(f"/desk/case/{case}/share/preview", **fields)
    ana.submit(f"/desk/case/{case}/share")
    page = console.browser("chi").get(f"/desk/shared/{shares(console)[0].id}").text
    assert "red truck" not in page
    assert "Pictures" not in page
    assert "P2" in page


def test_the_receiver_finds_it_and_loses_it_with_the_recall(console: Console) -> None:
    tip = console.world.arrive(narrative=STORY)
    share, chi = shared(console, tip), console.browser("chi")
    assert f'href="/desk/shared/{share.id}"' in chi.get("/desk/queue/child").text
    assert share.why in chi.get("/desk/shared").text
    assert chi.get(f"/desk/shared/{share.id}").status_code == 200
    assert chi.get(f"/desk/case/{share.case_id}").status_code == 404
    assert chi.get(f"/desk/tip/{tip}").status_code == 404
    ana = console.browser("bo")
    ana.get(f"/desk/case/{share.case_id}?tab=shares")
    assert ana.submit(f"/desk/shared/{share.id}/recall").status_code == 303
    assert "Take it back" not in ana.get(f"/desk/case/{share.case_id}?tab=shares").text
    assert chi.get(f"/desk/shared/{share.id}").status_code == 404
    assert share.id not in chi.get("/desk/queue/child").text + chi.get("/desk/shared").text


@pytest.mark.parametrize(("name", "status"), [("cam", 404), ("vic", 404), ("ana", 404), ("admin", 404), ("", 303)])
def test_nobody_else_opens_a_share(console: Console, name: str, status: int) -> None:
    share = shared(console, console.world.arrive())
    browser = console.browser(name)
    assert browser.get(f"/desk/shared/{share.id}").status_code == status
    assert browser.get(f"/desk/shared/{share.id}/picture/att_1").status_code == status
    assert browser.post(f"/desk/shared/{share.id}/recall", {}).status_code in (303, 403)
    assert shares(console) == [share]


def test_a_form_that_does_not_fit_comes_back_filled_in(console: Console) -> None:
    tip = console.world.arrive()
    case, ana = console.world.case(tip).id, console.browser("ana")
    ana.get(f"/desk/case/{case}/share")
    answer = ana.submit(f"/desk/case/{case}/share/preview", **wish(tip, why="", until="2027-12-01"))
    assert answer.status_code == 422
    assert "Write why they need it" in answer.text
    assert "at most 180 days ahead" in answer.text
    assert 'value="2027-12-01"' in answer.text
    assert '<option value="child" selected>' in answer.text
    assert ana.submit(f"/desk/case/{case}/share/preview", **wish(tip, until="soon")).status_code == 422
    assert ana.submit(f"/desk/case/{case}/share/preview", **wish(tip, mode="all")).status_code == 422
    assert ana.submit(f"/desk/case/{case}/share/preview", **wish(tip, change="1")).status_code == 200
    assert "Show what they will see" in ana.page.text
    ana.submit(f"/desk/case/{case}/share/preview", **wish(tip, "trafficking"))
    assert ana.page.status_code == 422
    assert shares(console) == []


def test_a_shared_picture_is_grey_and_fetched_on_request(console: Console) -> None:
    tip = console.world.arrive()
    picture = add_picture(console, tip)
    share, chi = shared(console, tip), console.browser("chi")
    page = chi.get(f"/desk/shared/{share.id}").text
    assert "<img" not in page
    assert f"?show={picture.id}#" in page
    assert (
        f'<img class="veil" src="/desk/shared/{share.id}/picture/{picture.id}"'
        in chi.get(f"/desk/shared/{share.id}?show={picture.id}").text
    )
    answer = chi.get(f"/desk/shared/{share.id}/picture/{picture.id}")
    assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_hard_texts_stay_under_the_veil_that_the_reader_chose(console: Console) -> None:
    tip = console.world.arrive("child_sexual_exploitation", narrative=STORY)
    chi, ana = console.browser("chi"), console.browser("ana")
    case = console.world.case(tip).id
    chi.get(f"/desk/case/{case}/share")
    chi.submit(f"/desk/case/{case}/share/preview", **wish(tip, "trafficking"))
    chi.submit(f"/desk/case/{case}/share")
    share = shares(console)[0]
    assert "red truck" in ana.get(f"/desk/shared/{share.id}").text
    Wellness(console.world.storage, console.world.clock, console.world.ids).set(
        a_viewer("trafficking", user="usr_ana"), ["child_sexual"], [], 25
    )
    assert "red truck" not in ana.get(f"/desk/shared/{share.id}").text
    assert "veiled, as you chose" in ana.page.text
    assert "red truck" in ana.get(f"/desk/shared/{share.id}?text=1").text
    assert console.world.audit(f"share:{share.id}")[-1].purpose == "unveiled"


def test_joint_work_opens_the_case_until_it_is_taken_back(console: Console) -> None:
    tip = console.world.arrive(narrative=STORY)
    share, cam = shared(console, tip, "cargo", mode="joint"), console.browser("cam")
    assert f'href="/desk/case/{share.case_id}"' in cam.get(f"/desk/shared/{share.id}").text
    assert cam.get(f"/desk/tip/{tip}").status_code == 200
    assert "Share this case" not in cam.get(f"/desk/case/{share.case_id}?tab=shares").text
    assert cam.get(f"/desk/case/{share.case_id}/restrict").status_code == 404
    bo = console.browser("bo")
    bo.get(f"/desk/case/{share.case_id}?tab=shares")
    bo.submit(f"/desk/shared/{share.id}/recall")
    assert cam.get(f"/desk/tip/{tip}").status_code == 404


def test_the_bureau_takes_it_out_and_says_that_it_was_sent(console: Console) -> None:
    tip = console.world.arrive(narrative=STORY)
    share, lia = shared(console, tip, "foreign-police"), console.browser("lia")
    page = lia.get(f"/desk/shared/{share.id}").text
    assert "Waits to be sent on" in page
    assert "I-24/7" in page
    export = f"/desk/shared/{share.id}/export"
    assert lia.submit(export, purpose=" ", form="json").status_code == 422
    assert "Write why you take it out" in lia.page.text
    lia.get(f"/desk/shared/{share.id}")
    found = json.loads(lia.submit(export, purpose="Request 17", form="json").text)
    assert found["tips"][0]["text"] == STORY
    assert "for: Request 17" in found["mark"]
    assert set(found) == {"mark", "agency", "share", "from", "why", "until", "tips"}
    assert "attachment" in lia.page.headers["content-disposition"]
    lia.get(f"/desk/shared/{share.id}")
    printed = lia.submit(export, purpose="Request 17", form="html").text
    assert seen(printed) == seen(page)
    assert "taken out by" in printed
    lia.get(f"/desk/shared/{share.id}")
    lia.submit(f"/desk/shared/{share.id}/pass-on", answer="sent", words="N-2026/17")
    assert "N-2026/17" in lia.get(f"/desk/shared/{share.id}?done=passed").text
    assert "It was sent" not in lia.page.text
    bo = console.browser("bo")
    assert "was sent on" in bo.get("/desk/queue/trafficking").text
    assert "N-2026/17" in bo.get(f"/desk/case/{share.case_id}?tab=shares").text


def restricted(console: Console, tip: str) -> str:
    """Ana and Sue alone know of the tip's case from now on."""
    case, sue = console.world.case(tip).id, console.browser("sue")
    sue.get(f"/desk/case/{case}?tab=shares")
    assert f'href="/desk/case/{case}/restrict"' in sue.page.text
    sue.get(f"/desk/case/{case}/restrict")
    assert "Ana" in sue.page.text
    assert "Chi" not in sue.page.text
    answer = sue.submit(f"/desk/case/{case}/restrict", person_usr_ana="1", why="It names one of us")
    assert answer.headers["location"].endswith("done=restricted")
    assert "Only these people: Ana, Sue" in sue.get(answer.headers["location"]).text
    return case


def test_colleagues_lose_a_restricted_case_on_every_page(console: Console) -> None:
    tip = console.world.arrive(narrative=STORY, urgency=Urgency.P0)
    case = restricted(console, tip)
    console.index_all()
    pages = (f"/desk/tip/{tip}", f"/desk/case/{case}", f"/desk/case/{case}/share", f"/desk/case/{case}/restrict")
    lists = ("/desk/queue/trafficking", "/desk/queue/trafficking/handover", "/desk/search?q=truck", "/desk/cases", "/desk/task-forces")
    ana, bo = console.browser("ana"), console.browser("bo")
    assert all(ana.get(page).status_code == 200 for page in pages[:3])
    assert all("red truck" in ana.get(page).text for page in lists[:2])
    assert tip in ana.get(lists[2]).text or case in ana.page.text
    for page in pages:
        assert bo.get(page).status_code == 404, page
    for page in lists:
        text = bo.get(page).text
        assert "red truck" not in text, page
        assert case not in text.replace("case%3A", ""), page
        assert tip not in text, page


def test_the_named_supervisor_opens_it_up(console: Console) -> None:
    tip = console.world.arrive()
    case, sue = restricted(console, tip), console.browser("sue")
    sue.get(f"/desk/case/{case}/restrict")
    assert sue.submit(f"/desk/case/{case}/restrict", why="", person_usr_ana="1").status_code == 422
    hidden = dict(re.findall(r'name="(token|version)" value="([^"]+)"', sue.page.text))
    assert sue.post(f"/desk/case/{case}/open-up", {**hidden, "why": "It is settled"}).status_code == 303
    assert console.browser("bo").get(f"/desk/tip/{tip}").status_code == 200


def test_two_supervisors_get_in_and_the_named_read_of_it(console: Console) -> None:
    case = restricted(console, console.world.arrive())
    sam, pia, ana = console.browser("sam"), console.browser("pia"), console.browser("ana")
    assert console.browser("bo").get("/desk/sealed").status_code == 404
    assert 'href="/desk/sealed"' in sam.get("/desk/shared").text
    assert 'href="/desk/sealed"' not in ana.get("/desk/shared").text
    sam.get("/desk/sealed")
    assert sam.submit("/desk/sealed/ask", case=case, why="short").status_code == 422
    assert sam.submit("/desk/sealed/ask", case=case, why="Ana and Sue have both left the agency").status_code == 303
    assert sam.get("/desk/sealed?done=asked").status_code == 200
    assert "one of these must agree" in sam.page.text
    assert "another supervisor of the desk must agree" in sam.get(f"/desk/sealed?case={case}").text
    assert sam.get("/desk/sealed?case=case_00000000000000000000000000").status_code == 404
    assert f'href="/desk/sealed?case={case}"' in pia.get("/desk/alerts").text
    assert "have both left" in pia.get(f"/desk/sealed?case={case}").text
    assert pia.submit("/desk/sealed/agree").status_code == 303
    assert sam.get(f"/desk/case/{case}").status_code == 200
    assert ana.get("/desk/alerts").text.count("restricted case of yours") == 2


def test_a_task_force_shows_what_its_members_hold(console: Console) -> None:
    world = console.world
    ours = world.arrive("sex_trafficking", narrative="Ours by the river", place=Place(county="Sarpy", state="NE"))
    theirs = world.arrive("cargo_theft", narrative="Theirs by the yard", place=Place(county="Cass", state="NE"))
    away = world.arrive("cargo_theft", narrative="Elsewhere", place=Place(county="Dawes", state="NE"))
    bo = console.browser("bo")
    assert "Eastern corridor task force" in bo.get("/desk/task-forces").text
    assert "I-80 in NE, miles 412 to 444" in bo.page.text
    page = bo.get("/desk/task-force/east-corridor").text
    mine, others = page.split('id="theirs"')
    assert f"/desk/tip/{ours}" in mine
    assert f"/desk/tip/{theirs}" in others
    assert away not in page
    assert bo.get(f"/desk/tip/{theirs}").status_code == 200
    assert bo.get(f"/desk/tip/{away}").status_code == 404
    row = world.audit("task-force:east-corridor")[-1]
    assert (row.action, row.actor, row.detail["shown"]) == ("queue.read", "user:usr_bo", "2")
    world.casework.transfer(a_viewer("cargo", user="usr_cam"), theirs, world.version(theirs), "oversight", "It is about one of us")
    assert theirs not in bo.get("/desk/task-force/east-corridor").text
    for name, status in (("chi", 404), ("admin", 404), ("vic", 404)):
        browser: Browser = console.browser(name)
        assert browser.get("/desk/task-force/east-corridor").status_code == status
        assert "Eastern" not in browser.get("/desk/task-forces").text
