"""How text becomes the words that are compared: in lower case, without accents, and as English and Spanish stems."""

from __future__ import annotations

from functools import lru_cache

from tantivy import Filter, Index, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from infra.search.fold import clean

_WORDS = r"\w+|\p{Extended_Pictographic}"
_LONGEST_WORD = 100  # bytes; what is as long or longer is not indexed
_KNOWN_WORDS = 50_000


class Analysis:
    """Reads texts, and what is asked, in the same ways. All give the same words in the same order."""

    def __init__(self) -> None:
        self._split = TextAnalyzerBuilder(Tokenizer.regex(_WORDS)).build()
        self._plain = _analyzer()
        english, spanish = _stemmer("english"), _stemmer("spanish")
        # Most of a text's words are in many texts, and looking a stem up takes a fifth of the time of finding it.
        self._stems = lru_cache(_KNOWN_WORDS)(lambda word: ("".join(english.analyze(word)), "".join(spanish.analyze(word))))

    def register(self, index: Index) -> None:
        """Tell an index what the tokenizer names ``text``, ``english`` and ``spanish`` of its schema mean."""
        for name, analyzer in (("text", self._plain), ("english", _analyzer("english")), ("spanish", _analyzer("spanish"))):
            index.register_tokenizer(name, analyzer)

    def words(self, text: str) -> list[str]:
        """The words and emoji of ``text``, unstemmed."""
        return self._plain.analyze(clean(text))

    def places(self, text: str) -> list[str]:
        """The words of ``text`` in their places: as ``words``, with an empty string where one is too long to be indexed."""
        text = clean(text)
        words = self._plain.analyze(text)
        if max(map(len, text.encode().split()), default=0) < _LONGEST_WORD:
            return words
        short = iter(words)
        return [next(short) if len(token.encode()) < _LONGEST_WORD else "" for token in self._split.analyze(text)]

    def stems(self, word: str) -> tuple[str, str]:
        """The English and the Spanish stem of one of ``words``. Stems keep the first letter of their word."""
        return self._stems(word)


def _analyzer(stemmer: str = "") -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(_WORDS)).filter(Filter.remove_long(_LONGEST_WORD))
    builder = builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())
    return (builder.filter(Filter.stemmer(stemmer)) if stemmer else builder).build()


def _stemmer(language: str) -> TextAnalyzer:
    """Stems words that are plain already."""
    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer(language)).build()
