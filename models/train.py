"""Trains the reader from the labelled corpus: same corpus, same model.

One-vs-rest linear support vector machines (liblinear, squared hinge) on masked, normalised text; calibrated by Platt's curve and cut on
scores that were held out by writer. Logistic regression was 0.012 of macro-AP behind in cross-validation.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse
import sklearn
from scipy.special import expit
from sklearn.metrics import average_precision_score
from sklearn.svm import LinearSVC

from models import artifact
from models.calibrate import LABEL, cutoffs, expected_calibration_error, platt
from models.classifier import Cutoffs, Weights
from models.features import Floats, Vectoriser, Vocabulary, learn_vocabulary
from models.heads import CATEGORY, columns, head_names, targets
from models.indicators.train import train_indicators
from models.joint import together
from models.joint_training import fit_joint, read_rules
from models.labelled import LabelledTip, corpus_sha256, folds, load_corpus
from models.level_training import fit_levels
from models.levels import inputs
from models.normalise import Normaliser, load_normaliser
from models.typos import Speller
from triage.taxonomy.taxonomy import Taxonomy

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, 0 to 1."""

C = 1.0
"""Inverse regularisation, best of 0.2, 0.5, 1 in cross-validation by writer."""

BALANCE = 0.8
"""Class weights are (n / (2 * n_class)) ** BALANCE: 1 would be "balanced", 0 none."""

EMPHASIS = 0.3
"""How far a feature is scaled by what it alone says of a head: 0 not at all, 1 fully. 0.3 gained 0.016 to 0.018 of macro-AP over held-out
writers; 0.2, 0.5 and 1 gained less. The idea is NB-SVM's (Wang and Manning 2012)."""

FOLDS = 5

_SMOOTHING = 0.01


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model of categories, urgency and flags, and what it gave to tips while their writers were held out.

    ``held_out``, (tips, heads), is what each head said for itself; ``categories``, (tips, categories), what was made of them together.
    """

    weights: Weights
    held_out: Floats
    categories: Floats


def train(out: Path, taxonomy: Taxonomy, progress: Progress, corpus: Traversable | None = None, jobs: int = 1) -> Trained:
    """Train both models on the whole corpus and write them into ``out``. Takes some eight minutes and under 2 GB with two ``jobs``."""
    tips = load_corpus(corpus)
    normaliser = load_normaliser()
    trained = fit(tips, taxonomy, normaliser, stage(progress, "", 0.0, 0.6), jobs=jobs)
    truth = targets(tips, trained.weights.heads)
    held_out = trained.categories
    provenance = {
        "corpus_sha256": corpus_sha256(corpus),
        "corpus_tips": len(tips),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "recipe": {"C": C, "balance": BALANCE, "emphasis": EMPHASIS, "folds": FOLDS, "split": "by writer"},
        "held_out": {
            "macro_ap": round(
                float(np.mean([average_precision_score(truth[:, at], held_out[:, at]) for at in range(held_out.shape[1])])), 4
            ),
            "ece": round(float(np.mean([expected_calibration_error(held_out[:, at], truth[:, at]) for at in range(held_out.shape[1])])), 4),
        },
    }
    artifact.save(out, trained.weights, normaliser, provenance)
    train_indicators(out, taxonomy, held_out, stage(progress, "", 0.6, 0.4), corpus)
    progress("done", 1.0)
    return trained


def stage(progress: Progress, title: str, start: float, share: float) -> Progress:
    """Progress of one stage of some work: what it tells is put after ``title`` and scaled into ``start`` to ``start + share``."""
    return lambda what, done: progress(f"{title}{what}", start + share * done)


def fit(
    tips: Sequence[LabelledTip], taxonomy: Taxonomy, normaliser: Normaliser, progress: Progress, count: int = FOLDS, jobs: int = 1
) -> Trained:
    """Fit a calibrated model.

    Up to ``jobs`` folds are fitted at once, a process each; what comes out does not depend on it. Raises ``ValueError`` if no tip has one
    of the levels.
    """
    progress("normalising", 0.0)
    texts = [normaliser(tip.text) for tip in tips]
    heads = head_names(tuple(taxonomy.categories))
    truth = targets(tips, heads)
    scores = np.zeros(truth.shape, np.float32)
    splits = list(folds(tips, count))
    work = [_Job([texts[at] for at in learn], truth[learn], [texts[at] for at in held_out]) for learn, held_out in splits]
    with _workers(jobs) as run:
        fitted = run(_work, [*work, _Job(texts, truth, [])])
        for number, (_, held_out) in enumerate(splits):
            progress(f"held-out fold {number + 1} of {count}", (number + 0.1) / (count + 1))
            scores[held_out] = next(fitted).scores
        progress("all tips", (count + 0.1) / (count + 1))
        whole = next(fitted)
    vocabulary, matrix, intercept = whole.vocabulary, whole.matrix, whole.intercept
    curves = [platt(scores[:, at], truth[:, at]) for at in range(len(heads))]
    slope, offset = (np.array(values, np.float32) for values in zip(*curves, strict=True))
    probabilities = np.asarray(expit(scores * slope + offset), np.float32)
    # The weights are rounded as the artifact rounds them, so that what was just trained and what is loaded later are the same model.
    matrix = artifact.expand(*artifact.compress(matrix))
    rules = read_rules(tips, taxonomy)
    part = columns(heads, CATEGORY)
    joint = fit_joint(probabilities[:, part], rules.evidence, truth[:, part], taxonomy)
    categories = together(joint, probabilities[:, part], rules.evidence)
    weights = Weights(
        "",
        vocabulary,
        heads,
        matrix,
        intercept,
        slope,
        offset,
        all_cutoffs(heads, probabilities, categories, truth),
        fit_levels(inputs(probabilities, rules.facts), [tip.urgency for tip in tips]),
        joint,
    )
    return Trained(replace(weights, id=f"tipstream-linear-{_digest(weights)}"), probabilities, categories)


@dataclass(frozen=True, slots=True)
class _Job:
    """Texts to learn from with the right answers, and texts to score."""

    texts: list[str]
    truth: npt.NDArray[np.bool_]
    unread: list[str]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What a job gave: the scores of its unread texts and, where it had none, the weights (features, heads) and intercepts."""

    scores: Floats
    vocabulary: Vocabulary
    matrix: Floats
    intercept: Floats


@contextmanager
def _workers(jobs: int) -> Iterator[Callable[[Callable[[_Job], _Fitted], list[_Job]], Iterator[_Fitted]]]:
    """Something that runs jobs, up to so many at once, and gives what they gave in order.

    Never threads: liblinear keeps its random numbers in the process, so heads that are fitted at once would not repeat.
    """
    if jobs == 1:
        yield map
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield pool.map


def _work(job: _Job) -> _Fitted:
    vocabulary = learn_vocabulary(job.texts)
    vectoriser = Vectoriser(vocabulary)
    features = vectoriser(job.texts)
    heads = [_fit_head(features, job.truth[:, at]) for at in range(job.truth.shape[1])]
    matrix = np.ascontiguousarray(np.stack([weights for weights, _ in heads], axis=1), np.float32)
    intercept = np.array([intercept for _, intercept in heads], np.float32)
    if job.unread:  # the weights of a held-out fold are not needed again and are large
        scores = Vectoriser(vocabulary, Speller(vocabulary.words()))(job.unread) @ matrix + intercept  # spelt as the reader spells them
        return _Fitted(np.asarray(scores, np.float32), Vocabulary((), np.empty(0, np.float32)), matrix[:0], intercept)
    return _Fitted(np.empty((0, len(heads)), np.float32), vocabulary, matrix, intercept)


def _fit_head(features: scipy.sparse.csr_array, truth: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    share = float(truth.mean())
    if share in (0.0, 1.0):
        return np.zeros(features.shape[1], np.float32), 10.0 if share else -10.0
    balanced = {True: (1 / (2 * share)) ** BALANCE, False: (1 / (2 * (1 - share))) ** BALANCE}
    scale = emphasis(features, truth)
    scaled = (features @ scipy.sparse.diags_array(scale)).tocsr()
    model = LinearSVC(C=C, dual=True, tol=1e-2, class_weight=balanced, random_state=0).fit(scaled, truth)
    return (model.coef_[0] * scale).astype(np.float32), float(model.intercept_[0])


def emphasis(features: scipy.sparse.csr_array, truth: npt.NDArray[np.bool_]) -> Floats:
    """What each feature is multiplied with for one head, one on average: the size of its log-count ratio r, drawn towards one.

    r = ln((p / |p|) / (q / |q|)), p and q the sums of the feature over the positive and over the negative tips, plus 0.01.
    """
    positive = np.asarray(features[truth].sum(axis=0), np.float64).ravel() + _SMOOTHING
    negative = np.asarray(features[~truth].sum(axis=0), np.float64).ravel() + _SMOOTHING
    ratio = np.abs(np.log((positive / positive.sum()) / (negative / negative.sum())))
    return np.asarray(1 - EMPHASIS + EMPHASIS * ratio / ratio.mean(), np.float32)


def all_cutoffs(heads: Sequence[str], probabilities: Floats, categories: Floats, truth: npt.NDArray[np.bool_]) -> dict[str, Cutoffs]:
    """The cutoffs of every head from held-out probabilities, shape (tips, heads); for the categories from ``categories``, which are what
    was made of them together, and with one cutoff for labels."""
    part = columns(heads, CATEGORY)
    found = {head: cutoffs(probabilities[:, at], truth[:, at]) for at, head in enumerate(heads)}
    return found | {head: cutoffs(categories[:, at], truth[:, part][:, at], LABEL) for at, head in enumerate(heads[part])}


def _digest(weights: Weights) -> str:
    digest = hashlib.sha256("\n".join(weights.heads).encode())
    for array in (weights.matrix, weights.intercept, weights.slope, weights.offset, weights.levels.matrix, weights.joint.coefficients):
        digest.update(array.tobytes())
    return digest.hexdigest()[:12]
