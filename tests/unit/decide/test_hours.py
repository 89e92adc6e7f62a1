"""Targets: round the clock or in the working time of a desk, counted exactly through holidays and changes of the clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import example_policy
from triage.domain.assessment import Urgency
from triage.domain.hours import Calendar, day_at, moment_at
from triage.domain.policy import Desk, DeskNature, Policy

OFFICE = Calendar("office", "America/Chicago", (((480, 1020),),) * 5 + ((), ()), frozenset({date(2026, 11, 26)}))
HALF_HOURS = (*range(0, 31, 30), *range(240, 1441, 30))
"""Not between half past midnight and four, when clocks change: there a minute of the day may be missing, or come twice."""
ZONES = ("America/Chicago", "America/Denver", "Europe/London", "Asia/Kolkata", "UTC")


def at(text: str, zone: str = "America/Chicago") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-02T09:00", 8, "2026-11-02T17:00"),  # the working day ends exactly then
        ("2026-11-02T09:00", 9, "2026-11-03T09:00"),
        ("2026-11-06T16:00", 2, "2026-11-09T09:00"),  # over a weekend
        ("2026-11-07T12:00", 1, "2026-11-09T09:00"),  # begins on a day without hours
        ("2026-11-25T16:30", 1, "2026-11-27T08:30"),  # over Thanksgiving
        ("2026-10-30T16:00", 2, "2026-11-02T09:00"),  # over the night in which clocks go back
        ("2026-03-06T16:00", 2, "2026-03-09T09:00"),  # and forward
    ],
)
def test_working_time_is_counted_by_the_desks_own_clock(start: str, hours: int, due: str) -> None:
    assert OFFICE.after(at(start), timedelta(hours=hours)) == at(due)
    assert OFFICE.between(at(start), at(due)) == timedelta(hours=hours)


def test_a_minute_that_is_skipped_means_the_end_of_the_gap_and_one_that_comes_twice_its_first_coming() -> None:
    assert moment_at("America/Chicago", date(2026, 3, 8), 150) == datetime(2026, 3, 8, 8, tzinfo=UTC)
    assert moment_at("America/Chicago", date(2026, 3, 8), 180) == datetime(2026, 3, 8, 8, tzinfo=UTC)
    assert moment_at("America/Chicago", date(2026, 11, 1), 90) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    night = Calendar("night", "America/Chicago", (((0, 360),),) * 7)
    for day, hours in ((date(2026, 3, 8), 5), (date(2026, 11, 1), 7), (date(2026, 11, 2), 6)):
        start = moment_at("America/Chicago", day, 0)
        assert night.between(start, start + timedelta(hours=12)) == timedelta(hours=hours)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = []
    for _ in range(7):
        edges = sorted(draw(st.lists(st.sampled_from(HALF_HOURS), max_size=4, unique=True)))
        week.append(tuple(zip(edges[::2], edges[1::2], strict=False)))
    if not any(week):
        week[draw(st.integers(0, 6))] = ((480, 1020),)
    days = st.dates(date(2026, 3, 1), date(2026, 3, 20)) | st.dates(date(2026, 10, 20), date(2026, 11, 10))
    return Calendar("any", draw(st.sampled_from(ZONES)), tuple(week), draw(st.frozensets(days, max_size=3)))


def moments(first: date, last: date) -> st.SearchStrategy[datetime]:
    days = st.integers(0, (last - first).days * 24 * 60 * 60)
    return days.map(lambda seconds: datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(seconds=seconds))


starts = moments(date(2026, 3, 1), date(2026, 3, 31)) | moments(date(2026, 10, 20), date(2026, 11, 15))
spells = st.timedeltas(timedelta(minutes=1), timedelta(hours=30))


@given(calendars(), starts, spells)
def test_working_time_to_the_target_is_exactly_what_was_asked(calendar: Calendar, start: datetime, work: timedelta) -> None:
    due = calendar.after(start, work)
    assert due > start
    assert calendar.between(start, due) == work
    assert calendar.between(start, due - timedelta(microseconds=1)) < work, "there was an earlier moment"
    back = calendar.before(due, work)
    assert start <= back < due
    assert calendar.after(back, work) == due


@given(calendars(), starts, starts, spells, spells)
def test_who_starts_later_or_has_longer_is_not_due_earlier(
    calendar: Calendar, one: datetime, two: datetime, short: timedelta, more: timedelta
) -> None:
    assert calendar.after(min(one, two), short) <= calendar.after(max(one, two), short)
    assert calendar.after(one, short) < calendar.after(one, short + more)


@settings(max_examples=40)
@given(calendars(), starts.map(lambda start: start.replace(minute=0, second=0, microsecond=0)))
def test_working_time_is_what_the_clock_on_the_wall_says_minute_by_minute(calendar: Calendar, start: datetime) -> None:
    zone, minutes = ZoneInfo(calendar.zone), 0
    for number in range(0, 3 * 24 * 60, 30):
        local = (start + timedelta(minutes=number)).astimezone(zone)
        of_day = local.hour * 60 + local.minute
        spans = () if local.date() in calendar.holidays else calendar.week[local.weekday()]
        minutes += 30 * any(begin <= of_day < end for begin, end in spans)
    assert day_at(calendar.zone, start) == start.astimezone(zone).date()
    assert calendar.between(start, start + timedelta(days=3)) == timedelta(minutes=minutes)


def a_policy() -> Policy:
    desks = {
        "office": Desk("office", "Office", DeskNature.ENFORCEMENT, calendar=OFFICE),
        "watch": Desk("watch", "Watch floor", DeskNature.INTAKE),
    }
    return replace(example_policy(), desks=desks)


@given(st.sampled_from(list(Urgency)), st.sampled_from(["office", "watch", "gone"]), starts)
def test_a_target_is_after_its_start_and_says_where_it_began(level: Urgency, desk: str, start: datetime) -> None:
    policy = a_policy()
    due = policy.due(level, desk, start)
    assert due > start
    assert start <= policy.began(level, desk, due) < due
    if level not in policy.business or desk != "office":
        assert (due - start, policy.began(level, desk, due)) == (policy.clocks[level], start)
    ordered = [policy.due(one, desk, start) for one in Urgency]
    assert ordered == sorted(ordered), "a more urgent level is never due later"


def test_immediate_and_urgent_tips_wait_for_no_office_to_open() -> None:
    policy, saturday = a_policy(), at("2026-11-07T12:00")
    assert policy.due(Urgency.P0, "office", saturday) == saturday + timedelta(minutes=2)
    assert policy.due(Urgency.P1, "office", saturday) == saturday + timedelta(minutes=30)
    assert policy.due(Urgency.P3, "office", saturday) == at("2026-11-11T17:00")
