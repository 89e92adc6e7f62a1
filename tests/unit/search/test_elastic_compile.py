"""The shape of compiled queries where engines set limits: depth, and the number of clauses."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from infra.search.analysis import Analysis
from infra.search.elastic_compile import MAX_CLAUSES, NOTHING, Compiler
from triage.domain.query import And, Everything, Field, FieldIs, Node, Not, Or, Phrase, Prefix, Received, Word
from triage.search.query_parser import parse
from triage.search.query_tree import MAX_DEPTH, fits


@pytest.fixture(scope="module")
def compiler() -> Compiler:
    return Compiler(Analysis())


def compiled(compiler: Compiler, node: Node) -> Any:
    """What is asked beside the filter of desks."""
    readers, asked = compiler.readable(["care"], node)["bool"]["filter"]
    assert readers == {"terms": {"readers": ["care"]}}
    return asked


def levels(query: Any, level: int = 0) -> Iterator[int]:
    """How deep ``bool`` queries lie in one another at each leaf and each wrapper, inside of which the count begins anew."""
    if "wrapper" in query:
        yield level
        yield from levels(json.loads(base64.b64decode(query["wrapper"]["query"])))
    elif "bool" in query:
        for kind, parts in query["bool"].items():
            if kind != "minimum_should_match":
                for part in parts:
                    yield from levels(part, level + 1)
    else:
        yield level


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Everything(), {"match_all": {}}),
        (And(()), {"match_all": {}}),
        (Or(()), NOTHING),
        (Word("!"), NOTHING),
        (Phrase(("!", "?")), NOTHING),
        (Prefix("!"), NOTHING),
        (FieldIs(Field.PLATE, "-"), NOTHING),
        (Word("Girls"), {"terms": {"stems": ["e:girl", "s:girls"]}}),
        (Word("F-150"), {"match_phrase": {"words": "f 150"}}),
        (Prefix("Traff"), {"prefix": {"words": "traff"}}),
        (FieldIs(Field.PLATE, "abc-o1"), {"prefix": {"plate": "A8C01"}}),
        (FieldIs(Field.COUNTY, "Doña Ana"), {"terms": {"county": ["dona_ana"]}}),
        (Received(date(1970, 1, 2), None), {"range": {"received": {"gte": 86_400_000_000}}}),
        (Received(None, None), {"match_all": {}}),
    ],
    ids=repr,
)
def test_leaves(compiler: Compiler, node: Node, expected: Any) -> None:
    assert compiled(compiler, node) == expected


def test_alternatives_in_one_column_are_one_clause(compiler: Compiler) -> None:
    node = Or((FieldIs(Field.URGENCY, "P1"), Word("van"), FieldIs(Field.URGENCY, "P0"), Phrase(("a", "b"))))
    assert compiled(compiler, node)["bool"]["should"] == [
        {"terms": {"urgency": ["p0", "p1"]}},
        {"terms": {"stems": ["e:van", "s:van"]}},
        {"match_phrase": {"words": "a b"}},
    ]
    assert compiled(compiler, parse("urgency:P0,P1", date.today())) == {"terms": {"urgency": ["p0", "p1"]}}  # noqa: DTZ011


def test_deep_trees_never_nest_deeper_than_engines_read(compiler: Compiler) -> None:
    deep: Node = Word("van")
    for number in range(MAX_DEPTH - 1):
        deep = [Not(deep), And((deep, Word("girl"))), Or((deep, Phrase(("a", "b"))))][number % 3]
    assert fits(deep)
    assert max(levels(compiled(compiler, deep))) < 16


@pytest.mark.parametrize(("phrases", "asks"), [(MAX_CLAUSES, True), (MAX_CLAUSES + 1, False)])
def test_too_many_clauses_find_nothing(compiler: Compiler, phrases: int, asks: bool) -> None:
    query = compiler.readable(["care"], Or(tuple(Phrase(("a", f"b{number}")) for number in range(phrases))))
    assert (query != NOTHING) is asks
