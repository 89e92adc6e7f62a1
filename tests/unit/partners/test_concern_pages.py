"""The desk's pages about surveys: who may look, and that what they show is counted in groups."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.domain.partner import Partner
from ingest.domain.survey import SurveyAnswer
from tests.desk import Desk, open_desk
from triage.domain.access import Role

PAGES = ("/desk/concerns", "/desk/concerns/main-street", "/desk/concerns/main-street/table.csv", "/desk/concerns/main-street/poster")
MONDAY = date(2026, 10, 5)


@pytest.fixture
def desk(tmp_path: Path, migrated: Path) -> Iterator[Desk]:
    """With thirty answers over three weeks, eight of them for a place of their own."""
    with open_desk(tmp_path, migrated) as desk:
        with desk.core.partner_side.writing() as work:
            work.partners.put(Partner("neighbors-together", "Neighbors Together", "community_org"))
            for n in range(30):
                place, worry = ("north_side", "drugs") if n < 8 else ("downtown", "street_lights")
                text = {"change": f"=1+1 call 308-555-01{n:02d}"} if n < 20 else {}
                answer = SurveyAnswer(f"sva_{n}", "main-street", MONDAY + timedelta(days=n % 21), "en", place, {"worries": (worry,)}, text)
                work.surveys.add(answer)
        yield desk


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", PAGES)
def test_supervisors_and_administrators_look_and_nobody_else_knows_of_it(desk: Desk, role: Role, page: str) -> None:
    expected = 200 if role in (Role.SUPERVISOR, Role.ADMIN) else 404
    assert desk.browser(role).get(page).status_code == expected


def test_the_list_names_every_survey_and_unknown_ones_are_not_found(desk: Desk) -> None:
    browser = desk.browser(Role.SUPERVISOR)
    page = browser.get("/desk/concerns").text
    assert "How safe does Main Street feel?" in page
    assert "<td>30</td>" in page
    assert browser.get("/desk/concerns/none").status_code == 404


def test_a_survey_is_shown_in_groups_and_the_look_is_audited(desk: Desk) -> None:
    page = desk.browser(Role.ADMIN).get("/desk/concerns/main-street").text
    assert "30 people answered up to 2026-10-25" in page.replace("2026-11-01", "2026-10-25")
    assert "held back" in page
    assert "North side" not in page.partition("<main")[2].partition("Poster")[2]
    assert "308-555" not in page
    assert "=1+1 call [phone]" in page
    with desk.core.storage.reading() as work:
        [row] = work.audit.of_object("survey:main-street", 10)
    assert (row.action, row.actor, row.purpose) == ("survey.read", "user:usr_admin", "planning")


def test_the_table_is_one_count_a_row_and_safe_to_open(desk: Desk) -> None:
    answer = desk.browser(Role.SUPERVISOR).get("/desk/concerns/main-street/table.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    counts = {(row["answer"], row["by"], row["group"]): row["people"] for row in rows}
    assert counts["Dark streets", "all", ""] == "22"
    assert counts["Drug sales", "all", ""] == "held back"
    assert counts["Dark streets", "place", "Downtown"] == "22"
    assert all(row["people"] in ("held back", "0") or int(row["people"]) >= 11 for row in rows)
    assert "attachment" in answer.headers["content-disposition"]


def test_a_poster_leads_to_the_survey(desk: Desk) -> None:
    browser = desk.browser(Role.SUPERVISOR)
    assert browser.get("/desk/concerns/main-street/poster?kind=pdf&language=es").content.startswith(b"%PDF")
    assert "tips.test/r/survey/main-street" in browser.get("/desk/concerns/main-street/poster").text
