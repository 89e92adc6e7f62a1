"""Which language a tip is in. Used to choose a reader for it, never as a feature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNKNOWN = "und"
"""ISO 639-2 for "undetermined"."""

LANGUAGES = (
    "en", "es", "fr", "pt", "ht", "zh", "vi", "tl", "ko", "ru", "uk", "ar", "pa", "hi", "de", "it", "pl", "ja", "so", "am", "ur", "fa",
    "sw", "bn", "th",
)  # fmt: skip
"""The languages told apart: those most spoken in the United States; fewer choices make fewer mistakes on short texts."""

_READ = 240
_SURE = 0.5
_PRIOR = 4.0
_WORD = re.compile(r"[^\W\d_]+")

_TELLING_TEXT = {
    "en": "the and he she they with this that you have not there from his are were my your its girl guy help please someone but who what"
    " for to just been out up about which because where how need know think would could did does saw says said get got going want"
    " cant dont im hes shes theyre am these here now somebody is of at it her him our we all has had driver truck back them told"
    " when after nobody new went gone lady behind car night kids see come week room door phone man by same two three each every"
    " over under can do off left last woman child children drunk stole stolen threatened still always never neighbor son daughter"
    " husband wife school store police trapped scared alone testing wrong gun fire shooter",
    "es": "el los las y una pero hay muy esta estan porque ayuda ayudenme ayudame auxilio donde mujer hombre ella ellos yo mi del al nos"
    " cuando tambien hace quiero tengo tiene tienen dice dijo aqui ahora senor senora muchacha nina nino sin trabajo policia"
    " urgente necesito soy ellas unos unas les su sus como mas gracias hola fue estaba desde hasta otro otra dos anos noche calle"
    " hijo hija puerta gente ya eso ese esa despues alguien nadie siempre vecina vecino patron creo carro troca troka camioneta"
    " cuanto vi mensaje prueba marido esposo esposa lleva llevaron estoy puedo quiere matar encerrada encerrado salir ayer hoy"
    " manana",
}
_TELLING = {word: code for code, words in _TELLING_TEXT.items() for word in words.split()}
_ACCENTS = str.maketrans("áéíóúñ", "aeioun")
_SHORT = 4
_SHARE = 0.1
_BY_WORDS = 0.99
"""How often the words were right on the corpus, rounded down."""


@dataclass(frozen=True, slots=True)
class Language:
    """An ISO 639-1 code, or ``und``, and its probability."""

    code: str
    probability: float


class LanguageReader:
    """Tells the language of a text: English and Spanish by their commonest words, all else by py3langid's n-gram model.

    The model is read, in about a second, when the first text needs it.
    """

    def read(self, text: str, hint: str = "") -> Language:
        """The language of the first 240 code points; ``und`` where none reaches one half.

        ``hint`` (the language of the form that the sender chose) weighs four to one for its language and wins a text without words.
        """
        hint = hint.lower()[:2]
        hint = hint if hint in LANGUAGES else ""
        words = _WORD.findall(text[:_READ].lower().translate(_ACCENTS))
        if not words:
            return Language(hint or UNKNOWN, 0.0)
        return _by_words(words) or self._by_model(text[:_READ], hint)

    def _by_model(self, text: str, hint: str) -> Language:
        odds = dict(self._identifier.rank(text))
        if hint:
            odds[hint] *= _PRIOR
        code = max(odds, key=lambda name: odds[name])
        probability = odds[code] / sum(odds.values())
        return Language(code if probability >= _SURE else UNKNOWN, round(probability, 4))

    @cached_property
    def _identifier(self) -> LanguageIdentifier:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        identifier.set_languages(list(LANGUAGES))
        return identifier


def _by_words(words: list[str]) -> Language | None:
    """English or Spanish if enough of the words are telling and hardly any tells the other; None where that is not clear."""
    found = [code for word in words if (code := _TELLING.get(word))]
    english = found.count("en")
    most, other = ("en", len(found) - english) if 2 * english >= len(found) else ("es", english)
    count = len(found) - other
    enough = count >= 2 or (count == 1 and len(words) <= _SHORT)
    if enough and count >= _SHARE * len(words) and count >= 4 * other:
        return Language(most, _BY_WORDS)
    return None
