"""Words and pairs of words of normalised texts as sparse vectors: sublinear TF-IDF of length one, in training and at run time alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse

Floats = npt.NDArray[np.float32]


def terms_of(text: str) -> Iterator[str]:
    """The words of a normalised text, then its pairs of neighbours."""
    words = text.split()
    yield from words
    for first, second in pairwise(words):
        yield f"{first} {second}"


def learn_terms(texts: Sequence[str], least: int = 2) -> tuple[tuple[str, ...], Floats]:
    """The terms of at least ``least`` texts, sorted, and their inverse document frequencies ``ln((1 + n) / (1 + df)) + 1``."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(terms_of(text)))
    terms = tuple(sorted(term for term, count in counts.items() if count >= least))
    frequency = np.array([counts[term] for term in terms], np.float64)
    return terms, (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)


def vectors(texts: Sequence[str], columns: Mapping[str, int], idf: Floats) -> scipy.sparse.csr_array:
    """A matrix of shape (texts, terms), float32; a text without a known term is a row of zeros."""
    data: list[float] = []
    places: list[int] = []
    ends = [0]
    for text in texts:
        counts = Counter(column for term in terms_of(text) if (column := columns.get(term)) is not None)
        found = sorted(counts)
        values = (1 + np.log([counts[column] for column in found])) * idf[found] if found else np.zeros(0)
        data += (values / np.sqrt((values**2).sum())).tolist() if found else []
        places += found
        ends.append(len(places))
    return scipy.sparse.csr_array(
        (np.array(data, np.float32), np.array(places, np.int32), np.array(ends, np.int32)), shape=(len(texts), len(columns))
    )
