"""Flags that words and findings show. A model head may add more; nobody takes one away but a person.

The word rules stand in ``flag_rules.yaml``. ``in_progress`` and ``weapon_present`` need words that are put as present; what is denied or
played shows no weapon.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.assertion import AssertionReader, AssertionView
from models.sentences import HasText
from triage.domain.assessment import Assertion, Finding

_NEEDS_PRESENT = frozenset(("in_progress", "weapon_present", "csam_possible", "bias_motivated", "officer_safety"))
_OF_A_WHOLE_TIP = {Assertion.HISTORICAL: "historic", Assertion.HEARSAY: "hearsay"}
_OF_FINDINGS = {
    "cse_csam_seen": "csam_possible",
    "minor_commercial_sex": "minor_involved",
    "child_left_alone": "minor_involved",
    "child_hazardous_labor": "minor_involved",
}


class FlagReader:
    """Reads flags. Keep one and use it for all tips."""

    def __init__(self, assertions: AssertionReader | None = None) -> None:
        self._assertions = assertions

    def rule_flags(self, doc: HasText | str, findings: Sequence[Finding] = (), *, view: AssertionView | None = None) -> frozenset[str]:
        """The flags that the rules see. Accepts any text. ``view`` is its ``AssertionView`` where that is known already."""
        view = view or self._view(doc)
        found = {_OF_FINDINGS[f.indicator] for f in findings if f.indicator in _OF_FINDINGS and f.assertion is Assertion.PRESENT}
        whole = view.of_tip()[0]
        if whole in _OF_A_WHOLE_TIP:
            found.add(_OF_A_WHOLE_TIP[whole])
        for match in view.found.flags:
            flag = match.rule.target
            if flag not in found and (flag not in _NEEDS_PRESENT or view.assertion(match.first, match.last) is Assertion.PRESENT):
                found.add(flag)
        return frozenset(found)

    def _view(self, doc: HasText | str) -> AssertionView:
        if self._assertions is None:  # built only where nobody brings a view, because that takes a while
            self._assertions = AssertionReader()
        return self._assertions.view(doc)
