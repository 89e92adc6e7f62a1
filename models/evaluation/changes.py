"""What changes in a reading when something changes in a text that should change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.evaluation.reads import UNREPORTED
from triage.domain.assessment import Assessment, Band


@dataclass(frozen=True, slots=True)
class Change:
    """Two readings compared.

    ``same_bands``: the labels of both are as sure. ``newly_likely``: something reported has become likely that was not.
    ``difference`` is the largest of all categories' differences of probability.
    """

    kind: str
    same_labels: bool
    same_level: bool
    more_urgent: bool
    same_bands: bool
    newly_likely: bool
    difference: float


def change(kind: str, before: Assessment, after: Assessment) -> Change:
    """Compare two readings of the same model."""
    return Change(
        kind,
        set(before.labels) == set(after.labels),
        before.urgency is after.urgency,
        after.urgency.rank < before.urgency.rank,
        _bands(before) == _bands(after),
        bool(_likely(after) - _likely(before)),
        max((abs(a.probability - b.probability) for a, b in zip(before.categories, after.categories, strict=True)), default=0.0),
    )


def _likely(found: Assessment) -> set[str]:
    return {row.category for row in found.categories if row.band is Band.LIKELY} - UNREPORTED


def _bands(found: Assessment) -> set[tuple[str, Band]]:
    return {(row.category, row.band) for row in found.categories if row.label}


def summary(changes: Sequence[Change]) -> dict[str, Any]:
    """How many, the shares in which nothing changed, and the median, the 95th percentile (``high``) and the largest difference."""
    if not changes:
        return {"n": 0}
    differences = [each.difference for each in changes]
    middle, high, largest = np.percentile(differences, (50, 95, 100))
    return {
        "n": len(changes),
        "same_labels": share([each.same_labels for each in changes]),
        "same_level": share([each.same_level for each in changes]),
        "same_bands": share([each.same_bands for each in changes]),
        "median_difference": round(float(middle), 4),
        "high_difference": round(float(high), 4),
        "largest_difference": round(float(largest), 4),
    }


def by_kind(changes: Sequence[Change]) -> Mapping[str, Mapping[str, Any]]:
    """The summary of each kind."""
    return {kind: summary([each for each in changes if each.kind == kind]) for kind in dict.fromkeys(each.kind for each in changes)}


def share(holds: Sequence[bool]) -> float:
    """The share that holds; 0 of nothing."""
    return round(sum(holds) / len(holds), 4) if holds else 0.0
