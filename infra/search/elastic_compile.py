"""From our query tree to Elasticsearch's. Nothing that was typed reaches a query grammar: every leaf is a query on one column."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from infra.search.analysis import Analysis
from infra.search.fields import PARTS, first_microsecond, last_microsecond
from infra.search.fold import clean, keyword, look_alike
from infra.search.spelling import allowed
from triage.domain.query import And, Everything, Field, FieldIs, Fuzzy, Near, Node, Not, Or, Phrase, Prefix, Received, Word

Query = dict[str, Any]

MAX_CLAUSES = 1_000
"""A tree that compiles to more leaves finds nothing: engines refuse more than 1,024 (``indices.query.bool.max_clause_count``)."""

_WRAP = 8  # levels; Elasticsearch 7.17 parses no query of more than 20, but begins to count anew inside a wrapper
_BEGINNINGS = 1_000_000  # words that begin so, tried in a phrase; the engine's own default would leave out all but 50

NOTHING: Query = {"match_none": {}}


class Compiler:
    """Makes engine queries. Trees must ``fit`` (see ``triage.search.query_tree``); every tree that does compiles."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    def readable(self, desks: Iterable[str], node: Node) -> Query:
        """What ``node`` asks for among what one of ``desks`` may read."""
        asked = self._query(node)
        if _leaves(asked) > MAX_CLAUSES:
            return NOTHING
        return {"bool": {"filter": [{"terms": {"readers": sorted(map(clean, desks))}}, _wrapped(asked)]}}

    def _query(self, node: Node) -> Query:
        match node:
            case Everything():
                return {"match_all": {}}
            case Word(text):
                return self._word(self._analysis.words(text))
            case FieldIs(field, value):
                return _field(field, value)
            case Phrase(words):
                return self._side_by_side(self._analysis.words(" ".join(words)))
            case Prefix(text):
                return _beginning(self._analysis.words(text))
            case Near(one, other, within):
                return _near(self._analysis.words(one)[:1], self._analysis.words(other)[:1], within)
            case Fuzzy(text):
                return self._spelled(self._analysis.words(text))
            case Received(since, until):
                bounds = {} if since is None else {"gte": first_microsecond(since)}
                bounds |= {} if until is None else {"lte": last_microsecond(until)}
                return {"range": {"received": bounds}} if bounds else {"match_all": {}}
            case Not(inner):
                return {"bool": {"must_not": [self._query(inner)]}}
            case And(nodes):
                return {"bool": {"filter": [self._query(inner) for inner in nodes]}} if nodes else {"match_all": {}}
            case Or(nodes):
                return _any(self._query(inner) for inner in nodes)

    def _word(self, words: Sequence[str]) -> Query:
        if len(words) != 1:  # F-150 and 956-555-0147 are several words to the engine
            return self._side_by_side(words)
        english, spanish = self._analysis.stems(words[0])
        return {"terms": {"stems": [f"e:{english}", f"s:{spanish}"]}}

    def _side_by_side(self, words: Sequence[str]) -> Query:
        if len(words) > 1:
            return {"match_phrase": {"words": " ".join(words)}}
        return {"terms": {"words": list(words)}} if words else NOTHING

    def _spelled(self, words: Sequence[str]) -> Query:
        if len(words) != 1 or not (most := allowed(words[0])):
            return self._side_by_side(words)
        # As a constant score, because the engine else looks only at the best so many spellings.
        return {"fuzzy": {"words": {"value": words[0], "fuzziness": most, "prefix_length": 0, "rewrite": "constant_score"}}}


def _near(one: Sequence[str], other: Sequence[str], within: int) -> Query:
    if not (one and other):
        return NOTHING
    clauses = [{"span_term": {"words": word}} for word in (one[0], other[0])]
    # In any order, but for a word that shall be near itself: it must stand there twice.
    return {"span_near": {"clauses": clauses, "slop": within - 1, "in_order": one[0] == other[0]}}


def _beginning(words: Sequence[str]) -> Query:
    if len(words) > 1:
        return {"match_phrase_prefix": {"words": {"query": " ".join(words), "max_expansions": _BEGINNINGS}}}
    return {"prefix": {"words": words[0]}} if words else NOTHING


def _field(field: Field, value: str) -> Query:
    if field not in PARTS:
        return {"terms": {field.value: [keyword(value)]}}
    part = look_alike(value)
    return {"prefix": {field.value: part}} if part else NOTHING


def _any(queries: Iterable[Query]) -> Query:
    """At least one of the queries; those that ask one column for words become one, because engines count clauses but not words."""
    asked: dict[str, set[str]] = {}
    others: list[Query] = []
    for query in queries:
        if "terms" in query:
            ((column, terms),) = query["terms"].items()
            asked.setdefault(column, set()).update(terms)
        else:
            others.append(query)
    some = [*({"terms": {column: sorted(terms)}} for column, terms in asked.items()), *others]
    return {"bool": {"should": some, "minimum_should_match": 1}} if len(some) > 1 else some[0] if some else NOTHING


def _inner(query: Query) -> Iterator[tuple[str, list[Query]]]:
    """The kinds of a ``bool`` query's parts, with the parts; nothing for a leaf."""
    for kind, parts in query.get("bool", {}).items():
        if kind != "minimum_should_match":
            yield kind, parts


def _leaves(query: Query) -> int:
    return sum(_leaves(part) for _, parts in _inner(query) for part in parts) if "bool" in query else 1


def _wrapped(query: Query, level: int = 1) -> Query:
    """``query`` with what lies deeper than some levels in a ``wrapper``, and so on."""
    if "bool" not in query:
        return query
    nested = {"bool": {**query["bool"], **{kind: [_wrapped(part, level + 1) for part in parts] for kind, parts in _inner(query)}}}
    return nested if level % _WRAP else {"wrapper": {"query": base64.b64encode(msgspec.json.encode(nested)).decode()}}
