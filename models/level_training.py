"""Fits the model of ``models.levels`` on probabilities that were held out, so that it learns how far each head can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.features import Floats
from models.levels import LevelWeights, at_least, pressure
from triage.domain.assessment import Urgency

C = 0.005
"""Inverse regularisation over standardised inputs; 0.003 to 0.01 did equally well in cross-validation by writer, 0.03 worse."""

RECALL_P0, FALSE_P0 = 0.96, 0.07
"""P0 begins where so many of the true P0 are found, or higher, where else more than so many of the P3 and P4 would become P0: both of the
tips it learned from. Of unseen writers' tips the first reader alone finds 0.94 at 0.070
(0.95 at 0.083 with 0.97 and 0.08 here)."""

_LEVELS = 5


def fit_levels(read: Floats, levels: Sequence[Urgency]) -> LevelWeights:
    """Fit on the ``inputs`` of held-out tips, shape (tips, inputs), and their true levels. Raises ``ValueError`` if a level is missing."""
    truth = np.array([level.rank for level in levels])
    if len(set(truth.tolist())) < _LEVELS:
        raise ValueError(f"to fit levels, tips of all {_LEVELS} levels are needed")
    mean, spread = read.mean(axis=0), read.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(C=C, max_iter=300).fit((read - mean) / spread, truth)
    matrix = np.asarray((model.coef_ / spread).T, np.float32)
    bias = np.asarray(model.intercept_ - (model.coef_ / spread) @ mean, np.float32)
    pressing = pressure(at_least(LevelWeights(matrix, bias, 0.0), read))
    calm, true = pressing[truth >= Urgency.P3.rank], pressing[truth == Urgency.P0.rank]
    begins = max(float(np.quantile(true, 1 - RECALL_P0)), float(np.quantile(calm, 1 - FALSE_P0)))
    return LevelWeights(matrix, bias, round(begins, 4))
