"""Fits what the second reader counts in the finding of indicators, beside the judge (``models.indicators.judge``).

Among the judge's candidates only, one logistic curve for all indicators weighs the judge's log-odds, made with the categories of both
readers, and the second reader's logits as they are. On the four held-out writers, each read by what was fitted on the other three, F1 by
tip rose from .460 to .481; candidates of the second reader's own, and products of the two readings, added nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from models.features import Floats
from models.heads import INDICATOR
from models.indicators.detect import IndicatorReader
from models.indicators.judge import Bools, Joining, possible
from models.indicators.learned import LearnedReader
from models.indicators.train import best_cutoff
from models.labelled import LabelledTip
from triage.domain.assessment import Finding
from triage.taxonomy.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class IndicatorReadings:
    """What speaks for the indicators in tips from which neither ``learned`` nor the second reader has learned.

    ``texts`` are normalised, ``rules`` the findings of the rules, ``logits`` the second reader's and ``truth`` what the labels say, both
    (tips, indicators) in the order of ``learned``.
    """

    learned: LearnedReader
    texts: Sequence[str]
    rules: Sequence[Sequence[Finding]]
    logits: Floats
    truth: Bools

    def of(self, places: npt.NDArray[np.bool_]) -> IndicatorReadings:
        """The readings of some of the tips."""
        texts, rules = list(compress(self.texts, places)), list(compress(self.rules, places))
        return IndicatorReadings(self.learned, texts, rules, self.logits[places], self.truth[places])


def indicator_readings(
    tips: Sequence[LabelledTip], texts: Sequence[str], learned: LearnedReader, heads: Sequence[str], logits: Floats, taxonomy: Taxonomy
) -> IndicatorReadings:
    """The readings of ``tips``; ``texts`` are theirs, normalised, ``logits`` those of the second reader's ``heads``, (tips, heads)."""
    rules = IndicatorReader(taxonomy)
    marked = [{name for name, _ in tip.indicators} for tip in tips]
    truth = np.array([[name in names for name in learned.indicators] for names in marked], np.bool_).reshape(len(tips), -1)
    told = logits[:, [heads.index(f"{INDICATOR}:{name}") for name in learned.indicators]]
    return IndicatorReadings(learned, texts, [rules.read(tip.text) for tip in tips], told, truth)


def fit_joining(readings: IndicatorReadings, categories: Floats) -> Joining | None:
    """Fit with the probabilities of the categories, (tips, categories), that both readers give together.

    None where no candidate is right, or none wrong: there is nothing to weigh.
    """
    return weigh(readings.learned.scores(readings.texts, categories, readings.rules), readings.logits, readings.truth)


def weigh(odds: Floats, logits: Floats, truth: Bools) -> Joining | None:
    """The joining of a judge's log-odds with logits for the right answers, all (tips, indicators)."""
    among = possible(odds)
    right = truth[among]
    if not right.any() or right.all():
        return None
    curve = LogisticRegression(max_iter=500).fit(np.stack([odds[among], logits[among]], axis=1), right)
    first, second, offset = (round(float(value), 3) for value in (*curve.coef_[0], curve.intercept_[0]))
    return Joining(first, second, offset, best_cutoff(Joining(first, second, offset, 0.0)(odds, logits), truth))
