"""Rewrites a tip for the model, so that spelling, numbers and identity do not matter and what happened does.

Only the classifier reads this text. Every span that people see points into the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from importlib.resources import files

import yaml

from models.masking import Masker, load_masker

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
_MARKS = re.compile("[\u0300-\u036f]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "\x00": " "})
_HE = re.compile(r"\b[éÉ]l\b")
_RUNS = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[?!]")
_DIGITS = re.compile(r"\d+")

_YEARS = r"(?:[ -]?(?:years?|yrs?|yr|anos|anitos)(?:[ -]?old| de edad)?|[ -]?(?:yo|y/o|y\.o\.?))(?!\w)"
_HEDGE = r"(?:only |like |maybe |about |just |barely )?"
_UNITS = "min|hour|hr|day|week|month|mile|of|am|pm|dollar|bucks|feet|percent|%"
_CONTACTS = {
    "url": r"https?://\S+|www\.\S+|\b[\w-]+\.(?:com|net|org|info|onion|me|gg|xyz)\b(?:/\S*)?",
    "email": r"\b[\w.+-]{1,64}@[\w-]+\.[\w.]+",
    "handle": r"(?<!\w)@[\w.]+",
}
_NUMBERS = {
    "phone": r"(?<!\d)(?:\+?\d{1,2}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(?!\d)|(?<!\d)\d{3}-\d{4}(?!\d)",
    "age": rf"\b(?:age|aged|edad)[ :]{{1,2}}\d{{1,3}}\b|\b\d{{1,3}}{_YEARS}|\b(?:i'?m|she'?s|he'?s|(?:is|was|am|says|said|turned|turns) "
    rf"{_HEDGE}|soy de|tengo|tiene|de unos) ?{_HEDGE}\d{{1,2}}\b(?:{_YEARS}|(?! ?(?:{_UNITS})))",
    "money": r"\$ ?\d[\d,.]*(?: ?(?:k|mil|million|thousand)\b)?"
    r"|\b\d[\d,.]* ?(?:k|usd|dollars?|dlls?|bucks?|dolares|pesos?|lempiras|quetzales|grand)\b",
    "clock": r"\b\d{1,2}:\d{2}(?: ?[ap]\.?m\b\.?)?|\b\d{1,2} ?[ap]\.?m\b\.?",
    "road": r"\b(?:i|us|sr|sh|fm|cr|hwy|highway|interstate|route|rt|rte|state road|county road|carretera|ruta)[ -]?\d{1,4}\b"
    r"(?: ?(?:nb|sb|eb|wb)\b)?",
    "mile": r"\b(?:mm|mile ?marker|milepost|mile|mp|km|kilometro) ?#?\d{1,4}(?:\.\d+)?\b",
    "room": r"\b(?:room|rm|apt|apartment|suite|unit|cuarto|habitacion|depto|departamento|apto|lot|space|bay|dock|pump|row|door|gate)"
    r" ?#? ?\d{1,4}[a-z]?\b",
    "date": r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b(?:jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]* \d{1,2}(?:st|nd|rd|th)?\b",
    "number": r"\b[^\W_]*\d[^\W_]*\d[^\W_]*\d[^\W_]*\b",
}
"""What carries a number or names an address online: each kind becomes one token. The earlier kind wins."""

_CONTACT, _NUMBER = (re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items())) for kinds in (_CONTACTS, _NUMBERS))
_DOTTED = re.compile(r"@|\w\.\w|://")


class Normaliser:
    """Turns a tip into the space-separated words that the classifier reads."""

    def __init__(self, masker: Masker, spelling: Mapping[str, str], numbers: Mapping[str, str], colours: Collection[str]) -> None:
        """``spelling`` maps shorthand to words, ``numbers`` number words to digits; all in the form that ``fold`` gives."""
        self._masker = masker
        self._spelling = {short: tuple(words.split(" ")) for short, words in spelling.items()}
        self._numbers = dict(numbers)
        self._colours = frozenset(colours)

    def __call__(self, text: str) -> str:
        """Return the normalised text; empty for a text without letters, digits, question or exclamation marks. Never raises."""
        folded = fold(_HE.sub("ella", text))  # without its accent "he" would be the Spanish article
        folded = _WORD.sub(lambda match: self._numbers.get(match.group(), match.group()), folded)
        if _DOTTED.search(folded):
            folded = _CONTACT.sub(_token, folded)
        if _DIGITS.search(folded):
            folded = _NUMBER.sub(_token, folded)
        words: list[str] = []
        for word in _WORD.findall(_RUNS.sub(r"\1\1", folded)):
            plain = word.replace("'", "")
            words.extend(self._spelling.get(plain, (plain,)))
        return " ".join("colour" if word in self._colours else word for word in self._masker.mask(words))


def load_normaliser() -> Normaliser:
    """The normaliser with the lexicons that ship with the package. Takes some 50 ms; make one."""
    raw = yaml.load(files("models").joinpath("spelling.yaml").read_text("utf8"), Loader=yaml.CSafeLoader)
    pairs = {name: dict(_pair(entry) for entry in raw[name].split(",")) for name in ("english", "spanish", "numbers")}
    colours = frozenset(word.strip() for word in raw["colours"].split(","))
    return Normaliser(load_masker(), {**pairs["english"], **pairs["spanish"]}, pairs["numbers"], colours)


def fold(text: str) -> str:
    """Lower case without accents, unseen characters or typographic quotes: the form in which all words of the model are compared."""
    if text.isascii():
        return text.lower().replace("\x00", " ")
    plain = unicodedata.normalize("NFKD", _UNSEEN.sub("", text).translate(_QUOTES))
    return unicodedata.normalize("NFC", _MARKS.sub("", plain)).lower()


def _pair(entry: str) -> tuple[str, str]:
    short, _, words = entry.strip().partition("=")
    return short, words


def _token(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    return _DIGITS.sub(_age, match.group()) + " " if kind == "age" else f" {kind}token "


def _age(match: re.Match[str]) -> str:
    """An age as what it means in law and in care: a minor, an adult, an old person."""
    years = int(match.group())
    return " ageminor " if years < 18 else " ageadult " if years < 65 else " ageold "
