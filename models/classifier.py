"""The classifier at run time: one sparse product gives every head's score, Platt's curve its probability.

Training (``models.train``) fits the weights with scikit-learn; reading needs numpy and scipy only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.features import Floats, Vectoriser, Vocabulary
from models.heads import CATEGORY, FLAG, LEVELS, URGENCY, columns
from models.normalise import Normaliser
from triage.domain.assessment import Urgency


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """From which probability on a head counts: as an answer, and, for categories, as possible and as likely."""

    answer: float
    possible: float
    likely: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model. ``matrix`` is (features, heads).

    ``slope`` and ``offset`` are Platt's, for each head: p = 1 / (1 + exp(-(slope * score + offset))).
    """

    id: str
    vocabulary: Vocabulary
    heads: tuple[str, ...]
    matrix: Floats
    intercept: Floats
    slope: Floats
    offset: Floats
    cutoffs: Mapping[str, Cutoffs]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of one tip: calibrated probabilities of every category, of each level "or more urgent", of every flag."""

    categories: Mapping[str, float]
    at_least: Mapping[Urgency, float]
    flags: Mapping[str, float]


class Classifier:
    """Scores texts with trained weights. One object, one thread."""

    def __init__(self, weights: Weights, normaliser: Normaliser) -> None:
        self.id = weights.id
        self.cutoffs = weights.cutoffs
        self._weights = weights
        self._normaliser = normaliser
        self._vectoriser = Vectoriser(weights.vocabulary)
        self._parts = {kind: columns(weights.heads, kind) for kind in (CATEGORY, URGENCY, FLAG)}
        self._names = {kind: [head.partition(":")[2] for head in weights.heads[part]] for kind, part in self._parts.items()}

    def scores(self, texts: Sequence[str]) -> list[Scores]:
        """Score the texts as they were written; masking and normalising happen inside."""
        return self.scores_of([self._normaliser(text) for text in texts])

    def scores_of(self, normalised: Sequence[str]) -> list[Scores]:
        """Score texts that are masked and normalised already."""
        return [self._scores(row) for row in self.probabilities(normalised)] if normalised else []

    def probabilities(self, normalised: Sequence[str]) -> Floats:
        """Probabilities for texts that are normalised already, shape (texts, heads)."""
        weights = self._weights
        raw = self._vectoriser(normalised) @ weights.matrix + weights.intercept
        return np.asarray(1 / (1 + np.exp(-(raw * weights.slope + weights.offset))), np.float32)

    def level(self, scores: Scores) -> Urgency:
        """The most urgent level whose "this urgent or more" counts; P4 if none does."""
        return next((level for level in LEVELS if scores.at_least[level] >= self.cutoffs[f"{URGENCY}:{level}"].answer), Urgency.P4)

    def flags(self, scores: Scores) -> set[str]:
        """The flags that count."""
        return {name for name, probability in scores.flags.items() if probability >= self.cutoffs[f"{FLAG}:{name}"].answer}

    def implausible_flags(self, scores: Scores) -> set[str]:
        """The flags that the model all but rules out: 95 in 100 true ones score higher."""
        return {name for name, probability in scores.flags.items() if probability < self.cutoffs[f"{FLAG}:{name}"].possible}

    def plausible(self, level: Urgency, scores: Scores) -> bool:
        """Whether the level is not all but ruled out: 95 in 100 tips of that level score higher."""
        return level not in scores.at_least or scores.at_least[level] >= self.cutoffs[f"{URGENCY}:{level}"].possible

    def labels(self, scores: Scores, excludes: Mapping[str, Collection[str]]) -> set[str]:
        """The categories that count; ``excludes`` is the taxonomy's."""
        return choose(scores.categories, {name: self.cutoffs[f"{CATEGORY}:{name}"].answer for name in scores.categories}, excludes)

    def _scores(self, row: Floats) -> Scores:
        kinds = {kind: dict(zip(self._names[kind], row[part].tolist(), strict=True)) for kind, part in self._parts.items()}
        # A tip that is at least P0 is at least P1: the heads are fitted apart, so their probabilities are put in order here.
        at_least: dict[Urgency, float] = {}
        for level in LEVELS:
            at_least[level] = max([kinds[URGENCY][level], *at_least.values()])
        return Scores(kinds[CATEGORY], at_least, kinds[FLAG])


def choose(probabilities: Mapping[str, float], cutoffs: Mapping[str, float], excludes: Mapping[str, Collection[str]]) -> set[str]:
    """Labels for one tip, never none: from the surest down, each that reaches its cutoff and is not excluded by a surer one.

    So ``not_actionable`` stands alone (but for ``information_request``) or not at all, and each boundary class competes with its
    trafficking counterpart. Where nothing reaches its cutoff, the one that comes nearest to it holds.
    """
    held: list[str] = []
    ranked = sorted(probabilities, key=lambda name: -probabilities[name] / cutoffs[name])
    for name in ranked:
        if probabilities[name] >= cutoffs[name] and not any(name in excludes[other] or other in excludes[name] for other in held):
            held.append(name)
    return set(held) or {ranked[0]}
