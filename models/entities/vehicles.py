"""Descriptions of vehicles: colour, make, model, body and year in any order, English and Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from models.entities.base import Passage, Recognizer
from models.entities.gazetteer import rows
from models.entities.phrases import Phrases
from triage.domain.assessment import Entity

_YEAR = re.compile(r"(?:19[6-9][0-9]|20[0-3][0-9])")
_GLUE = frozenset("de color and y con over or o ft foot passenger door".split())
_GAP = re.compile(r"(?:[ /-]{1,2}|, |' | & )")


@dataclass(frozen=True, slots=True)
class _Term:
    kind: str
    value: str
    word: bool


@dataclass(slots=True)
class _Run:
    """Vehicle words that stand together: indexes of the first and last word, and what each kind said first."""

    first: int
    last: int
    said: dict[str, str] = field(default_factory=dict)
    plain: bool = False  # a make or model that is not an ordinary word too

    @property
    def holds(self) -> bool:
        """Whether the words describe a vehicle: a make or model by itself, or two kinds of words that say which one."""
        kinds = self.said.keys() - {"adjective"}
        described = bool(kinds & {"colour", "year", "make", "model"}) or "adjective" in self.said
        return self.plain or (bool(kinds & {"make", "model"}) and len(kinds) > 1) or ("body" in kinds and described)


class VehicleRecognizer(Recognizer):
    """The value is the description in the order colour, year, make, model, body; each part stands in ``attributes``.

    A bare "van" or "truck" is no description. Words that are names or nouns too ("Lincoln", "pilot") need a vehicle word beside them.
    """

    def __init__(self) -> None:
        self._terms = Phrases({row["term"]: _Term(row["kind"], row["value"], row["word"] == "yes") for row in rows("vehicles")})
        self.word_sets = (self._terms.openers,)

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield the runs of vehicle words that describe one."""
        reached = 0
        years = [index for index in passage.numbers if len(passage.words[index]) == 4]
        for index in sorted({*passage.indexes(self._terms.openers), *years}):
            run = self._run(passage, index) if index >= reached else None
            if run:
                reached = run.last + 1
                if run.holds:
                    yield _vehicle(passage, run)

    def _run(self, passage: Passage, index: int) -> _Run | None:
        run: _Run | None = None
        place = index
        while place < len(passage.words):
            if run and place > run.last + 1 + 2:
                break
            if run and not _GAP.fullmatch(passage.folded[passage.ends[place - 1] : passage.starts[place]]):
                break
            found = self._terms.at(passage, place)
            word = passage.words[place]
            if found:
                term, length = found
                if run and term.kind in ("colour", "body") and term.kind in run.said and _new_vehicle(passage, place, run):
                    break
                run = run or _Run(place, place)
                run.last = place + length - 1
                run.said.setdefault(term.kind, term.value)
                run.plain = run.plain or (term.kind in ("make", "model") and not term.word) or self._clear(passage, place, term)
                place += length
            elif _YEAR.fullmatch(word) and self._next_is_vehicle(passage, place):
                run = run or _Run(place, place)
                run.last = place
                run.said.setdefault("year", word)
                place += 1
            elif run and word in _GLUE:
                place += 1
            else:
                break
        return run

    def _next_is_vehicle(self, passage: Passage, place: int) -> bool:
        found = self._terms.at(passage, place + 1) if place + 1 < len(passage.words) else None
        return found is not None and found[0].kind != "adjective"

    def _clear(self, passage: Passage, place: int, term: _Term) -> bool:
        """An ordinary word that is capitalised behind an article ("a Ranger", "un Charger") is the model."""
        return (
            term.kind == "model"
            and place > 0
            and passage.capitalised(place)
            and passage.words[place - 1] in ("a", "an", "un", "una")
            and not term.value.isdigit()
        )


def _new_vehicle(passage: Passage, place: int, run: _Run) -> bool:
    """A second colour or body behind a comma or "and" begins another vehicle."""
    gap = passage.folded[passage.ends[run.last] : passage.starts[place]]
    return "," in gap or " and " in gap or " or " in gap or " y " in gap


def _vehicle(passage: Passage, run: _Run) -> Entity:
    start, end = passage.starts[run.first], passage.ends[run.last]
    attributes: dict[str, str] = {kind: run.said[kind] for kind in ("colour", "year", "make", "model", "body") if kind in run.said}
    return passage.entity("vehicle", start, end, " ".join(attributes.values()), attributes=attributes)
