"""Weapons and drugs by name. Slang that is an ordinary word too counts only near words of dealing, using, threatening or shooting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.entities.base import Passage, Recognizer
from models.entities.gazetteer import rows
from models.entities.phrases import Phrases
from triage.domain.assessment import Entity

_DEALING = re.compile(
    r"\b(?:sell(?:s|ing|in)?|sold|deal(?:s|er|ing|in)?|buy(?:s|ing)?|bought|high|smok(?:e|es|ing|ed)|snort\w*|shoot(?:s|ing)? up|"
    r"inject\w*|overdos\w*|od|od'?d|grams?|ounces?|oz|kilos?|bag(?:s|gies?)?|baggie|trap|plug|menu|narcan|addict\w*|"
    r"us(?:es|ing) |pills?|foil|needle|stash|bricks?|dime|baggies|fiend|withdrawals?|drugs?|fent\w*|meth|vend(?:e|en|ian|io|iendo)|"
    r"compra|fuma\w*|inyecta\w*|droga\w*|cartel|tweak\w*|took \w+ (?:pills|whole)|bottle)\b"
)
_ARMED = re.compile(
    r"\b(?:point(?:s|ed|ing)|waiv?(?:es|ed|ing)|wav(?:es|ed|ing)|pull(?:s|ed|ing)|shoot\w*|shot|shots|kill\w*|threat\w*|swing\w*|"
    r"swung|hit|hits|beat\w*|armed|guns?|pistol\w*|glocks?|caliber|cal|rounds|mag|waistband|sell\w*|3d|printed|robb\w*|"
    r"holster|apunt\w*|amenaz\w*|mat(?:ar|o|aron)|dispar\w*|golpe\w*|carr(?:y|ies|ying)|brandish\w*|loaded|round|stab\w*|bullet\w*|"
    r"armad\w*)\b"
)


@dataclass(frozen=True, slots=True)
class _Thing:
    type: str
    kind: str
    word: bool
    term: str


class ThingRecognizer(Recognizer):
    """The value is the term in lower case; ``attributes["class"]`` says what it is (firearm, blade, opioid, stimulant ...)."""

    def __init__(self) -> None:
        self._things = Phrases(
            {row["term"]: _Thing(row["type"], row["class"], row["word"] == "yes", row["term"]) for row in rows("things")}
        )
        self.word_sets = (self._things.openers,)

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield weapons and drugs word by word, the longest term first."""
        for index, length, thing in self._things.find(passage):
            start, end = passage.starts[index], passage.ends[index + length - 1]
            if not thing.word or _near(passage, thing, start, end):
                yield passage.entity(thing.type, start, end, thing.term, attributes={"class": thing.kind})


def _near(passage: Passage, thing: _Thing, start: int, end: int) -> bool:
    cue = _DEALING if thing.type == "drug" else _ARMED
    return bool(cue.search(passage.before(start, 60)) or cue.search(passage.after(end, 40)))
