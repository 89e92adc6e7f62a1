"""Asks a query tree of a single document, without any engine: for saved searches in the embedded product."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from infra.search.analysis import Analysis
from infra.search.fields import PARTS, VALUES, first_microsecond, last_microsecond, microseconds
from infra.search.fold import clean, keyword, look_alike
from infra.search.spelling import alike, allowed
from triage.domain.document import CaseDocument
from triage.domain.query import And, Everything, Field, FieldIs, Fuzzy, Near, Node, Not, Or, Phrase, Prefix, Received, Word


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A case document as an index has it: the places of each word, the stems, the folded values."""

    places: Mapping[str, frozenset[int]]
    english: frozenset[str]
    spanish: frozenset[str]
    values: Mapping[Field, Sequence[str]]
    readers: frozenset[str]
    received: int


Predicate = Callable[[ReadDocument], bool]


class Evaluator:
    """Reads documents, and makes of trees what can be asked of them. Trees must ``fit`` (see ``triage.search.query_tree``)."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    def read(self, document: CaseDocument) -> ReadDocument:
        """The document, read once for all searches."""
        places: dict[str, set[int]] = {}
        for at, word in enumerate(self._analysis.places(document.text)):
            if word:
                places.setdefault(word, set()).add(at)
        stems = list(map(self._analysis.stems, places))
        folded = {
            field: [(look_alike if field in PARTS else keyword)(value) for value in values(document) if value]
            for field, values in VALUES.items()
        }
        return ReadDocument(
            places={word: frozenset(found) for word, found in places.items()},
            english=frozenset(english for english, _ in stems),
            spanish=frozenset(spanish for _, spanish in stems),
            values=folded,
            readers=frozenset(document.readers),
            received=microseconds(document.received_at),
        )

    def readable(self, desks: Sequence[str], node: Node) -> Predicate:
        """Whether ``node`` finds a document among what one of ``desks`` may read."""
        readers, asked = frozenset(map(clean, desks)), self.predicate(node)
        return lambda document: not readers.isdisjoint(document.readers) and asked(document)

    def predicate(self, node: Node) -> Predicate:
        """Whether ``node`` finds a document, whoever asks."""
        match node:
            case Everything():
                return lambda _: True
            case Word(text):
                return self._word(self._analysis.words(text))
            case Phrase(words):
                return _side_by_side(self._analysis.words(" ".join(words)))
            case Prefix(text):
                return _beginning(self._analysis.words(text))
            case Near(one, other, within):
                return _near(self._analysis.words(one)[:1], self._analysis.words(other)[:1], within)
            case Fuzzy(text):
                return _spelled(self._analysis.words(text))
            case FieldIs(field, value):
                return _field(field, value)
            case Received(since, until):
                first = None if since is None else first_microsecond(since)
                last = None if until is None else last_microsecond(until)
                return lambda document: (first is None or first <= document.received) and (last is None or document.received <= last)
            case Not(inner):
                unwanted = self.predicate(inner)
                return lambda document: not unwanted(document)
            case And(nodes):
                needed = [self.predicate(inner) for inner in nodes]
                return lambda document: all(each(document) for each in needed)
            case Or(nodes):
                possible = [self.predicate(inner) for inner in nodes]
                return lambda document: any(each(document) for each in possible)

    def _word(self, words: Sequence[str]) -> Predicate:
        if len(words) != 1:
            return _side_by_side(words)
        english, spanish = self._analysis.stems(words[0])
        return lambda document: english in document.english or spanish in document.spanish


def _side_by_side(words: Sequence[str]) -> Predicate:
    if not words:
        return lambda _: False
    return lambda document: bool(_ends(document, words))


def _near(one: Sequence[str], other: Sequence[str], within: int) -> Predicate:
    if not (one and other):
        return lambda _: False

    def near(document: ReadDocument) -> bool:
        there = document.places.get(other[0], frozenset())
        return any(0 < abs(at - to) <= within for at in document.places.get(one[0], frozenset()) for to in there)

    return near


def _spelled(words: Sequence[str]) -> Predicate:
    if len(words) != 1 or not (most := allowed(words[0])):
        return _side_by_side(words)
    return lambda document: any(alike(words[0], word, most) for word in document.places)


def _beginning(words: Sequence[str]) -> Predicate:
    if not words:
        return lambda _: False
    before, start = words[:-1], words[-1]

    def begins(document: ReadDocument) -> bool:
        ends = _ends(document, before)
        return any(word.startswith(start) and (not before or not ends.isdisjoint(found)) for word, found in document.places.items())

    return begins


def _ends(document: ReadDocument, words: Sequence[str]) -> frozenset[int]:
    """The places that follow the ``words`` standing side by side."""
    ends: frozenset[int] = frozenset()
    for number, word in enumerate(words):
        found = document.places.get(word, frozenset())
        ends = frozenset(at + 1 for at in found if number == 0 or at in ends)
    return ends


def _field(field: Field, value: str) -> Predicate:
    if field not in PARTS:
        name = keyword(value)
        return lambda document: name in document.values[field]
    part = look_alike(value)
    return lambda document: bool(part) and any(part in held for held in document.values[field])
