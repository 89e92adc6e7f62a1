"""Terms of one or more words, found word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

    def at(self, passage: Passage, index: int) -> tuple[T, int] | None:
        """What begins at the word ``index``, and how many words it takes; its words stand at most two characters apart."""
        longest = self._longest.get(passage.words[index])
        if longest is None:
            return None
        for length in range(min(longest, len(passage.words) - index), 0, -1):
            meaning = self._terms.get(passage.words[index : index + length])
            if meaning is not None and all(
                passage.starts[place + 1] - passage.ends[place] <= 2 for place in range(index, index + length - 1)
            ):
                return meaning, length
        return None
