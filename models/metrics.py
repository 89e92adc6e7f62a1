"""What a reading is worth, from pairs of a labelled tip and its assessment.

Every tip must have been held out from the model that read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import average_precision_score

from models.calibrate import expected_calibration_error
from models.labelled import LabelledTip
from triage.domain.assessment import Assessment, Urgency

Read = tuple[LabelledTip, Assessment]
Figures = dict[str, float]

_TRAFFICKING = frozenset({"sex_trafficking", "labor_trafficking"})
_BOUNDARY = frozenset({"commercial_sex_only", "labor_rights_violation"})


@dataclass(frozen=True, slots=True)
class Counts:
    """Found rightly, found wrongly, missed."""

    right: int
    wrong: int
    missed: int

    def figures(self) -> Figures:
        """Precision, recall, F1 (a share of nothing is 0) and the number of true cases."""
        precision = self.right / (self.right + self.wrong) if self.right else 0.0
        recall = self.right / (self.right + self.missed) if self.right else 0.0
        f1 = 2 * precision * recall / (precision + recall) if self.right else 0.0
        return {"precision": _round(precision), "recall": _round(recall), "f1": _round(f1), "n": self.right + self.missed}


def report(reads: Sequence[Read], categories: Sequence[str], flags: Sequence[str]) -> dict[str, object]:
    """Every figure, overall and for each language, as plain values for JSON."""
    by_language = {name: [read for read in reads if read[0].language == name] for name in ("en", "es")}
    return {
        "tips": len(reads),
        "categories": category_figures(reads, categories),
        "macro": macro_figures(reads, categories),
        "trafficking": trafficking_figures(reads),
        "pairs_in_order": pairs_in_order(reads),
        "urgency": urgency_figures(reads),
        "flags": {name: count_sets(reads, lambda tip: tip.flags, lambda found: found.flags, [name]).figures() for name in flags},
        "flags_micro": count_sets(reads, lambda tip: tip.flags, lambda found: found.flags, flags).figures(),
        "indicators_by_tip": indicators_by_tip(reads).figures(),
        "indicators_by_span": spans(reads, _indicator_marks, _indicator_spans)[""].figures(),
        "entities": {name: counts.figures() for name, counts in sorted(spans(reads, _entity_marks, _entity_spans).items()) if name},
        "language_right": _round(_share(tip.language == found.language for tip, found in reads)),
        "by_language": {
            name: {**macro_figures(part, categories), "urgency_exact": urgency_figures(part)["exact"], "tips": len(part)}
            for name, part in by_language.items()
            if part
        },
    }


def category_figures(reads: Sequence[Read], categories: Sequence[str]) -> dict[str, Figures]:
    """For each category: average precision, precision, recall and F1 of its labels, calibration error."""
    figures: dict[str, Figures] = {}
    for at, name in enumerate(categories):
        truth = np.array([name in tip.categories for tip, _ in reads])
        scores = np.array([found.categories[at].probability for _, found in reads], np.float32)
        counts = count_sets(reads, lambda tip: tip.categories, lambda found: found.labels, [name])
        ap = float(average_precision_score(truth, scores)) if truth.any() else 0.0
        figures[name] = {"ap": _round(ap), **counts.figures(), "ece": _round(expected_calibration_error(scores, truth))}
    return figures


def macro_figures(reads: Sequence[Read], categories: Sequence[str]) -> Figures:
    """Means over the categories that occur, and the share of tips whose labels are exactly right."""
    figures = [row for row in category_figures(reads, categories).values() if row["n"]]
    means = {name: _round(float(np.mean([row[name] for row in figures]))) for name in ("ap", "f1", "ece")}
    return {**means, "labels_exact": _round(_share(set(tip.categories) == set(found.labels) for tip, found in reads))}


def trafficking_figures(reads: Sequence[Read]) -> Figures:
    """Any trafficking against none; how many boundary tips are called trafficking; how many true ones reach the band "likely"."""
    pairs = [(bool(_TRAFFICKING & set(tip.categories)), bool(_TRAFFICKING & set(found.labels))) for tip, found in reads]
    tally = Counter(pairs)
    boundary = [found for tip, found in reads if _BOUNDARY & set(tip.categories) and not _TRAFFICKING & set(tip.categories)]
    likely = [
        any(row.category in _TRAFFICKING and row.band.value == "likely" for row in found.categories)
        for tip, found in reads
        if _TRAFFICKING & set(tip.categories)
    ]
    return {
        **Counts(tally[True, True], tally[False, True], tally[True, False]).figures(),
        "boundary_called_trafficking": _round(_share(bool(_TRAFFICKING & set(found.labels)) for found in boundary)),
        "likely_among_true": _round(_share(likely)),
    }


def urgency_figures(reads: Sequence[Read]) -> Figures:
    """Exact levels, levels at most one off, P0 recall, and how many true P3 and P4 are called P0."""
    calm = [found for tip, found in reads if tip.urgency.rank >= Urgency.P3.rank]
    return {
        "exact": _round(_share(tip.urgency is found.urgency for tip, found in reads)),
        "within_one": _round(_share(abs(tip.urgency.rank - found.urgency.rank) <= 1 for tip, found in reads)),
        "p0_recall": _round(_share(found.urgency is Urgency.P0 for tip, found in reads if tip.urgency is Urgency.P0)),
        "p0_or_p1_for_p0": _round(_share(found.urgency.at_least(Urgency.P1) for tip, found in reads if tip.urgency is Urgency.P0)),
        "p0_precision": _round(_share(tip.urgency is Urgency.P0 for tip, found in reads if found.urgency is Urgency.P0)),
        "p0_false_on_p3_p4": _round(_share(found.urgency is Urgency.P0 for found in calm)),
    }


def pairs_in_order(reads: Sequence[Read]) -> float:
    """Of the minimal pairs with different categories: how often a category is surer on the side that has it."""
    sides: dict[str, list[Read]] = {}
    for read in reads:
        if read[0].pair:
            sides.setdefault(read[0].pair, []).append(read)
    ordered = [
        _probability(has[1], name) > _probability(other[1], name)
        for pair in sides.values()
        if len(pair) == 2
        for has, other in (pair, pair[::-1])
        for name in set(has[0].categories) - set(other[0].categories)
    ]
    return _round(_share(ordered))


def count_sets(
    reads: Sequence[Read], wanted: Callable[[LabelledTip], Iterable[str]], got: Callable[[Assessment], Iterable[str]], names: Sequence[str]
) -> Counts:
    """Counts over tips and ``names`` together (micro)."""
    among = set(names)
    right = wrong = missed = 0
    for tip, found in reads:
        want, have = among & set(wanted(tip)), among & set(got(found))
        right, wrong, missed = right + len(want & have), wrong + len(have - want), missed + len(want - have)
    return Counts(right, wrong, missed)


def indicators_by_tip(reads: Sequence[Read]) -> Counts:
    """Whether the right indicators are named, wherever they stand."""
    names = sorted({name for tip, _ in reads for name, _ in tip.indicators} | {f.indicator for _, found in reads for f in found.findings})
    return count_sets(reads, lambda tip: [name for name, _ in tip.indicators], lambda found: [f.indicator for f in found.findings], names)


Spans = list[tuple[str, int, int]]


def spans(reads: Sequence[Read], marked: Callable[[LabelledTip], Spans], found: Callable[[Assessment], Spans]) -> Mapping[str, Counts]:
    """Counts for each kind, and for all under the empty name: a mark is met where a finding of its kind overlaps it."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for tip, assessment in reads:
        want, have = marked(tip), found(assessment)
        for mark in want:
            (right if any(_meet(mark, span) for span in have) else missed)[mark[0]] += 1
        for span in have:
            if not any(_meet(mark, span) for mark in want):
                wrong[span[0]] += 1
    every = Counts(right.total(), wrong.total(), missed.total())
    return {"": every} | {name: Counts(right[name], wrong[name], missed[name]) for name in {*right, *wrong, *missed}}


def _indicator_marks(tip: LabelledTip) -> Spans:
    return [(name, start, start + len(quote)) for name, quote in tip.indicators if (start := tip.text.find(quote)) >= 0]


def _indicator_spans(found: Assessment) -> Spans:
    return [(finding.indicator, finding.start, finding.end) for finding in found.findings]


def _entity_marks(tip: LabelledTip) -> Spans:
    return [(name, start, start + len(quote)) for name, quote in tip.entities if (start := tip.text.find(quote)) >= 0]


def _entity_spans(found: Assessment) -> Spans:
    return [(entity.type, entity.start, entity.end) for entity in found.entities]


def _meet(a: tuple[str, int, int], b: tuple[str, int, int]) -> bool:
    return a[0] == b[0] and a[1] < b[2] and b[1] < a[2]


def _probability(found: Assessment, category: str) -> float:
    return next(row.probability for row in found.categories if row.category == category)


def _share(holds: Iterable[bool]) -> float:
    values = list(holds)
    return sum(values) / len(values) if values else 0.0


def _round(value: float) -> float:
    return round(value, 4)
