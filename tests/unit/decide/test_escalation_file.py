"""Rotas and chains: who is on call when, and every mistake in the file with its line and mend."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import example_files, example_policy
from triage.domain.assessment import Urgency
from triage.domain.duty import Cover, DutyPlan, Rota, Shift, Way
from triage.domain.errors import PolicyError
from triage.policy_files.escalation import FILE, load_escalation

PLAN = """
rotas:
  - desk: trafficking
    zone: America/Chicago
    week:
      - {days: [mon, tue, wed, thu, fri], from: "08:00", to: "20:00", people: [ana]}
      - {days: [mon, tue, wed, thu], from: "20:00", to: "08:00", people: [bo, cy]}
    covers:
      - {from: 2026-12-24 12:00, to: 2026-12-25, people: [dee]}
chains:
  - levels: [P0]
    desks: cargo
    steps:
      - {after: at once, tell: desk, by: webhook}
  - levels: [P0, P1]
    steps:
      - {after: 2 minutes, tell: [on_call, supervisors, "desk:intake", "person:eve"], by: [pager, browser]}
      - {after: 30 minutes, reroute: intake}
"""


def load(text: str = PLAN) -> DutyPlan:
    return load_escalation({FILE: text}, example_policy().desks)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Chicago")).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        ("2026-12-21T08:00", ("ana",)),
        ("2026-12-21T19:59", ("ana",)),
        ("2026-12-21T20:00", ("bo", "cy")),
        ("2026-12-22T07:59", ("bo", "cy")),  # the shift of the evening before
        ("2026-12-21T07:59", ()),  # Sunday has no evening shift
        ("2026-12-24T11:59", ("ana",)),
        ("2026-12-24T12:00", ("dee",)),  # a cover stands in for everybody else
        ("2026-12-25T00:00", ("bo", "cy")),
        ("2026-12-26T12:00", ()),
    ],
)
def test_who_is_on_call(moment: str, people: tuple[str, ...]) -> None:
    assert load().on_call("trafficking", at(moment)) == people
    assert load().on_call("cargo", at(moment)) == ()


def test_gaps_are_told() -> None:
    gaps = load().gaps(at("2026-12-18T12:00"), at("2026-12-21T12:00"))
    assert [(desk, gap.start, gap.end) for desk, gap in gaps] == [("trafficking", at("2026-12-18T20:00"), at("2026-12-21T08:00"))]


def test_the_first_chain_that_fits_counts() -> None:
    plan = load()
    assert plan.steps(Urgency.P0, "cargo")[0].by == (Way.WEBHOOK,)
    assert [step.after for step in plan.steps(Urgency.P1, "cargo")] == [timedelta(minutes=2), timedelta(minutes=30)]
    assert plan.steps(Urgency.P2, "cargo") == ()
    assert plan.steps(Urgency.P0, "trafficking")[1].reroute == "intake"


def test_the_example_calls_people_for_what_cannot_wait_and_no_file_calls_nobody() -> None:
    plan = load_escalation(example_files(), example_policy().desks)
    assert all(plan.steps(level, "trafficking") for level in (Urgency.P0, Urgency.P1))
    assert load_escalation({}, example_policy().desks) == DutyPlan()


@st.composite
def rotas(draw: st.DrawFn) -> Rota:
    minute = st.sampled_from(range(0, 1440, 30))
    shifts = st.builds(Shift, st.frozensets(st.integers(0, 6), min_size=1), minute, minute, st.sampled_from([("ana",), ("bo", "cy")]))
    days = st.datetimes(datetime(2026, 10, 25), datetime(2026, 11, 12), timezones=st.just(UTC))  # noqa: DTZ001
    covers = st.builds(lambda start, hours: Cover(start, start + timedelta(hours=hours), ("dee",)), days, st.integers(1, 60))
    zone = draw(st.sampled_from(["America/Chicago", "Europe/London", "Asia/Kolkata"]))
    return Rota(zone, tuple(draw(st.lists(shifts, max_size=3))), tuple(draw(st.lists(covers, max_size=2))))


@given(rotas(), st.integers(0, 14 * 48))
def test_duties_say_without_a_break_who_is_on_call(rota: Rota, half_hours: int) -> None:
    start = datetime(2026, 10, 28, tzinfo=UTC)
    end = start + timedelta(days=14)
    duties = rota.duties(start, end)
    assert (duties[0].start, duties[-1].end) == (start, end)
    assert all(one.end == two.start and one.people != two.people for one, two in pairwise(duties))
    moment = start + timedelta(minutes=30 * half_hours)
    if moment < end:
        (duty,) = [duty for duty in duties if duty.start <= moment < duty.end]
        assert duty.people == rota.on_call(moment)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("desk: trafficking", "desk: traficking", "did you mean 'trafficking'"),
        ("zone: America/Chicago", "zone: Chicago", "is no time zone"),
        ('from: "08:00", to: "20:00"', 'from: "8", to: "20:00"', "is no time of the day"),
        ('from: "08:00", to: "20:00"', 'from: "24:00", to: "20:00"', "cannot begin at the end of a day"),
        ("people: [ana]", "people: []", "name at least one person"),
        ("days: [mon, tue, wed, thu]", "days: [mon, tues]", "did you mean 'tue'"),
        ("from: 2026-12-24 12:00, to: 2026-12-25", "from: 2026-12-24 12:00, to: 2026-12-23", "ends before it begins"),
        ("from: 2026-12-24 12:00", "from: 24.12.2026", "is no day"),
        ("levels: [P0, P1]", "levels: [P0, P9]", "write one of P0, P1"),
        ("desks: cargo", "desks: carg", "did you mean 'cargo'"),
        ("after: 2 minutes", "after: soon", "is no duration"),
        ("after: 2 minutes", "after: 2 hours", "may not come before the one above it"),
        ("tell: [on_call,", "tell: [oncall,", "did you mean 'on_call'"),
        ("by: [pager, browser]", "by: [pager, phone]", "is not known here"),
        (", by: [pager, browser]", "", "say who is told and how"),
        ("reroute: intake}", "reroute: intake, by: [browser]}", "write two steps"),
        ("reroute: intake}", "reroute: care}", "only a person sends a tip to care"),
        ("reroute: intake}", "reroute: oversight}", "only a person sends a tip to care"),
        ("reroute: intake}", "reroute: nobody}", "is not known here"),
        ("rotas:", "rota:", "did you mean 'rotas'"),
    ],
)
def test_a_mistake_names_line_and_mend(old: str, new: str, message: str) -> None:
    assert old in PLAN
    text = PLAN.replace(old, new, 1)
    with pytest.raises(PolicyError) as refusal:
        load(text)
    assert refusal.value.file == FILE
    assert 1 <= refusal.value.line <= text.count("\n")
    assert message in str(refusal.value)


def test_a_desk_has_one_rota() -> None:
    twice = PLAN.replace("chains:", PLAN[PLAN.index("  - desk") : PLAN.index("chains:")] + "chains:")
    with pytest.raises(PolicyError, match="has two rotas"):
        load(twice)


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_a_clear_error(text: str) -> None:
    with suppress(PolicyError):
        load(text)
