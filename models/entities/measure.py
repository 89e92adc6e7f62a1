"""How well things are found, against tips whose things a person marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.entities.read import EntityReader


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked thing: its type and where it stands, in code points."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of one type over ``n`` marks; ``exact_recall`` counts only spans that are the same to the code point.

    A mark and a finding match where they overlap and have the same type. A share of nothing is 1.
    """

    precision: float
    recall: float
    exact_recall: float
    n: int


def marks(text: str, entities: Iterable[Mapping[str, str]]) -> Iterator[Mark]:
    """The spans of a corpus line's ``entities`` (``type`` and exact ``text``); a text marked again is looked for further on."""
    reached: dict[str, int] = {}
    for entity in entities:
        quote = entity["text"]
        start = text.find(quote, reached.get(quote, 0))
        if start < 0:
            start = text.find(quote)
        if start >= 0:
            reached[quote] = start + len(quote)
            yield Mark(entity["type"], start, start + len(quote))


def measure(tips: Iterable[Mapping[str, object]], reader: EntityReader | None = None) -> dict[str, Score]:
    """Read the corpus lines ``tips`` (``text``, ``entities``) and score every type that was marked or found."""
    reader = reader or EntityReader()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    met: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    for tip in tips:
        text = str(tip["text"])
        given = tip["entities"]
        wanted = list(marks(text, given)) if isinstance(given, list) else []
        entities = reader.read(text)
        for mark in wanted:
            same = [entity for entity in entities if entity.type == mark.type]
            marked[mark.type] += 1
            met[mark.type] += any(entity.start < mark.end and mark.start < entity.end for entity in same)
            exact[mark.type] += any((entity.start, entity.end) == (mark.start, mark.end) for entity in same)
        for entity in entities:
            found[entity.type] += 1
            right[entity.type] += any(mark.type == entity.type and entity.start < mark.end and mark.start < entity.end for mark in wanted)
    return {
        kind: Score(_share(right[kind], found[kind]), _share(met[kind], marked[kind]), _share(exact[kind], marked[kind]), marked[kind])
        for kind in sorted({*found, *marked})
    }


def misses(tips: Iterable[Mapping[str, object]], kind: str, reader: EntityReader | None = None) -> Iterator[tuple[str, str]]:
    """The marks of ``kind`` that no finding of it overlaps, as (tip id, marked text): for reading errors in a part of the corpus that is
    not measured on."""
    reader = reader or EntityReader()
    for tip in tips:
        text = str(tip["text"])
        given = tip["entities"]
        found = [entity for entity in reader.read(text) if entity.type == kind]
        for mark in marks(text, given) if isinstance(given, list) else ():
            if mark.type == kind and not any(entity.start < mark.end and mark.start < entity.end for entity in found):
                yield str(tip["id"]), text[mark.start : mark.end]


def report(scores: Mapping[str, Score]) -> str:
    """The scores as a table for people: marks, recall, exact recall, precision."""
    lines = [f"{'kind':14} {'n':>5} {'recall':>7} {'exact':>7} {'precision':>9}"]
    lines += [f"{kind:14} {each.n:5} {each.recall:7.3f} {each.exact_recall:7.3f} {each.precision:9.3f}" for kind, each in scores.items()]
    return "\n".join(lines)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
