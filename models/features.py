"""Turns normalised texts into sparse feature vectors, in training and at run time by the same code.

Three blocks, each sublinear TF-IDF of a fixed length: words and pairs of words; pairs of words with one to three words between them; and
character 3- to 5-grams inside words (as scikit-learn's ``char_wb`` cuts them). The second block gained 0.006 of macro-AP; snowball stems,
as a fourth, cost 0.01.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse

from models.typos import Speller

Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int64] | npt.NDArray[np.int32]
BLOCKS = ("word", "gap", "char")
"""The blocks in the order of their columns."""

_CHARS = range(3, 6)
WEIGHTS = (1.0, 0.7, 0.7)
"""The length of each block's vector; for characters the best of 0.7, 1 and 1.3 in cross-validation by writer."""

MOST = 2
"""A term counts at most so often in a text: who repeats a word a hundred times says no more than who says it twice. Cost nothing in
cross-validation by writer (macro-AP .7449 for .7447), and a hundred times "passport" no longer makes trafficking of a harmless tip."""

_GAPS = range(2, 5)
_NONE = np.zeros(0, np.int32)
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features: per block (``BLOCKS``) its terms in the order of their columns, and one inverse document frequency per column."""

    terms: tuple[tuple[str, ...], ...]
    idf: Floats

    @property
    def size(self) -> int:
        """The number of columns."""
        return sum(len(block) for block in self.terms)

    def words(self) -> dict[str, float]:
        """Every single word, also of the pairs, and its inverse document frequency (that of the rarest word where it has no column)."""
        known = {term: float(idf) for term, idf in zip(self.terms[0], self.idf, strict=False) if " " not in term}
        rarest = max(known.values(), default=0.0)
        in_pairs = {word for block in self.terms[:2] for term in block if " " in term for word in term.split(" ")}
        return known | dict.fromkeys(sorted(in_pairs - known.keys()), rarest)

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

    The columns of a known word's grams are remembered; those of other words are not, so that no one's text stays in memory.
    """

    def __init__(self, vocabulary: Vocabulary, speller: Speller | None = None) -> None:
        """With a ``speller`` unknown words are repaired first."""
        self._idf = vocabulary.idf
        self._speller = speller
        self._weights = np.array(WEIGHTS)
        self._bounds = np.cumsum([0, *(len(block) for block in vocabulary.terms)])
        self._numbers = {word: number for number, word in enumerate(vocabulary.words())}
        words, gaps, chars = vocabulary.terms
        self._words = Lookup(words, 0, self._numbers)
        self._gaps = Lookup(gaps, int(self._bounds[1]), self._numbers)
        self._chars = {gram: at for at, gram in enumerate(chars)}
        self._remembered: dict[str, Columns] = {}

    def __call__(self, texts: Sequence[str]) -> scipy.sparse.csr_array:
        """Vectorise the normalised texts."""
        split = [text.split() for text in texts]
        distinct: dict[str, int] = {}
        places = np.array([distinct.setdefault(word, len(distinct)) for words in split for word in words], np.int32)
        ends = np.cumsum([0, *(len(words) for words in split)], dtype=np.int32)
        rows = np.repeat(np.arange(len(texts)), np.diff(ends))
        words = list(distinct) if self._speller is None else self._speller.repair(list(distinct))
        numbers = np.fromiter((self._numbers.get(word, -1) for word in words), np.int64, len(words))[places]
        found = [
            self._words.singles(numbers, rows),
            self._words.pairs(numbers, rows, 1),
            *(self._gaps.pairs(numbers, rows, gap) for gap in _GAPS),
        ]
        size = int(self._bounds[-1])
        keys, counts = np.unique(np.concatenate([row * size + column for row, column in found]), return_counts=True)
        in_chars = self._count_grams(words, places, ends)
        return self._weigh(
            np.concatenate([keys // size, np.repeat(np.arange(len(texts)), np.diff(in_chars.indptr))]),
            np.concatenate([keys % size, in_chars.indices + self._bounds[2]]),
            np.concatenate([counts, in_chars.data]),
            len(texts),
        )

    def _count_grams(self, words: Sequence[str], places: Columns, ends: Columns) -> scipy.sparse.csr_array:
        """How often each gram stands in each text: (texts by words) times (words by grams). Text ``i`` has the words ``ends[i]`` to
        ``ends[i + 1]`` of ``places``, which are numbers in ``words``."""
        of_words = [self._remembered[word] if word in self._remembered else self._grams_of(word) for word in words]
        sizes = np.cumsum([0, *(len(columns) for columns in of_words)], dtype=np.int32)
        shape = len(words), len(self._chars)
        by_word = scipy.sparse.csr_array((np.ones(sizes[-1], np.int32), np.concatenate([*of_words, _NONE]), sizes), shape=shape)
        by_text = scipy.sparse.csr_array((np.ones(len(places), np.int32), places, ends), shape=(len(ends) - 1, len(words)))
        return by_text @ by_word

    def _grams_of(self, word: str) -> Columns:
        columns = np.array([column for gram in grams(word) if (column := self._chars.get(gram)) is not None], np.int32)
        if word in self._numbers:
            self._remembered[word] = columns
        return columns

    def _weigh(self, rows: Columns, columns: Columns, counts: Columns, texts: int) -> scipy.sparse.csr_array:
        """Sublinear TF-IDF of distinct (row, column); each block of a text gets the length that ``WEIGHTS`` says."""
        values = (1 + np.log(np.minimum(counts, MOST))) * self._idf[columns]
        group = rows * len(BLOCKS) + np.searchsorted(self._bounds[1:-1], columns, side="right")
        norms = np.sqrt(np.bincount(group, values**2, minlength=texts * len(BLOCKS)))
        values *= (np.tile(self._weights, texts) / np.maximum(norms, _TINY))[group]
        order = np.argsort(rows, kind="stable")  # fast: the rows come as two sorted runs
        starts = np.cumsum([0, *np.bincount(rows, minlength=texts)], dtype=np.int32)
        return scipy.sparse.csr_array(
            (values[order].astype(np.float32), columns[order].astype(np.int32), starts), shape=(texts, int(self._bounds[-1]))
        )


class Lookup:
    """Finds the columns of words and pairs of words by the words' numbers."""

    def __init__(self, terms: Sequence[str], start: int, numbers: Mapping[str, int]) -> None:
        self._many = len(numbers)
        self._single = np.full(self._many + 1, -1, np.int64)  # the last place is for unknown words, whose number is -1
        columns: dict[int, int] = {}
        for column, term in enumerate(terms, start):
            first, _, second = term.partition(" ")
            if second:
                columns[numbers[first] * self._many + numbers[second]] = column
            else:
                self._single[numbers[first]] = column
        self._keys = np.array(sorted(columns), np.int64)
        self._columns = np.array([columns[key] for key in self._keys.tolist()], np.int64)

    def of_words(self, numbers: Columns) -> Columns:
        """The column of every word, given its number; -1 for a word that is not known."""
        return self._single[numbers]

    def singles(self, numbers: Columns, rows: Columns) -> tuple[Columns, Columns]:
        """(row, column) of every known word."""
        columns = self.of_words(numbers)
        known = columns >= 0
        return rows[known], columns[known]

    def pairs(self, numbers: Columns, rows: Columns, gap: int) -> tuple[Columns, Columns]:
        """(row, column) of every known pair of words of one text that stand ``gap`` words apart."""
        first, second, row = numbers[:-gap], numbers[gap:], rows[:-gap]
        both = (first >= 0) & (second >= 0) & (row == rows[gap:])
        columns = self.of_pairs(first[both], second[both])
        known = columns >= 0
        return row[both][known], columns[known]

    def of_pairs(self, first: Columns, second: Columns) -> Columns:
        """The column of every pair of words, given the numbers of both; -1 for a pair that is not known."""
        if not len(self._keys):
            return np.full(len(first), -1, np.int64)
        keys = first * self._many + second
        places = np.searchsorted(self._keys, keys)
        places[places == len(self._keys)] = 0
        return np.where((self._keys[places] == keys) & (first >= 0) & (second >= 0), self._columns[places], -1)


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(words)]


def _gapped(words: Sequence[str]) -> list[str]:
    """Pairs of words that stand near each other but not side by side."""
    return [f"{first} {second}" for gap in _GAPS for first, second in zip(words, words[gap:], strict=False)]
