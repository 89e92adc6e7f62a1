"""Trains the second reader of indicators: same corpus, same model. Takes some two minutes and under 2 GB on one core.

One linear support vector machine for each indicator, learnt from the tips and, at half weight, from the quotes that labellers marked. How
its score is weighed with rules and categories (``models.indicators.judge``), and the cut-off of best F1, come from tips held out by writer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from models.artifact import compress, expand
from models.indicators.detect import IndicatorReader
from models.indicators.judge import PARTS, Bools, Judge, candidates, shares, weighed_parts
from models.indicators.learned import IndicatorWeights
from models.indicators.store import save
from models.indicators.vectors import Floats, Vectors, learn_terms
from models.labelled import LabelledTip, folds, load_corpus
from models.normalise import Normaliser, load_normaliser
from triage.taxonomy.taxonomy import Taxonomy

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, 0 to 1."""

C = 1.0
BALANCE = 0.5
"""Class weights are (n / (2 * n_class)) ** BALANCE; 0.3, 0.5 and 0.8 were alike on held-out tips."""

QUOTE_WEIGHT = 0.5

LEANING = 0.3
"""Scale of the categories' probabilities beside the words. Without them F1 by tip is .486, with .3 it is .490, with .6 .486."""

FOLDS = 3

_LEAST_SHARE = 0.06
"""Weights below this share of the largest of their indicator are dropped: they cost megabytes and change nothing."""

_SURE = 5.0

_READ = re.compile(r"t(?:[12]?[13579]|31)_")
"""Writers whose tips were read while the rules were written: there the rules look better than they are."""


def train_indicators(
    out: Path, taxonomy: Taxonomy, categories: Floats, progress: Progress, corpus: Traversable | None = None
) -> IndicatorWeights:
    """Train on the whole corpus and write the model into ``out``. ``categories`` are as ``fit_indicators`` takes them."""
    normaliser = load_normaliser()
    weights = fit_indicators(load_corpus(corpus), taxonomy, normaliser, categories, progress)
    save(out, weights, normaliser)
    return weights


def fit_indicators(
    tips: Sequence[LabelledTip], taxonomy: Taxonomy, normaliser: Normaliser, categories: Floats, progress: Progress
) -> IndicatorWeights:
    """Fit a model. ``categories`` are the classifier's probabilities of the tips, held out by writer, shape (tips, categories)."""
    names = tuple(taxonomy.indicators)
    progress("indicators: normalising", 0.0)
    texts = [normaliser(tip.text) for tip in tips]
    truth = _truth([[name for name, _ in tip.indicators] for tip in tips], names)
    scores = np.zeros(truth.shape, np.float32)
    for number, (learn, held_out) in enumerate(folds(tips, FOLDS)):
        progress(f"indicators: held-out fold {number + 1} of {FOLDS}", (number + 0.1) / (FOLDS + 1))
        part = _fit([tips[at] for at in learn], [texts[at] for at in learn], categories[learn], names, normaliser)
        unread = Vectors(part.terms, part.idf)([texts[at] for at in held_out])
        scores[held_out] = (unread @ part.matrix).toarray() + categories[held_out] @ part.leaning + part.intercept
    progress("indicators: all tips", FOLDS / (FOLDS + 1))
    whole = _fit(tips, texts, categories, names, normaliser)
    labels = _truth([tip.categories for tip in tips], tuple(taxonomy.categories))
    judge, cutoff = _judge(tips, texts, scores, truth, categories, labels, IndicatorReader(taxonomy), names)
    judge = replace(judge, leaning=whole.leaning)
    rounded = expand(*compress(whole.matrix.toarray()))  # as the artifact rounds them: what is trained and what is loaded are the same
    told = (rounded, whole.intercept, judge.weights, judge.leaning)
    digest = hashlib.sha256(b"".join(array.tobytes() for array in told)).hexdigest()[:12]
    matrix = scipy.sparse.csr_array(rounded)
    return IndicatorWeights(f"tipstream-indicators-{digest}", names, whole.terms, whole.idf, matrix, whole.intercept, judge, cutoff)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Terms, their inverse document frequencies, weights (terms, indicators), leaning (categories, indicators) and intercepts."""

    terms: tuple[str, ...]
    idf: Floats
    matrix: scipy.sparse.csr_array
    leaning: Floats
    intercept: Floats


def _fit(tips: Sequence[LabelledTip], texts: Sequence[str], categories: Floats, names: Sequence[str], normaliser: Normaliser) -> _Fitted:
    """One machine for each indicator, on the tips and on their quotes; a quote is of the categories of its tip."""
    terms, idf = learn_terms(texts)
    quotes = [(name, normaliser(quote)) for tip in tips for name, quote in tip.indicators]
    owner = [at for at, tip in enumerate(tips) for _ in tip.indicators]
    truth = _truth([*([name for name, _ in tip.indicators] for tip in tips), *([name] for name, _ in quotes)], names)
    said = Vectors(terms, idf)([*texts, *(quote for _, quote in quotes)])
    chances = LEANING * np.concatenate([categories, categories[owner]])
    features = scipy.sparse.csr_array(scipy.sparse.hstack([said, scipy.sparse.csr_array(chances)]))
    importance = np.concatenate([np.ones(len(texts)), np.full(len(quotes), QUOTE_WEIGHT)])
    matrix = np.zeros((len(terms), len(names)), np.float32)
    leaning = np.zeros((categories.shape[1], len(names)), np.float32)
    intercept = np.full(len(names), -5.0, np.float32)
    for at in range(len(names)):
        share = float(truth[:, at].mean())
        if not 0.0 < share < 1.0:
            continue
        balanced = {True: (1 / (2 * share)) ** BALANCE, False: (1 / (2 * (1 - share))) ** BALANCE}
        model = LinearSVC(C=C, dual=True, tol=1e-2, class_weight=balanced, random_state=0)
        model.fit(features, truth[:, at], sample_weight=importance)
        column, of_categories = np.split(model.coef_[0].astype(np.float32), [len(terms)])
        leaning[:, at] = LEANING * of_categories
        matrix[:, at] = np.where(np.abs(column) < _LEAST_SHARE * np.abs(column).max(), 0, column)
        intercept[at] = model.intercept_[0]
    used = np.abs(matrix).max(axis=1, initial=0) > 0
    kept = tuple(term for term, keep in zip(terms, used, strict=True) if keep)
    return _Fitted(kept, idf[used], scipy.sparse.csr_array(matrix[used]), np.round(leaning, 4), intercept)


def _judge(
    tips: Sequence[LabelledTip],
    texts: Sequence[str],
    scores: Floats,
    truth: Bools,
    categories: Floats,
    labels: Bools,
    reader: IndicatorReader,
    names: Sequence[str],
) -> tuple[Judge, float]:
    """The judge and the cut-off of best F1, fitted on the tips that nobody read for the rules (on all where that leaves none)."""
    given, base = shares(truth, labels)
    unread = [at for at, tip in enumerate(tips) if not _READ.match(tip.group)] or list(range(len(tips)))
    ruled = _truth([[finding.indicator for finding in reader.read(tips[at].text)] for at in unread], names)
    words = [texts[at].count(" ") + 1 for at in unread]
    held_out, right, chances = scores[unread], truth[unread], categories[unread]
    among = candidates(held_out, ruled)
    parts = weighed_parts(held_out, ruled, chances, words, given, base)
    rows = np.stack([np.broadcast_to(part, held_out.shape)[among] for part in parts], axis=1)
    judge = Judge(given, base, _curve(rows, right[among]), np.zeros_like(given))  # the scores are leaned already, each by its own fold
    return judge, best_cutoff(judge.log_odds(held_out, ruled, chances, words), right)


def _curve(rows: Floats, truth: Bools) -> Floats:
    """The constant and the weights of a logistic curve; only a constant, low or high, where nothing or everything is right."""
    if not truth.any() or truth.all():
        return np.array([_SURE if truth.any() else -_SURE, *np.zeros(len(PARTS))], np.float32)
    middle, spread = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64) + 1e-6
    curve = LogisticRegression(max_iter=500).fit((rows - middle) / spread, truth)
    weights = curve.coef_[0] / spread
    constant = float(curve.intercept_[0]) - float(weights @ middle)
    return np.round([constant, *weights], 3).astype(np.float32)  # rounded, so that no processor's last bit tells


def _truth(marked: Sequence[Sequence[str]], names: Sequence[str]) -> npt.NDArray[np.bool_]:
    columns = {name: at for at, name in enumerate(names)}
    truth = np.zeros((len(marked), len(names)), np.bool_)
    for row, found in zip(truth, marked, strict=True):
        row[[columns[name] for name in found]] = True
    return truth


def best_cutoff(odds: Floats, truth: npt.NDArray[np.bool_]) -> float:
    """The log-odds above which what is found, over all tips and indicators together, has the best F1."""

    def f1(cutoff: float) -> float:
        found = odds > cutoff
        return 2 * float((found & truth).sum()) / max(1, int(found.sum() + truth.sum()))

    return float(max(np.round(np.arange(-2.5, 0.5, 0.05), 2), key=f1))
