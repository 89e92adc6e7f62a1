"""How values are made alike before they are compared, the same for what is indexed and what is asked, whatever the engine."""

from __future__ import annotations

import unicodedata

from triage.plain import LOOK_ALIKES

MAX_VALUE = 200
"""Longer values of fields are cut; nothing real comes near it."""


def clean(text: str) -> str:
    """``text`` in Unicode's composed form, without lone surrogates, which no engine takes."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())


def keyword(value: str) -> str:
    """A name or code without regard to case, accents, and whether its words are joined by spaces, ``-`` or ``_``."""
    plain = value if value.isascii() else _without_accents(value)
    return "_".join(plain.casefold().replace("-", " ").replace("_", " ").split())[:MAX_VALUE]


def look_alike(value: str) -> str:
    """A plate, number or handle as letters and digits alone, with those that look alike made one: ``abc-o1`` is ``A8C01``."""
    plain = value if value.isascii() else unicodedata.normalize("NFKD", clean(value))
    return "".join(filter(str.isalnum, plain.upper())).translate(LOOK_ALIKES)[:MAX_VALUE]


def endings(value: str) -> list[str]:
    """Every ending of ``value``: a part of it is then the beginning of one of them, which engines find fast."""
    return [value[start:] for start in range(len(value))]


def _without_accents(value: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", clean(value)) if not unicodedata.combining(sign))
