"""Figures as functions of weights on tips, so that one definition serves the whole, every slice and every bootstrap resample.

Weights have shape (rows, tips): a row of ones is the corpus, a row of zeros and ones a slice, a row of counts a resample. A measure gives
one value a row, NaN where a row holds nothing to divide by. Every tip must have been held out from the model that read it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.evaluation.reads import (
    BOUNDARY,
    TRAFFICKING,
    UNREPORTED,
    Counts,
    Read,
    entity_counts,
    flag_counts,
    indicator_counts,
    probability_of,
    span_counts,
)
from triage.domain.assessment import Band, Urgency
from triage.taxonomy.taxonomy import Taxonomy

Weights = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]
Measure = Callable[[Weights], Values]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

SOUGHT_ENTITIES = ("plate", "phone", "highway", "mile_marker", "exit", "trailer", "email", "handle", "truck_stop")
"""The kinds that lead to somebody or somewhere, which must not be missed."""

_BINS = 10


def headline(reads: Sequence[Read], taxonomy: Taxonomy) -> dict[str, Measure]:
    """The figures that people read first, by name, in the order of the report."""
    return {
        **category_measures(reads, tuple(taxonomy.categories)),
        **trafficking_measures(reads),
        "pairs_in_order": ratio(*pair_counts(reads)),
        **urgency_measures(reads),
        "flags_f1": f1(flag_counts(reads)),
        "indicators_f1": f1(indicator_counts(reads)),
        "indicators_span_f1": f1(span_counts(reads)),
        "labels_with_evidence": ratio(*evidence_counts(reads, taxonomy)),
        "entities_recall": ratio(*recall_parts(entity_counts(reads, SOUGHT_ENTITIES))),
        "entities_precision": ratio(*precision_parts(entity_counts(reads, SOUGHT_ENTITIES))),
        "language_right": ratio(*share_parts(np.array([tip.language == found.language for tip, found in reads]))),
    }


def category_measures(reads: Sequence[Read], categories: Sequence[str]) -> dict[str, Measure]:
    """Means over the categories that occur among the weighted tips, the share of tips with all labels right, the gap of languages."""
    truth, labels, probabilities = truths(reads, categories), labelled(reads, categories), probability(reads, categories)
    macro_f1 = _macro(truth, _f1_by_category(truth, labels))
    english, spanish = (np.array([tip.language == code for tip, _ in reads], np.float32) for code in ("en", "es"))
    columns = range(len(categories))
    return {
        "macro_ap": _mean_of([average_precision(probabilities[:, at], truth[:, at]) for at in columns]),
        "macro_f1": macro_f1,
        "labels_exact": ratio(*share_parts((truth == labels).all(axis=1))),
        "ece": _mean_of([calibration_error(probabilities[:, at], truth[:, at]) for at in columns]),
        "language_gap": lambda weights: np.abs(macro_f1(weights * english) - macro_f1(weights * spanish)),
    }


def trafficking_measures(reads: Sequence[Read]) -> dict[str, Measure]:
    """Any trafficking against none; how many boundary tips are called trafficking; how many true ones reach the band "likely"."""
    true = np.array([bool(TRAFFICKING & set(tip.categories)) for tip, _ in reads])
    called = np.array([bool(TRAFFICKING & set(found.labels)) for _, found in reads])
    boundary = np.array([bool(BOUNDARY & set(tip.categories)) for tip, _ in reads]) & ~true
    likely = np.array([any(row.category in TRAFFICKING and row.band is Band.LIKELY for row in found.categories) for _, found in reads])
    return {
        "trafficking_precision": ratio(*share_parts(true, called)),
        "trafficking_recall": ratio(*share_parts(called, true)),
        "trafficking_likely": ratio(*share_parts(likely, true)),
        "boundary_called_trafficking": ratio(*share_parts(called, boundary)),
    }


def urgency_measures(reads: Sequence[Read]) -> dict[str, Measure]:
    """Exact levels, levels at most one off, P0 recall and precision, and how many true P3 and P4 are called P0."""
    true, called = (np.array(levels) for levels in zip(*((tip.urgency.rank, found.urgency.rank) for tip, found in reads), strict=True))
    p0, calm = true == Urgency.P0.rank, true >= Urgency.P3.rank
    called_p0 = called == Urgency.P0.rank
    return {
        "urgency_exact": ratio(*share_parts(true == called)),
        "urgency_within_one": ratio(*share_parts(np.abs(true - called) <= 1)),
        "p0_recall": ratio(*share_parts(called_p0, p0)),
        "p0_precision": ratio(*share_parts(p0, called_p0)),
        "p0_false": ratio(*share_parts(called_p0, calm)),
    }


def truths(reads: Sequence[Read], categories: Sequence[str]) -> Bools:
    """The right categories, shape (tips, categories)."""
    return np.array([[name in tip.categories for name in categories] for tip, _ in reads], np.bool_).reshape(len(reads), len(categories))


def labelled(reads: Sequence[Read], categories: Sequence[str]) -> Bools:
    """The categories that were read as labels, shape (tips, categories)."""
    held = [{row.category for row in found.categories if row.label} for _, found in reads]
    return np.array([[name in labels for name in categories] for labels in held], np.bool_).reshape(len(reads), len(categories))


def probability(reads: Sequence[Read], categories: Sequence[str]) -> Floats:
    """The probabilities, shape (tips, categories)."""
    rows = [{row.category: row.probability for row in found.categories} for _, found in reads]
    return np.array([[row[name] for name in categories] for row in rows], np.float32).reshape(len(reads), len(categories))


def pair_counts(reads: Sequence[Read]) -> tuple[Floats, Floats]:
    """How often a category is surer on the side of a minimal pair that has it, and of how many; each counted at the side that has it."""
    sides: dict[str, list[int]] = {}
    for at, (tip, _) in enumerate(reads):
        if tip.pair:
            sides.setdefault(tip.pair, []).append(at)
    ordered, compared = np.zeros(len(reads), np.float32), np.zeros(len(reads), np.float32)
    for members in sides.values():
        for at in members:
            for other in members:
                for name in set(reads[at][0].categories) - set(reads[other][0].categories):
                    compared[at] += 1
                    ordered[at] += probability_of(reads[at][1], name) > probability_of(reads[other][1], name)
    return ordered, compared


def evidence_counts(reads: Sequence[Read], taxonomy: Taxonomy) -> tuple[Floats, Floats]:
    """How many labels cite a finding that supports them, and of how many; a label that nothing is reported needs none."""
    cited, labels = np.zeros(len(reads), np.float32), np.zeros(len(reads), np.float32)
    for at, (_, found) in enumerate(reads):
        named = [taxonomy.indicators[finding.indicator] for finding in found.findings if finding.indicator in taxonomy.indicators]
        supported = {category for indicator in named for category in indicator.supports}
        told = [label for label in found.labels if label not in UNREPORTED]
        cited[at], labels[at] = sum(label in supported for label in told), len(told)
    return cited, labels


def ratio(part: Floats, whole: Floats) -> Measure:
    """The weighted sum of ``part`` over that of ``whole``, both counts a tip."""
    return lambda weights: _divide(weights @ part, weights @ whole)


def share_parts(holds: Bools, among: Bools | None = None) -> tuple[Floats, Floats]:
    """Part and whole of the share of tips ``among`` (all without it) for which something holds."""
    among = np.ones(len(holds), np.bool_) if among is None else among
    return (holds & among).astype(np.float32), among.astype(np.float32)


def precision_parts(counts: Counts) -> tuple[Floats, Floats]:
    """Part and whole of precision."""
    return counts.right, counts.right + counts.wrong


def recall_parts(counts: Counts) -> tuple[Floats, Floats]:
    """Part and whole of recall."""
    return counts.right, counts.right + counts.missed


def f1(counts: Counts) -> Measure:
    """F1 over all that is counted together (micro)."""
    return ratio(2 * counts.right, 2 * counts.right + counts.wrong + counts.missed)


def average_precision(scores: Floats, truth: Bools) -> Measure:
    """Area under the precision-recall curve by steps, as scikit-learn computes it: tips with the same score count as one step."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], truth[order].astype(np.float32)
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))

    def measure(weights: Weights) -> Values:
        drawn = weights[:, order]
        found = np.cumsum(drawn * hits, axis=1, dtype=np.float64)[:, ends]
        seen = np.cumsum(drawn, axis=1, dtype=np.float64)[:, ends]
        steps = np.diff(found, axis=1, prepend=0.0)
        summed = (steps * np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)).sum(axis=1)
        return _divide(summed, found[:, -1])

    return measure


def calibration_error(probabilities: Floats, truth: Bools) -> Measure:
    """Mean distance between what is promised and what holds, over ten equal bins weighted by their tips (Guo et al. 2017)."""
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    gaps = np.zeros((len(truth), _BINS), np.float32)
    gaps[np.arange(len(truth)), bins] = probabilities - truth
    return lambda weights: _divide(np.abs(weights @ gaps).sum(axis=1), weights.sum(axis=1))


def _f1_by_category(truth: Bools, labels: Bools) -> Callable[[Weights], Values]:
    both, either = (truth & labels).astype(np.float32), truth.astype(np.float32) + labels
    return lambda weights: _divide(2 * (weights @ both), weights @ either)


def _macro(truth: Bools, by_category: Callable[[Weights], Values]) -> Measure:
    """The mean over the categories of which a weighted tip is true."""
    occurs = truth.astype(np.float32)
    return lambda weights: nan_mean(np.where(weights @ occurs > 0, by_category(weights), np.nan))


def _mean_of(measures: Collection[Measure]) -> Measure:
    return lambda weights: nan_mean(np.stack([measure(weights) for measure in measures], axis=1))


def nan_mean(values: Values) -> Values:
    """The mean of each row without its NaN; NaN for a row of nothing else."""
    known = ~np.isnan(values)
    return _divide(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))


def _divide(part: npt.ArrayLike, whole: npt.ArrayLike) -> Values:
    top, bottom = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    quotient: Values = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return quotient


def values(measures: Mapping[str, Measure], weights: Weights) -> dict[str, list[float | None]]:
    """Every measure's value for every row, rounded to four places, None where there is none."""
    return {name: [rounded(value) for value in measure(weights)] for name, measure in measures.items()}


def rounded(value: float) -> float | None:
    """Four places, as reports hold it; None for NaN, which JSON does not know."""
    return None if np.isnan(value) else round(float(value), 4)
