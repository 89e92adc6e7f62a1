"""How sure a reading is, in words people can act on, and on what grounds.

Findings decide whether a trafficking reading may be called likely (design B0), and a label that cites none is never more than unlikely.
Only the band changes, never the probability or the label.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from models.classifier import Cutoffs
from models.indicators.learned import CITED, SOUGHT
from triage.domain.assessment import Assertion, Band, Finding
from triage.taxonomy.taxonomy import Indicator, Taxonomy

NO_EVIDENCE = "model only, no evidence"
"""The note of a label for which no finding speaks."""

_NOTHING = "not_actionable"
_ALONE = frozenset({"minor_commercial_sex", "victim_self_disclosure"})
_SEXUAL = frozenset({"sex_trafficking", "commercial_sex_only", "child_sexual_exploitation"})
_NOTE = "needs a sign of force, fraud or coercion, two signs of control, or a minor with a sexual purpose"
_CAPPED = {
    "sex_trafficking": f"{_NOTE}; none was found in the text",
    "labor_trafficking": "needs a sign of force, fraud or coercion or two signs of control; none was found in the text",
}
_REASON_FLAGS = {
    "test_message": "test",
    "spam": "spam",
    "prompt_injection": "prompt_injection",
    "rumor": "rumor",
    "identity_only": "identity_only",
}
_REASON_INDICATORS = {
    "na_test_message": "test",
    "na_marketing_spam": "spam",
    "na_viral_rumor": "rumor",
    "na_identity_only": "identity_only",
    "na_commentary": "commentary",
    "ci_hypothetical": "hypothetical",
    "ci_relationship_explained": "explained",
    "ci_negated": "denied",
    "ci_historic_no_risk": "historic",
    "na_personal_dispute": "personal_dispute",
    "na_duplicate": "duplicate",
    "na_malicious_repeat": "malicious_repeat",
    "prop_presence_only": "presence_only",
}
_TOO_VAGUE = "too_vague"


def band(probability: float, cuts: Cutoffs) -> Band:
    """The band of a calibrated probability."""
    if probability >= cuts.likely:
        return Band.LIKELY
    return Band.POSSIBLE if probability >= cuts.possible else Band.UNLIKELY


def capped(category: str, found: Band, findings: Sequence[Finding], taxonomy: Taxonomy) -> tuple[Band, str]:
    """The band after rule B0, and why it was capped (empty if it was not)."""
    if found is not Band.LIKELY or category not in _CAPPED or _elements_shown(category, findings, taxonomy):
        return found, ""
    return Band.POSSIBLE, _CAPPED[category]


def of_label(category: str, found: Band, findings: Sequence[Finding], flags: Collection[str], taxonomy: Taxonomy) -> tuple[Band, str]:
    """The band of a category that is a label, and its note: the rule above, and that a label cites at least one finding.

    ``not_actionable`` cites a reason code instead ("reason: spam").
    """
    if category == _NOTHING:
        return found, f"reason: {reason(findings, flags)}"
    if not cites(category, findings, taxonomy):
        return Band.UNLIKELY, NO_EVIDENCE
    return capped(category, found, findings, taxonomy)


def cites(category: str, findings: Sequence[Finding], taxonomy: Taxonomy) -> bool:
    """Whether a finding that the tip does not deny or make up supports the category."""
    known = taxonomy.indicators
    return any(
        finding.assertion in CITED and finding.indicator in known and category in known[finding.indicator].supports for finding in findings
    )


def reason(findings: Sequence[Finding], flags: Collection[str]) -> str:
    """Why a tip is not actionable: by its flags, else by what was found, else it is too vague (design A, row 25)."""
    held = {finding.indicator for finding in findings}
    codes = [code for flag, code in _REASON_FLAGS.items() if flag in flags]
    codes += [code for name, code in _REASON_INDICATORS.items() if name in held]
    return next(iter(codes), _TOO_VAGUE)


def _elements_shown(category: str, findings: Sequence[Finding], taxonomy: Taxonomy) -> bool:
    """Whether findings put as present show means, or two kinds of control, or (for sex) a minor with a sexual purpose.

    All must support the category; the purpose is read from what a finding supports: sexual categories alone. Context-only and bias-marked
    indicators never count, nor do findings that were only sought for a label.
    """
    supporting = [indicator for indicator in _lifting(findings, taxonomy) if category in indicator.supports]
    if any(indicator.id in _ALONE or indicator.facet == "means" for indicator in supporting):
        return True
    if sum(indicator.facet == "control" for indicator in supporting) >= 2:
        return True
    minors = {indicator.id for indicator in _lifting(findings, taxonomy) if indicator.facet == "minor"}
    sexual = {indicator.id for indicator in supporting if _SEXUAL.issuperset(indicator.supports)}
    return category == "sex_trafficking" and any(minor != purpose for minor in minors for purpose in sexual)


def _lifting(findings: Sequence[Finding], taxonomy: Taxonomy) -> Iterator[Indicator]:
    present = {finding.indicator for finding in findings if finding.assertion is Assertion.PRESENT and not finding.by.endswith(SOUGHT)}
    return (indicator for name in sorted(present) if (indicator := taxonomy.indicators.get(name)) is not None and indicator.lifts)
