"""Numbers in words, English and Spanish: people say "mile marker one-fifty-six", "six hundred", "cinco mil"."""

from __future__ import annotations

import re

_UNITS = (
    "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_UNIT_VALUES = {word: value for value, word in enumerate(_UNITS.replace(" oh", "").split())} | {"oh": 0, "niner": 9}
_TENS = {
    word: 10 * (place + 2) for place, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_SPANISH = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve"
)
_SPANISH_VALUES = {word: value for value, word in enumerate(_SPANISH.split())} | {
    "un": 1, "una": 1, "veinte": 20, "veintiun": 21, "veintiuno": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24,
    "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
}  # fmt: skip
_SPANISH_TENS = {
    word: 10 * (place + 3) for place, word in enumerate(["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"])
}
_HUNDREDS = {"cien": 100, "ciento": 100, "quinientos": 500, "setecientos": 700, "novecientos": 900} | {
    word + "cientos": 100 * value
    for word, value in (("dos", 2), ("tres", 3), ("cuatro", 4), ("seis", 6), ("ocho", 8))
}  # fmt: skip
_SMALL = _UNIT_VALUES | _SPANISH_VALUES
_ROUND = _TENS | _SPANISH_TENS
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "mil": 1000, "million": 1_000_000, "millon": 1_000_000, "millones": 1_000_000}
_FILLERS = frozenset({"and", "y"})

_WORDS = sorted({*_SMALL, *_ROUND, *_HUNDREDS, *_SCALES}, key=len, reverse=True)
NUMBER_OPENERS = frozenset(_WORDS)
"""The words that a number can begin with."""

NUMBER_WORD = r"(?:" + "|".join(_WORDS) + r")"
"""A regular expression for one number word (folded text)."""

NUMBER_WORDS = rf"{NUMBER_WORD}(?:[\s-]{{1,2}}(?:and\s|y\s)?{NUMBER_WORD}){{0,7}}"
"""A regular expression for a run of number words (folded text)."""

_TOKEN = re.compile(r"[a-z]+")


def spoken(words: str) -> int | None:
    """The number that the folded ``words`` say, None if they say none.

    With a scale ("six hundred") they are read as a cardinal; without one as groups put side by side, the way roads and units are
    said: "one fifty-six" is 156, "two-oh-four" is 204, "forty-four" is 44.
    """
    tokens = [token for token in _TOKEN.findall(words) if token not in _FILLERS]
    if not tokens or any(
        token not in _SMALL and token not in _ROUND and token not in _HUNDREDS and token not in _SCALES for token in tokens
    ):
        return None
    if any(token in _SCALES or token in _HUNDREDS for token in tokens):
        return _cardinal(tokens)
    return int(_side_by_side(tokens)[:18])


def said(words: str | None) -> str:
    """The number that the folded ``words`` say, in digits; empty without words or number."""
    value = spoken(words) if words else None
    return "" if value is None else str(value)


def spoken_digits(words: str) -> str:
    """The digits that the folded ``words`` say one after another, unknown words left out: "four oh two" is "402"."""
    return _side_by_side([token for token in _TOKEN.findall(words) if token in _SMALL or token in _ROUND])


def _cardinal(tokens: list[str]) -> int:
    total = current = 0
    for token in tokens:
        scale = _SCALES.get(token)
        if scale is None:
            current += _HUNDREDS.get(token) or _ROUND.get(token) or _SMALL.get(token, 0)
        elif scale == 100:
            current = max(current, 1) * 100
        else:
            total += max(current, 1) * scale
            current = 0
    return total + current


def _side_by_side(tokens: list[str]) -> str:
    digits = ""
    tens = 0
    for token in tokens:
        small = _SMALL.get(token)
        if tens and small is not None and 0 < small < 10:
            digits += str(tens + small)
            tens = 0
            continue
        if tens:
            digits += str(tens)
            tens = 0
        if small is not None:
            digits += str(small)
        else:
            tens = _ROUND[token]
    return digits + (str(tens) if tens else "")
