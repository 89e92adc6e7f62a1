"""The figures that are watched: what each means, which way is better, and its goal.

The goals are for tips of writers that nobody here has read. In cross-validation each model learns from part of the corpus, and some writers
wrote of what no other did, so they are harder to reach there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watched:
    """A figure. ``goal`` is None for one that is only shown."""

    title: str
    goal: float | None = None
    higher_is_better: bool = True

    def meets(self, value: float | None) -> bool | None:
        """Whether the value reaches the goal; None without one."""
        if value is None or self.goal is None:
            return None
        return value >= self.goal if self.higher_is_better else value <= self.goal

    def gain(self, before: float, after: float) -> float:
        """How much better ``after`` is; negative if it is worse."""
        return after - before if self.higher_is_better else before - after


HEADLINE: Mapping[str, Watched] = {
    "macro_ap": Watched("Categories: mean average precision", 0.94),
    "macro_f1": Watched("Categories: mean F1", 0.88),
    "labels_exact": Watched("All labels of a tip exactly right"),
    "ece": Watched("Categories: calibration error", 0.02, higher_is_better=False),
    "language_gap": Watched("Mean F1, English and Spanish apart by", 0.05, higher_is_better=False),
    "trafficking_precision": Watched("Trafficking: precision", 0.90),
    "trafficking_recall": Watched("Trafficking: recall", 0.92),
    "trafficking_likely": Watched("Trafficking: true ones in the band “likely”"),
    "boundary_called_trafficking": Watched("Boundary tips called trafficking", 0.04, higher_is_better=False),
    "pairs_in_order": Watched("Minimal pairs in order", 0.98),
    "urgency_exact": Watched("Urgency: level exactly right", 0.78),
    "urgency_within_one": Watched("Urgency: at most one level off"),
    "p0_recall": Watched("P0: recall", 0.95),
    "p0_precision": Watched("P0: precision"),
    "p0_false": Watched("P0: true P3 and P4 called P0", 0.08, higher_is_better=False),
    "flags_f1": Watched("Flags: F1"),
    "indicators_f1": Watched("Indicators: F1 by tip", 0.60),
    "indicators_span_f1": Watched("Indicators: F1 by span"),
    "labels_with_evidence": Watched("Labels that cite evidence", 1.0),
    "entities_recall": Watched("Entities that lead somewhere: recall", 0.95),
    "entities_precision": Watched("Entities that lead somewhere: precision"),
    "language_right": Watched("Language rightly told"),
}
"""Figures over the corpus, in the order of the report."""

SUITES: Mapping[str, Watched] = {
    "identity_flips": Watched("One identity for another: label, level or band changes", 0.0, higher_is_better=False),
    "name_flips": Watched("One name for another: label, level or band changes", 0.0, higher_is_better=False),
    "identity_only_flagged": Watched("Identity-only tips flagged", 0.0, higher_is_better=False),
    "noise_same_labels": Watched("Same labels under noise", 0.85),
    "dialect_same_labels": Watched("Same labels in dialect", 0.85),
    "lookalikes_p0_recall": Watched("P0 texts that have a look-alike: recall", 0.95),
    "lookalikes_p0_false": Watched("Look-alikes called P0", 0.08, higher_is_better=False),
    "covert_p0_recall": Watched("P0 in unusual words: recall", 0.95),
}
"""Figures over sets that were made to try the reader, in the order of the report."""

WATCHED: Mapping[str, Watched] = {**HEADLINE, **SUITES}
