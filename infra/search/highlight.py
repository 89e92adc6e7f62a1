"""The best passage of a text for a query, as runs of text that match or do not. No markup: the page escapes and marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from infra.search.analysis import Analysis
from infra.search.fields import PARTS
from infra.search.fold import look_alike
from infra.search.spelling import alike, allowed
from triage.domain.query import Field, FieldIs, Fuzzy, Near, Node, Phrase, Prefix, Word
from triage.search.query_tree import walk

PASSAGE = 200
"""About how many code points a passage has."""

READ = 20_000
"""Only so many code points of a text are looked through."""

_LEAD = 40
_SHORTEST_PART = 3
_LONGEST_PART = 5  # words; "+1 (956) 555-0147" has four

_WORD = re.compile(r"\w+|[\u2190-\u2bff\U0001f000-\U0001faff]")

Runs = tuple[tuple[str, bool], ...]
Span = tuple[int, int]


class Highlighter:
    """Finds what a query asks for (but for what it excludes) in texts. Made once per search."""

    def __init__(self, query: Node, analysis: Analysis) -> None:
        self._analysis = analysis
        self._stems: set[tuple[int, str]] = set()  # 0 for English, 1 for Spanish; the same letters can be a stem in one alone
        self._beginnings: list[str] = []
        self._sequences: list[list[str]] = []
        self._parts: list[tuple[str, bool]] = []  # and whether a digit must show, because letters were folded to digits
        self._spelled: list[str] = []
        self._near: list[tuple[str, str, int]] = []
        self._known: dict[str, bool] = {}
        for node, _, negated in walk(query):
            if not negated:
                self._note(node)
        self._initials = {stem[:1] for _, stem in self._stems}

    def best_passage(self, text: str) -> Runs:
        """The passage of ``text`` with most matches; its beginning if there is none. Where it was cut stands an ellipsis."""
        asked = self._stems or self._beginnings or self._sequences or self._parts or self._spelled or self._near
        spans = _merged(self._spans(text[:READ])) if asked else []
        densest = _densest(spans)
        start = _word_start(text, spans[densest][0] - _LEAD) if spans else 0
        end = _word_end(text, max(start + PASSAGE, spans[densest][1] if spans else 0))
        return _runs(text, start, end, [span for span in spans if start <= span[0] and span[1] <= end])

    def _note(self, node: Node) -> None:
        match node:
            case Word(text):
                words = self._analysis.words(text)
                if len(words) == 1:
                    self._stems.update(enumerate(self._analysis.stems(words[0])))
                else:
                    self._sequences.append(words)
            case Phrase(words):
                self._sequences.append(self._analysis.words(" ".join(words)))
            case Prefix(text):
                self._beginnings += self._analysis.words(text)[-1:]
            case Fuzzy(text):
                words = self._analysis.words(text)
                if len(words) == 1:
                    self._spelled += words
                else:
                    self._sequences.append(words)
            case Near(one, other, within):
                pair = [words[0] for word in (one, other) if (words := self._analysis.words(word))]
                self._near += [(pair[0], pair[1], within)] if len(pair) > 1 else []
            case FieldIs(field, value) if field in PARTS and len(look_alike(value)) >= _SHORTEST_PART:
                self._parts.append((look_alike(value), field is not Field.HANDLE))
            case _:
                pass

    def _spans(self, text: str) -> Iterator[Span]:
        found = list(_WORD.finditer(text))
        words = [_plain(each[0]) for each in found]
        folded = [look_alike(word) for word in words] if self._parts else []
        parts = [(part, digit) for part, digit in self._parts if part in "".join(folded)]
        for at, word in enumerate(words):
            if self._is_asked(word):
                yield found[at].span()
            for one, other, within in self._near:
                if word in (one, other) and (other if word == one else one) in (
                    *words[max(0, at - within) : at],
                    *words[at + 1 : at + 1 + within],
                ):
                    yield found[at].span()
            for sequence in self._sequences:
                if sequence and words[at : at + len(sequence)] == sequence:
                    yield found[at].start(), found[at + len(sequence) - 1].end()
            for part, digit in parts:
                if length := _words_holding(part, words[at : at + _LONGEST_PART], folded[at : at + _LONGEST_PART], digit):
                    yield found[at].start(), found[at + length - 1].end()

    def _is_asked(self, word: str) -> bool:
        if word not in self._known:
            same = word[0] in self._initials and not self._stems.isdisjoint(enumerate(self._analysis.stems(word)))
            spelled = any(alike(asked, word, allowed(asked)) for asked in self._spelled)
            self._known[word] = same or spelled or word.startswith(tuple(self._beginnings))
        return self._known[word]


def _plain(word: str) -> str:
    """A word of the text as the index has it, but for letters so rare that not marking them does no harm."""
    if word.isascii():
        return word.lower()
    return "".join(sign for sign in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(sign)) or word


def _words_holding(part: str, words: Sequence[str], folded: Sequence[str], digit: bool) -> int:
    """How many of these words, ``folded`` and joined, hold ``part``; 0 if it does not begin in the first of them.

    With ``digit`` they must have one: else "missing" would hold the plate 155.
    """
    joined = ""
    for length, word in enumerate(folded, start=1):
        joined += word
        if 0 <= joined.find(part) < len(folded[0]):
            return length if not digit or any(map(str.isdigit, "".join(words[:length]))) else 0
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
