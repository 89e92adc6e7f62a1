"""The hand-written sets are well formed, large enough, and apart from the corpus that models learn from."""

from __future__ import annotations

from collections import Counter

from models.evaluation import sets
from models.labelled import load_corpus
from tests.unit.models.evaluation_samples import TAXONOMY


def every_text() -> list[str]:
    return [
        *(row.text for row in sets.identity_only()),
        *(text for row in sets.lookalikes() for text in (row.live, row.lookalike)),
        *(text for row in sets.dialects() for text in (row.standard, row.dialect)),
        *(row.text for row in sets.urgent()),
        *(row.text for row in sets.victims()),
        *(text for row in sets.smuggling() for text in (row.smuggled, row.trafficked)),
    ]


def test_no_model_learns_from_them() -> None:
    assert not {text.lower() for text in every_text()} & {tip.text.lower() for tip in load_corpus()}


def test_sizes() -> None:
    assert len(sets.identity_only()) >= 60
    assert len(sets.lookalikes()) >= 80
    assert len([row for row in sets.dialects() if not row.variety.startswith("translation")]) >= 80
    assert len(sets.urgent()) + len(sets.lookalikes()) >= 100, "the design asks for a hundred P0 texts"
    assert len(sets.smuggling()) >= 15


def test_families_and_groups_are_of_like_size() -> None:
    assert set(Counter(row.family for row in sets.lookalikes()).values()) == {10}
    assert set(Counter(row.group for row in sets.victims()).values()) == {8}
    assert min(Counter(row.variety for row in sets.dialects() if not row.variety.startswith("translation")).values()) >= 8


def test_both_languages_are_there() -> None:
    for rows in (sets.identity_only(), sets.lookalikes(), sets.dialects(), sets.urgent(), sets.victims(), sets.smuggling()):
        assert {"en", "es"} <= {row.language for row in rows}


def test_ids_are_unique_and_sides_differ() -> None:
    for rows in (sets.identity_only(), sets.lookalikes(), sets.dialects(), sets.urgent(), sets.victims(), sets.smuggling()):
        assert len({row.id for row in rows}) == len(rows)
    assert all(row.live != row.lookalike for row in sets.lookalikes())
    assert all(row.standard != row.dialect for row in sets.dialects())


def test_labels_are_of_the_taxonomy() -> None:
    labels = {name for row in (*sets.dialects(), *sets.victims()) for name in row.categories}
    labels |= {name for row in sets.identity_only() for name in row.allowed}
    assert labels <= set(TAXONOMY.categories)
