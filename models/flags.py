"""Flags that words and findings show. A model head may add more; nobody takes one away but a person.

The word rules stand in ``flag_rules.yaml``. ``in_progress`` and ``weapon_present`` need words that are put as present; what is denied or
played shows no weapon.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from models.assertion import AssertionReader, AssertionView
from models.rules import RuleBook, RuleError, load_lists, load_rules
from models.sentences import HasText, passage
from triage.domain.assessment import Assertion, Finding
from triage.taxonomy.taxonomy import FLAGS

_NEEDS_PRESENT = frozenset(("in_progress", "weapon_present", "csam_possible", "bias_motivated", "officer_safety"))
_OF_FINDINGS = {
    "cse_csam_seen": "csam_possible",
    "minor_commercial_sex": "minor_involved",
    "child_left_alone": "minor_involved",
    "child_hazardous_labor": "minor_involved",
}


class FlagReader:
    """Reads flags. Keep one and use it for all tips."""

    def __init__(self, assertions: AssertionReader | None = None) -> None:
        models = files("models")
        read = load_rules([models / "flag_rules.yaml"], load_lists(models / "words.yaml"))
        unknown = sorted({rule.target for rule in read.rules} - set(FLAGS))
        if unknown:
            raise RuleError("flag_rules.yaml", 1, f"no flag {unknown[0]!r}: use one of {', '.join(FLAGS)}")
        self.version = read.version
        self._book = RuleBook(read.rules)
        self._assertions = assertions or AssertionReader()

    def rule_flags(self, doc: HasText | str, findings: Sequence[Finding] = (), *, view: AssertionView | None = None) -> frozenset[str]:
        """The flags that the rules see. Accepts any text."""
        text = passage(doc)
        view = view or self._assertions.view(text)
        found = {_OF_FINDINGS[f.indicator] for f in findings if f.indicator in _OF_FINDINGS and f.assertion is Assertion.PRESENT}
        for match in self._book.find(text):
            flag = match.rule.target
            if flag not in _NEEDS_PRESENT or view.of_words(match.first, match.last)[0] is Assertion.PRESENT:
                found.add(flag)
        return frozenset(found)
