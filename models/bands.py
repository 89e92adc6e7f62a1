"""How sure a reading is, in words people can act on. Findings decide whether a trafficking reading may be called likely (design B0)."""

from __future__ import annotations

from collections.abc import Sequence

from models.classifier import Cutoffs
from triage.domain.assessment import Assertion, Band, Finding
from triage.taxonomy.taxonomy import Indicator, Taxonomy

_ALONE = frozenset({"minor_commercial_sex", "victim_self_disclosure"})
_NOTE = "needs a sign of force, fraud or coercion, two signs of control, or a minor with a sexual purpose"
_CAPPED = {
    "sex_trafficking": f"{_NOTE}; none was found in the text",
    "labor_trafficking": "needs a sign of force, fraud or coercion or two signs of control; none was found in the text",
}


def band(probability: float, cuts: Cutoffs) -> Band:
    """The band of a calibrated probability."""
    if probability >= cuts.likely:
        return Band.LIKELY
    return Band.POSSIBLE if probability >= cuts.possible else Band.UNLIKELY


def capped(category: str, found: Band, findings: Sequence[Finding], taxonomy: Taxonomy) -> tuple[Band, str]:
    """The band after rule B0, and why it was capped (empty if it was not). Only the band changes, never the probability or the label."""
    if found is not Band.LIKELY or category not in _CAPPED or _elements_shown(category, findings, taxonomy):
        return found, ""
    return Band.POSSIBLE, _CAPPED[category]


def _elements_shown(category: str, findings: Sequence[Finding], taxonomy: Taxonomy) -> bool:
    """Whether findings put as present show means, or two kinds of control, or (for sex) a minor with a sexual purpose.

    Context-only and bias-marked indicators never count, whatever they support.
    """
    present = {finding.indicator for finding in findings if finding.assertion is Assertion.PRESENT}
    shown = [indicator for name in present if (indicator := taxonomy.indicators.get(name)) is not None and indicator.lifts]
    if any(indicator.id in _ALONE and category in indicator.supports for indicator in shown):
        return True
    supporting = [indicator for indicator in shown if category in indicator.supports]
    if _having(supporting, "means") or len(_having(supporting, "control")) >= 2:
        return True
    return category == "sex_trafficking" and bool(_having(shown, "minor")) and bool(_having(supporting, "purpose_sex"))


def _having(indicators: Sequence[Indicator], facet: str) -> list[Indicator]:
    return [indicator for indicator in indicators if indicator.facet == facet]
