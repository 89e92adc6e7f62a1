"""Whoever has the whole page and can add and subtract learns no small number: linear programming works out the most that each could be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.unit.triage.test_trends import MONDAY, ROADS, facts
from triage.domain.trend import Result, TipFact
from triage.trends.counts import LAST, PERIOD, WEEKS, periods, week_of
from triage.trends.suppression import SMALLEST
from triage.trends.trends import Trends, count

Shown = Mapping[str, int | None]

GROUPS = st.tuples(
    st.integers(1, 40),
    st.integers(0, WEEKS - 1),
    st.sampled_from(["York", "Hall", "Dodge", ""]),
    st.sampled_from(["en", "es", "so"]),
    st.sampled_from([(), ("I-80",), ("US-81",)]),
    st.sampled_from(list(Result)),
    st.sampled_from([None, 5, 500]),
)


def tips(groups: Iterable[tuple[int, int, str, str, tuple[str, ...], Result, int | None]]) -> list[TipFact]:
    """Groups of tips that are alike; the last value is after how many minutes somebody looked."""
    found: list[TipFact] = []
    for number, week, county, language, roads, result, minutes in groups:
        at = MONDAY - timedelta(weeks=week, days=1)
        looked = None if minutes is None else at + timedelta(minutes=minutes)
        found += facts(number, week, county, language=language, roads=roads, result=result, looked_at=looked, partner=f"p-{language}")
    return found


class Known:
    """What can be known: cells between bounds, and sums of them."""

    def __init__(self) -> None:
        self.least: dict[str, int] = {}
        self.sums: list[tuple[list[str], int]] = []

    def add(self, table: str, shown: Shown, total: int | None) -> None:
        """A table: what is not hidden stands fast; what is hidden is nothing or more; ``total`` is what all of it adds up to."""
        for name, number in shown.items():
            self.least[f"{table} {name}"] = 0
            if number is not None:
                self.sums.append(([f"{table} {name}"], number))
        if total is not None:
            self.sums.append(([f"{table} {name}" for name in shown], total))

    def most(self, *wanted: str) -> float:
        """The most that these cells can be together."""
        names = list(self.least)
        if not self.sums:
            return math.inf
        matrix = numpy.array([[float(name in cells) for name in names] for cells, _ in self.sums])
        found = linprog([-float(name in wanted) for name in names], A_eq=matrix, b_eq=[total for _, total in self.sums])
        assert found.status in (0, 3), found.message
        return math.inf if found.status == 3 else -found.fun


def held_apart(known: Known, true: Mapping[str, int]) -> None:
    """No small number is on the page, and none of what is hidden can be told to be small."""
    fast = {cells[0]: number for cells, number in known.sums if len(cells) == 1}
    for cell, number in true.items():
        if 0 < number < SMALLEST:
            assert cell not in fast, cell
            assert known.most(cell) >= SMALLEST - 1e-6, cell


def column(found: list[TipFact], value_of: Callable[[TipFact], str], table: str) -> dict[str, int]:
    return {f"{table} {value}": number for value, number in Counter(map(value_of, found)).items()}


@settings(max_examples=60)
@given(st.lists(GROUPS, max_size=14))
def test_the_tables_beside_each_other_tell_no_small_number(
    groups: list[tuple[int, int, str, str, tuple[str, ...], Result, int | None]],
) -> None:
    given_ = tips(groups)
    page, (split, _) = count(given_, MONDAY, ROADS), periods(given_, MONDAY)
    known, true = Known(), dict[str, int]()
    for number, part in enumerate(split):
        weeks = range(number * PERIOD, (number + 1) * PERIOD)
        known.add(f"week{number}", {str(week): page.weeks[week].tips for week in weeks}, len(part))
        true |= column(part, lambda fact: str(week_of(fact, MONDAY)), f"week{number}")
        known.add(f"place{number}", {place.key: place.counts[number] for place in page.places}, len(part))
        true |= column(part, lambda fact: fact.place, f"place{number}")
    for place in page.places:
        cells = [f"place{number} {place.key}" for number in range(LAST)]
        if place.before is not None:
            known.sums.append((cells, place.before))
        if 0 < sum(true.get(cell, 0) for cell in cells) < SMALLEST:
            assert place.before is None
            assert known.most(*cells) >= SMALLEST - 1e-6
    halves = {"before": [fact for part in split[:LAST] for fact in part], "recent": list(split[LAST])}
    for half, part in halves.items():
        known.add(f"partner {half}", {row.value: getattr(row, half) for row in page.partners}, len(part))
        true |= column(part, lambda fact: fact.partner, f"partner {half}")
        roads_apart(page, known, true, half, part)
    held_apart(known, true)


def roads_apart(page: Trends, known: Known, true: dict[str, int], half: str, part: list[TipFact]) -> None:
    """What came from each road of a county, and the rest, which stands nowhere, add up to what came from the county."""
    for county, roads in ROADS.roads.items():
        rows = {row.value.split()[0]: getattr(row, half) for row in page.corridors if row.value.endswith(f" {county}")}
        if not rows:
            continue
        table = f"road {half} {county}"
        known.add(table, {**rows, "": None}, None)
        mine = [fact for fact in part if fact.place == county]
        (place,) = (place for place in page.places if place.key == county)
        if getattr(place, half) is not None:
            known.sums.append(([f"{table} {name}" for name in (*rows, "")], len(mine)))
        true |= column(mine, lambda fact, names=tuple(roads): next((road for road in fact.roads if road in names), ""), table)


@settings(max_examples=60)
@given(st.lists(GROUPS, max_size=10))
def test_who_was_looked_at_in_time_tells_no_small_number(
    groups: list[tuple[int, int, str, str, tuple[str, ...], Result, int | None]],
) -> None:
    given_ = tips(groups)
    page, (split, _) = count(given_, MONDAY), periods(given_, MONDAY)
    kept = [fact for part in split for fact in part]
    early = [fact for fact in kept if fact.looked_at is not None and fact.looked_at <= fact.due_at]
    sums = (len(early), len(kept) - len(early))
    # Another table tells these sums at most where neither is small: of what is small each table hides everything.
    told = all(not 0 < number < SMALLEST for number in sums)
    late = {one.value: None if one.in_time is None or one.tips is None else one.tips - one.in_time for one in page.by_language}
    known = Known()
    known.add("in", {one.value: one.in_time for one in page.by_language}, sums[0] if told else None)
    known.add("late", late, sums[1] if told else None)
    assert told or all(one.in_time is None for one in page.by_language)
    for one in page.by_language:
        if one.tips is not None:
            known.sums.append(([f"in {one.value}", f"late {one.value}"], one.tips))
    true = column(early, lambda fact: fact.language, "in")
    true |= column([fact for fact in kept if fact not in early], lambda fact: fact.language, "late")
    held_apart(known, true)


@settings(max_examples=40)
@given(st.lists(GROUPS, max_size=10))
def test_what_came_of_a_partners_tips_tells_no_small_number(
    groups: list[tuple[int, int, str, str, tuple[str, ...], Result, int | None]],
) -> None:
    given_ = tips(groups)
    page, (split, _) = count(given_, MONDAY), periods(given_, MONDAY)
    kept = [fact for part in split for fact in part]
    known, true = Known(), dict[str, int]()
    for one in page.yields:
        known.add(one.value, {Result.ACCEPTED: one.accepted, Result.DECLINED: one.declined, Result.OPEN: None}, one.tips)
        true |= column([fact for fact in kept if fact.partner == one.value], lambda fact: fact.result, one.value)
    held_apart(known, true)


def test_the_check_can_fail() -> None:
    known = Known()
    known.add("t", {"a": None, "b": 40}, 45)
    with pytest.raises(AssertionError):
        held_apart(known, {"t a": 5, "t b": 40})
