"""Trends as a file and as the draft of a bulletin: what the page shows and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.triage.test_trend_suppression import GROUPS, tips
from tests.unit.triage.test_trends import MONDAY, ROADS, every_week, facts
from tests.world import World, a_viewer
from triage.domain.errors import InvalidInput
from triage.geo.geography import Geography
from triage.trends.report import HEAD, Titles, draft, export, lines
from triage.trends.trends import Ground, count

TITLES = Titles(*[str] * 9)
GROUND = Ground(ROADS.roads, Geography.load().neighbours)


def test_the_file_says_what_is_held_back_and_what_changed() -> None:
    found = count([*every_week(12, recent=30), *facts(3, 0, "Hall"), *every_week(12, "Hall")], MONDAY, ROADS)
    rows = {(what, value): further for value, what, *further in lines(found, TITLES)}
    assert rows["concern", "sex_trafficking"] == ["192", "171", "", "more than before"]
    assert rows["county", "NE/York"] == ["96", "120", "", "weeks 1 to 4: 48, weeks 5 to 8: 48, weeks 9 to 12: 120; more than before"]
    assert rows["what came of it", "prairie-haul"] == ["", "", "363", "accepted 0, declined 0, useful 0"]
    assert all(len(row) == len(HEAD) for row in lines(found, TITLES))


def test_small_numbers_are_words() -> None:
    found = count([*every_week(10), *facts(7, 0, "Hall")], MONDAY)
    rows = {(what, value): further[:2] for value, what, *further in lines(found, TITLES)}
    assert (rows["county", "NE/Hall"], rows["county", "NE/York"]) == (["0", "held back"], ["80", "held back"])


@settings(max_examples=40)
@given(st.lists(GROUPS, max_size=14))
def test_no_number_of_tips_in_a_file_or_a_draft_is_small(
    groups: list[tuple[int, int, str, str, tuple[str, ...], object, int | None]],
) -> None:
    found = count(tips(groups), MONDAY, GROUND)  # type: ignore[arg-type]
    for _value, what, before, recent, number, further in lines(found, TITLES):
        told = [before, recent, number]
        told += re.findall(r"(?:accepted|declined|useful|in time|\d:) (\d+)", further) if what != "week" else []
        assert [text for text in told if text.isdigit() and 0 < int(text) < 11] == []
    text = draft(found, TITLES, "The agency").text
    counts = [int(number) for number in re.findall(r"(?:: |received )(\d+)", text)]
    assert [number for number in counts if 0 < number < 11] == []


def test_a_draft_names_concerns_counties_and_hot_spots_alone() -> None:
    spread = [tip for name in ("Hall", "Dodge", "Keith", "Cass") for tip in every_week(12, name, partner="oak-school")]
    found = count([*spread, *every_week(12, recent=60, roads=("I-80",))], MONDAY, GROUND)
    assert found.hot_spots
    made = draft(found, TITLES, "The task force")
    assert made.title == "Trends in reports, August 31, 2026 to November 22, 2026"
    for words in (
        "- sex_trafficking: 432 (more than in the weeks before)",
        "- NE/York: 240",
        "More came from here than chance explains: NE/York",
    ):
        assert words in made.text
    for words in ("I-80", "oak-school", "prairie-haul", "trafficking desk", "P2"):
        assert words not in made.text
    assert len(made.title) <= 120


def test_a_file_needs_a_purpose_and_is_marked_with_it(world: World) -> None:
    viewer = a_viewer("trafficking")
    with pytest.raises(InvalidInput):
        export(world.storage, world.clock, world.ids, replace(viewer, purpose="  "), Ground(), TITLES, "The agency")
    table = export(world.storage, world.clock, world.ids, replace(viewer, purpose="monthly meeting"), Ground(), TITLES, "The agency")
    assert any("ana" in note and "for: monthly meeting" in note for note in table.notes)
    assert [(row.action, row.purpose) for row in world.audit("index:trends")] == [("trends.export", "monthly meeting")]
