"""The rule files: every example is a test; a bad file is refused with its name, its line and what to write instead."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from models.indicators.detect import load_indicator_rules
from models.rules import Example, RuleBook, RuleError, RuleFile, load_lists, load_rules
from models.sentences import passage
from triage.taxonomy.taxonomy import load_taxonomy

MODELS = files("models")
LISTS = load_lists(MODELS / "words.yaml")
SETS: dict[str, RuleFile] = {
    "indicators": load_indicator_rules(load_taxonomy()),
    **{name: load_rules([MODELS / name], LISTS) for name in ("assertion.yaml", "flag_rules.yaml", "urgency_rules.yaml")},
}
BOOKS = {name: RuleBook(read.rules) for name, read in SETS.items()}
EXAMPLES = [(name, example) for name, read in SETS.items() for example in read.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{e.file}:{e.line}:{e.target}:{e.found}" for _, e in EXAMPLES])
def test_example(name: str, example: Example) -> None:
    found = any(match.rule.target == example.target for match in BOOKS[name].find(passage(example.text)))
    assert found is example.found, f"{example.file}:{example.line}"


@pytest.mark.parametrize("name", SETS)
def test_every_target_has_an_example(name: str) -> None:
    shown = {example.target for example in SETS[name].examples if example.found}
    assert {rule.target for rule in SETS[name].rules} <= shown


def test_every_indicator_of_the_taxonomy_has_rules() -> None:
    assert {rule.target for rule in SETS["indicators"].rules} == set(load_taxonomy().indicators)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x:\n  patterns:\n    a: ['(b']\n", 3, "bracket is open"),
        ("x:\n  patterns:\n    a:\n      any: ['b']\n      wiht: ['c']\n", 5, "unknown key 'wiht'"),
        ("x:\n  paterns: {}\n", 2, "unknown key 'paterns'"),
        ("x:\n  examples: ['b']\n", 1, "no patterns"),
        ("x:\n  patterns:\n    a: b\n", 3, "names with values"),
        ("x:\n  patterns:\n    a:\n      with: ['b']\n", 3, "no phrases"),
        ("x:\n  patterns:\n    a: ['b']\n    a: ['c']\n", 4, "exists already"),
        ("x:\n  patterns: [\n", 3, "not YAML"),
        ("- x\n", 1, "names with values"),
        ("", 1, "names with values"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(RuleError, match=message) as caught:
        load_rules([file], {})
    assert (caught.value.file, caught.value.line) == ("bad.yaml", line)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the boss has it", True),
        ("the boss has it, I lost mine", False),  # not, in the same sentence
        ("I lost mine. the boss has it", True),
        ("he has it. the boss came", False),  # with, in another sentence
    ],
)
def test_with_and_not_hold_in_the_same_sentence(tmp_path: Path, text: str, found: bool) -> None:
    file = tmp_path / "rule.yaml"
    file.write_text("x:\n  patterns:\n    a:\n      any: ['has it']\n      with: ['boss']\n      not: ['lost']\n")
    assert bool(RuleBook(load_rules([file], {}).rules).find(passage(text))) is found


def test_tip_holds_anywhere_in_the_text(tmp_path: Path) -> None:
    file = tmp_path / "rule.yaml"
    file.write_text("x:\n  patterns:\n    a:\n      any: ['has it']\n      tip: ['school']\n")
    book = RuleBook(load_rules([file], {}).rules)
    assert book.find(passage("he has it. It was at school."))
    assert not book.find(passage("he has it. It was at home."))


def test_the_version_changes_with_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "rule.yaml"
    file.write_text("x:\n  patterns:\n    a: ['b']\n")
    before = load_rules([file], {}).version
    file.write_text("x:\n  patterns:\n    a: ['c']\n")
    assert load_rules([file], {}).version != before
