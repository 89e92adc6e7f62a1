"""Takes out of answers to surveys what looks like somebody's details: telephones, mail and web addresses, handles, plates, long numbers.

By patterns alone; names of people are not found. Planners see answers only in groups, and should still read them as letters of neighbours.
"""

from __future__ import annotations

import re

_PATTERNS = (
    ("[email]", re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")),
    ("[link]", re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("[phone]", re.compile(r"(?<![\w.])\+?\(?\d[\d\s().-]{5,18}\d(?!\w)")),
    ("[handle]", re.compile(r"(?<!\w)@\w{2,}")),
    # A plate: letters and digits in one word or two short ones; a word of capitals alone, a year or a highway is none.
    ("[plate]", re.compile(r"\b(?!(?:I|US|SR|HWY)[ -]?\d{1,3}\b)(?=[A-Z0-9 -]*[A-Z])(?=[A-Z0-9 -]*\d)[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,5}\b")),
    ("[number]", re.compile(r"\b\d{5,}\b")),
)


def masked(text: str) -> str:
    """The text with each of them replaced by a word in brackets."""
    for token, pattern in _PATTERNS:
        text = pattern.sub(token, text)
    return text
