"""Phrases that people can read and review, found in a passage in linear time.

A phrase is written as plain words, lower case, without accents or apostrophes ("wont let", "no la deja"):

    (keeps|holds) [all] (her|our) passports   one of / may be missing
    (keeps|took) .. passport                  .. up to three words between, ... up to seven; never across a sentence
    threaten*                                 any word that begins so
    # hours                                   a number, in digits or words
    <hold> .. <papers>                        a word list of the file ``words.yaml``
    hitting                                   a word in -ing is also found as "hittin"

The words of a sentence are looked up first: a phrase is tried only where all its words stand, so that thousands of phrases cost
little more than the few that are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from models.sentences import Passage, Span
from triage.domain.errors import TipstreamError

T = TypeVar("T")
Group = frozenset[str]

_PIECE = re.compile(r"\s*(\.{2,3}|[()\[\]|]|<[a-z0-9_]+>|#|[a-z0-9]+\*?)")
_GAPS = {"..": r"(?:\S+ ){0,3}?", "...": r"(?:\S+ ){0,7}?"}
_NUMBER = (
    r"(?:\d\S*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half|dozen|couple|several"
    r"|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete|dieciocho|diecinueve|veinte"
    r"|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|doscientos|quinientos|mil) "
)
_IS_NUMBER = re.compile(_NUMBER)
_COMMON = frozenset(
    ["#", "the", "a", "an", "i", "you", "he", "she", "it", "we", "they", "them", "him", "her", "his", "my", "me", "our", "your", "their", "its", "this", "that", "these", "those", "there", "here", "who", "what", "when", "where", "how", "is", "are", "was", "were", "be", "been", "am", "do", "does", "did", "have", "has", "had", "will", "would", "can", "could", "should", "may", "might", "must", "not", "no", "to", "of", "in", "on", "at", "by", "for", "from", "with", "and", "or", "but", "if", "so", "as", "than", "then", "out", "up", "down", "off", "over", "about", "into", "all", "any", "some", "one", "more", "just", "like", "get", "got", "go", "goes", "going", "went", "come", "say", "says", "said", "tell", "tells", "told", "know", "see", "saw", "make", "makes", "made", "take", "takes", "took", "let", "her", "him", "want", "ask", "asks", "asked", "back", "now", "el", "la", "los", "las", "un", "una", "unos", "unas", "lo", "le", "les", "se", "me", "te", "nos", "mi", "su", "sus", "que", "de", "en", "con", "por", "para", "y", "o", "a", "al", "del", "no", "si", "es", "son", "esta", "estan", "era", "hay", "ha", "han", "como", "mas", "pero", "ya", "muy", "yo", "ella", "ellos", "tu"]
)
_MAX_WORDS_KNOWN = 60_000


class PhraseError(TipstreamError):
    """A phrase cannot be read. The message says what is wrong in it; whoever read the file adds file and line."""


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase found: what it means, and its words in the passage (end exclusive)."""

    meaning: T
    first: int
    last: int


@dataclass(slots=True)
class Phrase:
    """One phrase, read. ``needs`` are the groups of words of each of which one must stand in the sentence."""

    source: str
    pattern: str
    needs: tuple[Group, ...]
    _compiled: re.Pattern[str] | None = None

    def spans(self, joined: str) -> Iterator[Span]:
        """Where the phrase stands in a joined sentence, as word numbers of that sentence."""
        if self._compiled is None:  # compiled on first use: most phrases are never met, and compiling is slow
            self._compiled = re.compile(self.pattern)
        at, words = 0, 0
        for found in self._compiled.finditer(joined):
            words += joined.count(" ", at, found.start())
            at = found.start()
            yield words - 1, words - 1 + found.group().count(" ")


def parse(source: str, lists: Mapping[str, str]) -> Phrase:
    """Read a phrase. Raises ``PhraseError`` for an open bracket, an unknown word list or a phrase of common words only."""
    pieces, rest = [], source.strip()
    while rest:
        found = _PIECE.match(rest)
        if not found:
            raise PhraseError(f"cannot read {rest!r} in the phrase {source!r}: use words, ( | ), [ ], <list>, #, * and ..")
        pieces.append(found.group(1))
        rest = rest[found.end() :].strip()
    reader = _Reader(pieces, source, lists)
    pattern, needs = reader.sequence(closing="")
    if not needs:
        raise PhraseError(f"the phrase {source!r} has no word that must be there: add one outside the [ ]")
    return Phrase(source, f"(?<= ){pattern}", tuple(sorted(needs, key=_frequency)))


@dataclass(slots=True)
class _Reader:
    pieces: list[str]
    source: str
    lists: Mapping[str, str]
    at: int = 0

    def sequence(self, closing: str) -> tuple[str, list[Group]]:
        parts: list[str] = []
        needs: list[Group] = []
        while self.at < len(self.pieces) and self.pieces[self.at] not in ("|", ")", "]"):
            pattern, groups = self._element()
            parts.append(pattern)
            needs += groups
        if self.at == len(self.pieces) and closing:
            raise PhraseError(f"a bracket is open in the phrase {self.source!r}: close it with {closing!r}")
        if not closing and self.at < len(self.pieces):
            raise PhraseError(f"{self.pieces[self.at]!r} stands outside a bracket in the phrase {self.source!r}")
        return "".join(parts), needs

    def _element(self) -> tuple[str, list[Group]]:
        piece = self.pieces[self.at]
        self.at += 1
        if piece in ("(", "["):
            return self._choice(")" if piece == "(" else "]")
        if piece in _GAPS:
            return _GAPS[piece], []
        if piece == "#":
            return _NUMBER, [frozenset("#")]
        if piece.startswith("<"):
            return self._word_list(piece[1:-1])
        return _word(piece)

    def _choice(self, closing: str) -> tuple[str, list[Group]]:
        branches: list[str] = []
        keys: set[str] | None = set()
        while True:
            pattern, needs = self.sequence(closing)
            branches.append(pattern)
            keys = None if keys is None or not needs else keys | min(needs, key=_frequency)
            separator = self.pieces[self.at]
            self.at += 1
            if separator == "|":
                continue
            if separator != closing:
                raise PhraseError(f"a bracket is closed with {separator!r} in the phrase {self.source!r}: expected {closing!r}")
            break
        body = f"(?:{'|'.join(branches)})"
        if closing == "]":
            return f"{body}?", []
        return body, [frozenset(keys)] if keys else []

    def _word_list(self, name: str) -> tuple[str, list[Group]]:
        if name not in self.lists:
            raise PhraseError(
                f"no word list <{name}> for the phrase {self.source!r}: add it to words.yaml or use one of {sorted(self.lists)}"
            )
        inner = _Reader(["(", *_split(self.lists[name]), ")"], self.source, self.lists)
        return inner._element()


def _place(hit: Hit[T]) -> Span:
    return hit.first, hit.last


def _split(text: str) -> list[str]:
    return [found.group(1) for found in _PIECE.finditer(text)]


def _word(piece: str) -> tuple[str, list[Group]]:
    if piece.endswith("*"):
        return rf"{re.escape(piece[:-1])}\S* ", [frozenset((piece,))]
    if len(piece) > 5 and piece.endswith("ing"):
        return f"{re.escape(piece)[:-1]}g? ", [frozenset((piece, piece[:-1]))]
    return f"{re.escape(piece)} ", [frozenset((piece,))]


def _frequency(group: Group) -> int:
    """A guess at how often a group is met, to look up the rarest first."""
    return sum(50 if word in _COMMON else 1 for word in group)


@dataclass(slots=True)
class PhraseBook(Generic[T]):
    """Many phrases with what each means. ``find`` takes any passage; its time grows with the text, not with the book."""

    entries: Iterable[tuple[Phrase, T]]
    _by_key: dict[str, list[tuple[tuple[Group, ...], Phrase, T]]] = field(default_factory=dict)
    _keys: frozenset[str] = frozenset()
    _prefix_lengths: tuple[int, ...] = ()
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys: set[str] = set()
        for phrase, meaning in self.entries:
            for key in phrase.needs[0]:
                self._by_key.setdefault(key, []).append((phrase.needs[1:], phrase, meaning))
            keys.update(*phrase.needs)
        self._keys = frozenset(keys)
        self._prefix_lengths = tuple(sorted({len(key) - 1 for key in keys if key.endswith("*")}))
        self.entries = ()

    def find(self, text: Passage, parts: Sequence[Span] | None = None) -> list[Hit[T]]:
        """All hits in the parts (ranges of words; the sentences if not given), in the order of the text."""
        hits: list[Hit[T]] = []
        for part in text.sentences if parts is None else parts:
            here: set[str] = set()
            for word in text.words[part[0] : part[1]]:
                keys = self._known.get(word)
                here |= self._learn(word) if keys is None else keys
            joined = ""
            tried: set[int] = set()
            for key in here:
                for needs, phrase, meaning in self._by_key.get(key, ()):
                    if id(phrase) in tried or any(group.isdisjoint(here) for group in needs):
                        continue
                    tried.add(id(phrase))
                    joined = joined or text.joined(part)
                    hits += [Hit(meaning, part[0] + first, part[0] + last) for first, last in phrase.spans(joined)]
        return sorted(hits, key=_place)

    def _learn(self, word: str) -> frozenset[str]:
        """The keys a word stands for; remembered, in bounded memory, because the same words come again and again."""
        if len(self._known) >= _MAX_WORDS_KNOWN:
            self._known.clear()
        keys = {word, "#" if _IS_NUMBER.match(f"{word} ") else word, *(f"{word[:length]}*" for length in self._prefix_lengths if length <= len(word))}
        self._known[word] = found = frozenset(keys & self._keys)
        return found
