"""Rewrites a tip for the model, so that spelling, numbers and identity do not matter and what happened does.

Only the classifier reads this text. Every span that people see points into the original.
"""

from __future__ import annotations

import re
import unicodedata

from models.masking import Masker

_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
_MARKS = re.compile(r"[\u0300-\u036f]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "\x00": " "})
_HE = re.compile(r"\b[éÉ]l\b")
_RUNS = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[?!]")

_MONTHS = "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec"
_YEARS = r"(?:[ -]?(?:years?|yrs?|yr|anos|anitos)[ -]?(?:old|de edad)?|[ -]?(?:yo|y/o|y\.o\.?))"
_NUMBERS = re.compile(
    r"(?P<url>https?://\S+|www\.\S+|\b[\w-]+\.(?:com|net|org|info|onion|me|gg|xyz)\b(?:/\S*)?)"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.]+)"
    r"|(?P<handle>(?<!\w)@[\w.]+)"
    r"|(?P<phone>(?<!\d)(?:\+?\d{1,2}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(?!\d)|(?<!\d)\d{3}-\d{4}(?!\d))"
    rf"|(?P<age>\b(?:age|aged|edad)[ :]{{1,2}}\d{{1,3}}\b|\b\d{{1,3}}{_YEARS}(?!\w)|\b(?:tiene|tengo|tenia|cumplio|de|unos|como|creo que) \d{{1,2}} anos\b"
    r"|\b(?:i'?m|she'?s|he'?s|(?:is|was|am|says|said) (?:only|like|maybe|about|just|barely)|turned|turns|im only|soy de) (?:only |like |maybe |about |just |barely )?\d{1,2}\b(?! ?(?:min|hour|hr|day|week|month|mile|of|am|pm|dollar|bucks|feet|percent|%)))"
    r"|(?P<money>\$ ?\d[\d,.]*(?: ?(?:k|mil|million|thousand)\b)?|\b\d[\d,.]* ?(?:k |usd\b|dollars?\b|dlls?\b|bucks?\b|dolares\b|pesos?\b|lempiras\b|quetzales\b|grand\b))"
    r"|(?P<clock>\b\d{1,2}:\d{2}(?: ?[ap]\.?m\b\.?)?|\b\d{1,2} ?[ap]\.?m\b\.?)"
    r"|(?P<road>\b(?:i|us|sr|sh|fm|cr|hwy|highway|interstate|route|rt|rte|state road|county road|carretera|ruta)[ -]?\d{1,4}\b(?: ?(?:nb|sb|eb|wb)\b)?)"
    r"|(?P<mile>\b(?:mm|mile ?marker|milepost|mile|mp|km|kilometro) ?#?\d{1,4}(?:\.\d+)?\b)"
    r"|(?P<room>\b(?:room|rm|apt|apartment|suite|unit|cuarto|habitacion|depto|departamento|apto|lot|space|bay|dock|pump|row|door|gate) ?#? ?\d{1,4}[a-z]?\b)"
    rf"|(?P<date>\b\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?\b|\b(?:{_MONTHS})[a-z]* \d{{1,2}}(?:st|nd|rd|th)?\b)"
    r"|(?P<long>\b\w*\d\w*\d\w*\d\w*\b)",
)
_TOKENS = {
    "url": " urltoken ", "email": " emailtoken ", "handle": " handletoken ", "phone": " phonetoken ", "money": " moneytoken ", "clock": " clocktoken ",
    "road": " roadtoken ", "mile": " miletoken ", "room": " roomtoken ", "date": " datetoken ", "long": " longnumber ",
}  # fmt: skip

_SHORT = {
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "plse": "please", "rn": "right now", "w": "with", "wit": "with", "b4": "before",
    "2nite": "tonight", "tonite": "tonight", "2day": "today", "2morrow": "tomorrow", "tmrw": "tomorrow", "tmrow": "tomorrow", "gf": "girlfriend", "bf": "boyfriend",
    "cuz": "because", "bc": "because", "bcuz": "because", "coz": "because", "ppl": "people", "thx": "thanks", "smth": "something", "sumthin": "something", "somthing": "something",
    "sum1": "someone", "some1": "someone", "any1": "anyone", "no1": "noone", "gonna": "going to", "gunna": "going to", "wanna": "want to", "gotta": "got to", "kinda": "kind of",
    "thru": "through", "tho": "though", "cant": "can not", "wont": "will not", "dont": "do not", "doesnt": "does not", "didnt": "did not", "isnt": "is not", "arent": "are not", "wasnt": "was not",
    "werent": "were not", "wouldnt": "would not", "couldnt": "could not", "shouldnt": "should not", "hasnt": "has not", "havent": "have not", "hadnt": "had not", "aint": "is not", "cannot": "can not",
    "im": "i am", "ive": "i have", "ill": "i will", "hes": "he is", "shes": "she is", "theyre": "they are", "theyve": "they have", "youre": "you are", "thats": "that is", "theres": "there is",
    "whats": "what is", "theyll": "they will", "hell": "he will", "itll": "it will", "weve": "we have", "someones": "someone is", "mins": "min", "minutes": "min", "minute": "min", "hrs": "hour", "hr": "hour",
    "hours": "hour", "yrs": "year", "pkg": "parking", "veh": "vehicle", "lic": "license", "plt": "plate", "msg": "message", "txt": "text", "txts": "texts", "appt": "appointment", "pic": "picture", "pics": "pictures",
    "grl": "girl", "grls": "girls", "gurl": "girl", "idk": "i do not know", "asap": "right now", "omw": "on the way", "hwy": "highway", "trk": "truck", "trks": "trucks", "drvr": "driver", "mgr": "manager",
    "q": "que", "xq": "porque", "pq": "porque", "xk": "porque", "porq": "porque", "tb": "tambien", "tmb": "tambien", "tbn": "tambien", "dnd": "donde", "xfa": "por favor", "xfavor": "por favor", "porfa": "por favor",
    "toy": "estoy", "ahorita": "ahora", "aorita": "ahora", "haora": "ahora", "ke": "que", "kien": "quien", "kiere": "quiere", "k": "que", "d": "de", "bn": "bien", "msj": "mensaje", "nomas": "no mas", "orita": "ahora", "an": "a",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
    "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "diez": "10", "once": "11", "doce": "12", "trece": "13", "catorce": "14", "quince": "15", "dieciseis": "16",
    "diecisiete": "17", "dieciocho": "18", "diecinueve": "19", "veinte": "20", "treinta": "30", "cuarenta": "40", "cincuenta": "50", "sesenta": "60", "setenta": "70", "ochenta": "80", "noventa": "90",
}  # fmt: skip
_COLOURS = frozenset(
    ["black", "white", "grey", "gray", "gry", "blk", "wht", "blu", "red", "blue", "green", "silver", "gold", "tan", "beige", "brown", "maroon", "yellow", "orange", "purple", "pink", "teal", "navy", "burgundy", "bronze", "dark", "light", "negro", "negra", "blanco", "blanca", "gris", "rojo", "roja", "azul", "verde", "plateado", "plateada", "dorado", "dorada", "cafe", "amarillo", "amarilla", "naranja", "morado", "morada", "rosa", "vino"]
)
_NUMBER_WORDS = frozenset(word for word, digits in _SHORT.items() if digits.isdigit())
_SPELLED = re.compile(rf"\b(?:{'|'.join(sorted(_NUMBER_WORDS))})\b")
_DIGITS = re.compile(r"\d+")


class Normaliser:
    """Turns a tip into the space-separated words that the classifier reads."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker

    def __call__(self, text: str) -> str:
        """Return the normalised text; empty for a text without letters, digits, question or exclamation marks. Never raises."""
        folded = _SPELLED.sub(lambda match: _SHORT[match.group()], fold(_HE.sub("ella", text)))  # without its accent it would be the article
        if any(mark in folded for mark in "@./") or _DIGITS.search(folded):
            folded = _NUMBERS.sub(_token, folded)
        words: list[str] = []
        for word in _WORD.findall(_RUNS.sub(r"\1\1", folded)):
            plain = word.replace("'", "")
            short = _SHORT.get(plain, plain)
            words.extend(short.split(" ") if " " in short else (short,))
        return " ".join("colour" if word in _COLOURS else word for word in self._masker.mask(words))


def fold(text: str) -> str:
    """Lower case without accents, unseen characters or typographic quotes: the form in which all words of the model are compared."""
    if text.isascii():
        return text.lower().replace("\x00", " ")
    plain = unicodedata.normalize("NFKD", _UNSEEN.sub("", text).translate(_QUOTES))
    return unicodedata.normalize("NFC", _MARKS.sub("", plain)).lower()


def _token(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    return _age(match.group()) if kind == "age" else _TOKENS[kind]


def _age(text: str) -> str:
    """An age as what it means in law and in care: a minor, an adult, an old person."""
    digits = _DIGITS.search(text)
    years = int(digits.group()) if digits else 0
    return " ageminor " if years < 18 else " ageadult " if years < 65 else " ageold "
