"""The file of agencies outside: what it says, and what its errors say."""

from __future__ import annotations

import pytest

from tests.builders import example_files, example_policy
from triage.domain.errors import PolicyError
from triage.domain.share import AgencyKind
from triage.policy_files.agencies import FILE, load_agencies


def test_the_example_has_a_neighbour_and_one_abroad() -> None:
    found = load_agencies(example_files(), example_policy())
    assert [(one.id, one.kind, one.via) for one in found.values()] == [
        ("neighbor-patrol", AgencyKind.ADJACENT, ""),
        ("foreign-police", AgencyKind.FOREIGN, "liaison"),
    ]


def test_without_the_file_there_are_none() -> None:
    assert load_agencies({}, example_policy()) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {id: abroad, title: Abroad, kind: foreign}", "reached through a bureau alone"),
        ("- {id: abroad, title: Abroad, kind: foreign, via: cargo}", "is not known here"),
        ("- {id: cargo, title: Cargo, kind: adjacent}", "id of a desk already"),
        ("- {id: Abroad, title: Abroad, kind: adjacent}", "lower-case letters"),
        ("- {id: abroad, title: Abroad, kind: far}", "is not known here"),
        ("- {id: abroad, title: One, kind: adjacent}\n- {id: abroad, title: Two, kind: adjacent}", "two agencies have the id"),
        ("- {id: abroad, kind: adjacent}", "'title' is missing"),
    ],
)
def test_an_error_names_the_line_and_what_to_write(text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=r"agencies\.yaml:\d") as caught:
        load_agencies({FILE: text}, example_policy())
    assert says in str(caught.value)
