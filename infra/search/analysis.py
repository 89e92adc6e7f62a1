"""How text becomes the words that are compared: in lower case, without accents, and as English and Spanish stems."""

from __future__ import annotations

from dataclasses import dataclass

from tantivy import Filter, Index, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from infra.search.fold import clean

_WORDS = r"\w+|\p{Extended_Pictographic}"
_LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Token:
    """A word (or emoji) of a text as it is compared, and where it stands, in code points."""

    word: str
    english: str
    spanish: str
    start: int
    end: int


class Analysis:
    """The three ways to read a text. All give the same words in the same order."""

    def __init__(self) -> None:
        self._word, self._english, self._spanish = _analyzer(), _analyzer("english"), _analyzer("spanish")

    def register(self, index: Index) -> None:
        """Tell an index what the tokenizer names ``text``, ``english`` and ``spanish`` of its schema mean."""
        for name, analyzer in (("text", self._word), ("english", self._english), ("spanish", self._spanish)):
            index.register_tokenizer(name, analyzer)

    def words(self, text: str) -> list[str]:
        """The words of ``text``, unstemmed."""
        return self._word.analyze(clean(text))

    def tokens(self, text: str) -> list[Token]:
        """The words of ``text``, which must be ``clean``, with their stems and places."""
        found = self._word.pre_tokenize(text).tokens
        stems = zip(found, self._english.analyze(text), self._spanish.analyze(text), strict=True)
        return [Token(each.text, english, spanish, each.char_offset_from, each.char_offset_to) for each, english, spanish in stems]


def _analyzer(stemmer: str = "") -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(_WORDS)).filter(Filter.remove_long(_LONGEST_WORD))
    builder = builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())
    return (builder.filter(Filter.stemmer(stemmer)) if stemmer else builder).build()
