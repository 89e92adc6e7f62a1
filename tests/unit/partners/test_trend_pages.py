"""The pages of trends in the whole application: for supervisors alone, and on to a bulletin that partners read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, open_desk
from triage.domain.access import Role


@pytest.fixture
def desk(tmp_path: Path, migrated: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, migrated) as desk:
        yield desk


def test_supervisors_read_trends_and_take_them_away(desk: Desk) -> None:
    supervisor = desk.browser(Role.SUPERVISOR)
    page = supervisor.get("/desk/trends")
    assert (page.status_code, "<svg" in page.text, "held back" in page.text) == (200, True, True)
    assert 'href="/desk/trends"' in page.text
    file = supervisor.submit("/desk/trends/file", form="csv", purpose="monthly meeting")
    assert (file.status_code, file.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "Supervisor" not in file.text.splitlines()[0]
    assert "for: monthly meeting" in file.text
    supervisor.get("/desk/trends")
    pdf = supervisor.submit("/desk/trends/file", form="pdf", purpose="monthly meeting")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    with desk.core.storage.reading() as work:
        rows = [(row.action, row.purpose) for row in work.audit.of_object("index:trends", 10)]
    assert rows.count(("trends.export", "monthly meeting")) == 2


@pytest.mark.parametrize("fields", [{"form": "csv", "purpose": " "}, {"form": "xlsx", "purpose": "meeting"}])
def test_no_file_without_a_purpose_or_of_another_kind(desk: Desk, fields: dict[str, str]) -> None:
    supervisor = desk.browser(Role.SUPERVISOR)
    supervisor.get("/desk/trends")
    assert supervisor.submit("/desk/trends/file", **fields).status_code == 422


def test_a_draft_goes_on_to_the_form_for_bulletins(desk: Desk) -> None:
    supervisor = desk.browser(Role.SUPERVISOR)
    draft = supervisor.get("/desk/trends/bulletin").text
    assert "Numbers below 11 are not shown" in draft
    form = supervisor.submit("/desk/bulletins/new", title="Trends in autumn", text="More reports about cargo.\n\nLook out for it.")
    assert form.status_code == 200
    assert 'value="Trends in autumn"' in form.text
    assert "More reports about cargo." in form.text
    with desk.core.partner_side.reading() as work:
        assert work.bulletins.all(10) == []
    preview = supervisor.submit(
        "/desk/bulletins/new", title="Trends in autumn", text="More reports.", kind="bulletin", to="everybody", go="look"
    )
    assert preview.status_code == 200
    published = supervisor.submit("/desk/bulletins/new", go="publish")
    assert published.status_code == 303
    with desk.core.partner_side.reading() as work:
        assert [bulletin.title for bulletin in work.bulletins.all(10)] == ["Trends in autumn"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPERVISOR}))
def test_nobody_else_does(desk: Desk, role: Role) -> None:
    browser = desk.browser(role)
    for path in ("/desk/trends", "/desk/trends/bulletin"):
        assert browser.get(path).status_code == 404
    page = browser.get("/desk/keys")
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    assert browser.post("/desk/trends/file", {"token": token, "form": "csv", "purpose": "curious"}).status_code == 404
    with desk.core.storage.reading() as work:
        assert work.audit.of_object("index:trends", 10) == []


@pytest.mark.parametrize("role", Role)
def test_those_who_work_cases_have_a_map(desk: Desk, role: Role) -> None:
    page = desk.browser(role).get("/desk/map")
    may = role in (Role.ANALYST, Role.SUPERVISOR)
    assert page.status_code == (200 if may else 404)
    assert ('href="/desk/map"' in page.text) == may
