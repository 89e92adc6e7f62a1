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
from itertools import accumulate
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
_COMMON_TEXT = (
    "# the a an i you he she it we they them him her his my me our your their its this that these those there here who what when "
    "where how is are was were be been am do does did have has had will would can could should may might must not no to of in on at "
    "by for from with and or but if so as than then out up down off over about into all any some one more just like get got go goes "
    "going went come say says said tell tells told know see saw make makes made take takes took let her him want ask asks asked back "
    "now el la los las un una unos unas lo le les se me te nos mi su sus que de en con por para y o a al del no si es son esta estan "
    "era hay ha han como mas pero ya muy yo ella ellos tu"
)
_COMMON = frozenset(_COMMON_TEXT.split())
_MAX_WORDS_KNOWN = 60_000
_MOST_PAIRS = 100
"""A phrase with more pairs of words in its two rarest groups lies under the words of the rarest alone: the pairs would take memory."""

_ALWAYS: Group = frozenset(("",))
"""Stands in every sentence: the second group of a phrase that has one only."""


class PhraseError(TipstreamError):
    """A phrase cannot be read. The message says what is wrong in it; whoever read the file adds file and line."""


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase found: what it means, and its words in the passage (end exclusive)."""

    meaning: T
    first: int
    last: int
    order: int
    """The place of its phrase in the book: what sorts hits on the same words."""


@dataclass(slots=True)
class Phrase:
    """One phrase, read. ``needs`` are the groups of words of each of which one must stand in the sentence, the rarest first;
    ``begins`` are the words with which it can begin.
    """

    source: str
    pattern: str
    needs: tuple[Group, ...]
    begins: Group
    one_word: bool = False
    _compiled: re.Pattern[str] | None = None

    def length_at(self, joined: str, place: int) -> int:
        """How many words of a joined sentence the phrase takes from the character ``place`` on; 0 if it does not stand there.

        ``place`` must be the beginning of one of the words in ``begins``.
        """
        if self.one_word:
            return 1
        if self._compiled is None:  # compiled on first use: most phrases are never met, and compiling is slow
            self._compiled = re.compile(self.pattern)
        found = self._compiled.match(joined, place)
        return found.group().count(" ") if found else 0


def parse(source: str, lists: Mapping[str, str]) -> list[Phrase]:
    """Read a phrase; one that is a choice as a whole becomes a phrase for each part, which is faster to find.

    Raises ``PhraseError`` for an open bracket, an unknown word list or a phrase without a word that must be there.
    """
    pieces, rest = [], source.strip()
    while rest:
        found = _PIECE.match(rest)
        if not found:
            raise PhraseError(f"cannot read {rest!r} in the phrase {source!r}: use words, ( | ), [ ], <list>, #, * and ..")
        pieces.append(found.group(1))
        rest = rest[found.end() :].strip()
    return [_phrase(part, source, lists) for part in _parts(pieces)]


def _parts(pieces: list[str]) -> list[list[str]]:
    """The parts of a choice that makes up the whole phrase, else the phrase itself."""
    parts: list[list[str]] = [[]]
    depth = 0
    for place, piece in enumerate(pieces):
        depth += (piece in "([") - (piece in ")]")
        if (depth == 0 and place < len(pieces) - 1) or (pieces[0], pieces[-1]) != ("(", ")"):
            return [pieces]
        if depth == 1 and piece == "|":
            parts.append([])
        elif 0 < place < len(pieces) - 1:
            parts[-1].append(piece)
    return parts if depth == 0 else [pieces]


def _phrase(pieces: list[str], source: str, lists: Mapping[str, str]) -> Phrase:
    read = _Reader(pieces, source, lists).sequence(closing="")
    if not read.needs or not read.begins:
        raise PhraseError(f"the phrase {source!r} must hold a word outside [ ] and may not begin with a gap")
    one_word = len(pieces) == 1 and pieces[0][0] != "<"
    return Phrase(source, read.pattern, tuple(sorted(read.needs, key=_frequency)), read.begins, one_word)


@dataclass(frozen=True, slots=True)
class _Read:
    """A part of a phrase: its pattern, what it needs, the words it can begin with, and whether it can be missing."""

    pattern: str
    needs: tuple[Group, ...] = ()
    begins: Group = frozenset()
    missing: bool = False


@dataclass(slots=True)
class _Reader:
    pieces: list[str]
    source: str
    lists: Mapping[str, str]
    at: int = 0

    def sequence(self, closing: str) -> _Read:
        parts: list[_Read] = []
        while self.at < len(self.pieces) and self.pieces[self.at] not in ("|", ")", "]"):
            parts.append(self._element())
        if self.at == len(self.pieces) and closing:
            raise PhraseError(f"a bracket is open in the phrase {self.source!r}: close it with {closing!r}")
        if not closing and self.at < len(self.pieces):
            raise PhraseError(f"{self.pieces[self.at]!r} stands outside a bracket in the phrase {self.source!r}")
        begins: Group = frozenset()
        for part in parts:
            begins |= part.begins
            if not part.missing:
                break
        needs = tuple(group for part in parts for group in part.needs)
        return _Read("".join(part.pattern for part in parts), needs, begins, all(part.missing for part in parts))

    def _element(self) -> _Read:
        piece = self.pieces[self.at]
        self.at += 1
        if piece in ("(", "["):
            return self._choice(")" if piece == "(" else "]")
        if piece in _GAPS:
            return _Read(_GAPS[piece])
        if piece == "#":
            return _Read(_NUMBER, (frozenset("#"),), frozenset("#"))
        if piece.startswith("<"):
            return self._word_list(piece[1:-1])
        return _word(piece)

    def _choice(self, closing: str) -> _Read:
        branches: list[_Read] = []
        while True:
            branches.append(self.sequence(closing))
            separator = self.pieces[self.at]
            self.at += 1
            if separator == closing:
                break
            if separator != "|":
                raise PhraseError(f"a bracket is closed with {separator!r} in the phrase {self.source!r}: expected {closing!r}")
        body = f"(?:{'|'.join(branch.pattern for branch in branches)})"
        begins: Group = frozenset().union(*(branch.begins for branch in branches))
        if closing == "]":
            return _Read(f"{body}?", (), begins, True)
        if any(not branch.needs for branch in branches):
            raise PhraseError(f"a choice in the phrase {self.source!r} has an empty part: take it out or use [ ]")
        keys: Group = frozenset().union(*(min(branch.needs, key=_frequency) for branch in branches))
        return _Read(body, (keys,), begins)

    def _word_list(self, name: str) -> _Read:
        if name not in self.lists:
            raise PhraseError(
                f"no word list <{name}> for the phrase {self.source!r}: add it to words.yaml or use one of {sorted(self.lists)}"
            )
        pieces = ["(", *(found.group(1) for found in _PIECE.finditer(self.lists[name])), ")"]
        return _Reader(pieces, self.source, self.lists)._element()


def _all_here(needs: tuple[Group, ...], here: frozenset[str]) -> bool:
    for group in needs:  # noqa: SIM110 - a plain loop is twice as fast, and this runs a hundred times for a tip
        if group.isdisjoint(here):
            return False
    return True


def _place(hit: Hit[T]) -> tuple[int, int, int]:
    return hit.first, hit.last, hit.order


def _word(piece: str) -> _Read:
    if piece.endswith("*"):
        keys = frozenset((piece,))
        return _Read(rf"{re.escape(piece[:-1])}\S* ", (keys,), keys)
    if len(piece) > 5 and piece.endswith("ing"):
        keys = frozenset((piece, piece[:-1]))
        return _Read(f"{re.escape(piece)[:-1]}g? ", (keys,), keys)
    keys = frozenset((piece,))
    return _Read(f"{re.escape(piece)} ", (keys,), keys)


def _frequency(group: Group) -> int:
    """A guess at how often a group is met, to look up the rarest first."""
    return sum(500 if word == "#" else 50 if word in _COMMON else 1 for word in group)


_Entry = tuple[tuple[Group, ...], Phrase, T, int]
"""What else a phrase needs besides its two rarest groups, the phrase, its meaning, its place in the book."""


@dataclass(slots=True)
class PhraseBook(Generic[T]):
    """Many phrases with what each means. ``find`` takes any passage; its time grows with the text, not with the book.

    A phrase lies under each pair of words of its two rarest groups, so that most are never looked at.
    """

    entries: Iterable[tuple[Phrase, T]]
    _by_key: dict[str, dict[str, list[_Entry[T]]]] = field(default_factory=dict)
    _seconds: dict[str, frozenset[str]] = field(default_factory=dict)
    _anchors: frozenset[str] = frozenset()
    _keys: frozenset[str] = frozenset()
    _prefix_lengths: tuple[int, ...] = ()
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys: set[str] = set()
        for order, (phrase, meaning) in enumerate(self.entries):
            first, second = (*phrase.needs, _ALWAYS)[:2]
            if len(first) * len(second) > _MOST_PAIRS:
                second = _ALWAYS
            entry = (phrase.needs[1:] if second is _ALWAYS else phrase.needs[2:], phrase, meaning, order)
            for key in first:
                bucket = self._by_key.setdefault(key, {})
                for other in second:
                    bucket.setdefault(other, []).append(entry)
            keys.update(phrase.begins, *phrase.needs)
        self._keys, self._anchors = frozenset(keys), frozenset(self._by_key)
        self._seconds = {key: frozenset(bucket) for key, bucket in self._by_key.items()}
        self._prefix_lengths = tuple(sorted({len(key) - 1 for key in keys if key.endswith("*")}))
        self.entries = ()

    def find(self, text: Passage, parts: Sequence[Span] | None = None) -> list[Hit[T]]:
        """All hits in the parts (ranges of words; the sentences if not given), in the order of the text."""
        hits: list[Hit[T]] = []
        for part in text.sentences if parts is None else parts:
            places: dict[str, list[int]] = {}
            for number in range(part[0], part[1]):
                word = text.words[number]
                keys = self._known.get(word)
                for key in self._learn(word) if keys is None else keys:
                    places.setdefault(key, []).append(number)
            if places:
                hits += self._in_part(text, part, places)
        return sorted(hits, key=_place)

    def _in_part(self, text: Passage, part: Span, places: Mapping[str, list[int]]) -> Iterator[Hit[T]]:
        here = frozenset((*places, *_ALWAYS))
        possible = self._possible(here)
        if not possible:
            return
        joined, offsets = text.joined(part), (0, *accumulate(len(word) + 1 for word in text.words[part[0] : part[1]]))
        for order, (_, phrase, meaning, _) in possible.items():
            for begin in {number for word in phrase.begins & here for number in places[word]}:
                length = phrase.length_at(joined, offsets[begin - part[0]])
                if length:
                    yield Hit(meaning, begin, begin + length, order)

    def _possible(self, here: frozenset[str]) -> dict[int, _Entry[T]]:
        """The phrases all whose words are here, by their place in the book."""
        found: dict[int, _Entry[T]] = {}
        for key in here & self._anchors:
            bucket = self._by_key[key]
            for other in here & self._seconds[key]:
                for entry in bucket[other]:
                    if _all_here(entry[0], here):
                        found[entry[3]] = entry
        return found

    def _learn(self, word: str) -> frozenset[str]:
        """The keys a word stands for; remembered, in bounded memory, because the same words come again and again."""
        if len(self._known) >= _MAX_WORDS_KNOWN:
            self._known.clear()
        keys = {
            word,
            "#" if _IS_NUMBER.match(f"{word} ") else word,
            *(f"{word[:length]}*" for length in self._prefix_lengths if length <= len(word)),
        }
        self._known[word] = found = frozenset(keys & self._keys)
        return found
