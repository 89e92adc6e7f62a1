"""Text as names are compared: without case, accents, punctuation and double spaces."""

from __future__ import annotations

import re
import unicodedata

LOOK_ALIKES = str.maketrans("OQDILBSZG", "000118526")
"""Letters that are misread for digits on a plate (O 0 Q D, I 1 L, B 8, S 5, Z 2, G 6), and the digit that stands for all of them."""

_WORD = re.compile(r"[a-z0-9]+")


def plain(text: str) -> str:
    """Lower case, accents taken off, words of letters and digits separated by one space."""
    if text.isascii():  # most of it, and many times quicker
        return " ".join(_WORD.findall(text.lower()))
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(bare))
