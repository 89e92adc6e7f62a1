"""From our query tree to tantivy's. Nothing that was typed reaches the engine's own query grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tantivy import FieldType, Occur, Query, Schema

from infra.search.analysis import Analysis
from infra.search.fields import PARTS, first_microsecond, last_microsecond
from infra.search.fold import clean, keyword, look_alike
from infra.search.spelling import allowed
from triage.domain.query import And, Everything, Field, FieldIs, Fuzzy, Near, Node, Not, Or, Phrase, Prefix, Received, Word


class Compiler:
    """Makes engine queries for one schema. Trees must ``fit`` (see ``triage.search.query_tree``); every tree that does compiles."""

    def __init__(self, schema: Schema, analysis: Analysis) -> None:
        self._schema = schema
        self._analysis = analysis

    def readable(self, desks: Iterable[str], node: Node) -> Query:
        """What ``node`` asks for among what one of ``desks`` may read."""
        return every([Query.term_set_query(self._schema, "readers", sorted(map(clean, desks))), self.query(node)])

    def query(self, node: Node) -> Query:
        """What ``node`` asks for, whoever asks. A word without letters, digits or emoji is in no text."""
        match node:
            case Everything():
                return Query.all_query()
            case Word(text):
                return self._word(text)
            case Phrase(words):
                return self._side_by_side(self._analysis.words(" ".join(words)))
            case Prefix(text):
                return self._prefix(self._analysis.words(text))
            case Near(one, other, within):
                return self._near(self._analysis.words(one)[:1], self._analysis.words(other)[:1], within)
            case Fuzzy(text):
                return self._spelled(self._analysis.words(text))
            case FieldIs(field, value):
                return self._field(field, value)
            case Received(since, until):
                return self.between(
                    None if since is None else first_microsecond(since),
                    None if until is None else last_microsecond(until),
                )
            case Not(inner):
                return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, self.query(inner))])
            case And(nodes):
                return every([self.query(inner) for inner in nodes])
            case Or(nodes):
                return Query.boolean_query([(Occur.Should, self.query(inner)) for inner in nodes])

    def between(self, since: int | None, until: int | None, column: str = "received") -> Query:
        """A number column lies within these bounds, both included; None is open."""
        if since is None and until is None:
            return Query.all_query()
        return Query.range_query(self._schema, column, FieldType.Integer, since, until)

    def _word(self, text: str) -> Query:
        words = self._analysis.words(text)
        if len(words) != 1:  # F-150 and 956-555-0147 are several words to the engine
            return self._side_by_side(words)
        stems = zip(("english", "spanish"), self._analysis.stems(words[0]), strict=True)
        return Query.boolean_query([(Occur.Should, Query.term_query(self._schema, name, stem)) for name, stem in stems])

    def _side_by_side(self, terms: Sequence[str]) -> Query:
        if len(terms) > 1:
            return Query.phrase_query(self._schema, "text", list(terms))
        return Query.term_query(self._schema, "text", terms[0]) if terms else Query.empty_query()

    def _near(self, one: Sequence[str], other: Sequence[str], within: int) -> Query:
        """Every distance is a phrase of its own: what the engine calls slop depends on the order of the words."""
        if not (one and other):
            return Query.empty_query()
        pairs = {(one[0], other[0]), (other[0], one[0])}
        phrases = [
            Query.phrase_query(self._schema, "text", [(0, first), (gap, second)])
            for first, second in sorted(pairs)
            for gap in range(1, within + 1)
        ]
        return Query.boolean_query([(Occur.Should, phrase) for phrase in phrases])

    def _spelled(self, words: Sequence[str]) -> Query:
        if len(words) != 1 or not (most := allowed(words[0])):
            return self._side_by_side(words)
        return Query.fuzzy_term_query(self._schema, "text", words[0], distance=most)

    def _prefix(self, terms: Sequence[str]) -> Query:
        if not terms:
            return Query.empty_query()
        patterns = [*map(re.escape, terms[:-1]), re.escape(terms[-1]) + ".*"]
        if len(patterns) > 1:
            return Query.regex_phrase_query(self._schema, "text", list(patterns))
        return Query.regex_query(self._schema, "text", patterns[0])

    def _field(self, field: Field, value: str) -> Query:
        if field not in PARTS:
            return Query.term_query(self._schema, field.value, keyword(value))
        part = look_alike(value)
        return Query.regex_query(self._schema, field.value, re.escape(part) + ".*") if part else Query.empty_query()


def every(queries: Sequence[Query]) -> Query:
    """All of the queries; everything if there are none."""
    return Query.boolean_query([(Occur.Must, each) for each in queries or [Query.all_query()]])
