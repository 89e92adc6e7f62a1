"""MinHash fingerprints (Broder 1997): the share of equal numbers in two of them estimates how alike two texts are.

Made from 6-character shingles of the folded letters and digits, so that a typo, another line break or an added greeting changes little.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from models.normalise import fold

SIZE = 64
"""How many numbers a fingerprint has: the estimate is good to about 0.06."""

_LEAST_WORDS = 8
_SHINGLE = 6
_CHUNK = 512
_PRIME = np.uint64(0xFFFFFFFB)  # the largest prime below 2**32, so that products stay below 2**64
_WORD = re.compile(r"[^\W_]+")


class Fingerprinter:
    """Computes fingerprints. All objects are alike: the hash functions are fixed, so stored fingerprints stay comparable.

    One object, one thread: it works in memory of its own (half a megabyte), because fresh memory for every text costs more than the sums.
    """

    def __init__(self) -> None:
        constants = np.random.RandomState(20260101).randint(
            1, 2**32 - 5, size=(2, SIZE), dtype=np.uint64
        )  # legacy generator: its stream is frozen
        self._factor, self._shift = constants[0][:, None], constants[1][:, None]
        self._powers = np.array([pow(0x100000001B3, at, 2**64) for at in range(_SHINGLE)], np.uint64)
        self._room = np.empty((2, SIZE * _CHUNK), np.uint64)

    def __call__(self, text: str) -> tuple[int, ...]:
        """The fingerprint, 64 unsigned 32-bit numbers; empty for texts of fewer than eight words, which are too easily alike."""
        words = _WORD.findall(fold(text))
        if len(words) < _LEAST_WORDS:
            return ()
        codes = np.frombuffer(" ".join(words).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
        hashes = self._shingles(codes)
        least = np.full(SIZE, _PRIME, np.uint64)
        for start in range(0, len(hashes), _CHUNK):  # in parts, so that a very long text needs no more memory than a short one
            least = np.minimum(least, self._permuted(hashes[start : start + _CHUNK]).min(axis=1))
        return tuple(least.tolist())

    def _permuted(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Every hash through every hash function, shape (``SIZE``, hashes); the next call overwrites it."""
        permuted, multiples = (room[: SIZE * len(hashes)].reshape(SIZE, -1) for room in self._room)
        np.multiply(self._factor, hashes, out=permuted)
        permuted += self._shift
        np.floor_divide(permuted, _PRIME, out=multiples)  # the remainder in steps; "%" is twice as slow
        multiples *= _PRIME
        permuted -= multiples
        return permuted

    def _shingles(self, codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """A 32-bit hash of every run of six characters: a polynomial in wrapping 64-bit arithmetic, then its well-mixed upper half."""
        runs = len(codes) - _SHINGLE + 1
        mixed: npt.NDArray[np.uint64] = codes[:runs] * self._powers[0]
        for at in range(1, _SHINGLE):
            mixed += codes[at : at + runs] * self._powers[at]
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed >>= np.uint64(32)
        return mixed


def likeness(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Estimated share of shingles that two texts have in common, 0 to 1; 0 if either text was too short."""
    if not a or not b:
        return 0.0
    return sum(x == y for x, y in zip(a, b, strict=True)) / SIZE
