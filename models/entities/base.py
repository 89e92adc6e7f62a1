"""What every recognizer is given and what it must give back.

All offsets are code points of the untouched text. ``Passage.folded`` has the same length as ``Passage.text``, so that a span found
in the one is the same span in the other.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, compress
from typing import ClassVar

from models.entities.numbers import NUMBER_OPENERS
from triage.domain.assessment import Entity

_WORD = re.compile(r"(\w++(?:'\w++)*+)")
_DIGIT = re.compile(r"[0-9]")
_LED_BY_LETTERS = re.compile(r"([a-z]+)[0-9]")
_PUNCTUATION = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", " ": " "}


class WordSets:
    """The sets of words that recognizers look for, turned round: one walk over a text's words tells where the words of each set stand.

    ``table`` maps a word to the numbers of the sets that hold it, ``numbers`` a set to its number.
    """

    __slots__ = ("numbers", "table")

    def __init__(self, sets: Iterable[frozenset[str]]) -> None:
        self.numbers = {words: number for number, words in enumerate(dict.fromkeys(sets))}
        table: defaultdict[str, list[int]] = defaultdict(list)
        for words, number in self.numbers.items():
            for word in words:
                table[word].append(number)
        self.table = {word: tuple(numbers) for word, numbers in table.items()}

    def places(self, words: Sequence[str], mixed: Iterable[int]) -> list[list[int]]:
        """For each set the ascending indexes of its words, where a word also stands for its part before an apostrophe ("i'm" for "i") and
        for the letters before its first digit ("us30" for "us"). ``mixed`` are the indexes of the words that hold more than letters."""
        found: list[list[int]] = [[] for _ in self.numbers]
        table = self.table
        for index, numbers in enumerate(map(table.get, words)):
            if numbers:
                for number in numbers:
                    found[number].append(index)
        for index in mixed:
            led = short(words[index])
            if led != words[index]:
                for number in table.get(led, ()):
                    indexes = found[number]
                    place = bisect_left(indexes, index)
                    if indexes[place : place + 1] != [index]:
                        indexes.insert(place, index)
        return found


def short(word: str) -> str:
    """The word before its apostrophe, or the letters before its first digit; the word itself where it has neither."""
    led = _LED_BY_LETTERS.match(word)
    return led[1] if led else word.partition("'")[0]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text ready to be searched.

    ``folded`` is lower case without accents and with plain quotes and dashes. ``words``, ``starts`` and ``ends`` are its words and
    where they stand (parallel sequences). ``has_digit`` says whether any of 0 to 9 is in the text. ``numbers`` are the indexes of the
    words that begin with one, ``quantities`` those and number words, ``mixed`` those of the words that hold more than letters,
    ``capitals`` those of the words that begin with a capital letter in the untouched text. ``sets`` and ``places`` tell where the words
    of the known sets stand (see ``indexes``).
    ``received_at`` resolves relative times; without it they stay unresolved.
    """

    text: str
    folded: str
    words: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    has_digit: bool
    numbers: Sequence[int]
    quantities: Sequence[int]
    mixed: Sequence[int]
    capitals: Sequence[int]
    sets: WordSets
    places: Sequence[Sequence[int]]
    received_at: datetime | None = None

    def has(self, words: frozenset[str]) -> bool:
        """Whether any of ``words`` is in the passage."""
        return bool(self.indexes(words))

    def indexes(self, words: frozenset[str]) -> Sequence[int]:
        """The ascending indexes of all ``words`` in the passage, also those that a longer word stands for (see ``WordSets.places``)."""
        number = self.sets.numbers.get(words)
        return WordSets((words,)).places(self.words, self.mixed)[0] if number is None else self.places[number]

    def entity(
        self,
        kind: str,
        start: int,
        end: int,
        value: str,
        *,
        valid: bool | None = None,
        partial: bool = False,
        role: str = "unknown",
        attributes: Mapping[str, str] | None = None,
    ) -> Entity:
        """An entity over ``start`` to ``end`` with its raw text."""
        return Entity(kind, start, end, self.text[start:end], value, valid, partial, role, attributes or {})

    def starts_of(self, indexes: Iterable[int]) -> list[int]:
        """Where the words of those indexes begin."""
        return [self.starts[index] for index in indexes]

    def before(self, start: int, width: int) -> str:
        """The folded text of at most ``width`` code points that ends at ``start``."""
        return self.folded[max(0, start - width) : start]

    def after(self, end: int, width: int) -> str:
        """The folded text of at most ``width`` code points that begins at ``end``."""
        return self.folded[end : end + width]

    def capitalised(self, index: int) -> bool:
        """Whether the word of that index begins with a capital letter in the untouched text."""
        return self.text[self.starts[index]].isupper()


class Folder:
    """Makes passages. Holds the folding table and the sets of words that passages keep ready, which are built once.

    A set that is not among ``word_sets`` is looked for when it is asked for: the same answer, later.
    """

    def __init__(self, word_sets: Iterable[frozenset[str]] = ()) -> None:
        self._sets = WordSets((NUMBER_OPENERS, *word_sets))
        table = dict(_PUNCTUATION)
        for code in range(0xC0, 0x250):
            base = unicodedata.normalize("NFD", chr(code))[0]
            if base.isascii():
                table[chr(code)] = base
        # Full-width forms are typed by some phones and pasted by people who hide numbers.
        table.update({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
        self._table = str.maketrans(table)

    def passage(self, text: str, received_at: datetime | None = None) -> Passage:
        """Fold ``text`` and split it into words; every string is accepted."""
        folded = self.fold(text)
        # A split around one group gives gaps and words in turn; their lengths summed up are where the words start and end.
        parts: list[str] = _WORD.split(folded)
        offsets = list(accumulate(map(len, parts)))
        words, starts, ends = parts[1::2], offsets[:-1:2], offsets[1::2]
        has_digit = _DIGIT.search(folded) is not None
        mixed = [index for index, plain in enumerate(map(str.isalpha, words)) if not plain]
        numbers = [index for index in mixed if words[index][0] <= "9"] if has_digit else []
        capitals = list(compress(range(len(starts)), map(str.isupper, map(text.__getitem__, starts))))
        places = self._sets.places(words, mixed)
        spelled = places[self._sets.numbers[NUMBER_OPENERS]]
        quantities = sorted({*spelled, *numbers}) if spelled else numbers
        return Passage(text, folded, words, starts, ends, has_digit, numbers, quantities, mixed, capitals, self._sets, places, received_at)

    def fold(self, text: str) -> str:
        """Lower case, no accents, plain quotes and dashes; never longer or shorter than ``text``."""
        plain = text if text.isascii() else text.translate(self._table)
        lowered = plain.lower()
        if len(lowered) == len(text):
            return lowered
        # A few letters (such as a dotted capital I) grow when lowered; they stay as they are.
        return "".join(small if len(small := char.lower()) == 1 else char for char in plain)


def matches(pattern: re.Pattern[str], passage: Passage, openers: frozenset[str], *, numbers: bool = False) -> list[re.Match[str]]:
    """The matches of ``pattern`` that begin at a word among ``openers`` (or, with ``numbers``, at a word that begins with a digit), from
    left to right, none overlapping the last.

    The same as ``finditer`` for a pattern that can begin nowhere else, and many times faster: most words of a tip open nothing.
    """
    indexes = passage.indexes(openers)
    if numbers and passage.numbers:
        indexes = sorted({*indexes, *passage.numbers})
    return matches_at(pattern, passage.folded, passage.starts_of(indexes)) if indexes else []


def matches_at(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> list[re.Match[str]]:
    """The matches of ``pattern`` in ``text`` that begin at ``starts`` (ascending), none overlapping the last."""
    found: list[re.Match[str]] = []
    reached = 0
    for start in starts:
        if start >= reached:
            match = pattern.match(text, start)
            if match and match.end() > start:
                reached = match.end()
                found.append(match)
    return found


def before_any(indexes: Sequence[int], targets: Sequence[int], reach: int) -> list[int]:
    """Those of the ascending ``indexes`` that have one of the ascending ``targets`` at the same place or at most ``reach`` behind."""
    found: list[int] = []
    if not indexes or not targets:
        return found
    following = iter(targets)
    target = next(following)
    for index in indexes:
        while target < index:
            target = next(following, -1)
            if target < 0:
                return found
        if target - index <= reach:
            found.append(index)
    return found


class Claims:
    """Keeps spans apart. A span is claimed once; what would share a character with an earlier claim is refused."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def take(self, start: int, end: int) -> bool:
        """Claim ``start`` to ``end`` and say whether it was free."""
        place = bisect_left(self._starts, end)
        if place and self._ends[place - 1] > start:
            return False
        self._starts.insert(place, start)
        self._ends.insert(place, end)
        return True


def apart(entities: Iterable[Entity]) -> list[Entity]:
    """The entities that share no character with an earlier one."""
    found = list(entities)
    if len(found) < 2:
        return found
    claims = Claims()
    return [entity for entity in found if claims.take(entity.start, entity.end)]


class Recognizer(ABC):
    """Finds one kind of thing, or a few close ones.

    ``cues`` are folded substrings without which nothing can be found; the reader looks for the cues of all recognizers at once and
    runs only those that have one. ``digits`` says that any digit is a cue too. Without either a recognizer always runs.
    ``word_sets`` are the sets of words that it asks passages for.
    """

    cues: ClassVar[tuple[str, ...]] = ()
    digits: ClassVar[bool] = False
    word_sets: tuple[frozenset[str], ...] = ()

    @abstractmethod
    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield what is named in the passage, in any order. Takes any text, raises nothing, in time linear in its length."""
