"""Rewrites a tip for the model, so that spelling, numbers and identity do not matter and what happened does.

Only the classifier reads this text. Every span that people see points into the original; ``Normaliser.trace`` gives the way back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

import yaml

from models.masking import Masker, load_masker

Span = tuple[int, int]
_Places = list[Span] | None
"""For each character of a text under way, what it stands for in the original: (start, end) code points. None if nobody asks."""

_UNSEEN = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
_QUOTES = {"’": "'", "‘": "'", "´": "'", "“": '"', "”": '"'}
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")

_APOSTROPHE = re.compile(r"(?<=[^\W_])'+(?=[^\W_])")
_LATIN_RUNS, _RUNS = re.compile(r"([a-z])\1\1+"), re.compile(r"([^\W\d_])\1\1+")
_WORD = re.compile(r"[^\W_]+|[?!]")
_DOT = re.compile(r"\.\w")
_DIGITS = re.compile(r"\d+")

_TWINS = str.maketrans("авекмнорстухіјѕԁԛԝһαβεικνορτυχ", "abekmhopctyxijsdqwhabeikvoptux")
_GREEK_OR_CYRILLIC, _LATIN = re.compile("[\u0370-\u052f]"), re.compile("[a-z]")
_LETTERS = re.compile(r"[^\W\d_]+")

_YEARS = r"(?:[ -]?(?:years?|yrs?|yr|anos|anitos)(?:[ -]?old| de edad)?|[ -]?(?:yo|y/o|y\.o\.?))(?!\w)"
_HEDGE = r"(?:only |like |maybe |about |just |barely )?"
_UNITS = "min|hour|hr|day|week|month|mile|of|am|pm|dollar|bucks|feet|percent|spirit|legged|armed|eyed|leg|arm|%"
_CONTACTS = {
    "url": r"https?://\S+|www\.\S+|\b[\w-]{1,64}\.(?:com|net|org|info|onion|me|gg|xyz)\b(?:/\S*)?",
    "email": r"\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+",
    "handle": r"(?<!\w)@[\w.]+",
}
_FIGURES_FIRST = {
    "phone": r"(?<!\d)(?:\+?\d{1,2}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(?!\d)|(?<!\d)\d{3}-\d{4}(?!\d)",
    "age": rf"\b\d{{1,3}}{_YEARS}",
    "money": r"\$ ?\d[\d,.]{0,20}(?: ?(?:k|mil|million|thousand)\b)?"
    r"|\b\d[\d,.]{0,20} ?(?:k|usd|dollars?|dlls?|bucks?|dolares|pesos?|lempiras|quetzales|grand)\b(?!')",
    "clock": r"\b\d{1,2}:\d{2}(?: ?[ap]\.?m\b\.?)?|\b\d{1,2} ?[ap]\.?m\b\.?",
    "date": r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b",
    "number": r"\b\d[^\W_]*\d[^\W_]*\d[^\W_]*\b",
}
_CUE_FIRST = {
    "saidage": r"(?:age|aged|edad)[ :]{1,2}\d{1,3}\b"
    rf"|(?:i'?m|she'?s|he'?s|(?:is|was|am|says|said|turned|turns) {_HEDGE}|soy de|tengo|tiene|de unos) ?{_HEDGE}\d{{1,2}}\b"
    rf"(?:{_YEARS}|(?! ?(?:{_UNITS})))",
    "road": r"(?:i|us|sr|sh|fm|cr|hwy|highway|interstate|route|rt|rte|state road|county road|carretera|ruta)[ -]?\d{1,4}\b"
    r"(?: ?(?:nb|sb|eb|wb)\b)?",
    "mile": r"(?:mm|mile ?marker|milepost|mile|mp|km|kilometro) ?#?\d{1,4}(?:\.\d+)?\b",
    "room": r"(?:room|rm|apt|apartment|suite|unit|cuarto|habitacion|depto|departamento|apto|lot|space|bay|dock|pump|row|door|gate)"
    r" ?#? ?\d{1,4}[a-z]?\b",
    "monthdate": r"(?:jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]* \d{1,2}(?:st|nd|rd|th)?\b",
    "code": r"[^\W_]+\d[^\W_]*\d[^\W_]*\d[^\W_]*\b",
}
"""What carries a number or names an address online: each kind becomes one token. The earlier kind wins at a place."""

_TOKENS = {"saidage": "age", "monthdate": "date", "code": "number"}


def _any_of(kinds: Mapping[str, str]) -> str:
    return "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items())


_CONTACT = re.compile(_any_of(_CONTACTS))
_NUMBER = re.compile(rf"(?=[\d$(+])(?:{_any_of(_FIGURES_FIRST)})|\b(?=[^\W\d_]\D{{0,31}}+\d)(?:{_any_of(_CUE_FIRST)})")
"""The look-ahead spares the places without a number near, which are nearly all, the trial of every kind."""


class Normaliser:
    """Turns a tip into the space-separated words that the classifier reads."""

    def __init__(self, masker: Masker, spelling: Mapping[str, str], numbers: Mapping[str, str]) -> None:
        """``spelling`` maps shorthand to words, ``numbers`` number words to digits; all in the form that ``fold`` gives."""
        self._masker = masker
        self._spelling = dict(spelling)
        self._numbers = dict(numbers)
        self._number_word = re.compile(rf"\b(?:{_trie(numbers)})\b") if numbers else re.compile(r"(?!)")

    def __call__(self, text: str) -> str:
        """Return the normalised text; empty for a text without letters, digits, question or exclamation marks. Never raises."""
        words, _ = self._rewrite(fold(text), None)
        return " ".join(self._masker.mask(words))

    def trace(self, text: str) -> tuple[list[str], list[Span]]:
        """The words of the normalised text and, for each, the code points (start, end) of the original that it stands for.

        The spans are in order; two words that came from one expression ("she's 15") have the same span.
        """
        folded: list[str] = []
        places: list[Span] = []
        for at, char in enumerate(text):
            new = fold(char)
            folded.append(new)
            places += [(at, at + 1)] * len(new)
        words, spans = self._rewrite("".join(folded), places)
        masked, firsts = self._masker.trace(words)
        lasts = [*firsts, len(words)][1:]
        return masked, [(spans[first][0], spans[last - 1][1]) for first, last in zip(firsts, lasts, strict=True)]

    def _rewrite(self, text: str, places: _Places) -> tuple[list[str], list[Span]]:
        """The words of a folded text, not masked yet; and their spans if ``places`` are given."""
        if not text.isascii() and _GREEK_OR_CYRILLIC.search(text):
            text = _LETTERS.sub(_unmixed, text)
        text, places = _replace(self._number_word, lambda match: self._numbers[match.group()], text, places)
        if "@" in text or "://" in text or _DOT.search(text):
            text, places = _replace(_CONTACT, _token, text, places)
        if _DIGITS.search(text):
            text, places = _replace(_NUMBER, _token, text, places)
        if "'" in text:
            text, places = _replace(_APOSTROPHE, _nothing, text, places)
        text, places = _replace(_LATIN_RUNS if text.isascii() else _RUNS, lambda match: match.group(1) * 2, text, places)
        spelling = self._spelling
        if places is None:
            words = _WORD.findall(text)
            return " ".join(map(spelling.get, words, words)).split(), []
        found = [((places[match.start()][0], places[match.end() - 1][1]), match.group()) for match in _WORD.finditer(text)]
        spelt = [(span, new) for span, word in found for new in spelling.get(word, word).split()]
        return [word for _, word in spelt], [span for span, _ in spelt]


def load_normaliser() -> Normaliser:
    """The normaliser with the lexicons that ship with the package. Takes some 100 ms; make one."""
    raw = yaml.load(files("models").joinpath("spelling.yaml").read_text("utf8"), Loader=yaml.CSafeLoader)
    pairs = {name: dict(_pair(entry) for entry in raw[name].split(",")) for name in ("english", "spanish", "numbers")}
    colours = {word.strip(): "colour" for word in raw["colours"].split(",")}
    spelling = {**pairs["english"], **pairs["spanish"]}
    return Normaliser(load_masker(colours, spelling), spelling, pairs["numbers"])


def fold(text: str) -> str:
    """Lower case without accents, unseen characters or typographic quotes: the form in which all words of the model are compared.

    Character by character, so that each folded one has its place in the original.
    """
    return (text if text.isascii() else _BEYOND_ASCII.sub(lambda match: _fold(match.group()), text)).lower().replace("\x00", " ")


def _fold(char: str) -> str:
    """One character without what hangs on it, not lowered yet; nothing for what nobody sees, several for ligatures and the like."""
    return _QUOTES.get(char) or unicodedata.normalize("NFC", _UNSEEN.sub("", unicodedata.normalize("NFKD", char)))


def _replace(pattern: re.Pattern[str], new: Callable[[re.Match[str]], str], text: str, places: _Places) -> tuple[str, _Places]:
    """Replace every match; what comes in stands for all that it replaces."""
    if places is None:
        return pattern.sub(new, text), None
    pieces: list[str] = []
    kept: list[Span] = []
    at = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        piece = new(match)
        pieces += (text[at:start], piece)
        kept += places[at:start]
        kept += [(places[start][0], places[end - 1][1])] * len(piece)
        at = end
    return "".join((*pieces, text[at:])), kept + places[at:]


def _pair(entry: str) -> tuple[str, str]:
    short, _, words = entry.strip().partition("=")
    return short, words


def _trie(words: Sequence[str] | Mapping[str, str]) -> str:
    """An expression for any of the words that tries only those that begin with the letter at hand."""
    endings: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        endings.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in endings.items())


def _unmixed(match: re.Match[str]) -> str:
    """A word that mixes Latin with Greek or Cyrillic letters, nobody's spelling but a way to hide a word, as what it looks like."""
    word = match.group()
    return word.translate(_TWINS) if _LATIN.search(word) and _GREEK_OR_CYRILLIC.search(word) else word


def _nothing(_match: re.Match[str]) -> str:
    return ""


def _token(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    kind = _TOKENS.get(kind, kind)
    return _DIGITS.sub(_age, match.group()) + " " if kind == "age" else f" {kind}token "


def _age(match: re.Match[str]) -> str:
    """An age as what it means in law and in care: a minor, an adult, an old person."""
    years = int(match.group())
    return " ageminor " if years < 18 else " ageadult " if years < 65 else " ageold "
