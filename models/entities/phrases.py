"""Terms of one or more words, found word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from models.entities.base import Passage

_WORD = re.compile(r"\w+(?:'\w+)*")
T = TypeVar("T")


class Phrases(Generic[T]):
    """A mapping from folded terms to what they mean. The longest term that begins at a word wins."""

    def __init__(self, terms: Mapping[str, T]) -> None:
        self._terms: dict[tuple[str, ...], T] = {}
        self._longest: dict[str, int] = {}
        for term, meaning in terms.items():
            words = tuple(_WORD.findall(term))
            self._terms[words] = meaning
            self._longest[words[0]] = max(len(words), self._longest.get(words[0], 0))
        self.openers = frozenset(self._longest)

    def at(self, passage: Passage, index: int) -> tuple[T, int] | None:
        """What begins at the word ``index``, and how many words it takes, which stand at most three characters apart ("farm & fleet")."""
        longest = self._longest.get(passage.words[index])
        if longest is None:
            return None
        for length in range(min(longest, len(passage.words) - index), 0, -1):
            meaning = self._terms.get(tuple(passage.words[index : index + length]))
            if meaning is not None and all(
                passage.starts[place + 1] - passage.ends[place] <= 3 for place in range(index, index + length - 1)
            ):
                return meaning, length
        return None

    def find(self, passage: Passage) -> Iterator[tuple[int, int, T]]:
        """Index of the first word, number of words and meaning of each term, from left to right, none overlapping the last."""
        reached = 0
        for index in passage.indexes(self.openers):
            found = self.at(passage, index) if index >= reached else None
            if found:
                reached = index + found[1]
                yield index, found[1], found[0]
