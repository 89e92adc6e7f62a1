"""Turns normalised texts into sparse feature vectors, in training and at run time by the same code.

Three blocks, each sublinear TF-IDF of a fixed length: words and pairs of words; pairs of words with one to three words between them; and
character 3- to 5-grams inside words (as scikit-learn's ``char_wb`` cuts them). The second block gained 0.006 of macro-AP; snowball stems,
as a fourth, cost 0.01.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse

Floats = npt.NDArray[np.float32]
BLOCKS = ("word", "gap", "char")
"""The blocks in the order of their columns."""

_CHARS = range(3, 6)
WEIGHTS = (1.0, 0.7, 0.7)
"""The length of each block's vector; for characters the best of 0.7, 1 and 1.3 in cross-validation by writer."""

_GAPS = range(2, 5)
_REMEMBERED = 60_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features: per block (``BLOCKS``) its terms in the order of their columns, and one inverse document frequency per column."""

    terms: tuple[tuple[str, ...], ...]
    idf: Floats

    @property
    def size(self) -> int:
        """The number of columns."""
        return sum(len(block) for block in self.terms)

    def keep(self, columns: npt.NDArray[np.bool_]) -> Vocabulary:
        """The vocabulary with only the columns that are marked."""
        starts = np.cumsum([0, *(len(block) for block in self.terms)])
        kept = [
            tuple(term for term, keep in zip(block, columns[start:], strict=False) if keep)
            for block, start in zip(self.terms, starts, strict=False)
        ]
        return Vocabulary(tuple(kept), self.idf[columns])


def grams(word: str) -> list[str]:
    """The character n-grams of one word, padded by a space on both sides; a word shorter than n counts once, whole."""
    padded = f" {word} "
    length = len(padded)
    found: list[str] = []
    for size in _CHARS:
        if size >= length:
            found.append(padded)
            break
        found.extend(padded[at : at + size] for at in range(length - size + 1))
    return found


def learn_vocabulary(texts: Sequence[str], least: tuple[int, int, int] = (2, 3, 3)) -> Vocabulary:
    """Collect the terms that stand in at least ``least`` (per block) of the texts; IDF is ``ln((1 + n) / (1 + df)) + 1``."""
    counts: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
    by_word: dict[str, list[str]] = {}
    for text in texts:
        words = text.split()
        for word in words:
            if word not in by_word:
                by_word[word] = grams(word)
        unique = set(words)
        counts[0].update(unique)
        counts[0].update(set(_pairs(words)))
        counts[1].update(set(_gapped(words)))
        counts[2].update({gram for word in unique for gram in by_word[word]})
    kept = [sorted(term for term, df in count.items() if df >= limit) for count, limit in zip(counts, least, strict=True)]
    df = np.array([count[term] for count, block in zip(counts, kept, strict=True) for term in block], np.float64)
    idf = np.log((1 + len(texts)) / (1 + df)) + 1
    return Vocabulary(tuple(tuple(block) for block in kept), idf.astype(np.float32))


class Vectoriser:
    """Texts to a CSR matrix of shape (texts, vocabulary.size), float32.

    What a word of the vocabulary adds is remembered (up to 60,000 words); words outside it are not, so that no one's text stays in memory.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._idf = vocabulary.idf
        self._weights = np.array(WEIGHTS)
        self._bounds = np.cumsum([0, *(len(block) for block in vocabulary.terms)])
        self._words, self._gaps, self._chars = (
            {term: int(start) + at for at, term in enumerate(block)} for block, start in zip(vocabulary.terms, self._bounds, strict=False)
        )
        self._remembered: dict[str, tuple[int, ...]] = {}

    def __call__(self, texts: Sequence[str]) -> scipy.sparse.csr_array:
        """Vectorise the normalised texts."""
        columns: list[int] = []
        lengths: list[int] = []
        for text in texts:
            before = len(columns)
            words = text.split()
            for word in words:
                columns.extend(self._of_word(word))
            columns.extend([found for found in map(self._words.get, _pairs(words)) if found is not None])
            columns.extend([found for found in map(self._gaps.get, _gapped(words)) if found is not None])
            lengths.append(len(columns) - before)
        return self._weigh(np.array(columns, np.int64), np.array(lengths, np.int64))

    def _of_word(self, word: str) -> tuple[int, ...]:
        known = self._remembered.get(word)
        if known is not None:
            return known
        own = self._words.get(word)
        found = [] if own is None else [own]
        found.extend(column for gram in grams(word) if (column := self._chars.get(gram)) is not None)
        columns = tuple(found)
        if own is not None and len(self._remembered) < _REMEMBERED:
            self._remembered[word] = columns
        return columns

    def _weigh(self, columns: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> scipy.sparse.csr_array:
        size = int(self._bounds[-1])
        rows = np.repeat(np.arange(len(lengths)), lengths)
        keys, counts = np.unique(rows * size + columns, return_counts=True)
        row, column = keys // size, keys % size
        values = (1 + np.log(counts)) * self._idf[column]
        block = np.searchsorted(self._bounds, column, side="right") - 1
        group = row * len(BLOCKS) + block
        norms = np.sqrt(np.bincount(group, values**2, minlength=len(lengths) * len(BLOCKS)))
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(lengths)))])
        data = (values / norms[group] * self._weights[block]).astype(np.float32)
        return scipy.sparse.csr_array((data, column.astype(np.int32), starts.astype(np.int32)), shape=(len(lengths), size))


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(words)]


def _gapped(words: Sequence[str]) -> list[str]:
    """Pairs of words that stand near each other but not side by side."""
    return [f"{first} {second}" for gap in _GAPS for first, second in zip(words, words[gap:], strict=False)]
