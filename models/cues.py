"""The words that assertion, flags and urgency look for, found in one pass over a passage: three passes would take twice the time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files

from models.rules import Match, Rule, RuleBook, RuleError, load_lists, load_rules
from models.sentences import Passage
from triage.domain.assessment import Assertion, Urgency
from triage.taxonomy.taxonomy import FLAGS

HELP_WORDS, ORDERS = "help_words", "orders_to_the_machine"
"""Targets of the urgency rules that are no level: a cry for help, and what tells the machine what to read."""

_ASSERTION, _FLAG, _URGENCY = "assertion.yaml", "flag_rules.yaml", "urgency_rules.yaml"
_TARGETS: Mapping[str, Collection[str]] = {_ASSERTION: tuple(Assertion), _FLAG: FLAGS, _URGENCY: (*Urgency, HELP_WORDS, ORDERS)}


@dataclass(frozen=True, slots=True)
class Cues:
    """What was found, each in the order of the text.

    Targets of the matches are assertions in ``assertion``, flags in ``flags``, and levels, ``HELP_WORDS`` or ``ORDERS`` in ``urgency``.
    """

    assertion: tuple[Match, ...]
    flags: tuple[Match, ...]
    urgency: tuple[Match, ...]


class CueBook:
    """Finds the cues of the three rule files. Keep one and use it for all tips."""

    def __init__(self) -> None:
        """Raises ``RuleError`` for a rule that cannot be followed or has an unknown target."""
        models = files("models")
        lists = load_lists(models / "words.yaml")
        rules: dict[str, tuple[Rule, ...]] = {}
        versions = []
        for file, targets in _TARGETS.items():
            read = load_rules([models / file], lists)
            unknown = sorted({rule.target for rule in read.rules} - {str(target) for target in targets})
            if unknown:
                raise RuleError(file, 1, f"no {unknown[0]!r} is known: use one of {', '.join(targets)}")
            rules[file] = read.rules
            versions.append(read.version)
        self.version = "-".join(versions)
        self._book = RuleBook(rule for found in rules.values() for rule in found)
        self._of_flags = frozenset(map(id, rules[_FLAG]))
        self._of_assertion = frozenset(map(id, rules[_ASSERTION]))
        self._rules = rules  # what is told apart by id must live as long as this

    def find(self, text: Passage) -> Cues:
        """The cues of a passage. Takes any."""
        assertion: list[Match] = []
        flags: list[Match] = []
        urgency: list[Match] = []
        for match in self._book.find(text):
            kind = id(match.rule)
            (assertion if kind in self._of_assertion else flags if kind in self._of_flags else urgency).append(match)
        return Cues(tuple(assertion), tuple(flags), tuple(urgency))
