"""How text becomes the words that are compared: in lower case, without accents, and as English and Spanish stems."""

from __future__ import annotations

from tantivy import Filter, Index, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from infra.search.fold import clean

_WORDS = r"\w+|\p{Extended_Pictographic}"
_LONGEST_WORD = 100  # bytes; what is longer is not indexed


class Analysis:
    """Reads texts, and what is asked, in the same three ways. All give the same words in the same order."""

    def __init__(self) -> None:
        self._plain, self._english, self._spanish = _analyzer(), _analyzer("english"), _analyzer("spanish")

    def register(self, index: Index) -> None:
        """Tell an index what the tokenizer names ``text``, ``english`` and ``spanish`` of its schema mean."""
        for name, analyzer in (("text", self._plain), ("english", self._english), ("spanish", self._spanish)):
            index.register_tokenizer(name, analyzer)

    def words(self, text: str) -> list[str]:
        """The words and emoji of ``text``, unstemmed."""
        return self._plain.analyze(clean(text))

    def stems(self, word: str) -> tuple[str, str]:
        """The English and the Spanish stem of one of ``words``. Stems keep the first letter of their word."""
        return "".join(self._english.analyze(word)), "".join(self._spanish.analyze(word))


def _analyzer(stemmer: str = "") -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(_WORDS)).filter(Filter.remove_long(_LONGEST_WORD))
    builder = builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())
    return (builder.filter(Filter.stemmer(stemmer)) if stemmer else builder).build()
