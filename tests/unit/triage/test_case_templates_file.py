"""What each kind of case needs, as the policy says it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import example_files, taxonomy
from triage.domain.case_template import FieldKind
from triage.domain.errors import PolicyError
from triage.policy_files.case_templates import load_case_templates

CATEGORIES = taxonomy().categories


def test_no_file_means_no_templates() -> None:
    assert load_case_templates({}, CATEGORIES) == {}


def test_the_example_is_sound_and_names_the_kinds() -> None:
    templates = load_case_templates(example_files(), CATEGORIES)
    assert list(templates) == ["trafficking", "child", "threat", "cargo", "care"]
    for template in templates.values():
        assert template.categories
        assert any(field.required for field in template.fields)
        assert any(task.required for task in template.tasks)
    assert templates["care"].tasks[1].within == timedelta(days=14)
    assert templates["child"].fields[1].kind is FieldKind.DATE
    assert templates["cargo"].fits(["cargo_theft"])
    assert not templates["cargo"].fits(["sex_trafficking"])


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- {id: X, title: x}\n", 1, "lower-case letters"),
        ("- {id: one, title: x}\n- {id: one, title: x}\n", 2, "two have the id"),
        ("- id: one\n  title: x\n  categories: [sex_traficking]\n", 3, "did you mean 'sex_trafficking'"),
        ("- id: one\n  title: x\n  fields:\n  - {id: aa, title: x, kind: choice, choices: [one]}\n", 4, "at least two"),
        ("- id: one\n  title: x\n  fields:\n  - {id: aa, title: x, choices: [one, two]}\n", 4, "only a choice"),
        ("- id: one\n  title: x\n  fields:\n  - {id: aa, title: x, kind: number}\n", 4, "write one of"),
        ("- id: one\n  title: x\n  fields:\n  - {id: aa, title: x, required: yes please}\n", 4, "`true` or `false`"),
        ("- id: one\n  title: x\n  tasks:\n  - {title: x, within: soon}\n", 4, "write for example `4 hours`"),
        ("- id: one\n  title: x\n  tasks:\n  - {title: x}\n  - {title: x}\n", 5, "two tasks have this title"),
        ("- {id: one}\n", 1, "the key 'title' is missing"),
    ],
)
def test_an_error_names_the_line_and_what_to_write(text: str, line: int, message: str) -> None:
    with pytest.raises(PolicyError, match=message) as raised:
        load_case_templates({"case_templates.yaml": text}, CATEGORIES)
    assert (raised.value.file, raised.value.line) == ("case_templates.yaml", line)
