"""What stands behind the headline: categories with their curves, confusion, levels, calibration, flags, indicators, entities, errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from models.evaluation.measures import Bools, Floats, average_precision, calibration_error, labelled, probability, rounded, truths
from models.evaluation.reads import (
    TRAFFICKING,
    Counts,
    Read,
    entity_counts,
    flag_counts,
    indicator_counts,
    probability_of,
    trafficking_probability,
)
from triage.domain.assessment import Band, Urgency
from triage.taxonomy.taxonomy import ENTITY_TYPES, FLAGS, Taxonomy

_POINTS = 60
"""The most points of a curve that are kept: more cannot be seen."""

_RELIABILITY_BINS = 10
_ERRORS = 40
_LEVEL_ERRORS = 10
_ERRORS_OF_ONE = 3
"""The most errors of one kind (a category added, or missed) among those worth reading: more of the same teach nothing new."""


def categories(reads: Sequence[Read], taxonomy: Taxonomy) -> dict[str, dict[str, Any]]:
    """For each category: average precision, precision, recall and F1 of its labels, calibration error, bands among the true, and curve."""
    names = tuple(taxonomy.categories)
    truth, labels, probabilities = truths(reads, names), labelled(reads, names), probability(reads, names)
    every = np.ones((1, len(reads)), np.float32)
    figures: dict[str, dict[str, Any]] = {}
    for at, name in enumerate(names):
        figures[name] = {
            "ap": rounded(average_precision(probabilities[:, at], truth[:, at])(every)[0]),
            **_figures(truth[:, at] & labels[:, at], ~truth[:, at] & labels[:, at], truth[:, at] & ~labels[:, at]),
            "ece": rounded(calibration_error(probabilities[:, at], truth[:, at])(every)[0]),
            "bands": _bands([read for read, holds in zip(reads, truth[:, at], strict=True) if holds], name),
            "curve": curve(probabilities[:, at], truth[:, at]),
        }
    return figures


def trafficking_curve(reads: Sequence[Read]) -> dict[str, Any]:
    """Precision and recall of "any trafficking" by the probability of the likelier kind, and where the labels stand."""
    truth = np.array([bool(TRAFFICKING & set(tip.categories)) for tip, _ in reads])
    called = np.array([bool(TRAFFICKING & set(found.labels)) for _, found in reads])
    scores = np.array([trafficking_probability(found) for _, found in reads], np.float32)
    return {"curve": curve(scores, truth), "labels": _figures(truth & called, ~truth & called, truth & ~called)}


def curve(scores: Floats, truth: Bools) -> list[tuple[float, float, float]]:
    """At most some sixty points (recall, precision, score from which on tips count), evenly spread over recall."""
    if not truth.any():
        return []
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    hits = np.cumsum(truth[order])[ends]
    recall, precision = hits / truth.sum(), hits / (ends + 1)
    wanted = np.unique(np.searchsorted(recall, np.linspace(recall[0], 1.0, _POINTS)))
    return [(round(float(recall[at]), 4), round(float(precision[at]), 4), round(float(ranked[ends[at]]), 4)) for at in wanted]


def confusion(reads: Sequence[Read]) -> dict[str, dict[str, dict[str, int]]]:
    """Which label was put beside, and which in place of, each true one.

    ``missed``: for each true label that was missed, the labels that were put without being true ("" for none).
    ``added``: for each true label that was found, the labels that were put beside it without being true.
    """
    missed: dict[str, Counter[str]] = {}
    added: dict[str, Counter[str]] = {}
    for tip, found in reads:
        true, labels = set(tip.categories), set(found.labels)
        for name in true - labels:
            missed.setdefault(name, Counter()).update(labels - true or {""})
        for name in true & labels:
            added.setdefault(name, Counter()).update(labels - true)
    return {
        kind: {name: dict(row.most_common()) for name, row in sorted(rows.items())} for kind, rows in (("missed", missed), ("added", added))
    }


def levels(reads: Sequence[Read]) -> dict[str, dict[str, int]]:
    """How many tips of each true level were read as each level."""
    tally = Counter((tip.urgency, found.urgency) for tip, found in reads)
    return {true: {read: tally[true, read] for read in Urgency} for true in Urgency}


def reliability(reads: Sequence[Read], taxonomy: Taxonomy) -> list[dict[str, float | int | None]]:
    """For each tenth of probability, over all categories: the mean that was promised, the share that held, and how many."""
    names = tuple(taxonomy.categories)
    promised, held = probability(reads, names).ravel(), truths(reads, names).ravel()
    bins = np.minimum((promised * _RELIABILITY_BINS).astype(int), _RELIABILITY_BINS - 1)
    rows: list[dict[str, float | int | None]] = []
    for at in range(_RELIABILITY_BINS):
        inside = bins == at
        if inside.any():
            mean, share = float(promised[inside].mean()), float(held[inside].mean())
            rows.append({"promised": rounded(mean), "held": rounded(share), "n": int(inside.sum())})
    return rows


def flags(reads: Sequence[Read]) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of each flag."""
    return {name: _of(flag_counts(reads, [name])) for name in FLAGS}


def indicators_by_facet(reads: Sequence[Read], taxonomy: Taxonomy) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of the indicators of each facet, by tip."""
    facets: dict[str, list[str]] = {}
    for indicator in taxonomy.indicators.values():
        facets.setdefault(indicator.facet, []).append(indicator.id)
    return {facet: _of(indicator_counts(reads, names)) for facet, names in sorted(facets.items())}


def entities(reads: Sequence[Read]) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of each kind of entity; no kinds that are neither marked nor found."""
    every = {kind: _of(entity_counts(reads, [kind])) for kind in ENTITY_TYPES}
    return {kind: row for kind, row in every.items() if row["n"] or row["found"]}


def errors(reads: Sequence[Read]) -> list[dict[str, Any]]:
    """The errors most worth reading: what was most surely read wrongly, few of each kind; then the levels that are furthest off."""
    wrong = sorted((error for read in reads for error in _label_errors(read)), key=lambda error: (-error["sureness"], error["tip"]))
    seen: Counter[tuple[str, str]] = Counter()
    chosen: list[dict[str, Any]] = []
    for error in wrong:
        kind = (error["kind"], error["category"])
        if seen[kind] < _ERRORS_OF_ONE and len(chosen) < _ERRORS - _LEVEL_ERRORS:
            seen[kind] += 1
            chosen.append(error)
    apart = sorted(reads, key=lambda read: (-abs(read[0].urgency.rank - read[1].urgency.rank), read[0].id))
    off = [_described(read, "level", "", 0.0) for read in apart[:_LEVEL_ERRORS] if read[0].urgency is not read[1].urgency]
    return chosen + off


def _label_errors(read: Read) -> list[dict[str, Any]]:
    tip, found = read
    true, labels = set(tip.categories), set(found.labels)
    added = [_described(read, "added", name, probability_of(found, name)) for name in labels - true]
    return added + [_described(read, "missed", name, 1 - probability_of(found, name)) for name in true - labels]


def _described(read: Read, kind: str, category: str, sureness: float) -> dict[str, Any]:
    tip, found = read
    return {
        "tip": tip.id,
        "kind": kind,
        "category": category,
        "sureness": round(sureness, 3),
        "true": list(tip.categories),
        "read": list(found.labels),
        "true_level": tip.urgency.value,
        "read_level": found.urgency.value,
        "text": tip.text,
    }


def _bands(reads: Sequence[Read], category: str) -> dict[str, int]:
    tally = Counter(row.band for _, found in reads for row in found.categories if row.category == category)
    return {band.value: tally[band] for band in Band}


def _of(counts: Counts) -> dict[str, Any]:
    return _figures(counts.right, counts.wrong, counts.missed)


def _figures(right: Floats | Bools, wrong: Floats | Bools, missed: Floats | Bools) -> dict[str, Any]:
    """Precision, recall, F1 (None where there is nothing to divide), the number of true cases and of found ones."""
    hits, added, lost = (float(np.sum(counts)) for counts in (right, wrong, missed))

    def share(part: float, whole: float) -> float | None:
        return round(part / whole, 4) if whole else None

    return {
        "precision": share(hits, hits + added),
        "recall": share(hits, hits + lost),
        "f1": share(2 * hits, 2 * hits + added + lost),
        "n": int(hits + lost),
        "found": int(hits + added),
    }
