"""Trains the second reader of indicators: same corpus, same model. Takes about a minute and under 2 GB on one core.

One linear support vector machine for each indicator, learnt from the tips and, at half weight, from the quotes that labellers marked. The
cut-off is the one that gives the best F1 on tips that were held out by writer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse
from sklearn.svm import LinearSVC

from models.artifact import compress, expand
from models.indicators.detect import IndicatorReader
from models.indicators.learned import RULE_BONUS, IndicatorWeights, save
from models.indicators.vectors import Floats, learn_terms, vectors
from models.labelled import LabelledTip, folds, load_corpus
from models.normalise import Normaliser, load_normaliser
from triage.taxonomy.taxonomy import Taxonomy

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, 0 to 1."""

C = 1.0
BALANCE = 0.5
"""Class weights are (n / (2 * n_class)) ** BALANCE; 0.3, 0.5 and 0.8 were alike on held-out tips."""

QUOTE_WEIGHT = 0.5
FOLDS = 3

_LEAST_SHARE = 0.06
"""Weights below this share of the largest of their indicator are dropped: they cost megabytes and change nothing."""


def train_indicators(out: Path, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None) -> IndicatorWeights:
    """Train on the whole corpus and write the model into ``out``."""
    normaliser = load_normaliser()
    weights, _ = fit_indicators(load_corpus(corpus), taxonomy, normaliser, progress)
    save(out, weights, normaliser)
    return weights


def fit_indicators(
    tips: Sequence[LabelledTip], taxonomy: Taxonomy, normaliser: Normaliser, progress: Progress
) -> tuple[IndicatorWeights, Floats]:
    """Fit a model; also return its held-out scores (without rules), shape (tips, indicators)."""
    names = tuple(taxonomy.indicators)
    progress("indicators: normalising", 0.0)
    texts = [normaliser(tip.text) for tip in tips]
    truth = _truth(tips, names)
    scores = np.zeros(truth.shape, np.float32)
    for number, (learn, held_out) in enumerate(folds(tips, FOLDS)):
        progress(f"indicators: held-out fold {number + 1} of {FOLDS}", (number + 0.1) / (FOLDS + 1))
        fitted = _fit([tips[at] for at in learn], [texts[at] for at in learn], names, normaliser)
        columns = {term: at for at, term in enumerate(fitted.terms)}
        unread = vectors([texts[at] for at in held_out], columns, fitted.idf)
        scores[held_out] = (unread @ fitted.matrix).toarray() + fitted.intercept
    progress("indicators: all tips", FOLDS / (FOLDS + 1))
    fitted = _fit(tips, texts, names, normaliser)
    cutoff = _best_cutoff(scores + RULE_BONUS * _ruled(tips, names, IndicatorReader(taxonomy)), truth)
    rounded = expand(*compress(fitted.matrix.toarray()))  # as the artifact rounds them: what is trained and what is loaded are the same
    digest = hashlib.sha256(rounded.tobytes() + fitted.intercept.tobytes()).hexdigest()[:12]
    return replace(fitted, id=f"tipstream-indicators-{digest}", matrix=scipy.sparse.csr_array(rounded), cutoff=cutoff), scores


def _fit(tips: Sequence[LabelledTip], texts: Sequence[str], names: tuple[str, ...], normaliser: Normaliser) -> IndicatorWeights:
    terms, idf = learn_terms(texts)
    columns = {name: at for at, name in enumerate(names)}
    quotes = [(columns[name], normaliser(quote)) for tip in tips for name, quote in tip.indicators]
    marked = np.zeros((len(quotes), len(names)), np.bool_)
    marked[np.arange(len(quotes)), [column for column, _ in quotes]] = True
    truth = np.vstack([_truth(tips, names), marked])
    features = vectors([*texts, *(quote for _, quote in quotes)], {term: at for at, term in enumerate(terms)}, idf)
    importance = np.concatenate([np.ones(len(texts)), np.full(len(quotes), QUOTE_WEIGHT)])
    matrix = np.zeros((len(terms), len(names)), np.float32)
    intercept = np.full(len(names), -5.0, np.float32)
    for at in range(len(names)):
        share = float(truth[:, at].mean())
        if not 0.0 < share < 1.0:
            continue
        balanced = {True: (1 / (2 * share)) ** BALANCE, False: (1 / (2 * (1 - share))) ** BALANCE}
        model = LinearSVC(C=C, dual=True, tol=1e-2, class_weight=balanced, random_state=0)
        model.fit(features, truth[:, at], sample_weight=importance)
        column = model.coef_[0].astype(np.float32)
        matrix[:, at] = np.where(np.abs(column) < _LEAST_SHARE * np.abs(column).max(), 0, column)
        intercept[at] = model.intercept_[0]
    used = np.abs(matrix).max(axis=1) > 0
    kept = tuple(term for term, keep in zip(terms, used, strict=True) if keep)
    return IndicatorWeights("", names, kept, idf[used], scipy.sparse.csr_array(matrix[used]), intercept, 0.0)


def _truth(tips: Sequence[LabelledTip], names: Sequence[str]) -> npt.NDArray[np.bool_]:
    marked = [{name for name, _ in tip.indicators} for tip in tips]
    return np.array([[name in found for name in names] for found in marked], np.bool_).reshape(len(tips), len(names))


def _ruled(tips: Sequence[LabelledTip], names: Sequence[str], reader: IndicatorReader) -> npt.NDArray[np.bool_]:
    found = [{finding.indicator for finding in reader.read(tip.text)} for tip in tips]
    return np.array([[name in names_found for name in names] for names_found in found], np.bool_).reshape(len(tips), len(names))


def _best_cutoff(scores: Floats, truth: npt.NDArray[np.bool_]) -> float:
    def f1(cutoff: float) -> float:
        found = scores > cutoff
        return 2 * float((found & truth).sum()) / max(1, int(found.sum() + truth.sum()))

    return float(max(np.round(np.arange(-1.2, 0.8, 0.05), 2), key=f1))
