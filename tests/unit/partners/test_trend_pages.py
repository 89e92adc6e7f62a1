"""The page of trends: for supervisors alone, with a table beside the chart, and as a file."""

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


def test_supervisors_read_trends(desk: Desk) -> None:
    supervisor = desk.browser(Role.SUPERVISOR)
    page = supervisor.get("/desk/trends")
    assert (page.status_code, "<svg" in page.text, "held back" in page.text) == (200, True, True)
    assert 'href="/desk/trends"' in page.text
    file = supervisor.get("/desk/trends.csv")
    assert (file.status_code, file.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert file.text.splitlines()[0] == "\ufeffwhat,value,8 weeks before,last 4 weeks,change"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPERVISOR}))
def test_nobody_else_does(desk: Desk, role: Role) -> None:
    for path in ("/desk/trends", "/desk/trends.csv"):
        assert desk.browser(role).get(path).status_code == 404
