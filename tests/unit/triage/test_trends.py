"""Trends: whole weeks, what changed beyond chance, who is looked at how soon, and nobody to be found in a small number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.world import World, a_viewer
from triage.domain.assessment import Urgency
from triage.domain.trend import TipFact
from triage.trends import RECENT, WEEKS, change, count, table, trends

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def facts(number: int, week: int, county: str = "York", **given: object) -> list[TipFact]:
    """So many tips in a week, 0 being the last whole one."""
    at = MONDAY - timedelta(weeks=week, days=1)
    values = {"partner": "prairie-haul", "channel": "api", "language": "en", "categories": ("sex_trafficking",), "looked_at": None}
    values |= {"urgency": Urgency.P2, "desk": "trafficking", "due_at": at + timedelta(hours=1), **given}
    return [TipFact(received_at=at, county=county, state="NE", **values)] * number  # type: ignore[arg-type]


def test_weeks_are_whole_and_in_order() -> None:
    found = count([*facts(30, 0), *facts(20, 1), *facts(40, WEEKS - 1)], MONDAY)
    assert [number for _, number in found.weeks] == [40, *[0] * (WEEKS - 3), 20, 30]
    assert (found.weeks[0][0], found.weeks[-1][0]) == (MONDAY - timedelta(weeks=WEEKS), MONDAY - timedelta(weeks=1))


def test_what_grew_and_what_shrank_is_marked_and_chance_is_not() -> None:
    grew = [tip for week in range(WEEKS) for tip in facts(30 if week < RECENT else 12, week, "York")]
    shrank = [tip for week in range(WEEKS) for tip in facts(2 if week < RECENT else 15, week, "Hall")]
    stayed = [tip for week in range(WEEKS) for tip in facts(14 + week % 3, week, "Dodge")]
    rows = {row.value: row.change for row in count([*grew, *shrank, *stayed], MONDAY).counties}
    assert (rows["York, NE"], rows["Dodge, NE"]) == ("more", "")
    assert change(120, 8, 1) == "fewer"
    assert change(16, 9, 1) == ""


@given(st.integers(0, 400), st.integers(1, 30))
def test_a_third_of_all_in_the_recent_weeks_is_never_marked(recent: int, rows: int) -> None:
    assert change(2 * recent, recent, rows) == ""


@given(st.integers(0, 300), st.integers(0, 300))
def test_more_rows_never_mark_more(before: int, recent: int) -> None:
    assert not change(before, recent, 20) or change(before, recent, 1) == change(before, recent, 20)


@given(st.lists(st.tuples(st.sampled_from(["York", "Hall", "Dodge", "Lancaster", "Sarpy"]), st.integers(0, WEEKS - 1), st.integers(1, 25))))
def test_no_small_number_stands_on_the_page(groups: list[tuple[str, int, int]]) -> None:
    found = count([fact for county, week, number in groups for fact in facts(number, week, county)], MONDAY)
    numbers = [row.before for row in found.counties] + [row.recent for row in found.counties]
    numbers += [number for _, number in found.weeks] + [one.tips for one in found.by_urgency] + [one.in_time for one in found.by_language]
    assert all(number is None or number == 0 or number >= 11 for number in [*numbers, found.total])


def test_how_soon_people_are_looked_at_by_language() -> None:
    at = MONDAY - timedelta(days=1)
    quick = facts(20, 0, language="en", looked_at=at + timedelta(minutes=10))
    late = facts(15, 0, language="es", looked_at=at + timedelta(hours=3))
    by_language = {one.value: (one.tips, one.in_time, one.minutes) for one in count([*quick, *late], MONDAY).by_language}
    assert by_language == {"en": (20, 20, 10.0), "es": (15, 0, 180.0)}


def test_the_file_says_what_is_held_back() -> None:
    titles = dict.fromkeys(("category", "county", "partner"), str)
    rows = table(count([*facts(30, 5, "York"), *facts(3, 0, "Hall")], MONDAY), titles)
    assert ("county", "Hall, NE", "0", "held back", "") in rows


def test_only_ones_own_desks_are_counted_and_the_look_is_audited(world: World) -> None:
    world.clock.forward(days=-7)
    for _ in range(12):
        world.arrive()
    world.clock.forward(days=7)
    found = trends(world.storage, world.clock, world.ids, a_viewer("trafficking"))
    assert found.total == 12
    assert trends(world.storage, world.clock, world.ids, a_viewer("cargo")).total == 0
    assert [row.action for row in world.audit("index:trends")] == ["trends.read", "trends.read"]
