"""How probable each category is in view of the others and of the evidence.

Every head of the classifier judges its category for itself. Yet what else a tip may be about speaks against a category, a category that
excludes it does so most of all, and an indicator that the rules found speaks for those it supports. One small logistic model over these few
signs ("stacking", Wolpert 1992), the same for all categories but for its intercept, weighs them. Fitted by ``models.joint_training``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.features import Floats
from models.odds import log_odds
from triage.domain.assessment import Assertion, Finding
from triage.taxonomy.taxonomy import Taxonomy

SIGNS = ("own", "others", "rival", "evidence", "evidence_elsewhere")
"""What the model weighs, in the order of its coefficients: the head's log odds; the logarithm of how many other categories are to be
expected; the log odds of the likeliest category that excludes this one; the sharpest finding for it; and the sharpest for any other."""

_NO_RIVAL = -9.0
"""Stands for the log odds of a rival where a category has none or only improbable ones."""

_FEW = 1e-3
"""Added to the number of others that are to be expected, so that its logarithm is finite."""

_UNREPORTED = frozenset({"not_actionable", "information_request"})
"""What speaks for these never lifts a tip, and speaks for them all the same."""


@dataclass(frozen=True, slots=True)
class JointWeights:
    """``coefficients`` (``SIGNS``,) are shared by all categories, ``intercept`` is (categories,).

    ``rivals`` are pairs of columns: the second category excludes the first.
    """

    coefficients: Floats
    intercept: Floats
    rivals: tuple[tuple[int, int], ...]


def alone(categories: int) -> JointWeights:
    """Weights that leave every category to its own head."""
    return JointWeights(np.array([1, *[0] * (len(SIGNS) - 1)], np.float32), np.zeros(categories, np.float32), ())


def rivals(taxonomy: Taxonomy) -> tuple[tuple[int, int], ...]:
    """The pairs of categories of which one excludes the other, as columns in the order of the taxonomy, each both ways."""
    names = list(taxonomy.categories)
    pairs = {(names.index(name), names.index(other)) for name, category in taxonomy.categories.items() for other in category.excludes}
    return tuple(sorted(pairs | {(other, name) for name, other in pairs}))


class EvidenceReader:
    """Tells from the rules' findings how sharply they speak for each category."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        names = list(taxonomy.categories)
        self._categories = len(names)
        self._speaks_for = {
            indicator.id: [
                (names.index(name), 1 / len(indicator.supports)) for name in indicator.supports if indicator.lifts or name in _UNREPORTED
            ]
            for indicator in taxonomy.indicators.values()
            if not indicator.bias  # these look at who somebody is, and may find one word for it and miss another
        }

    def __call__(self, findings_of: Sequence[Sequence[Finding]]) -> Floats:
        """For the findings of each text, shape (texts, categories): 0 where none speaks for a category, else one over the number of
        categories that its sharpest finding supports. Only findings put as present count, and one counts as much as many."""
        evidence = np.zeros((len(findings_of), self._categories), np.float32)
        for row, findings in zip(evidence, findings_of, strict=True):
            for name in {finding.indicator for finding in findings if finding.assertion is Assertion.PRESENT}:
                for column, sharpness in self._speaks_for.get(name, ()):
                    row[column] = max(row[column], sharpness)
        return evidence


def signs(probabilities: Floats, evidence: Floats, pairs: Sequence[tuple[int, int]]) -> Floats:
    """The ``SIGNS``, shape (texts, categories, signs), of the heads' probabilities and the evidence, both (texts, categories)."""
    own = log_odds(probabilities)
    others = np.log(np.maximum(probabilities.sum(axis=1, keepdims=True) - probabilities, 0) + _FEW)
    rival = np.full_like(own, _NO_RIVAL)
    for column, other in pairs:
        rival[:, column] = np.maximum(rival[:, column], own[:, other])
    return np.stack([own, others, rival, evidence, _largest_of_others(evidence)], axis=2).astype(np.float32)


def together(weights: JointWeights, probabilities: Floats, evidence: Floats) -> Floats:
    """The categories' probabilities in view of each other and of the evidence; all shapes are (texts, categories)."""
    return np.asarray(expit(signs(probabilities, evidence, weights.rivals) @ weights.coefficients + weights.intercept), np.float32)


def _largest_of_others(values: Floats) -> Floats:
    """For each place the largest value of its row that stands elsewhere."""
    ranked = np.sort(values, axis=1)
    return np.where(values == ranked[:, -1:], ranked[:, -2:-1], ranked[:, -1:])
