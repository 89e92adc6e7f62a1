"""Trains the reader from the labelled corpus: same corpus, same model.

One-vs-rest linear support vector machines (liblinear, squared hinge) on masked, normalised text; calibrated by Platt's curve and cut on
scores that were held out by writer. Logistic regression was 0.012 of macro-AP behind in cross-validation.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse
import sklearn
from sklearn.metrics import average_precision_score
from sklearn.svm import LinearSVC

from models import artifact
from models.calibrate import cutoffs, expected_calibration_error, platt
from models.classifier import Cutoffs, Weights
from models.features import Floats, Vectoriser, Vocabulary, learn_vocabulary
from models.heads import CATEGORY, URGENCY, columns, head_names, targets
from models.indicators.train import train_indicators
from models.labelled import LabelledTip, corpus_sha256, folds, load_corpus
from models.normalise import Normaliser, load_normaliser
from triage.domain.assessment import Urgency
from triage.taxonomy.taxonomy import Taxonomy

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, 0 to 1."""

C = 1.0
"""Inverse regularisation, best of 0.2, 0.5, 1 in cross-validation by writer."""

BALANCE = 0.8
"""Class weights are (n / (2 * n_class)) ** BALANCE: 1 would be "balanced", 0 none."""

P0_ANSWER = 0.15
"""P0 counts from this probability on: a missed one costs more than a look in vain. The evaluation says what that finds."""

FOLDS = 5


def train(out: Path, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None) -> Weights:
    """Train both models on the whole corpus and write them into ``out``. Takes some five minutes and under 2 GB on one core."""
    tips = load_corpus(corpus)
    normaliser = load_normaliser()
    weights, held_out = fit(tips, tuple(taxonomy.categories), normaliser, stage(progress, "", 0.0, 0.6))
    truth = targets(tips, weights.heads)
    part = columns(weights.heads, CATEGORY)
    provenance = {
        "corpus_sha256": corpus_sha256(corpus),
        "corpus_tips": len(tips),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "recipe": {"C": C, "balance": BALANCE, "folds": FOLDS, "split": "by writer"},
        "held_out": {
            "macro_ap": round(
                float(np.mean([average_precision_score(truth[:, at], held_out[:, at]) for at in range(part.start, part.stop)])), 4
            ),
            "ece": round(
                float(np.mean([expected_calibration_error(held_out[:, at], truth[:, at]) for at in range(part.start, part.stop)])), 4
            ),
        },
    }
    artifact.save(out, weights, normaliser, provenance)
    train_indicators(out, taxonomy, stage(progress, "", 0.6, 0.4), corpus)
    progress("done", 1.0)
    return weights


def stage(progress: Progress, title: str, start: float, share: float) -> Progress:
    """Progress of one stage of some work: what it tells is put after ``title`` and scaled into ``start`` to ``start + share``."""
    return lambda what, done: progress(f"{title}{what}", start + share * done)


def fit(
    tips: Sequence[LabelledTip], categories: Sequence[str], normaliser: Normaliser, progress: Progress, count: int = FOLDS
) -> tuple[Weights, Floats]:
    """Fit a calibrated model; also return the held-out probabilities it was calibrated on, shape (tips, heads)."""
    progress("normalising", 0.0)
    texts = [normaliser(tip.text) for tip in tips]
    heads = head_names(categories)
    truth = targets(tips, heads)
    scores = np.zeros(truth.shape, np.float32)
    for number, (learn, held_out) in enumerate(folds(tips, count)):
        progress(f"held-out fold {number + 1} of {count}", (number + 0.1) / (count + 1))
        vocabulary, matrix, intercept = _fit([texts[at] for at in learn], truth[learn])
        scores[held_out] = Vectoriser(vocabulary)([texts[at] for at in held_out]) @ matrix + intercept
    progress("all tips", (count + 0.1) / (count + 1))
    vocabulary, matrix, intercept = _fit(texts, truth)
    curves = [platt(scores[:, at], truth[:, at]) for at in range(len(heads))]
    slope, offset = (np.array(values, np.float32) for values in zip(*curves, strict=True))
    probabilities = np.asarray(1 / (1 + np.exp(-(scores * slope + offset))), np.float32)
    # The weights are rounded as the artifact rounds them, so that what was just trained and what is loaded later are the same model.
    matrix = artifact.expand(*artifact.compress(matrix))
    weights = Weights(
        "",
        vocabulary,
        heads,
        matrix,
        intercept,
        slope,
        offset,
        _cutoffs(heads, probabilities, truth),
    )
    return replace(weights, id=f"tipstream-linear-{_digest(weights)}"), probabilities


def _fit(texts: Sequence[str], truth: npt.NDArray[np.bool_]) -> tuple[Vocabulary, Floats, Floats]:
    """The vocabulary of the texts, and the weights (features, heads) and intercepts of every head."""
    vocabulary = learn_vocabulary(texts)
    features = Vectoriser(vocabulary)(texts)
    # One after the other: liblinear keeps its random numbers in the process, so heads fitted at once would not repeat.
    heads = [_fit_head(features, truth[:, at]) for at in range(truth.shape[1])]
    matrix = np.ascontiguousarray(np.stack([weights for weights, _ in heads], axis=1), np.float32)
    return vocabulary, matrix, np.array([intercept for _, intercept in heads], np.float32)


def _fit_head(features: scipy.sparse.csr_array, truth: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    share = float(truth.mean())
    if share in (0.0, 1.0):
        return np.zeros(features.shape[1], np.float32), 10.0 if share else -10.0
    balanced = {True: (1 / (2 * share)) ** BALANCE, False: (1 / (2 * (1 - share))) ** BALANCE}
    model = LinearSVC(C=C, dual=True, tol=1e-2, class_weight=balanced, random_state=0).fit(features, truth)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _cutoffs(heads: Sequence[str], probabilities: Floats, truth: npt.NDArray[np.bool_]) -> dict[str, Cutoffs]:
    found = {head: cutoffs(probabilities[:, at], truth[:, at]) for at, head in enumerate(heads)}
    p0 = f"{URGENCY}:{Urgency.P0}"
    return found | {p0: replace(found[p0], answer=P0_ANSWER)}


def _digest(weights: Weights) -> str:
    digest = hashlib.sha256("\n".join(weights.heads).encode())
    for array in (weights.matrix, weights.intercept, weights.slope, weights.offset):
        digest.update(array.tobytes())
    return digest.hexdigest()[:12]
