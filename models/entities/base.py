"""What every recognizer is given and what it must give back.

All offsets are code points of the untouched text. ``Passage.folded`` has the same length as ``Passage.text``, so that a span found
in the one is the same span in the other.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from triage.domain.assessment import Entity

_WORD = re.compile(r"\w+(?:'\w+)*")
_DIGIT = re.compile(r"[0-9]")
_PUNCTUATION = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", " ": " "}


@dataclass(frozen=True, slots=True)
class Passage:
    """A text ready to be searched.

    ``folded`` is lower case without accents and with plain quotes and dashes. ``words``, ``starts`` and ``ends`` are its words and
    where they stand (parallel tuples); ``has_digit`` says whether any of 0 to 9 is in it.
    ``received_at`` resolves relative times; without it they stay unresolved.
    """

    text: str
    folded: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    has_digit: bool
    received_at: datetime | None = None

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
    """Makes passages. Holds the folding table, which is built once."""

    def __init__(self) -> None:
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
        spans = [match.span() for match in _WORD.finditer(folded)]
        return Passage(
            text,
            folded,
            tuple(folded[start:end] for start, end in spans),
            tuple(start for start, _ in spans),
            tuple(end for _, end in spans),
            _DIGIT.search(folded) is not None,
            received_at,
        )

    def fold(self, text: str) -> str:
        """Lower case, no accents, plain quotes and dashes; never longer or shorter than ``text``."""
        plain = text if text.isascii() else text.translate(self._table)
        lowered = plain.lower()
        if len(lowered) == len(text):
            return lowered
        # A few letters (such as a dotted capital I) grow when lowered; they stay as they are.
        return "".join(small if len(small := char.lower()) == 1 else char for char in plain)


def matches(pattern: re.Pattern[str], passage: Passage, openers: frozenset[str]) -> Iterator[re.Match[str]]:
    """The matches of ``pattern`` that begin at a word among ``openers`` or at a digit, from left to right, none overlapping the last.

    The same as ``finditer`` for a pattern that can begin nowhere else, and many times faster: most words of a tip open nothing.
    """
    reached = 0
    for word, start in zip(passage.words, passage.starts, strict=True):
        opens = word in openers or word[0] <= "9" or ("'" in word and word.partition("'")[0] in openers)
        if start >= reached and (opens or (word[-1] <= "9" and word.rstrip("0123456789") in openers)):
            match = pattern.match(passage.folded, start)
            if match and match.end() > start:
                reached = match.end()
                yield match


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


def apart(entities: Iterable[Entity]) -> Iterator[Entity]:
    """The entities that share no character with an earlier one."""
    claims = Claims()
    return (entity for entity in entities if claims.take(entity.start, entity.end))


class Recognizer(ABC):
    """Finds one kind of thing, or a few close ones.

    ``cues`` are folded substrings without which nothing can be found; the reader looks for the cues of all recognizers at once and
    runs only those that have one. An empty tuple means: always run.
    """

    cues: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield what is named in the passage, in any order. Takes any text, raises nothing, in time linear in its length."""


DIGITS: tuple[str, ...] = tuple("0123456789")
"""The cues of everything that needs a digit."""
