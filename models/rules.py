"""Rules made of phrases: the format that indicators, assertion cues, urgency cues and flags share, and how they are found.

A rule file is YAML that a reviewer can read; for each target (an indicator, a level, a flag ...):

    documents_confiscated:
      patterns:
        keeps_papers: ["<hold> .. <papers>"]          # a list: any of these phrases
        papers_in_safe:
          any: ["(passport|id) .. in [the] safe"]     # the evidence: any of these
          with: ["boss"]                              # and one of these in the same sentence
          tip: ["work*"]                              # and one of these anywhere in the tip
          not: ["lost"]                               # but none of these in the same sentence
          reason: "..."                               # other keys are notes for the reader of the rule
      examples: ["the boss keeps our passports"]      # each must be found, each is a test
      counter_examples: ["I keep my passport at home"]

The syntax of phrases stands in ``models.phrases``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import yaml

from models.phrases import Hit, Phrase, PhraseBook, PhraseError, parse
from models.sentences import Passage, Span
from triage.domain.errors import TipstreamError

_LISTED = ("any", "with", "tip", "not")
_NOTES = ("reason", "scope", "level")
_TARGET_KEYS = ("patterns", "examples", "counter_examples")


class RuleError(TipstreamError):
    """A rule file cannot be followed. Names the file and the line, and says what to write instead."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True)
class Rule:
    """One named rule of a target. ``notes`` are its other keys as text."""

    target: str
    name: str
    phrases: Mapping[str, tuple[Phrase, ...]]
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that the rules of a target must find, or must not."""

    target: str
    text: str
    found: bool
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules and examples of some files; ``version`` is a short hash of what they say."""

    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds: its evidence as word numbers (end exclusive)."""

    rule: Rule
    first: int
    last: int


def load_lists(file: Traversable) -> dict[str, str]:
    """Read the word lists: names, each with the words (between bars) that ``<name>`` stands for."""
    return {str(name): str(words) for name, words in yaml.load(file.read_text("utf8"), Loader=yaml.CSafeLoader).items()}


def load_rules(files: Sequence[Traversable], lists: Mapping[str, str]) -> RuleFile:
    """Read rule files. Raises ``RuleError`` at the first thing that cannot be followed."""
    rules: list[Rule] = []
    examples: list[Example] = []
    digest = hashlib.sha256(repr(sorted(lists.items())).encode())
    seen: dict[tuple[str, str], str] = {}
    for file in files:
        text = file.read_text("utf8")
        digest.update(text.encode())
        for target, node, line in _entries(_compose(text, file.name), file.name, "targets"):
            for key, value, at in _entries(node, file.name, f"what {target} holds"):
                if key == "patterns":
                    for name, body, place in _entries(value, file.name, "the patterns"):
                        if (target, name) in seen:
                            raise RuleError(file.name, place, f"the pattern {name!r} of {target!r} exists already: give it another name")
                        seen[target, name] = file.name
                        rules.append(_rule(target, name, body, file.name, place, lists))
                elif key in _TARGET_KEYS:
                    examples += [Example(target, text, key == "examples", file.name, row) for text, row in _texts(value, file.name, at)]
                else:
                    raise RuleError(file.name, at, f"unknown key {key!r} in {target!r}: use one of {', '.join(_TARGET_KEYS)}")
            if not any(rule.target == target for rule in rules):
                raise RuleError(file.name, line, f"{target!r} has no patterns: add some, or take it out")
    return RuleFile(tuple(rules), tuple(examples), digest.hexdigest()[:12])


class RuleBook:
    """Rules ready to be found. Takes any passage, in time that grows with the text only."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        kept = tuple(rules)
        self._book = PhraseBook((phrase, rule) for rule in kept for phrase in rule.phrases["any"])
        self._conditions = {
            (rule.target, rule.name): {role: PhraseBook((phrase, role) for phrase in phrases) for role, phrases in rule.phrases.items()}
            for rule in kept
            if len(rule.phrases) > 1
        }

    def find(self, text: Passage) -> list[Match]:
        """Every place where a rule holds, in the order of the text."""
        held: dict[tuple[str, str, int], bool] = {}
        return [Match(hit.meaning, hit.first, hit.last) for hit in self._book.find(text) if self._holds(hit, text, held)]

    def _holds(self, hit: Hit[Rule], text: Passage, held: dict[tuple[str, str, int], bool]) -> bool:
        """Whether what a rule asks for around its evidence is there; ``held`` remembers it for each rule and sentence of the text."""
        rule = hit.meaning
        conditions = self._conditions.get((rule.target, rule.name))
        if conditions is None:
            return True
        sentence = next(part for part in text.sentences if part[0] <= hit.first < part[1])
        key = rule.target, rule.name, sentence[0]
        if key not in held:
            held[key] = _met(conditions, text, sentence)
        return held[key]


def _met(conditions: Mapping[str, PhraseBook[str]], text: Passage, sentence: Span) -> bool:
    if "not" in conditions and conditions["not"].find(text, [sentence]):
        return False
    if "with" in conditions and not conditions["with"].find(text, [sentence]):
        return False
    return "tip" not in conditions or bool(conditions["tip"].find(text))


def _rule(target: str, name: str, body: yaml.Node, file: str, line: int, lists: Mapping[str, str]) -> Rule:
    phrases: dict[str, tuple[Phrase, ...]] = {}
    notes: dict[str, str] = {}
    parts = [("any", body, line)] if isinstance(body, yaml.SequenceNode) else _entries(body, file, f"the pattern {name}")
    for key, value, at in parts:
        if key in _LISTED:
            read: list[Phrase] = []
            for source, row in _texts(value, file, at):
                try:
                    read += parse(source, lists)
                except PhraseError as problem:
                    raise RuleError(file, row, str(problem)) from problem
            phrases[key] = tuple(read)
        elif key in _NOTES and isinstance(value, yaml.ScalarNode):
            notes[key] = value.value
        else:
            raise RuleError(file, at, f"unknown key {key!r} in the pattern {name!r}: use one of {', '.join(_LISTED + _NOTES)}")
    if "any" not in phrases:
        raise RuleError(file, line, f"the pattern {name!r} of {target!r} has no phrases: give a list, or a list under 'any'")
    return Rule(target, name, phrases, notes)


def _compose(text: str, file: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise RuleError(
            file, line, f"not YAML ({problem.problem}): check indentation, quotes and brackets here and just above"
        ) from problem


def _entries(node: yaml.Node | None, file: str, what: str) -> list[tuple[str, yaml.Node, int]]:
    if not isinstance(node, yaml.MappingNode):
        raise RuleError(file, node.start_mark.line + 1 if node else 1, f"{what} must be names with values, like 'name: ...'")
    return [(str(key.value), value, key.start_mark.line + 1) for key, value in node.value]


def _texts(node: yaml.Node, file: str, line: int) -> list[tuple[str, int]]:
    if not isinstance(node, yaml.SequenceNode) or not all(isinstance(item, yaml.ScalarNode) for item in node.value):
        raise RuleError(file, line, "expected a list of texts, like ['...', '...']")
    return [(str(item.value), item.start_mark.line + 1) for item in node.value]
