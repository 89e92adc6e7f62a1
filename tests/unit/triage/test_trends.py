"""Trends: whole weeks, what changed beyond chance, who is looked at how soon, and nobody to be found in a small number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.world import World, a_viewer
from triage.domain.access import Role
from triage.domain.assessment import Urgency
from triage.domain.care import HandOff, HandOffState
from triage.domain.case import CaseKind
from triage.domain.trend import Result, TipFact
from triage.geo.geography import Geography
from triage.trends.counts import PERIOD, WEEKS
from triage.trends.trends import Ground, count, trends

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
ROADS = Ground({"NE/York": ("I-80", "US-81"), "NE/Hall": ("I-80",)})


def facts(number: int, week: int, county: str = "York", **given: object) -> list[TipFact]:
    """So many tips in a week, 0 being the last whole one."""
    at = MONDAY - timedelta(weeks=week, days=1)
    values = {"partner": "prairie-haul", "channel": "api", "language": "en", "categories": ("sex_trafficking",), "looked_at": None}
    values |= {"urgency": Urgency.P2, "desk": "trafficking", "due_at": at + timedelta(hours=1), **given}
    return [TipFact(received_at=at, county=county, state="NE", **values)] * number  # type: ignore[arg-type]


def every_week(number: int, county: str = "York", recent: int | None = None, **given: object) -> list[TipFact]:
    """So many tips in every week, or in the last four others."""
    late = number if recent is None else recent
    return [tip for week in range(WEEKS) for tip in facts(late if week < PERIOD else number, week, county, **given)]


def test_weeks_are_whole_and_in_order() -> None:
    found = count([*facts(30, 0), *facts(20, 1), *facts(40, WEEKS - 1)], MONDAY)
    assert [week.tips for week in found.weeks] == [40, *[0] * (WEEKS - 3), 20, 30]
    assert (found.weeks[0].monday, found.weeks[-1].monday) == (MONDAY - timedelta(weeks=WEEKS), MONDAY - timedelta(weeks=1))
    assert (found.since, found.until, found.total) == (MONDAY - timedelta(weeks=WEEKS), MONDAY - timedelta(days=1), 90)


def test_a_period_with_few_tips_counts_nowhere() -> None:
    found = count([*every_week(15)[: 15 * 8], *facts(3, WEEKS - 1, language="so")], MONDAY)
    assert (found.left_out, found.total) == ((0,), 120)
    assert [week.tips for week in found.weeks] == [None] * 4 + [15] * 8
    assert [(one.key, one.counts, one.before, one.recent) for one in found.places] == [("NE/York", (None, 60, 60), 60, 60)]
    assert {one.value for one in found.by_language} == {"en"}
    assert found.weeks[-1].level is None


def test_nothing_at_all_and_too_little_to_show_are_told_apart() -> None:
    assert (count([], MONDAY).total, count(facts(4, 0), MONDAY).total) == (0, None)


def test_what_grew_and_what_shrank_is_marked_and_chance_is_not() -> None:
    found = count([*every_week(12, "York", 30), *every_week(20, "Hall", 3), *every_week(14, "Dodge", 15)], MONDAY)
    assert {place.key: place.change for place in found.places} == {"NE/York": "more", "NE/Hall": "fewer", "NE/Dodge": ""}
    assert {row.value: row.change for row in found.categories} == {"sex_trafficking": ""}


def test_the_line_rises_above_its_limit_when_much_comes() -> None:
    assert [week.high for week in count(every_week(20, recent=60), MONDAY).weeks] == [False] * 8 + [True] * 4
    assert not any(week.high for week in count(every_week(20), MONDAY).weeks)


def test_counties_stand_by_period() -> None:
    found = count([*facts(20, 11), *facts(30, 5), *facts(40, 2), *facts(15, 11, ""), *facts(12, 6, ""), *facts(3, 1, "Hall")], MONDAY)
    assert [(one.key, one.counts) for one in found.places] == [
        ("NE/York", (20, 30, None)),  # held back beside Hall, or Hall could be computed
        ("", (15, 12, 0)),
        ("NE/Hall", (0, 0, None)),
    ]


def test_before_is_shown_where_its_two_periods_are_not() -> None:
    found = count(
        [*facts(20, 11), *facts(8, 5), *facts(40, 2), *facts(70, 11, "Hall"), *facts(50, 5, "Hall"), *facts(40, 2, "Hall")], MONDAY
    )
    assert {one.key: (one.counts, one.before, one.recent) for one in found.places} == {
        "NE/York": ((None, None, 40), 28, 40),
        "NE/Hall": ((None, None, 40), 120, 40),
    }


def test_corridors_stand_where_their_county_does_and_the_rest_is_not_small() -> None:
    at_york = [*every_week(10, roads=("I-80",)), *every_week(10, roads=("US-20", "US-81")), *every_week(10)]
    at_hall = [*every_week(10, "Hall", roads=("I-80",)), *facts(5, 0, "Hall")]
    found = {row.value: (row.before, row.recent) for row in count([*at_york, *at_hall], MONDAY, ROADS).corridors}
    assert found == {"I-80 NE/York": (80, 40), "US-81 NE/York": (80, 40), "I-80 NE/Hall": (80, None)}


def test_how_soon_people_are_looked_at_by_language() -> None:
    at = MONDAY - timedelta(days=1)
    quick = facts(40, 0, language="en", looked_at=at + timedelta(minutes=10))
    late = facts(15, 0, language="es", looked_at=at + timedelta(hours=3))
    found = count([*quick, *late], MONDAY).by_language
    assert [(one.value, one.tips, one.in_time, one.minutes, one.unlike) for one in found] == [
        ("en", 40, 40, 10.0, "more"),
        ("es", 15, 0, 180.0, "fewer"),
    ]


def test_a_few_that_were_late_are_not_told_by_those_in_time() -> None:
    at = MONDAY - timedelta(days=1)
    fast, slow = at + timedelta(minutes=10), at + timedelta(hours=3)
    found = [
        *facts(50, 0, language="en", looked_at=fast),
        *facts(4, 0, language="en", looked_at=slow),
        *facts(60, 0, language="es", looked_at=fast),
        *facts(12, 0, language="es", looked_at=slow),
        *facts(90, 0, language="fr", looked_at=fast),
        *facts(30, 0, language="fr", looked_at=slow),
    ]
    assert {one.value: one.in_time for one in count(found, MONDAY).by_language} == {"en": None, "es": None, "fr": 90}


def test_what_came_of_the_tips_of_a_partner() -> None:
    tips = [
        *every_week(4, result=Result.ACCEPTED, useful="yes"),
        *every_week(3, result=Result.DECLINED, useful="no"),
        *every_week(2, result=Result.OPEN),
        *facts(7, 0, partner="oak-school"),
        *facts(20, 0, partner="north-clinic", result=Result.ACCEPTED),
    ]
    found = {one.value: (one.tips, one.accepted, one.declined, one.useful) for one in count(tips, MONDAY).yields}
    assert found == {
        "prairie-haul": (108, 48, 36, 48),
        "oak-school": (None, None, None, None),
        "north-clinic": (None, None, None, None),  # held back beside the school
    }


def test_what_they_became_and_what_came_of_handing_on() -> None:
    found = count(
        [*every_week(5), *every_week(3, kind=CaseKind.REFERRAL)], MONDAY, handed=[HandOffState.REACHED] * 20 + [HandOffState.DECLINED] * 12
    )
    assert [(row.value, row.before, row.recent) for row in found.kinds] == [("case", 40, 20), ("referral", 24, 12)]
    assert dict(found.hand_offs) == dict.fromkeys(HandOffState, 0) | {HandOffState.REACHED: 20, HandOffState.DECLINED: 12}
    assert all(number is None for _, number in count(every_week(5), MONDAY, handed=[HandOffState.REACHED] * 3).hand_offs)


def test_the_ground_of_a_policy_names_each_road_once(world: World) -> None:
    ground = Ground.of(world.policy.roads, Geography.load().neighbours)
    assert ground.roads["NE/York"] == ["I-80"]
    assert "NE/Seward" in ground.neighbours("NE/York")


def test_only_what_one_may_read_is_counted_and_the_look_is_audited(world: World) -> None:
    world.clock.forward(days=-7)
    tips = [world.arrive() for _ in range(24)]
    with world.storage.writing() as work:
        for number, tip in enumerate(tips):
            work.hand_offs.put(
                HandOff(
                    f"hof_{number}",
                    tip,
                    world.case(tip).id,
                    "trafficking",
                    "s1",
                    HandOffState.REACHED,
                    "consent",
                    (),
                    "u",
                    world.clock.now(),
                )
            )
    world.clock.forward(days=7)
    found = trends(world.storage, world.clock, world.ids, a_viewer("trafficking"), Ground())
    assert (found.total, dict(found.hand_offs)[HandOffState.REACHED]) == (24, 24)
    other = trends(world.storage, world.clock, world.ids, a_viewer("cargo", role=Role.SUPERVISOR), Ground())
    assert (other.total, other.hand_offs) == (0, ())
    assert [row.action for row in world.audit("index:trends")] == ["trends.read", "trends.read"]


@pytest.mark.parametrize("week", range(WEEKS))
def test_each_tip_counts_in_its_week(week: int) -> None:
    monday = MONDAY - timedelta(weeks=week + 1)
    for at in (monday, monday + timedelta(days=7, microseconds=-1)):
        tip = facts(1, week)[0]
        moved = TipFact(at, *[getattr(tip, name) for name in TipFact.__slots__][1:])
        assert [one.tips for one in count([moved] * 11, MONDAY).weeks].index(11) == WEEKS - 1 - week
