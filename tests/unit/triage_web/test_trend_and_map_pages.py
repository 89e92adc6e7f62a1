"""What stands on the pages of trends and on the map, and what does not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.console import Browser, Console
from triage.domain.access import Role, User
from triage.domain.tip import Geo, Place
from triage.geo.geography import Geography

POINT = Geo(40.8136, -96.7026, 20)


def lincoln(**given: object) -> dict[str, object]:
    """A tip from Lancaster County, with a point."""
    return {"place": Place(county="Lancaster", state="NE", road="I-80"), "geo": POINT, **given}


@pytest.fixture
def leader(console: Console) -> Browser:
    """Somebody who leads the desk."""
    with console.world.storage.writing() as work:
        work.users.put(User("usr_lea", "lea", "Lea", Role.SUPERVISOR, frozenset({"trafficking"}), "unused"))
    return console.browser("lea")


def changed(console: Console, tip: str, **given: Any) -> None:
    """The tip's case becomes another."""
    case = console.world.case(tip)
    with console.world.storage.writing() as work:
        work.cases.update(replace(case, version=case.version + 1, **given))


def weeks_of_tips(console: Console) -> None:
    """Some in each of three weeks of the periods that the page shows, and a few of another county."""
    world = console.world
    world.clock.forward(days=-70)
    for number, days in ((14, 28), (13, 28), (16, 14)):
        for _ in range(number):
            world.arrive(**lincoln())
        world.clock.forward(days=days)
    world.clock.forward(days=-7)
    for _ in range(3):
        world.arrive(place=Place(county="Hall", state="NE"))
    world.clock.forward(days=7)


def test_the_page_holds_chart_map_and_tables(console: Console, leader: Browser) -> None:
    weeks_of_tips(console)
    page = leader.get("/desk/trends").text
    assert "<strong>" not in page.partition("Hot spots")[2].partition("Counties</h3>")[0]
    assert 'role="img" aria-label="Counties shaded by tips' in page
    row = re.search(r'<th scope="row">Lancaster County, NE</th>(.*?)</tr>', page)
    assert row
    assert re.findall(r"<td>(.*?)</td>", row.group(1))[:2] == ["14", "13"]
    assert "Hall County, NE" in page
    assert "I-80, Lancaster County, NE" in page


def test_the_map_steps_through_time_by_links(console: Console, leader: Browser) -> None:
    weeks_of_tips(console)
    titles = []
    for step in ("1", "2", "3", "9", "x"):
        page = leader.get(f"/desk/trends?step={step}").text
        titles.append(re.findall(r"<title>Lancaster County, NE: (.*?)</title>", page))
        assert len(re.findall(r'href="/desk/trends\?step=\d#places" aria-current="true"', page)) == 1
    assert titles == [["14 tips"], ["13 tips"], ["held back"], ["held back"], ["held back"]]


def test_small_numbers_stand_nowhere(console: Console, leader: Browser) -> None:
    weeks_of_tips(console)
    page = leader.get("/desk/trends").text
    file = leader.submit("/desk/trends/file", form="csv", purpose="meeting").text
    hall = [line for line in file.splitlines() if line.startswith('"Hall County, NE"')]
    assert [line.split('",', 1)[1].split(",")[:3] for line in hall] == [["county", "0", "held back"]]
    numbers = [int(text) for text in re.findall(r"<td>(\d+)</td>", page)]
    assert [number for number in numbers if 0 < number < 11] == []


def test_a_draft_needs_somewhere_to_go(console: Console, leader: Browser) -> None:
    assert leader.get("/desk/trends/bulletin").status_code == 404


def test_the_map_counts_what_one_may_read_and_lists_it(console: Console) -> None:
    tip, elsewhere = console.world.arrive(**lincoln()), console.world.arrive("cargo_theft", **lincoln())
    page = console.browser("bo").get("/desk/map").text
    assert "<title>Lancaster County, NE: 1 tip</title>" in page
    assert f'href="/desk/tip/{tip}"' in page
    assert elsewhere not in page
    assert "1 of 1 tips have a point" in page
    assert "moved within a kilometre" not in page
    (row,) = console.world.audit("index:map")
    assert (row.actor, row.action, row.detail) == ("user:usr_bo", "map.read", {"tips": "1", "weeks": "4", "category": "", "county": ""})


def test_restricted_cases_are_on_nobody_elses_map(console: Console) -> None:
    world = console.world
    tip = world.arrive(**lincoln())
    changed(console, tip, restricted_to=("usr_ana",))
    assert tip in console.browser("ana").get("/desk/map").text
    assert tip not in console.browser("bo").get("/desk/map").text


def test_points_are_exact_for_the_desk_that_decides_alone(console: Console) -> None:
    world = console.world
    tip = world.arrive(**lincoln())
    place = Geography.load().map_of({"NE"}).place(POINT.lat, POINT.lon)
    assert place
    exact = f'cx="{place[0]}" cy="{place[1]}"'
    assert exact in console.browser("bo").get("/desk/map").text
    changed(console, tip, also=("victim-services",))
    page = console.browser("vic").get("/desk/map").text
    assert tip in page
    assert "moved within a kilometre" in page


def test_the_map_narrows_and_selects_by_links(console: Console) -> None:
    world, browser = console.world, console.browser("ana")
    world.clock.forward(days=-20)
    old = world.arrive(**lincoln())
    world.clock.forward(days=20)
    tip, other = world.arrive(**lincoln()), world.arrive("labor_trafficking", place=Place(county="York", state="NE"))
    page = browser.get("/desk/map?weeks=1").text
    assert (tip in page, other in page, old in page) == (True, True, False)
    page = browser.get("/desk/map?county=NE/York").text
    assert (tip in page, other in page) == (False, True)
    page = browser.get("/desk/map?category=labor_trafficking").text
    assert (tip in page, other in page) == (False, True)
    page = browser.get(f"/desk/map?at={tip}").text
    assert page.count('class="dot dot-at"') == 1
    assert f'Marked on the map: <a href="/desk/tip/{tip}">' in page
    assert f'href="/desk/map?weeks=4&amp;at={tip}#map"' in page


def test_what_nothing_is_called_is_not_asked_for_and_not_written_down(console: Console) -> None:
    tip = console.world.arrive(**lincoln())
    page = console.browser("ana").get("/desk/map?weeks=99&category=<b>&county=NE/Nowhere&at=zz")
    assert (page.status_code, tip in page.text) == (200, True)
    (row,) = console.world.audit("index:map")
    assert row.detail["category"] == row.detail["county"] == ""
