"""Random query trees on a real index: none is an error, and the operators mean what logic says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.search.tantivy_index import TantivyCaseIndex
from tests.contract.case_index_suite import ANA, a_document, numbers
from tests.trees import trees
from triage.domain.query import And, Field, Node, Not, Or
from triage.ports import CaseIndex

TEXTS = ["A girl at the truck stop", "Una niña en el motel 🍒", "Trucks, trucks, trucks", "", "F-150 with plate 8JX K417"]
SOME_TEXT = st.one_of(
    st.sampled_from(["girl", "niña", "truck stop", "tru", "F-150", "🍒", "8JXK4", "webb", "a"]), st.text(st.characters(), max_size=8)
)
DAYS = st.none() | st.dates(date(2026, 10, 30), date(2026, 11, 10)) | st.sampled_from([date.min, date.max])
TREES = trees(SOME_TEXT, DAYS, max_leaves=12)
ALL = set(range(1, len(TEXTS) + 1))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseIndex]:
    with TantivyCaseIndex(tmp_path_factory.mktemp("index")) as index:
        start = datetime(2026, 11, 1, 12, tzinfo=UTC)
        index.put(
            [
                a_document(number, text=text, plates=("8JXK417",), received_at=start + timedelta(days=number))
                for number, text in enumerate(TEXTS, start=1)
            ]
        )
        yield index


@given(tree=TREES)
def test_any_tree_gives_a_result(index: CaseIndex, tree: Node) -> None:
    results = index.search(ANA, tree, facets=(Field.COUNTY,))
    assert results.total == len(results.hits) == sum(count for _, count in results.facets[Field.COUNTY])
    for hit in results.hits:
        text = TEXTS[int(hit.case_id.removeprefix("case_")) - 1]
        assert "".join(run for run, _ in hit.fragments) == text
        assert all(run for run, _ in hit.fragments)


@given(one=TREES, other=TREES)
def test_operators_are_those_of_logic(index: CaseIndex, one: Node, other: Node) -> None:
    first, second = numbers(index, one), numbers(index, other)
    assert numbers(index, And((one, other))) == first & second
    assert numbers(index, Or((one, other))) == first | second
    assert numbers(index, Not(one)) == ALL - first
