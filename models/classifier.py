"""The classifier at run time: one sparse product gives every head's score, Platt's curve its probability.

Training (``models.train``) fits the weights with scikit-learn; reading needs numpy and scipy only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit

from models.features import Floats, Vectoriser, Vocabulary
from models.heads import CATEGORY, FLAG, URGENCY, columns
from models.indicators.judge import Joining
from models.joint import JointWeights, together
from models.levels import LevelWeights, at_least, inputs
from models.levels import choose as choose_level
from models.only_there import OnlyThere
from models.typos import Speller
from triage.domain.assessment import Urgency

LONG, PART = 250, 100
"""Words above which a text is also read in parts, and of a part. Measured on tips of unseen writers: with 300 words of harmless tips around
it, P0 was seen in .06 of the tips by the whole and in .51 / .71 by parts of 150 / 100 words (.85 without them), trafficking in .55 and in
.82 / .83 (.77). In 300 words of harmless tips alone P0 was seen in .00 and .07 / .19 of the texts, trafficking in .11 and .15 / .17."""

ANYWHERE = frozenset({f"{URGENCY}:{Urgency.P0}", f"{CATEGORY}:sex_trafficking", f"{CATEGORY}:labor_trafficking"})
"""The heads that ask whether something stands anywhere in the text."""

NO_REPORT, ACCUSED = 0.95, 0.02
"""The probabilities of "not actionable", at least, and of all that accuses, at most, for a text that says only who is where."""

_HARMLESS = frozenset({"not_actionable", "information_request", "homelessness_basic_needs"})
"""What accuses nobody."""

PLAUSIBLE = 0.3
"""Below this probability of "this urgent or more", a rule's vote for P1 to P3 drops."""


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
    levels: LevelWeights
    joint: JointWeights


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of one tip: calibrated probabilities of every category, of each level "or more urgent", of every flag.

    ``indicators`` holds the logits of those that the model has an opinion of; the first reader has of none.
    """

    categories: Mapping[str, float]
    at_least: Mapping[Urgency, float]
    flags: Mapping[str, float]
    indicators: Mapping[str, float] = field(default_factory=dict)


class Answers(ABC):
    """What a model's probabilities mean: scores by name, and what counts by its cutoffs.

    ``joining`` tells what its logits of indicators count beside their judge; None where it has no say in them.
    """

    joining: Joining | None = None

    def __init__(self, id: str, heads: Sequence[str], cutoffs: Mapping[str, Cutoffs], levels: LevelWeights, joint: JointWeights) -> None:
        self.id = id
        self.heads = tuple(heads)
        self.cutoffs = cutoffs
        self._levels = levels
        self.joint = joint
        self._parts = {kind: columns(heads, kind) for kind in (CATEGORY, FLAG)}
        self._names = {kind: [head.partition(":")[2] for head in heads[part]] for kind, part in self._parts.items()}
        names = self._names[CATEGORY]
        self._accusing = np.array([name not in _HARMLESS for name in names])
        self._likely = np.array([cutoffs[f"{CATEGORY}:{name}"].likely for name in names], np.float32)
        self._only_there = OnlyThere()
        self._label_cutoffs = {name: cutoffs[f"{CATEGORY}:{name}"].answer for name in self._names[CATEGORY]}

    @abstractmethod
    def probabilities(self, normalised: Sequence[str]) -> Floats:
        """What each head says for itself of texts that are masked and normalised already, shape (texts, heads)."""

    def readings(self, normalised: Sequence[str]) -> tuple[Floats, Sequence[Mapping[str, float]]]:
        """The ``probabilities``, and for each text the logits of the indicators that the model has an opinion of."""
        return self.probabilities(normalised), [{} for _ in normalised]

    def scores_of(self, normalised: Sequence[str], facts: Floats, evidence: Floats) -> list[Scores]:
        """Score texts that are masked and normalised already.

        What the rules saw in each comes with them: ``facts``, (texts, ``levels.FACTS``), and the ``evidence``, (texts, categories).
        """
        if not normalised:
            return []
        probabilities, indicators = self.readings(normalised)
        levels = at_least(self._levels, inputs(probabilities, facts))
        categories = together(self.joint, probabilities[:, self._parts[CATEGORY]], evidence)
        probabilities[:, self._parts[CATEGORY]] = self._reported(categories, normalised, evidence)
        return [self._scores(row, level.tolist(), told) for row, level, told in zip(probabilities, levels, indicators, strict=True)]

    def level(self, scores: Scores) -> Urgency:
        """The level that all signs together speak for."""
        return choose_level(self._levels, scores.at_least)

    def flags(self, scores: Scores) -> set[str]:
        """The flags that count."""
        return {name for name, probability in scores.flags.items() if probability >= self.cutoffs[f"{FLAG}:{name}"].answer}

    def implausible_flags(self, scores: Scores) -> set[str]:
        """The flags that the model all but rules out: 95 in 100 true ones score higher."""
        return {name for name, probability in scores.flags.items() if probability < self.cutoffs[f"{FLAG}:{name}"].possible}

    def plausible(self, level: Urgency, scores: Scores) -> bool:
        """Whether the level, or a more urgent one, is not all but ruled out."""
        return scores.at_least[level] >= PLAUSIBLE

    def labels(self, scores: Scores, excludes: Mapping[str, Collection[str]]) -> set[str]:
        """The categories that count; ``excludes`` is the taxonomy's."""
        return choose(scores.categories, self._label_cutoffs, excludes)

    def _reported(self, categories: Floats, normalised: Sequence[str], evidence: Floats) -> Floats:
        """The categories' probabilities, and nothing reported where a text says only who is where: unless the rules have evidence
        against somebody, or the model is so sure of an accusation that it would be called likely."""
        spoken_against = (evidence[:, self._accusing] > 0).any(axis=1) | (categories >= self._likely)[:, self._accusing].any(axis=1)
        only_there = np.array([self._only_there(text) for text in normalised]) & ~spoken_against
        nothing = np.where(self._accusing, np.minimum(categories, ACCUSED), categories)
        column = self._names[CATEGORY].index("not_actionable")
        nothing[:, column] = np.maximum(nothing[:, column], NO_REPORT)
        return np.where(only_there[:, None], nothing, categories)

    def _scores(self, row: Floats, levels: Sequence[float], indicators: Mapping[str, float]) -> Scores:
        kinds = {kind: dict(zip(self._names[kind], row[part].tolist(), strict=True)) for kind, part in self._parts.items()}
        return Scores(kinds[CATEGORY], dict(zip(Urgency, levels, strict=True)), kinds[FLAG], indicators)


class Classifier(Answers):
    """The first reader: scores texts with trained weights. One object, one thread."""

    def __init__(self, weights: Weights) -> None:
        super().__init__(weights.id, weights.heads, weights.cutoffs, weights.levels, weights.joint)
        self._weights = weights
        self._anywhere = [at for at, head in enumerate(weights.heads) if head in ANYWHERE]
        self.speller = Speller(weights.vocabulary.words())
        self._vectoriser = Vectoriser(weights.vocabulary, self.speller)

    def probabilities(self, normalised: Sequence[str]) -> Floats:
        """Probabilities, shape (texts, heads). Of a text longer than ``LONG`` words the heads in ``ANYWHERE`` say what they say of its most
        telling part, so that no padding hides it."""
        parts = [_parts(text) for text in normalised]
        found = self._read([part for of_text in parts for part in of_text])
        starts = np.cumsum([0, *(len(of_text) for of_text in parts)])[:-1]
        whole: Floats = found[starts]
        if len(found) > len(whole):
            whole[:, self._anywhere] = np.maximum.reduceat(found[:, self._anywhere], starts, axis=0)
        return whole

    def _read(self, texts: Sequence[str]) -> Floats:
        weights = self._weights
        raw = self._vectoriser(texts) @ weights.matrix + weights.intercept
        return np.asarray(expit(raw * weights.slope + weights.offset), np.float32)


def _parts(text: str) -> list[str]:
    """The text, and if it is long its parts of ``PART`` words, each half over the next."""
    if text.count(" ") < LONG:
        return [text]
    words = text.split()
    return [text, *(" ".join(words[at : at + PART]) for at in range(0, len(words) - PART // 2, PART // 2))]


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
