"""A second reader of indicators, trained on the labelled corpus: it finds what no phrase foresees and weighs what the phrases find.

One linear model for each indicator over words and pairs of words of the masked, normalised text. A rule that holds adds ``RULE_BONUS``
to the score of its indicator; above one cut-off for all, the indicator is found. The evidence is the rule's where there is one, else the
clause, or the part of it, whose words speak most for the indicator. Identity terms are masked before and never count.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse

from models.artifact import ArtifactError, compress, expand, text_layer
from models.assertion import AssertionView
from models.indicators.vectors import Floats, vectors
from models.normalise import Normaliser
from models.sentences import Passage, Span
from triage.domain.assessment import Finding

RULE_BONUS = 0.3
"""What a rule adds to the score of its indicator: best of 0, 0.3, 0.5 and 0.7 on the corpus files that nobody read for the rules."""

LONGEST_EVIDENCE = 12
"""Words of evidence shown at most for a finding without a rule: a whole unpunctuated message shows nothing."""

_WEIGHTS, _MANIFEST = "indicators.npz", "indicators.json"


@dataclass(frozen=True, slots=True)
class IndicatorWeights:
    """A trained model. ``matrix`` is (terms, indicators), mostly zeros; ``cutoff`` is the score from which an indicator is found."""

    id: str
    indicators: tuple[str, ...]
    terms: tuple[str, ...]
    idf: Floats
    matrix: scipy.sparse.csr_array
    intercept: Floats
    cutoff: float


class LearnedReader:
    """Joins the findings of the rules with those of the model. Keep one and use it for all tips."""

    def __init__(self, weights: IndicatorWeights) -> None:
        self.id = weights.id
        self._weights = weights
        self._for = weights.matrix.tocsc()
        self._for.sort_indices()
        self._columns = {name: at for at, name in enumerate(weights.indicators)}
        self._terms = {term: at for at, term in enumerate(weights.terms)}

    def scores(self, normalised: Sequence[str]) -> Floats:
        """Scores without the rules, shape (texts, indicators). The texts are normalised already (``models.normalise``)."""
        return np.asarray(
            (vectors(normalised, self._terms, self._weights.idf) @ self._weights.matrix).toarray() + self._weights.intercept, np.float32
        )

    def join(self, scores: Floats, view: AssertionView, rules: Sequence[Finding]) -> tuple[Finding, ...]:
        """The findings of one tip, in the order of its text, from its row of ``scores`` and the findings of the rules."""
        total = scores.copy()
        for name in {finding.indicator for finding in rules}:
            total[self._columns[name]] += RULE_BONUS
        found = np.flatnonzero(total > self._weights.cutoff).tolist()
        names = {self._weights.indicators[at] for at in found}
        kept = [finding for finding in rules if finding.indicator in names]
        shown = {self._columns[finding.indicator] for finding in kept}
        added = [at for at in found if at not in shown]
        if added and view.text.words:
            kept += [self._finding(at, speaks, view) for at, speaks in self._for_each_word(view.text, added).items()]
        return tuple(sorted(kept, key=lambda finding: (finding.start, finding.end, finding.indicator)))

    def _finding(self, indicator: int, speaks: Floats, view: AssertionView) -> Finding:
        first, last = _best_part(view.text, speaks)
        assertion, experiencer = view.of_words(first, last)
        start, end = view.text.span(first, last)
        return Finding(self._weights.indicators[indicator], start, end, assertion, f"model:{self.id}", self.id, experiencer)

    def _for_each_word(self, text: Passage, indicators: Sequence[int]) -> dict[int, Floats]:
        """How much each word, alone and with the next, speaks for each of the indicators; what speaks against them counts nothing."""
        words = text.words
        singles = np.array([self._terms.get(word, -1) for word in words])
        pairs = np.array([self._terms.get(f"{first} {second}", -1) for first, second in pairwise(words)], singles.dtype)
        speaks = {}
        for indicator in indicators:
            of_pairs = self._weights_of(indicator, pairs)
            speaks[indicator] = self._weights_of(indicator, singles)
            speaks[indicator][:-1] += of_pairs
            speaks[indicator][1:] += of_pairs
        return speaks

    def _weights_of(self, indicator: int, terms: npt.NDArray[np.int64]) -> Floats:
        """What each term (-1 for an unknown one) adds to the score of an indicator; 0 where it takes away."""
        held = slice(self._for.indptr[indicator], self._for.indptr[indicator + 1])
        known, weights = self._for.indices[held], self._for.data[held]
        if not len(known):
            return np.zeros(len(terms), np.float32)
        places = np.minimum(np.searchsorted(known, terms), len(known) - 1)
        here = known[places] == terms
        return np.asarray(np.where(here, np.maximum(weights[places], 0) * self._weights.idf[terms], 0), np.float32)


def save(folder: Path, weights: IndicatorWeights, normaliser: Normaliser) -> None:
    """Write the model into ``folder``, beside the classifier's files."""
    folder.mkdir(parents=True, exist_ok=True)
    codes, scale = compress(weights.matrix.toarray())
    terms = np.frombuffer("\n".join(weights.terms).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, codes=codes, scale=scale, intercept=weights.intercept, idf=weights.idf, terms=terms)
    manifest = {
        "id": weights.id,
        "weights_sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        "text_layer": text_layer(normaliser),
        "indicators": list(weights.indicators),
        "cutoff": weights.cutoff,
    }
    (folder / _WEIGHTS).write_bytes(buffer.getvalue())
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf8")


def load(folder: Traversable | None, normaliser: Normaliser, indicators: Sequence[str]) -> IndicatorWeights:
    """Read the model in ``folder``, or the packaged one. Raises ``ArtifactError`` if it is missing, changed or does not fit."""
    home = files("models").joinpath("artifact") if folder is None else folder
    try:
        manifest = json.loads(home.joinpath(_MANIFEST).read_text("utf8"))
        content = home.joinpath(_WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise ArtifactError(f"no readable indicator model in {home}: {type(error).__name__}. Train one with `tipstream train`.") from error
    if hashlib.sha256(content).hexdigest() != manifest["weights_sha256"]:
        raise ArtifactError(f"{_WEIGHTS} in {home} is not the file that its manifest names. Restore both files from one training run.")
    if tuple(manifest["indicators"]) != tuple(indicators) or manifest["text_layer"] != text_layer(normaliser):
        raise ArtifactError(
            f"the indicator model in {home} was trained with another taxonomy or text layer. Train again with `tipstream train`."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        terms = tuple(arrays["terms"].tobytes().decode().split("\n"))
        matrix = scipy.sparse.csr_array(expand(arrays["codes"], arrays["scale"]))
        return IndicatorWeights(
            manifest["id"], tuple(indicators), terms, arrays["idf"], matrix, arrays["intercept"], float(manifest["cutoff"])
        )


def _best_part(text: Passage, speaks: npt.NDArray[np.float32]) -> Span:
    """The clause that speaks most, cut to the words that do, and to ``LONGEST_EVIDENCE`` of them."""
    first, last = max(text.clauses, key=lambda part: (float(speaks[part[0] : part[1]].sum()), -part[0]))
    if last - first > LONGEST_EVIDENCE:
        sums = np.convolve(speaks[first:last], np.ones(LONGEST_EVIDENCE, np.float32), "valid")
        first += int(sums.argmax())
        last = first + LONGEST_EVIDENCE
    telling = np.flatnonzero(speaks[first:last] > 0)
    return (first + int(telling[0]), first + int(telling[-1]) + 1) if len(telling) else (first, last)
