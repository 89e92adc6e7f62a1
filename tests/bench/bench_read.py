"""Reading tips: our scorer beside scikit-learn with the same weights, and the whole of the reading, in one run.

Every tip is a different text of the corpus: repeated text flatters the caches.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from models import artifact
from models.assess import BATCH, Assessor
from models.classifier import LONG, Classifier, Weights
from models.features import BLOCKS, MOST, WEIGHTS, Floats
from models.labelled import load_corpus
from models.normalise import load_normaliser
from models.ports import TipText
from triage.taxonomy.taxonomy import load_taxonomy

_TIPS = 1024
_SINGLES = 128
_FASTER_ALONE = 10.0
_FASTER_IN_BATCHES = 1.7
_SAME = 1e-5


def gapped(text: str) -> list[str]:
    """Pairs of words with one to three between them, as an analyser for scikit-learn."""
    words = text.split()
    return [f"{first} {second}" for gap in (2, 3, 4) for first, second in zip(words, words[gap:], strict=False)]


def _clipped(counts: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    counts.data = np.minimum(counts.data, MOST)
    return counts


class ScikitLearn:
    """The same model, run the usual way: two vectorisers, one linear model a head, a sigmoid."""

    def __init__(self, weights: Weights) -> None:
        starts = np.cumsum([0, *(len(block) for block in weights.vocabulary.terms)])
        kinds = (
            ("word", {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\S+"}),
            ("gap", {"analyzer": gapped}),
            ("char", {"analyzer": "char_wb", "ngram_range": (3, 5)}),
        )
        vectorisers = []
        for (name, settings), terms, start in zip(kinds, weights.vocabulary.terms, starts, strict=False):
            counts = CountVectorizer(**settings, lowercase=False, vocabulary={term: at for at, term in enumerate(terms)}, dtype=np.float32)
            weigh = TfidfTransformer(sublinear_tf=True)
            weigh.idf_ = weights.vocabulary.idf[start : start + len(terms)]
            vectorisers.append((name, make_pipeline(counts, FunctionTransformer(_clipped), weigh)))
        self._features = FeatureUnion(vectorisers, transformer_weights=dict(zip(BLOCKS, WEIGHTS, strict=True)))
        self._heads = [self._head(weights, at) for at in range(len(weights.heads))]
        self._slope, self._offset = weights.slope, weights.offset

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Probabilities of all heads, shape (texts, heads)."""
        features = self._features.transform(texts)
        raw = np.stack([head.decision_function(features) for head in self._heads], axis=1)
        return np.asarray(1 / (1 + np.exp(-(raw * self._slope + self._offset))), np.float32)

    @staticmethod
    def _head(weights: Weights, at: int) -> LinearSVC:
        head = LinearSVC()
        head.coef_, head.intercept_ = weights.matrix[:, at][None, :].astype(np.float64), weights.intercept[at : at + 1]
        head.classes_ = np.array([False, True])
        return head


def main() -> None:
    """Print the figures; exit with an error if a ratio is missed or the probabilities differ."""
    taxonomy, normaliser = load_taxonomy(), load_normaliser()
    weights = artifact.load(None, normaliser, tuple(taxonomy.categories))
    tips = load_corpus()
    step = len(tips) // (2 * _TIPS)
    texts = [tip.text for tip in tips[::step]][: 2 * _TIPS]
    warm, texts = texts[:_TIPS], texts[_TIPS:]
    ours, theirs = Classifier(weights), ScikitLearn(weights)
    # The peer repairs no typing errors and reads no text in parts, so both get texts that need neither.
    normalised = [" ".join(ours.speller.repair(normaliser(text).split()[:LONG])) for text in texts]
    ours.probabilities([normaliser(text) for text in warm])
    theirs.probabilities(normalised[:1])

    difference = float(np.abs(ours.probabilities(normalised) - theirs.probabilities(normalised)).max())
    alone = _ratio(
        lambda: [ours.probabilities([text]) for text in normalised[:_SINGLES]],
        lambda: [theirs.probabilities([text]) for text in normalised[:_SINGLES]],
    )
    batches = [normalised[at : at + BATCH] for at in range(0, _TIPS, BATCH)]
    together = _ratio(lambda: [ours.probabilities(batch) for batch in batches], lambda: [theirs.probabilities(batch) for batch in batches])
    _say(f"scorer beside scikit-learn: {alone:.1f}x one by one, {together:.1f}x in batches of {BATCH}, largest difference {difference:.1e}")

    assessor = Assessor.load(None, taxonomy, second=False)
    assessor.assess([TipText(str(at), text) for at, text in enumerate(warm)])
    seconds = _seconds(lambda: assessor.assess([TipText(str(at), text) for at, text in enumerate(texts)]))
    singles = sorted(_seconds(lambda text=text: assessor.assess([TipText("1", text)])) for text in texts[: 4 * _SINGLES])  # type: ignore[misc]
    _say(
        f"whole reading: {_TIPS / seconds:.0f} tips/s in batches; one tip p50 {statistics.median(singles) * 1e3:.1f} ms,"
        f" p99 {singles[int(len(singles) * 0.99)] * 1e3:.1f} ms"
    )
    both = Assessor.load(None, taxonomy)
    few = [TipText("1", text) for text in texts[:_SINGLES]]
    _say(f"with {both.model}: {_SINGLES / _seconds(lambda: both.assess(few)):.0f} tips/s")
    if alone < _FASTER_ALONE or together < _FASTER_IN_BATCHES or difference > _SAME:
        sys.exit(f"wanted at least {_FASTER_ALONE}x alone, {_FASTER_IN_BATCHES}x in batches and a difference of at most {_SAME}")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    """How many times faster: the median of interleaved runs, because the machine's pace drifts."""
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(3)]
    return statistics.median(theirs / ours for ours, theirs in pairs)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
