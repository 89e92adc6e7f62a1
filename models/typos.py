"""Repairs typing errors: an unknown word becomes the commonest known one that is a single slip away.

A slip is a letter missing, added, wrong or swapped with its neighbour (Damerau-Levenshtein distance 1). Candidates come from an index of
deletions (Garbe's symmetric delete): two words one slip apart become the same when each loses at most one letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.masking import deletions, one_edit

COMMON = 8.0
"""A correction is no rarer than this (as an inverse document frequency: a word of one text in a thousand); a rare word is a poor guess."""

LEAST, MOST = 5, 24
"""Letters a word needs to be repaired, and has at most: shorter ones have too many neighbours, longer ones are no words."""


class Speller:
    """Knows the words of a vocabulary. Keeps no other word, so that no one's text stays in memory."""

    def __init__(self, words: Mapping[str, float]) -> None:
        """``words`` maps each known word to its rank: the lower, the more frequent (an inverse document frequency serves)."""
        self._ranks = dict(words)
        index: dict[str, tuple[str, ...]] = {}
        for word in sorted(words, key=lambda known: (words[known], known)):
            if words[word] <= COMMON and len(word) >= LEAST - 1 and word.isalpha():
                for key in deletions(word):
                    index[key] = (*index.get(key, ()), word)
        self._index = index

    def repair(self, words: Sequence[str]) -> list[str]:
        """The words, each unknown one of ``LEAST`` letters or more as the commonest known word one slip away, if there is one."""
        known = self._ranks
        return [self._repaired(word) if LEAST <= len(word) <= MOST and word not in known and word.isalpha() else word for word in words]

    def _repaired(self, word: str) -> str:
        """The first letter must be right or have changed places with the second: people rarely miss it, and it tells words apart best."""
        index = self._index
        near = {
            known for key in deletions(word) if key in index for known in index[key] if _same_start(known, word) and one_edit(known, word)
        }
        return min(near, key=lambda known: (self._ranks[known], known), default=word)


def _same_start(known: str, word: str) -> bool:
    return known[0] == word[0] or (known[0] == word[1] and known[1] == word[0])
