"""Pairs of a labelled tip and its assessment, and how many things were found rightly, found wrongly and missed in each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.labelled import LabelledTip
from triage.domain.assessment import Assessment

Read = tuple[LabelledTip, Assessment]
Floats = npt.NDArray[np.float32]
Spans = list[tuple[str, int, int]]

TRAFFICKING = frozenset({"sex_trafficking", "labor_trafficking"})
BOUNDARY = frozenset({"commercial_sex_only", "labor_rights_violation"})
"""The lawful or lesser neighbours of trafficking, which are easily taken for it."""

UNREPORTED = frozenset({"not_actionable", "information_request"})
"""Labels that say that nothing is reported: they accuse nobody, and there is nothing to cite for them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Found rightly, found wrongly, missed: each an array with one number a tip."""

    right: Floats
    wrong: Floats
    missed: Floats


def set_counts(
    reads: Sequence[Read],
    wanted: Callable[[LabelledTip], Iterable[str]],
    got: Callable[[Assessment], Iterable[str]],
    among: Collection[str] | None = None,
) -> Counts:
    """Counts of names, without regard to where they stand; only the names ``among``, all without it."""
    rows = []
    for tip, found in reads:
        want, have = set(wanted(tip)), set(got(found))
        if among is not None:
            want, have = want & set(among), have & set(among)
        rows.append((len(want & have), len(have - want), len(want - have)))
    return _counts(rows)


def flag_counts(reads: Sequence[Read], among: Collection[str] | None = None) -> Counts:
    """Counts of flags."""
    return set_counts(reads, lambda tip: tip.flags, lambda found: found.flags, among)


def indicator_counts(reads: Sequence[Read], among: Collection[str] | None = None) -> Counts:
    """Counts of indicators that are named, wherever they stand."""
    return set_counts(reads, lambda tip: (name for name, _ in tip.indicators), lambda found: (f.indicator for f in found.findings), among)


def span_counts(reads: Sequence[Read]) -> Counts:
    """Counts of indicators where they stand: a mark is met where a finding of the same indicator overlaps its quote."""
    return _counts(
        [_met(_placed(tip.text, tip.indicators), [(f.indicator, f.start, f.end) for f in found.findings]) for tip, found in reads]
    )


def entity_counts(reads: Sequence[Read], kinds: Collection[str]) -> Counts:
    """Counts of entities of these kinds where they stand."""
    rows = []
    for tip, found in reads:
        marks = _placed(tip.text, [mark for mark in tip.entities if mark[0] in kinds])
        rows.append(_met(marks, [(entity.type, entity.start, entity.end) for entity in found.entities if entity.type in kinds]))
    return _counts(rows)


def probability_of(found: Assessment, category: str) -> float:
    """The category's probability."""
    return next(row.probability for row in found.categories if row.category == category)


def trafficking_probability(found: Assessment) -> float:
    """The probability of the likelier kind of trafficking."""
    return max((row.probability for row in found.categories if row.category in TRAFFICKING), default=0.0)


def _counts(rows: Sequence[tuple[int, int, int]]) -> Counts:
    columns = np.array(rows, np.float32).reshape(len(rows), 3)
    return Counts(columns[:, 0], columns[:, 1], columns[:, 2])


def _placed(text: str, marks: Iterable[tuple[str, str]]) -> Spans:
    """Where the quotes stand; a quote that is marked again is looked for further on."""
    reached: dict[tuple[str, str], int] = {}
    spans: Spans = []
    for name, quote in marks:
        start = text.find(quote, reached.get((name, quote), 0))
        start = start if start >= 0 else text.find(quote)
        if start >= 0:
            reached[name, quote] = start + len(quote)
            spans.append((name, start, start + len(quote)))
    return spans


def _met(marks: Spans, found: Spans) -> tuple[int, int, int]:
    right = sum(any(_meet(mark, span) for span in found) for mark in marks)
    wrong = sum(not any(_meet(mark, span) for mark in marks) for span in found)
    return right, wrong, len(marks) - right


def _meet(a: tuple[str, int, int], b: tuple[str, int, int]) -> bool:
    return a[0] == b[0] and a[1] < b[2] and b[1] < a[2]
