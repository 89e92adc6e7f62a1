"""Fits the model of ``models.levels`` on probabilities that were held out, so that it learns how far each head can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.features import Floats
from models.labelled import LabelledTip
from models.levels import FACTS, LevelWeights
from models.pipeline import build_pipeline, make_doc, notes
from triage.domain.assessment import Urgency

C = 0.1
"""Inverse regularisation over standardised inputs; 0.01 to 0.1 did equally well in cross-validation by writer."""

RECALL_P0, FALSE_P0 = 0.97, 0.08
"""P0 begins where so many of the true P0 are found, or higher, where else more than so many of the P3 and P4 would become P0: both of the
tips it learned from. Of unseen writers' tips the first reader alone finds 0.93 at 0.077, both readers 0.93 at 0.074 (0.88 at 0.055 with a
recall of 0.95 here)."""

_LEVELS = 5
_BATCH = 256


def read_facts(tips: Sequence[LabelledTip]) -> Floats:
    """What the written rules see in each tip, shape (tips, ``FACTS``). Some 2 ms a tip."""
    nlp = build_pipeline()
    read: list[tuple[float, ...]] = []
    for start in range(0, len(tips), _BATCH):
        with nlp.memory_zone():
            docs = [make_doc(nlp, tip.text, None) for tip in tips[start : start + _BATCH]]
            read.extend(notes(doc).facts for doc in nlp.pipe(docs))
    return np.array(read, np.float32).reshape(len(tips), len(FACTS))


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
    immediate = model.predict_proba((read - mean) / spread)[:, 0]
    calm, true = immediate[truth >= Urgency.P3.rank], immediate[truth == Urgency.P0.rank]
    begins = max(float(np.quantile(true, 1 - RECALL_P0)), float(np.quantile(calm, 1 - FALSE_P0)))
    return LevelWeights(matrix, bias, round(begins, 4))
