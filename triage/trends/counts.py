"""Counts of tips that may be shown side by side: small ones are held back, and so are those that would give them away.

What is shown must stay apart: no row here is the sum or a part of rows of another table, but for four things that are looked after.
1. The weeks add up to periods of four, and these to everything: a period with fewer tips than may be shown is left out of every number.
2. Each table adds up to all tips of a column: each column is suppressed for itself (``suppression.hidden``). 3. What came from a
road is a part of what came from its county, and so is the rest: it is shown where both may be and the county is. 4. Two parts that add up
to the number of their row (the periods before, in a county; looked at in time and not) add up over the rows too: they are suppressed both
ways until nothing changes.
Whatever is computed further (changes, hot spots, lines) is computed from numbers that are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from triage.chance import LEVEL, two_counts, unlike_the_rest
from triage.domain.trend import Result, TipFact
from triage.trends.suppression import SMALLEST, hidden

WEEKS = 12
PERIOD = 4
"""Weeks of a period; the last one is compared with those before."""
PERIODS = WEEKS // PERIOD
LAST = PERIODS - 1

Counts = tuple[int | None, ...]
"""A number for each period, None where it is held back."""
Split = Sequence[Sequence[TipFact]]
"""Tips by period; of one that is left out there are none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value: how many tips in the periods before and in the last one, None where held back, and what changed beyond chance.

    ``change`` is ``more``, ``fewer`` or empty.
    """

    value: str
    before: int | None
    recent: int | None
    change: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A county (``ST/County``, empty for unknown): its tips in each period, and in the two before the last together."""

    key: str
    counts: Counts
    before: int | None
    recent: int | None
    change: str = ""


@dataclass(frozen=True, slots=True)
class Speed:
    """How soon tips were looked at: how many came, how many were looked at by their target, the median minutes to the first look.

    None where too few came. ``unlike`` is ``more`` or ``fewer`` where the part looked at in time is not that of the rest, beyond chance.
    """

    value: str
    tips: int | None
    in_time: int | None
    minutes: float | None
    unlike: str = ""


@dataclass(frozen=True, slots=True)
class Yield:
    """What came of the tips of one partner: how many, how many were accepted and declined, and how many of them the desk found useful."""

    value: str
    tips: int | None
    accepted: int | None
    declined: int | None
    useful: int | None


def periods(facts: Iterable[TipFact], until: datetime) -> tuple[Split, tuple[int, ...]]:
    """The tips by period, and which periods hold too few to be shown and were left out. ``until`` is the Monday after the last week."""
    split: list[list[TipFact]] = [[] for _ in range(PERIODS)]
    for fact in facts:
        split[week_of(fact, until) // PERIOD].append(fact)
    few = tuple(number for number, found in enumerate(split) if 0 < len(found) < SMALLEST)
    return [[] if number in few else found for number, found in enumerate(split)], few


def week_of(fact: TipFact, until: datetime) -> int:
    """The number of its week, from 0."""
    return WEEKS - 1 - (until - fact.received_at - timedelta(microseconds=1)) // timedelta(weeks=1)


def week_counts(split: Split, few: Sequence[int], until: datetime) -> list[int | None]:
    """Tips of each week."""
    found: list[int | None] = []
    for number, facts in enumerate(split):
        counts = Counter(week_of(fact, until) for fact in facts)
        weeks = {str(week): counts[week] for week in range(number * PERIOD, (number + 1) * PERIOD)}
        held = weeks if number in few else hidden(weeks)
        found += [None if week in held else count for week, count in weeks.items()]
    return found


def rows(split: Split, few: Sequence[int], values_of: Callable[[TipFact], Iterable[str]]) -> tuple[Row, ...]:
    """A row a value, those of most tips first."""
    before, recent = _early_and_late(split, values_of)
    values = _most_first(before, recent)
    early = _column(values, before, left_out=few_before(few))
    late = _column(values, recent, left_out=LAST in few)
    changes = _changes({value: (early[value], late[value]) for value in values}, few)
    return tuple(Row(value, early[value], late[value], changes[value]) for value in values)


def places(split: Split, few: Sequence[int]) -> tuple[Place, ...]:
    """A row a county, those of most tips first."""
    first, second, recent = (Counter(fact.place for fact in facts) for facts in split)
    before = first + second
    keys = _most_first(before, recent)
    early = _column(keys, before, left_out=few_before(few))
    late = _column(keys, recent, left_out=LAST in few)
    whole = {key: before[key] for key in keys}
    secret = _apart(whole, {key: first[key] for key in keys}, frozenset(key for key in keys if early[key] is None))

    def counts(key: str) -> Counts:
        if 0 in few or 1 in few:  # what is left of the two is all there is before
            return (None if 0 in few else early[key], None if 1 in few else early[key], late[key])
        return (None, None, late[key]) if key in secret else (first[key], second[key], late[key])

    changes = _changes({key: (early[key], late[key]) for key in keys}, few)
    return tuple(Place(key, counts(key), early[key], late[key], changes[key]) for key in keys)


def corridors(split: Split, few: Sequence[int], found: Iterable[Place], roads: Mapping[str, Sequence[str]]) -> tuple[Row, ...]:
    """A row for each road in each county, as ``I-80 NE/York``. ``roads`` are those of a county; a tip counts at the first that it names."""
    numbers: dict[str, tuple[int | None, int | None]] = {}
    for place in found:
        of_county = roads.get(place.key, ())
        mine = [[fact for fact in facts if fact.place == place.key] for facts in split] if of_county else []
        counters = _early_and_late(mine, _road_among(of_county))
        parts = ("", *of_county)
        early = _column(parts, counters[0], left_out=place.before is None)
        late = _column(parts, counters[1], left_out=place.recent is None)
        numbers |= {f"{road} {place.key}": (early[road], late[road]) for road in of_county if counters[0][road] or counters[1][road]}
    changes = _changes(numbers, few)
    return tuple(Row(value, *shown, changes[value]) for value, shown in numbers.items())


def speeds(split: Split, value_of: Callable[[TipFact], str]) -> tuple[Speed, ...]:
    """How soon the tips of each value were looked at."""
    groups: dict[str, list[TipFact]] = {}
    for fact in (fact for facts in split for fact in facts):
        groups.setdefault(value_of(fact), []).append(fact)
    tips = {value: len(found) for value, found in groups.items()}
    in_time = {
        value: sum(fact.looked_at is not None and fact.looked_at <= fact.due_at for fact in found) for value, found in groups.items()
    }
    held = hidden(tips)
    secret = _apart(tips, in_time, held)
    said = {value: (in_time[value], tips[value]) for value in tips if value not in secret}
    marked, total = sum(part for part, _ in said.values()), sum(number for _, number in said.values())

    def speed(value: str) -> Speed:
        if value in held:
            return Speed(value, None, None, None)
        waits = [(fact.looked_at - fact.received_at).total_seconds() / 60 for fact in groups[value] if fact.looked_at is not None]
        minutes = median(waits) if len(waits) >= SMALLEST else None
        if value in secret:
            return Speed(value, tips[value], None, minutes)
        part, drawn = said[value]
        unlike = unlike_the_rest(part, drawn, marked, total) * len(said) < LEVEL
        return Speed(value, drawn, part, minutes, ("more" if part * total > marked * drawn else "fewer") if unlike else "")

    return tuple(speed(value) for value in sorted(groups))


def yields(split: Split, partners: Iterable[Row]) -> tuple[Yield, ...]:
    """What came of the tips of each partner whose numbers are shown."""
    found = []
    for row in partners:
        if row.before is None or row.recent is None:
            found.append(Yield(row.value, None, None, None, None))
            continue
        mine = [fact for facts in split for fact in facts if fact.partner == row.value]
        results, uses = Counter(fact.result for fact in mine), Counter(_useful(fact) for fact in mine)
        decided = _column(list(Result), {result: results[result] for result in Result}, left_out=False)
        used = _column(("yes", "no", "unsaid"), uses, left_out=False)
        found.append(Yield(row.value, row.before + row.recent, decided[Result.ACCEPTED], decided[Result.DECLINED], used["yes"]))
    return tuple(found)


def few_before(few: Sequence[int]) -> bool:
    """Whether nothing is left of the periods before."""
    return set(range(LAST)) <= set(few)


def _road_among(roads: Collection[str]) -> Callable[[TipFact], Iterable[str]]:
    return lambda fact: [next((road for road in fact.roads if road in roads), "")]


def _useful(fact: TipFact) -> str:
    return "unsaid" if not fact.useful else "no" if fact.useful == "no" else "yes"


def _early_and_late(split: Split, values_of: Callable[[TipFact], Iterable[str]]) -> tuple[Counter[str], Counter[str]]:
    early = Counter(value for facts in split[:LAST] for fact in facts for value in set(values_of(fact)))
    return early, Counter(value for facts in split[LAST:] for fact in facts for value in set(values_of(fact)))


def _most_first(*counters: Counter[str]) -> list[str]:
    total = sum(counters, Counter[str]())
    return sorted(total, key=lambda value: (-total[value], value))


def _column(values: Iterable[str], counts: Mapping[str, int], left_out: bool) -> dict[str, int | None]:
    """The parts of one column that may be shown."""
    parts = {value: counts.get(value, 0) for value in values}
    held = hidden(parts)
    return {value: None if left_out or value in held else number for value, number in parts.items()}


def _changes(numbers: Mapping[str, tuple[int | None, int | None]], few: Sequence[int]) -> dict[str, str]:
    """What changed beyond chance in rows whose numbers are shown; as many rows as are shown are asked."""
    if LAST in few or few_before(few):
        return dict.fromkeys(numbers, "")
    known = {value: (early, late) for value, (early, late) in numbers.items() if early is not None and late is not None}
    share = 1 / (PERIODS - len(few))
    return {value: change(*known[value], share, len(known)) if value in known else "" for value in numbers}


def change(before: int, recent: int, share: float, asked: int) -> str:
    """``more``, ``fewer`` or nothing, if ``share`` of all is expected to be recent and ``asked`` rows are asked at once."""
    if not before + recent or two_counts(before, recent, share) * max(asked, 1) >= LEVEL:
        return ""
    return "more" if recent > (before + recent) * share else "fewer"


def _apart(whole: Mapping[str, int], part: Mapping[str, int], held: frozenset[str]) -> frozenset[str]:
    """The rows of which part and rest must not be shown, where the whole of the rows that are not ``held`` is.

    In each row part and rest add up to the whole, and over the rows each adds up to a sum that may be known from elsewhere.
    """
    rest = {value: number - part[value] for value, number in whole.items()}
    secret = held | {value for value in whole if 0 < part[value] < SMALLEST or 0 < rest[value] < SMALLEST}
    while True:
        more = secret | hidden(part, held=secret) | hidden(rest, held=secret)
        if more == secret:
            return secret
        secret = more
