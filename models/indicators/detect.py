"""Finds indicators by written rules and says how the tip puts each.

The rules are the files of ``models/indicators/patterns``; their format stands in ``models.rules``. One finding is kept for an
indicator in a sentence: the one with the shortest evidence.
"""

from __future__ import annotations

from importlib.resources import files

from models.assertion import AssertionReader, AssertionView
from models.rules import Match, RuleBook, RuleError, RuleFile, load_lists, load_rules
from models.sentences import HasText, Passage, passage
from triage.domain.assessment import Finding
from triage.taxonomy.taxonomy import Taxonomy

MAX_FINDINGS_OF_ONE_INDICATOR = 4
"""A tip that repeats itself is not stronger evidence; a page of findings is not readable."""


def load_indicator_rules(taxonomy: Taxonomy) -> RuleFile:
    """Read all pattern files. Raises ``RuleError`` for a bad rule or an indicator that the taxonomy does not know."""
    models = files("models")
    found = sorted((file for file in (models / "indicators" / "patterns").iterdir() if file.name.endswith(".yaml")), key=lambda f: f.name)
    read = load_rules(found, load_lists(models / "words.yaml"))
    for example in read.examples:
        if example.target not in taxonomy.indicators:
            raise RuleError(
                example.file, example.line, f"the taxonomy has no indicator {example.target!r}: see triage/taxonomy/indicators.yaml"
            )
    return read


class IndicatorReader:
    """Reads indicators in a text. Keep one and use it for all tips: building it takes a good part of a second."""

    def __init__(self, taxonomy: Taxonomy, assertions: AssertionReader | None = None) -> None:
        read = load_indicator_rules(taxonomy)
        self.version = read.version
        self._book = RuleBook(read.rules)
        self._assertions = assertions

    def read(self, doc: HasText | str, *, view: AssertionView | None = None) -> tuple[Finding, ...]:
        """The findings in the order of the text. Accepts any text. ``view`` is its ``AssertionView`` where that is known already."""
        text = passage(doc)
        kept = _shortest(self._book.find(text), text)
        if not kept:
            return ()
        view = view or self._view(text)
        findings = []
        for match in kept:
            start, end = text.span(match.first, match.last)
            assertion, experiencer = view.of_words(match.first, match.last)
            by = f"rule:{match.rule.target}/{match.rule.name}"
            findings.append(Finding(match.rule.target, start, end, assertion, by, self.version, experiencer))
        return tuple(findings)

    def _view(self, text: Passage) -> AssertionView:
        if self._assertions is None:  # built only where nobody brings a view, because that takes a while
            self._assertions = AssertionReader()
        return self._assertions.view(text)


def _shortest(matches: list[Match], text: Passage) -> list[Match]:
    best: dict[tuple[str, int], Match] = {}
    count: dict[str, int] = {}
    sentence = 0
    for match in matches:
        while text.sentences[sentence][1] <= match.first:
            sentence += 1
        key = (match.rule.target, sentence)
        if key not in best:
            count[match.rule.target] = count.get(match.rule.target, 0) + 1
            if count[match.rule.target] <= MAX_FINDINGS_OF_ONE_INDICATOR:
                best[key] = match
        elif match.last - match.first < best[key].last - best[key].first:
            best[key] = match
    return sorted(best.values(), key=lambda match: (match.first, match.last, match.rule.target))
