"""Words, sentences and clauses of a tip, found without a tagger and in linear time.

Tips come in all capitals, without punctuation, as SMS and as transcripts, so a sentence ends at a full stop, a question mark or an
empty line where there is one, and a clause also ends at a comma, a dash, a line end or before a word such as "but" or "pero".
All offsets are code points into the given text; folding a character for comparison never changes its position.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

Span = tuple[int, int]

_TOKEN = re.compile(
    r"(?P<word>\d+(?:[.,:]\d+)*(?:[^\W\d_]+)?|[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<stop>[.!?…。！？]+(?=[\s\"')\]»”]|$)|\n\s*\n)"
    r"|(?P<pause>[,;:()\[\]—–\n]|\s-+\s|\.{2,}|\s/\s)"
)
_ABBREVIATIONS_TEXT = "mr mrs ms dr st ave blvd rd hwy approx vs sr sra srta dra lic apt sgt lt capt jr"
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())
_CLAUSE_OPENERS_TEXT = "but because although though unless while pero aunque porque mientras sino excepto except"
_CLAUSE_OPENERS = frozenset(_CLAUSE_OPENERS_TEXT.split())
_SHORTHAND_TEXT = (
    "u=you ur=your r=are n=and w=with wit=with bf=boyfriend gf=girlfriend tmrw=tomorrow tmr=tomorrow tonite=tonight nite=night "
    "evry=every cuz=because cus=because bcuz=because bc=because gona=gonna fina=gonna finna=gonna imma=gonna kno=know thru=through "
    "pls=please plz=please ppl=people abt=about rn=now b4=before ppls=people smth=something sumone=someone sumbody=somebody r8=right "
    "thx=thanks yr=year yrs=years veh=vehicle nvm=nevermind sez=says wat=what dat=that q=que k=que ke=que xq=porque pq=porque "
    "x=por d=de pa=para tmb=tambien ps=pues aki=aqui asta=hasta aora=ahora ahorita=ahora orita=ahora ase=hace ay=hay ai=hay "
    "aver=haber ke=que kiero=quiero toy=estoy ta=esta taba=estaba"
)
_SHORTHAND = dict(pair.split("=") for pair in _SHORTHAND_TEXT.split())


class HasText(Protocol):
    """Anything with a text: a spaCy ``Doc``, a ``Passage``."""

    @property
    def text(self) -> str:
        """The text, unchanged."""


def _folding_table() -> dict[int, str]:
    """One folded character for each accented or curly one, so that offsets stay what they are."""
    table = {ord("’"): "'", ord("‘"): "'", ord("ʼ"): "'", ord("`"): "'", ord("´"): "'", 0: " "}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00), *range(0xFF01, 0xFF5F)):
        base = unicodedata.normalize("NFKD", chr(code)).lower()[:1]
        table[code] = base if base.isascii() and base.isprintable() else chr(code)
    return table


_FOLDED = _folding_table()
_INVISIBLE = re.compile("[\u0300-\u036f\u200b-\u200f\u2060\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text cut into words.

    ``words[i]`` is folded (lower case, no accents, no apostrophes, common shorthand written out) and stands at
    ``text[starts[i]:ends[i]]``. ``sentences`` and ``clauses`` are ranges of word numbers, end exclusive, in order, none empty;
    every clause lies in one sentence.
    """

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[Span, ...]
    clauses: tuple[Span, ...]

    def span(self, first: int, last: int) -> Span:
        """Code points of the words ``first`` to ``last`` (exclusive)."""
        return self.starts[first], self.ends[last - 1]

    def word_range(self, start: int, end: int) -> Span:
        """Numbers of the words that the code points ``start`` to ``end`` touch; empty (n, n) if none."""
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end))

    def joined(self, part: Span) -> str:
        """The words of ``part`` with one blank after each: what phrases are matched on."""
        return f"{' '.join(self.words[part[0] : part[1]])} "


def passage(source: HasText | str) -> Passage:
    """Cut a text, or what has one; a ``Passage`` comes back as it is. Accepts any text, also an empty one."""
    if isinstance(source, Passage):
        return source
    text = source if isinstance(source, str) else source.text
    folded, places = _fold(text)
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentence_starts = {0}
    clause_starts = {0}
    for found in _TOKEN.finditer(folded):
        kind = found.lastgroup
        if kind == "word":
            start, end = found.span()
            word = folded[start:end].replace("'", "")
            if word in _CLAUSE_OPENERS:
                clause_starts.add(len(words))
            words.append(_SHORTHAND.get(word, word))
            starts.append(start)
            ends.append(end)
        elif kind == "stop" and not (words and words[-1] in _ABBREVIATIONS and found.group() == "."):
            sentence_starts.add(len(words))
        else:
            clause_starts.add(len(words))
    if places:
        ends = [places[end - 1] + 1 for end in ends]
        starts = [places[start] for start in starts]
    sentences = tuple(_ranges(sentence_starts, len(words)))
    clauses = tuple(_ranges(clause_starts | sentence_starts, len(words)))
    return Passage(text, tuple(words), tuple(starts), tuple(ends), sentences, clauses)


def sentences(source: HasText | str) -> tuple[Span, ...]:
    """The sentences as (start, end) code points, without the white space and punctuation around them."""
    cut = passage(source)
    return tuple(cut.span(*part) for part in cut.sentences)


def clauses(source: HasText | str) -> tuple[Span, ...]:
    """The clauses as (start, end) code points; each lies inside one sentence."""
    cut = passage(source)
    return tuple(cut.span(*part) for part in cut.clauses)


def _fold(text: str) -> tuple[str, list[int]]:
    """Folded text and, only where invisible or combining characters had to go, the place of each kept character."""
    lowered = text.translate(_FOLDED)
    folded = lowered.lower()
    if len(folded) != len(lowered):  # a few capitals grow when lowered; compare them as they are
        folded = "".join(low if len(low := char.lower()) == 1 else char for char in lowered)
    if folded.isascii() or not _INVISIBLE.search(folded):
        return folded, []
    places = [i for i, char in enumerate(folded) if not _INVISIBLE.match(char)]
    return "".join(folded[i] for i in places), places


def _ranges(begins: set[int], total: int) -> Iterator[Span]:
    ordered = [*sorted(begin for begin in begins if begin < total), total]
    return ((first, last) for first, last in pairwise(ordered) if first < last)
