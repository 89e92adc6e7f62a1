"""The same tip as a hurried, tired or badly transmitted one: renderings that change how it is written and nothing of what it says.

Every rendering is a function of the text and a random source, so that the same seed gives the same text. None is used in training.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from random import Random

Rendering = Callable[[str, Random], str]

_WORD = re.compile(r"[^\W\d_]{4,}")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SLIP = 0.12
"""The share of words of four letters or more in which one letter slips: about one or two in a line of a text message."""

_SHORT = {
    "you": "u", "your": "ur", "are": "r", "please": "pls", "people": "ppl", "because": "bc", "with": "w", "without": "w/o", "before": "b4",
    "tonight": "2nite", "tomorrow": "tmrw", "right now": "rn", "someone": "some1", "going to": "gonna", "about": "abt", "message": "msg",
    "phone": "fone", "through": "thru", "though": "tho", "thanks": "thx", "and": "n", "that": "tht", "what": "wat", "they": "dey",
    "que": "q", "porque": "xq", "por": "x", "para": "pa", "también": "tmb", "tambien": "tmb", "donde": "dnd", "mañana": "mñn", "está": "ta",
    "quiero": "kiero", "aquí": "aki", "aqui": "aki", "favor": "fa", "mensaje": "msj", "gracias": "grax", "con": "cn", "todos": "tds",
}  # fmt: skip
_SHORTEN = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True)) + r")\b", re.IGNORECASE)

_HEARD = {
    "their": "there", "there": "their", "they're": "there", "your": "you're", "you're": "your", "to": "two", "two": "to", "for": "four",
    "its": "it's", "brakes": "breaks", "by": "buy", "here": "hear", "know": "no", "right": "write", "our": "are", "haya": "halla",
    "hay": "ahí", "ahí": "hay", "a ver": "haber", "va a": "va", "hecho": "echo", "vez": "ves", "casa": "caza",
}  # fmt: skip
_HEAR = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _HEARD), key=len, reverse=True)) + r")\b", re.IGNORECASE)
_FILLERS = ("um", "uh", "eh", "mm")
_EMOJI = ("😟", "🙏", "😡", "🚨", "😭", "👀", "❗", "💔")


def neighbour_keys(text: str, random: Random) -> str:
    """A finger beside its key."""
    return _slip(text, random, lambda word, at: word[:at] + _beside(word[at], random) + word[at + 1 :])


def dropped_letters(text: str, random: Random) -> str:
    """Letters that did not come."""
    return _slip(text, random, lambda word, at: word[:at] + word[at + 1 :])


def doubled_letters(text: str, random: Random) -> str:
    """Letters that came twice."""
    return _slip(text, random, lambda word, at: word[: at + 1] + word[at:])


def swapped_letters(text: str, random: Random) -> str:
    """Two letters in the wrong order."""
    return _slip(text, random, lambda word, at: word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :])


def all_capitals(text: str, random: Random) -> str:  # noqa: ARG001 - all renderings have one form
    """Caps lock."""
    return text.upper()


def no_punctuation(text: str, random: Random) -> str:  # noqa: ARG001 - all renderings have one form
    """Lower case without a full stop or comma; marks inside words and numbers stay."""
    return re.sub(r"\s+", " ", re.sub(r"[.,;:!?¡¿\"()…]+(?=\s|$)|(?<!\S)[¡¿\"(]", " ", text.lower())).strip()


def shorthand(text: str, random: Random) -> str:  # noqa: ARG001 - all renderings have one form
    """What thumbs write."""
    return _SHORTEN.sub(lambda found: _SHORT[found[0].lower()], text).lower()


def speech_to_text(text: str, random: Random) -> str:
    """A machine's transcript: no punctuation, words that sound alike, fillers."""
    words = _HEAR.sub(lambda found: _HEARD[found[0].lower()] if random.random() < 0.5 else found[0], no_punctuation(text, random)).split()
    return " ".join(f"{random.choice(_FILLERS)} {word}" if random.random() < 0.06 else word for word in words)


def emoji(text: str, random: Random) -> str:
    """Feelings between the sentences."""
    return re.sub(r"(?<=[.!?])\s|$", lambda found: f" {random.choice(_EMOJI)}{found[0]}", text, count=3)


def lost_accents(text: str, random: Random) -> str:  # noqa: ARG001 - all renderings have one form
    """A keyboard without accents."""
    return "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))


def mojibake(text: str, random: Random) -> str:  # noqa: ARG001 - all renderings have one form
    """UTF-8 that a machine on the way took for Latin-1."""
    return text.encode("utf8").decode("latin-1")


RENDERINGS: Mapping[str, Rendering] = {
    rendering.__name__: rendering
    for rendering in (
        neighbour_keys,
        dropped_letters,
        doubled_letters,
        swapped_letters,
        all_capitals,
        no_punctuation,
        shorthand,
        speech_to_text,
        emoji,
        lost_accents,
        mojibake,
    )
}


def rendered(key: str, text: str) -> dict[str, str]:
    """Every rendering that changes the text, by name; ``key`` (the tip's id) seeds them."""
    renderings = {name: render(text, Random(f"{key}:{name}")) for name, render in RENDERINGS.items()}
    return {name: changed for name, changed in renderings.items() if changed != text}


def _slip(text: str, random: Random, slip: Callable[[str, int], str]) -> str:
    """Let one letter slip, never the first, in some words; in one at least where there is one that is long enough."""
    words = list(_WORD.finditer(text))
    chosen = {found.start() for found in words if random.random() < _SLIP}
    if words and not chosen:
        chosen.add(random.choice(words).start())
    return _WORD.sub(lambda found: slip(found[0], random.randrange(1, len(found[0]))) if found.start() in chosen else found[0], text)


def _beside(letter: str, random: Random) -> str:
    for row in _KEYS:
        at = row.find(letter.lower())
        if at >= 0:
            return random.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    return letter
