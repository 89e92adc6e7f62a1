"""The best passage of a text for a query, as runs of text that match or do not. No markup: the page escapes and marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from infra.search.analysis import Analysis, Token
from infra.search.fields import PARTS
from infra.search.fold import clean, look_alike
from triage.domain.query import FieldIs, Node, Phrase, Prefix, Word
from triage.query_tree import walk

PASSAGE = 200
"""About how many code points a passage has."""

READ = 20_000
"""Only so many code points of a text are looked through."""

_LEAD = 40
_SHORTEST_PART = 3
_LONGEST_PART = 5  # words; "+1 (956) 555-0147" has four

Runs = tuple[tuple[str, bool], ...]
Span = tuple[int, int]


class Highlighter:
    """Finds what a query asks for (but for what it excludes) in texts. Made once per search."""

    def __init__(self, query: Node, analysis: Analysis) -> None:
        self._analysis = analysis
        self._english: set[str] = set()
        self._spanish: set[str] = set()
        self._beginnings: list[str] = []
        self._sequences: list[list[str]] = []
        self._parts: list[str] = []
        for node, _, negated in walk(query):
            if not negated:
                self._note(node)

    def best_passage(self, text: str) -> Runs:
        """The passage of ``text`` with most matches; its beginning if there is none. Where it was cut stands an ellipsis."""
        spans = _merged(self._spans(self._analysis.tokens(text[:READ])))
        densest = _densest(spans)
        start = _word_start(text, spans[densest][0] - _LEAD) if spans else 0
        end = _word_end(text, max(start + PASSAGE, spans[densest][1] if spans else 0))
        return _runs(text, start, end, [span for span in spans if start <= span[0] and span[1] <= end])

    def _note(self, node: Node) -> None:
        match node:
            case Word(text):
                tokens = self._analysis.tokens(clean(text))
                if len(tokens) == 1:
                    self._english.add(tokens[0].english)
                    self._spanish.add(tokens[0].spanish)
                else:
                    self._sequences.append([token.word for token in tokens])
            case Phrase(words):
                self._sequences.append(self._analysis.words(" ".join(words)))
            case Prefix(text):
                self._beginnings += self._analysis.words(text)[-1:]
            case FieldIs(field, value) if field in PARTS and len(look_alike(value)) >= _SHORTEST_PART:
                self._parts.append(look_alike(value))
            case _:
                pass

    def _spans(self, tokens: Sequence[Token]) -> Iterator[Span]:
        beginnings = tuple(self._beginnings)
        words = [token.word for token in tokens]
        folded = [look_alike(word) for word in words] if self._parts else []
        for at, token in enumerate(tokens):
            if token.english in self._english or token.spanish in self._spanish or token.word.startswith(beginnings):
                yield token.start, token.end
            for sequence in self._sequences:
                if sequence and words[at : at + len(sequence)] == sequence:
                    yield token.start, tokens[at + len(sequence) - 1].end
            for part in self._parts:
                if length := _words_holding(part, folded[at : at + _LONGEST_PART]):
                    yield token.start, tokens[at + length - 1].end


def _words_holding(part: str, folded: Sequence[str]) -> int:
    """How many of these words, joined, hold ``part`` beginning in the first and ending in the last; 0 if it does not begin there.

    A part without a digit in the text would match across ordinary words, because letters were made digits: it must be a word of its own.
    """
    joined = ""
    for length, word in enumerate(folded, start=1):
        joined += word
        if 0 <= joined.find(part) < len(folded[0]):
            return length if length == 1 or part == joined else 0
    return 0


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _densest(spans: Sequence[Span]) -> int:
    """The span at which a passage should begin to show most of them."""
    best, most, last = 0, 0, 0
    for first, (start, _) in enumerate(spans):
        while last < len(spans) and spans[last][1] <= start + PASSAGE - _LEAD:
            last += 1
        if last - first > most:
            best, most = first, last - first
    return best


def _word_start(text: str, at: int) -> int:
    """``at``, or the beginning of the next word if that is near."""
    if at <= 0:
        return 0
    gap = text.find(" ", at, at + _LEAD)
    return gap + 1 if gap >= 0 else at


def _word_end(text: str, at: int) -> int:
    """``at``, or the end of the word before if that is near."""
    if at >= len(text):
        return len(text)
    gap = text.rfind(" ", at - _LEAD, at + 1)
    return gap if gap > 0 else at


def _runs(text: str, start: int, end: int, spans: Sequence[Span]) -> Runs:
    runs: list[tuple[str, bool]] = [("… ", False)] if start else []
    position = start
    for first, last in spans:
        runs += [(text[position:first], False), (text[first:last], True)]
        position = last
    runs += [(text[position:end], False), (" …" if end < len(text) else "", False)]
    return tuple(run for run in runs if run[0])
