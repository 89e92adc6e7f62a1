"""Category probabilities from findings alone, for the moment when the classifier cannot be used."""

from __future__ import annotations

import math
from collections.abc import Sequence

from triage.domain.assessment import Assertion, Finding
from triage.taxonomy.taxonomy import Taxonomy

ANSWER = 0.5
"""From which probability on a category is a label here."""

_PRIOR_LOG_ODDS = -2.2
_PER_WEIGHT = 0.5
_NOTHING = "not_actionable"


def rule_probabilities(findings: Sequence[Finding], taxonomy: Taxonomy) -> dict[str, float]:
    """Rule B0 of the design: a prior log-odds, plus half the weight of the strongest finding of each facet that supports the category.

    Only findings put as present count; those that oppose a category are taken off. With nothing found, ``not_actionable`` is surest.
    """
    strongest: dict[tuple[str, str], int] = {}
    for name in {finding.indicator for finding in findings if finding.assertion is Assertion.PRESENT}:
        indicator = taxonomy.indicators.get(name)
        if indicator is None:
            continue
        for category in indicator.supports:
            key = category, indicator.facet
            strongest[key] = max(strongest.get(key, 0), abs(indicator.weight))
        for category in indicator.opposes:
            key = category, f"against {indicator.facet}"
            strongest[key] = min(strongest.get(key, 0), -abs(indicator.weight))
    odds = dict.fromkeys(taxonomy.categories, _PRIOR_LOG_ODDS)
    for (category, _), weight in strongest.items():
        odds[category] = odds.get(category, _PRIOR_LOG_ODDS) + _PER_WEIGHT * weight
    if not strongest:
        odds[_NOTHING] = 0.0
    return {category: round(1 / (1 + math.exp(-odds[category])), 4) for category in taxonomy.categories}
