"""What changes at the desks: how much comes, of what, from where, and how soon somebody looks at it. Counts alone, small ones held back.

Whether something changed is asked of the last four weeks beside the eight before. If nothing had changed, a third of all would have come in
the last four (the conditional test of two Poisson counts; Przyborowski and Wilenski, 1940); two-sided and exact, at the level 0.05 divided
by the number of rows that are asked (Bonferroni), so that a page of rows raises a false mark in one case of twenty at most.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.trend import TipFact
from triage.ports import Clock, Ids, Storage
from triage.suppression import SMALLEST, hidden, shown

WEEKS = 12
RECENT = 4
"""The last weeks, which are compared with those before."""
MOST = 50_000
"""Tips that are counted at most, the newest."""
LEVEL = 0.05
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One value: how many tips in the weeks before and in the recent ones, None where the number is held back, and what changed.

    ``change`` is ``more``, ``fewer`` or empty.
    """

    value: str
    before: int | None
    recent: int | None
    change: str = ""


@dataclass(frozen=True, slots=True)
class Speed:
    """How soon tips were looked at: how many came, how many were looked at by their target, the median minutes to the first look.

    All are None where too few came.
    """

    value: str
    tips: int | None
    in_time: int | None
    minutes: float | None


@dataclass(frozen=True, slots=True)
class Trends:
    """A page of trends. ``weeks`` are the Mondays of the weeks with their counts; ``cut`` says that older tips were left out."""

    weeks: tuple[tuple[datetime, int | None], ...]
    categories: tuple[Row, ...]
    counties: tuple[Row, ...]
    partners: tuple[Row, ...]
    by_urgency: tuple[Speed, ...]
    by_language: tuple[Speed, ...]
    by_channel: tuple[Speed, ...]
    total: int | None
    cut: bool


def trends(storage: Storage, clock: Clock, ids: Ids, viewer: Viewer) -> Trends:
    """The trends of the desks where the viewer works, over the last ``WEEKS`` whole weeks (Monday to Sunday, UTC). Audited."""
    now = clock.now()
    until = datetime(now.year, now.month, now.day, tzinfo=now.tzinfo) - timedelta(days=now.weekday())
    with storage.reading() as work:
        facts = work.facts.between(viewer.scope, until - timedelta(weeks=WEEKS), until, MOST)
    row = AuditRow(ids.new("aud"), now, f"user:{viewer.user}", "trends.read", "index:trends", viewer.purpose, {"tips": str(len(facts))})
    with storage.writing() as work:
        work.audit.append([row])
    return count(facts, until)


def count(facts: Sequence[TipFact], until: datetime) -> Trends:
    """The trends of these tips; ``until`` is the Monday after the last week."""
    by_week = Counter(WEEKS - 1 - (until - fact.received_at - timedelta(microseconds=1)) // timedelta(weeks=1) for fact in facts)
    weeks = {str(number): by_week[number] for number in range(WEEKS)}
    held = hidden(weeks)
    monday = until - timedelta(weeks=WEEKS)
    return Trends(
        weeks=tuple((monday + timedelta(weeks=n), None if str(n) in held else by_week[n]) for n in range(WEEKS)),
        categories=_rows(facts, until, lambda fact: fact.categories),
        counties=_rows(facts, until, lambda fact: [f"{fact.county}, {fact.state}" if fact.county else UNKNOWN]),
        partners=_rows(facts, until, lambda fact: [fact.partner]),
        by_urgency=_speeds(facts, lambda fact: fact.urgency.value),
        by_language=_speeds(facts, lambda fact: fact.language),
        by_channel=_speeds(facts, lambda fact: fact.channel),
        total=shown(len(facts)),
        cut=len(facts) >= MOST,
    )


def change(before: int, recent: int, rows: int) -> str:
    """``more``, ``fewer`` or nothing, for counts of ``WEEKS - RECENT`` weeks and ``RECENT`` weeks among ``rows`` that are asked."""
    total = before + recent
    if not total:
        return ""
    share = RECENT / WEEKS
    likelihood = [_binomial(number, total, share) for number in range(total + 1)]
    p = sum(one for one in likelihood if one <= likelihood[recent] * (1 + 1e-9))
    if p >= LEVEL / max(rows, 1):
        return ""
    return "more" if recent > total * share else "fewer"


def _binomial(number: int, total: int, share: float) -> float:
    log = math.lgamma(total + 1) - math.lgamma(number + 1) - math.lgamma(total - number + 1)
    return math.exp(log + number * math.log(share) + (total - number) * math.log(1 - share))


def _rows(facts: Iterable[TipFact], until: datetime, values_of: Callable[[TipFact], Iterable[str]]) -> tuple[Row, ...]:
    """A row a value, those of most tips first. A number of a few is held back, and so are others that would give it away."""
    line = until - timedelta(weeks=RECENT)
    before: Counter[str] = Counter()
    recent: Counter[str] = Counter()
    for fact in facts:
        (recent if fact.received_at >= line else before).update(set(values_of(fact)))
    values = sorted(before | recent, key=lambda value: (-before[value] - recent[value], value))
    held_before, held_recent = hidden(before), hidden(recent)
    known = [value for value in values if value not in held_before and value not in held_recent]
    return tuple(
        Row(
            value,
            None if value in held_before else before[value],
            None if value in held_recent else recent[value],
            change(before[value], recent[value], len(known)) if value in known else "",
        )
        for value in values
    )


def _speeds(facts: Iterable[TipFact], value_of: Callable[[TipFact], str]) -> tuple[Speed, ...]:
    by_value: dict[str, list[TipFact]] = {}
    for fact in facts:
        by_value.setdefault(value_of(fact), []).append(fact)
    held = hidden({value: len(found) for value, found in by_value.items()})
    return tuple(_speed(value, found, value in held) for value, found in sorted(by_value.items()))


def _speed(value: str, facts: Sequence[TipFact], held: bool) -> Speed:
    if held:
        return Speed(value, None, None, None)
    waits = [(fact.looked_at - fact.received_at).total_seconds() / 60 for fact in facts if fact.looked_at is not None]
    in_time = sum(fact.looked_at is not None and fact.looked_at <= fact.due_at for fact in facts)
    return Speed(value, len(facts), shown(in_time), median(waits) if len(waits) >= SMALLEST else None)


def table(found: Trends, title_of: Mapping[str, Callable[[str], str]]) -> list[tuple[str, ...]]:
    """Everything on the page as rows of a file: what, value, before, recent, change. ``title_of`` names the values of each part."""
    parts = {"category": found.categories, "county": found.counties, "partner": found.partners}
    rows: list[tuple[str, ...]] = [("what", "value", f"{WEEKS - RECENT} weeks before", f"last {RECENT} weeks", "change")]
    rows += [("week", f"{monday:%Y-%m-%d}", "", _said(number), "") for monday, number in found.weeks]
    for what, part in parts.items():
        rows += [(what, title_of[what](row.value), _said(row.before), _said(row.recent), row.change) for row in part]
    return rows


def _said(number: int | None) -> str:
    return "held back" if number is None else str(number)
