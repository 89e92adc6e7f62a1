"""What the second reader reads: the classifier's normalised text with plain words for its tokens, cut into pieces of words."""

from __future__ import annotations

from collections.abc import Sequence

MAX_PIECES = 192
"""Pieces of one window, the two that begin and end it included: 98 of 100 tips fit in one."""

PAD, UNKNOWN, BEGIN, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"

_STRIDE = 128
_MOST_WINDOWS = 4
_LONGEST_WORD = 40
_PLAIN = {
    "idterm": "person", "heshe": "they", "hisher": "them", "grownup": "adult", "youngster": "child", "lover": "partner",
    "ageminor": "minor", "ageadult": "adult", "ageold": "elderly", "phonetoken": "phone", "emailtoken": "email", "urltoken": "website",
    "handletoken": "username", "moneytoken": "money", "clocktoken": "clock", "roadtoken": "highway", "miletoken": "mile",
    "roomtoken": "room", "datetoken": "date", "numbertoken": "number", "colour": "colored",
}  # fmt: skip
"""Words that the transformer knew before, for tokens that it did not."""


def readable(normalised: str) -> str:
    """The normalised text (``models.normalise``) in words that a transformer knows."""
    return " ".join(_PLAIN.get(word, word) for word in normalised.split())


class Pieces:
    """Cuts normalised texts into numbered pieces of words: always the longest piece that fits (WordPiece, Wu et al. 2016, section 4.1).

    The words are split and folded already, so twenty lines do; the usual library brings a client for downloads along.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        """``vocabulary`` lists the pieces in the order of their numbers; "##" begins one that continues a word."""
        self._numbers = {piece: at for at, piece in enumerate(vocabulary)}
        self._begin, self._end, self._unknown = (self._numbers[piece] for piece in (BEGIN, END, UNKNOWN))

    def of_text(self, normalised: str) -> list[int]:
        """The pieces of one text."""
        return [piece for word in readable(normalised).split() for piece in self._of_word(word)]

    def windows(self, normalised: Sequence[str]) -> tuple[list[list[int]], list[int]]:
        """Windows of at most ``MAX_PIECES``, each with its begin and end, and for each the number of its text.

        A long text gives up to four that overlap; what lies behind them the second reader leaves to the first.
        """
        found: list[list[int]] = []
        owners: list[int] = []
        room = MAX_PIECES - 2
        for at, text in enumerate(normalised):
            pieces = self.of_text(text)
            last = max(len(pieces) - room + _STRIDE, 1)
            for start in range(0, last, _STRIDE)[:_MOST_WINDOWS]:
                found.append([self._begin, *pieces[start : start + room], self._end])
                owners.append(at)
        return found, owners

    def _of_word(self, word: str) -> list[int]:
        whole = self._numbers.get(word)
        if whole is not None:
            return [whole]
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            lead = "##" if start else ""
            end = next((end for end in range(len(word), start, -1) if lead + word[start:end] in self._numbers), 0)
            if not end:
                return [self._unknown]
            found.append(self._numbers[lead + word[start:end]])
            start = end
        return found
