"""The search page: the form that writes into the box, facets in and out, the days, and kept searches that leave something out."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest

from tests.console import Browser, Console
from triage.domain.query import Field
from triage.web.search_view import MOST_BARS, Asked, bars

TEXT = "A girl ran from the silver van."


def link(browser: Browser, pattern: str) -> str:
    """The address of the first link of the page in hand that matches."""
    found = re.search(pattern, browser.page.text)
    assert found, pattern
    return html.unescape(found.group(1))


def total(browser: Browser) -> str:
    found = re.search(r'<h2 id="found">(\d+) case', browser.page.text)
    assert found
    return found.group(1)


@pytest.fixture
def searching(console: Console) -> Browser:
    for labels in (("sex_trafficking",), ("labor_trafficking",), ("labor_trafficking",)):
        console.world.arrive(*labels, narrative=TEXT)
        console.world.clock.forward(days=1)
    console.world.arrive("cargo_theft", narrative=TEXT)
    console.index_all()
    return console.browser("ana")


def test_a_value_is_left_out_and_taken_back(searching: Browser) -> None:
    searching.get("/desk/search?q=van")
    assert total(searching) == "3"
    searching.get(link(searching, r'data-exclude href="([^"]+labor_trafficking)"'))
    assert total(searching) == "1"
    assert "Not Concern: Labor trafficking" in searching.page.text
    searching.get(link(searching, r'href="([^"]+)">Not Concern'))
    assert total(searching) == "3"


def test_picking_a_value_that_was_left_out_changes_sides(searching: Browser) -> None:
    asked = Asked.of("van", ["-county:Webb", "county:Hall", "nonsense", "-x:y", "county:"], "1", "")
    assert (asked.picked, asked.dropped) == (((Field.COUNTY, "Hall"),), ((Field.COUNTY, "Webb"),))
    assert asked.parts == ("county:Hall", "-county:Webb")
    assert "f=county%3AHall&f=county%3AWebb" in asked.picking((Field.COUNTY, "Webb"))
    assert asked.dropping((Field.COUNTY, "Hall")).endswith("f=-county%3AWebb&f=-county%3AHall")
    assert asked.ignoring((Field.COUNTY, "Webb")).endswith("q=van&f=county%3AHall")
    searching.get("/desk/search?q=van&f=-category:labor_trafficking&f=category:sex_trafficking")
    assert total(searching) == "1"


def test_nobody_elses_cases_are_in_a_facet_or_a_day(searching: Browser) -> None:
    page = searching.get("/desk/search?q=van").text.partition('id="narrow"')[2]
    assert "Cargo" not in page
    assert "Sex trafficking" in page
    assert re.findall(r"received%3A(\S+?)\"", page) == ["2026-11-01..2026-11-01", "2026-11-02..2026-11-02", "2026-11-03..2026-11-03"]


def test_a_day_narrows_and_another_takes_its_place(searching: Browser) -> None:
    searching.get("/desk/search?q=van")
    searching.get(link(searching, r'href="([^"]+2026-11-02)"'))
    assert total(searching) == "1"
    assert 'value="van received:2026-11-02..2026-11-02"' in searching.page.text
    day = date(2026, 11, 3)
    assert Asked.of("van received:2026-11-02..2026-11-02", [], "1", "").within(day, day).endswith("van+received%3A2026-11-03..2026-11-03")


@pytest.mark.parametrize(
    ("length", "first", "count"),
    [
        (1, "2026-11-20", 1),
        (MOST_BARS, "2026-09-22", MOST_BARS),
        (MOST_BARS + 1, "week of 2026-09-21", 9),
        (400, "week of 2025-10-13", 58),
        (700, "2024-12", 24),
        (20_000, "2021-12", MOST_BARS),
    ],
)
def test_days_become_weeks_and_months(length: int, first: str, count: int) -> None:
    last = date(2026, 11, 20)
    days = [(last - timedelta(days=number), 2) for number in reversed(range(length))]
    made = bars(Asked.of("van", [], "1", ""), days)
    assert (made[0].title, len(made)) == (first, count)
    if length < 1000:
        assert sum(one.count for one in made) == 2 * length
    assert max(one.height for one in made) == 60
    assert [one.x for one in made] == [10 * number for number in range(count)]


def test_a_day_without_cases_is_a_gap() -> None:
    made = bars(Asked.of("", [], "1", ""), [(date(2026, 11, 1), 3), (date(2026, 11, 4), 1)])
    assert [(one.title, one.count, one.height) for one in made] == [
        ("2026-11-01", 3, 60),
        ("2026-11-02", 0, 0),
        ("2026-11-03", 0, 0),
        ("2026-11-04", 1, 20),
    ]
    assert bars(Asked.of("", [], "1", ""), []) == ()


def test_the_form_writes_into_the_box(searching: Browser) -> None:
    fields = {"every": "girl", "near": "silver van", "within": "2", "spelled": "gril", "since": "2026-11-02", "status": "new"}
    fields["purpose"] = "review"
    answer = searching.get("/desk/search/written?" + urlencode(fields))
    page = searching.get(answer.headers["location"]).text
    assert 'value="gril~ girl &#34;silver van&#34;~2 since:2026-11-02 status:&#34;new&#34;"' in page
    assert 'name="purpose" value="review"' in page
    assert total(searching) == "2"
    assert searching.get("/desk/search/written?within=x&since=soon").headers["location"] == "/desk/search?q=since%3Asoon"


def test_a_kept_search_leaves_out_what_its_page_left_out(console: Console, searching: Browser) -> None:
    searching.get("/desk/search?q=van&f=-category:labor_trafficking&f=kind:case")
    assert searching.submit("/desk/searches", name="Vans").status_code == 303
    with console.world.storage.reading() as work:
        (kept,) = work.saved.of_user("usr_ana")
    assert kept.text == '(van) (kind:"case") -category:"labor_trafficking"'
    searching.get("/desk/search?" + urlencode({"q": kept.text}))
    assert total(searching) == "1"
    searching.get("/desk/search?q=van&f=-category:labor_trafficking")
    file = searching.submit("/desk/search/export", form="csv", purpose="a briefing").text
    assert "1 cases;" in file
    assert "labor" not in file


def test_who_is_nobody_searches_nothing(console: Console) -> None:
    for path in ("/desk/search?q=van", "/desk/search/written?every=van"):
        assert console.browser().get(path).status_code == 303
        assert "/desk/sign-in" in console.browser().get(path).headers["location"]
