"""A second reader of indicators, trained on the labelled corpus: it finds what no phrase foresees and weighs what the phrases find.

One linear model for each indicator scores the words, word beginnings and pairs of the masked, normalised text; ``models.indicators.judge``
weighs that score with the rules and with the categories of the tip. Above one cut-off for all, the indicator is found. The evidence is the
rule's where there is one, else the few words that speak most for the indicator. Identity terms are masked before and never count.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse

from models.assertion import AssertionView
from models.features import Columns
from models.indicators.judge import Joining, Judge
from models.indicators.vectors import Floats, Vectors
from models.normalise import Normaliser
from models.sentences import Passage, Span
from triage.domain.assessment import Assertion, Finding
from triage.taxonomy.taxonomy import Taxonomy

LONGEST_EVIDENCE = 10
"""Words of evidence shown at most for a finding without a rule. Ten words meet the labelled quote in 70 of 100 cases, a clause in 60."""

LEAST_SUPPORT = -2.5
"""Log-odds from which an indicator is shown as the evidence of a label that nothing else supports: one in eight is right or better.

Where the label is right, 43 in 100 such findings are, here as with -1.7; most of the labels that stay without are wrong themselves.
"""

SOUGHT = "/sought"
"""Ends the ``by`` of such a finding: it tells where to look, and never lifts a band (``models.bands``)."""

CITED = frozenset((Assertion.PRESENT, Assertion.HEARSAY, Assertion.HISTORICAL, Assertion.RESOLVED))
"""How a finding may be put to stand as the evidence of a label: not denied, thought up or played."""

_REMEMBERED = 60_000


@dataclass(frozen=True, slots=True)
class IndicatorWeights:
    """A trained model. ``matrix`` is (terms, indicators), mostly zeros; ``cutoff`` is the log-odds from which an indicator is found."""

    id: str
    indicators: tuple[str, ...]
    terms: tuple[str, ...]
    idf: Floats
    matrix: scipy.sparse.csr_array
    intercept: Floats
    judge: Judge
    cutoff: float


class LearnedReader:
    """Joins the findings of the rules with those of the model. Keep one and use it for all tips; one object, one thread."""

    def __init__(self, weights: IndicatorWeights, normaliser: Normaliser, taxonomy: Taxonomy) -> None:
        self.id = weights.id
        self.indicators = weights.indicators
        self._weights = weights
        self._normaliser = normaliser
        self._for = weights.matrix.tocsc()
        self._for.sort_indices()
        self._columns = {name: at for at, name in enumerate(weights.indicators)}
        self._vectors = Vectors(weights.terms, weights.idf)
        supported = [taxonomy.indicators[name].supports for name in weights.indicators]
        self._supports = {
            category: frozenset(at for at, supports in enumerate(supported) if category in supports) for category in taxonomy.categories
        }
        self._words: dict[str, tuple[int, int]] = {}

    def scores(self, normalised: Sequence[str], categories: Floats, rules: Sequence[Sequence[Finding]]) -> Floats:
        """Log-odds of every indicator, shape (texts, indicators).

        The texts are normalised already (``models.normalise``); ``categories`` are the probabilities that the classifier gives them, shape
        (texts, categories) in the order of the taxonomy; ``rules`` are the findings of the rules.
        """
        weights = self._weights
        scores = (self._vectors(normalised) @ weights.matrix).toarray() + weights.intercept
        ruled = np.zeros(scores.shape, np.bool_)
        for row, findings in zip(ruled, rules, strict=True):
            row[[self._columns[finding.indicator] for finding in findings]] = True
        return weights.judge.log_odds(scores, ruled, categories, [text.count(" ") + 1 for text in normalised])

    def join(
        self, odds: Floats, view: AssertionView, rules: Sequence[Finding], labels: Collection[str] = (), joining: Joining | None = None
    ) -> tuple[Finding, ...]:
        """The findings of one tip, in the order of its text, from its row of ``scores`` and the findings of the rules.

        ``joining`` tells how the second reader had its say in that row; None if it had none.
        For each of its labels (categories) that none of them supports, the likeliest indicator that does is added if it is likely enough.
        """
        found = set(np.flatnonzero(odds > (joining.cutoff if joining else self._weights.cutoff)).tolist())
        kept = self._shown(found, view, rules)
        cited = {self._columns[finding.indicator] for finding in kept if finding.assertion in CITED}
        lacking = [supports for label in labels if cited.isdisjoint(supports := self._supports[label])]
        likeliest = {max(left, key=odds.__getitem__) for supports in lacking if (left := supports - found)}
        added = {at for at in likeliest if odds[at] > LEAST_SUPPORT}
        kept += self._shown(added, view, rules, SOUGHT)
        return tuple(sorted(kept, key=lambda finding: (finding.start, finding.end, finding.indicator)))

    def _shown(self, wanted: Collection[int], view: AssertionView, rules: Sequence[Finding], mark: str = "") -> list[Finding]:
        """The rules' findings of the wanted indicators, and the model's own for those without a rule."""
        kept = [finding for finding in rules if self._columns[finding.indicator] in wanted]
        shown = {self._columns[finding.indicator] for finding in kept}
        own = sorted(at for at in wanted if at not in shown)
        return kept + self._evidence(own, view, mark) if own and view.text.words else kept

    def _evidence(self, indicators: Sequence[int], view: AssertionView, mark: str) -> list[Finding]:
        text = view.text
        terms = self._terms_of(text)
        limits = np.repeat([last for _, last in text.sentences], [last - first for first, last in text.sentences])
        by = f"model:{self.id}{mark}"
        findings = []
        for at in indicators:
            first, last = best_part(self._speaks(at, terms, len(text.words)), limits)
            assertion, experiencer = view.of_words(first, last)
            start, end = text.span(first, last)
            findings.append(Finding(self._weights.indicators[at], start, end, assertion, by, self.id, experiencer))
        return findings

    def _terms_of(self, text: Passage) -> Columns:
        """The columns of the words, of their beginnings and of the pairs of neighbours, one after the other; -1 for an unknown one."""
        read = np.array([self._of_word(word) for word in text.words], np.int64)
        return self._vectors.columns(read[:, 0], read[:, 1])

    def _of_word(self, word: str) -> tuple[int, int]:
        """The numbers of a word of a passage, as the model reads it, and of its beginning.

        Remembered, in bounded memory, because the same words come again and again.
        """
        read = self._words.get(word)
        if read is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            numbers, beginnings = self._vectors.numbers([self._normaliser(word).partition(" ")[0]])
            self._words[word] = read = int(numbers[0]), int(beginnings[0])
        return read

    def _speaks(self, indicator: int, terms: Columns, count: int) -> Floats:
        """How much each of the words speaks for an indicator; of a pair of neighbours each has half."""
        weights = self._weights_of(indicator, terms)
        speaks = weights[:count] + weights[count : 2 * count]
        halves = weights[2 * count :] / 2
        speaks[:-1] += halves
        speaks[1:] += halves
        return speaks

    def _weights_of(self, indicator: int, terms: Columns) -> Floats:
        """What each term adds to the score of an indicator."""
        held = slice(self._for.indptr[indicator], self._for.indptr[indicator + 1])
        columns, weights = self._for.indices[held], self._for.data[held]
        if not len(columns):
            return np.zeros(len(terms), np.float32)
        places = columns.searchsorted(terms)
        places[places == len(columns)] = 0
        return np.asarray(np.where(columns[places] == terms, weights[places] * self._weights.idf[terms], 0), np.float32)


def best_part(speaks: Floats, limits: npt.NDArray[np.int64]) -> Span:
    """The words of one sentence, ``LONGEST_EVIDENCE`` at most, that speak most; without those at either end that do not.

    ``limits`` holds for each word the end of its sentence.
    """
    begins = np.arange(len(speaks))
    sums = np.zeros(len(speaks) + 1, np.float32)
    np.cumsum(speaks, out=sums[1:])
    ends = np.minimum(begins + LONGEST_EVIDENCE, limits)
    first = int((sums[ends] - sums[begins]).argmax())
    last = int(ends[first])
    telling = np.flatnonzero(speaks[first:last] > 0)
    return (first + int(telling[0]), first + int(telling[-1]) + 1) if len(telling) else (first, last)
