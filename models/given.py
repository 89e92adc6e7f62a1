"""What the models are given of a normalised text: not the same words again and again, and nothing where there are no words.

A model counts on texts in which people say a thing once. A keyword in a row, or a harmless message pasted thirty times, is longer but says
no more; a number or a code alone is to it a text that consists of one feature.
"""

from __future__ import annotations

SAID_AGAIN = 0.3
"""The share of words from which on a text counts as repeating itself. No text of the corpus reaches it (2,047 were read)."""

_SHORTEST = 12
"""Shorter texts may repeat themselves: "help help help"."""

_RUN = 3
"""So many words in a row that came before in the same order are said again."""

_LONGEST_WORD = 30
"""A longer one is a code. (The longest words of a dictionary have 28 letters in English and 24 in Spanish.)"""

_PLACEHOLDER = "token"
"""How the normaliser's stand-ins for numbers, addresses and the like end."""


def given(normalised: str) -> str:
    """The text for the models; for nearly every text itself."""
    words = normalised.split()
    if not any(map(_is_word, words)):
        return ""
    if len(words) < _SHORTEST:
        return normalised
    kept = _once(words)
    return normalised if len(words) - len(kept) <= SAID_AGAIN * len(words) else " ".join(kept)


def _is_word(word: str) -> bool:
    if len(word) > _LONGEST_WORD and word.isascii():  # Chinese, for one, has no spaces
        return False
    return not word.endswith(_PLACEHOLDER) and any(map(str.isalpha, word))


def _once(words: list[str]) -> list[str]:
    """The words outside of runs that came before."""
    runs: set[tuple[str, ...]] = set()
    again: set[int] = set()
    for start in range(len(words) - _RUN + 1):
        run = tuple(words[start : start + _RUN])
        if run in runs:
            again.update(range(start, start + _RUN))
        runs.add(run)
    return [word for place, word in enumerate(words) if place not in again]
