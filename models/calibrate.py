"""From held-out scores to probabilities and cutoffs that mean the same for every head."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from models.classifier import Cutoffs
from models.features import Floats

Bools = npt.NDArray[np.bool_]

_LIKELY_PRECISION = 0.85
_POSSIBLE_RECALL = 0.95
_PRIOR_WEIGHT = 300.0

LABEL = 0.4
"""From which probability on a category is a label: the same for all. Cutoffs of best F1 for each, drawn towards 0.4, gave less of mean F1
on unseen writers' tips (.721 for .727) and fewer tips with all labels right (.557 for .578); 0.35 to 0.5 differ little."""


def platt(scores: Floats, truth: Bools) -> tuple[float, float]:
    """Fit Platt's curve (1999) on scores that the model gave to tips it had not learned from; returns (slope, offset).

    A head without both answers among the held-out tips cannot be calibrated and keeps slope 1.
    """
    if truth.all() or not truth.any():
        return 1.0, 0.0
    curve = LogisticRegression(C=1e4).fit(scores.reshape(-1, 1), truth)
    return max(float(curve.coef_[0, 0]), 1e-3), float(curve.intercept_[0])


def cutoffs(probabilities: Floats, truth: Bools, answer: float | None = None, shared: float = 0.4) -> Cutoffs:
    """Cutoffs of one head from held-out probabilities.

    ``answer`` is the one given, else the cutoff of best F1, drawn towards ``shared`` the fewer positive tips there are: F1's best cutoff is
    half the F1 that can be had (Lipton et al. 2014), and 0.8 is to be expected on tips whose like has been seen. ``likely`` is the lowest
    probability from which 85 % are right, ``possible`` the one that keeps 95 % of the positives.
    """
    positives = int(truth.sum())
    if positives == 0:
        return Cutoffs(max(shared, 0.5), shared / 2, 0.9)
    if answer is None:
        own = best_f1(probabilities, truth)
        answer = (own * positives + shared * _PRIOR_WEIGHT) / (positives + _PRIOR_WEIGHT)
    possible = min(float(np.quantile(probabilities[truth], 1 - _POSSIBLE_RECALL)), answer)
    return Cutoffs(round(answer, 4), round(possible, 4), round(max(_precise_from(probabilities, truth), answer), 4))


def best_f1(probabilities: Floats, truth: Bools) -> float:
    """The cutoff of best F1, halfway to the next lower probability so that it does not hang on one tip."""
    order = np.argsort(-probabilities, kind="stable")
    ranked, hits = probabilities[order], np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    best = int(np.argmax(f1))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + below) / 2)


def expected_calibration_error(probabilities: Floats, truth: Bools, bins: int = 10) -> float:
    """Mean distance between what is promised and what holds, over equal-width bins weighted by their tips (Guo et al. 2017)."""
    where = np.minimum((probabilities * bins).astype(int), bins - 1)
    total = np.bincount(where, minlength=bins)
    promised = np.bincount(where, probabilities, minlength=bins)
    held = np.bincount(where, truth, minlength=bins)
    return float(np.abs(promised - held).sum() / max(total.sum(), 1))


def _precise_from(probabilities: Floats, truth: Bools) -> float:
    """The lowest probability from which on at least 85 % are right; 0.9 if there is none."""
    order = np.argsort(-probabilities, kind="stable")
    precision = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= _LIKELY_PRECISION)
    return float(probabilities[order][enough[-1]]) if len(enough) else 0.9
