"""What a share shows of a tip: the chosen parts and nothing else. The preview and the receiver's page both show what this gives.

Never part of it: the sender's contact details and whatever in the text tells who the sender is, who sent it and on what way, messages,
acts, and where exactly the sender's device was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.assessment import READ_LIMIT, Assertion, Assessment, Band, Entity, Urgency
from triage.domain.attachment import Attachment
from triage.domain.case import QueueEntry
from triage.domain.decision import Jurisdiction
from triage.domain.share import SharePart
from triage.domain.tip import Place, Tip
from triage.redaction import redact

_REPORTER = "reporter"
_PLACES = frozenset({"place", "address", "truck_stop", "airport", "highway", "mile_marker", "exit"})
"""Types of entities that are shared with the place alone."""


@dataclass(frozen=True, slots=True)
class Level:
    """How soon, how sure, and what about."""

    urgency: Urgency
    life_threat: bool
    band: Band
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """The county, and the sender's words for the place."""

    county: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Thing:
    """Something named in the tip: its type, value and role."""

    type: str
    value: str
    role: str


@dataclass(frozen=True, slots=True)
class SharedTip:
    """One tip as far as it is shared; a part that was not chosen is None. ``number`` counts from 1 within the share.

    ``findings`` are indicators and how the tip puts them; ``pictures`` are ids.
    """

    number: int
    received_at: datetime
    text: str | None = None
    cut: bool = False
    findings: tuple[tuple[str, Assertion], ...] | None = None
    entities: tuple[Thing, ...] | None = None
    place: Where | None = None
    level: Level | None = None
    pictures: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What the projection of one tip is made from."""

    tip: Tip
    reading: Assessment
    entry: QueueEntry
    jurisdiction: Jurisdiction | None
    pictures: Sequence[Attachment]


def project(source: Source, parts: Collection[SharePart], number: int, until: datetime) -> SharedTip:
    """The chosen ``parts`` of one tip. Pictures that came after ``until`` are left out: nobody has chosen them."""
    tip, reading = source.tip, source.reading
    shown = SharedTip(number, tip.received_at)
    if SharePart.TEXT in parts:
        shown = replace(shown, text=_text(tip, reading, SharePart.PLACE in parts), cut=len(tip.text) > READ_LIMIT)
    if SharePart.FINDINGS in parts:
        found = {(finding.indicator, finding.assertion): None for finding in reading.findings}
        shown = replace(shown, findings=tuple(sorted(found)))
    if SharePart.ENTITIES in parts:
        shown = replace(shown, entities=_things(reading, SharePart.PLACE in parts))
    if SharePart.PLACE in parts:
        where = source.jurisdiction
        words = _part(tip.text, reading.entities, *_where(tip)).removeprefix("\nWhere: ")
        shown = replace(shown, place=Where(where.county if where else "", where.state if where else "", words))
    if SharePart.LEVEL in parts:
        entry = source.entry
        shown = replace(shown, level=Level(entry.urgency, entry.life_threat, entry.band, reading.labels))
    if SharePart.PICTURES in parts:
        kept = [picture.id for picture in source.pictures if picture.destroyed_at is None and picture.at <= until]
        shown = replace(shown, pictures=tuple(kept))
    return shown


def _text(tip: Tip, reading: Assessment, with_place: bool) -> str:
    """What the sender wrote, redacted; without the answer to "where" unless the place is shared too."""
    start, end = _where(tip)
    if with_place:
        return _part(tip.text, reading.entities, 0, READ_LIMIT)
    return _part(tip.text, reading.entities, 0, min(start, READ_LIMIT)) + _part(tip.text, reading.entities, end, READ_LIMIT)


def _where(tip: Tip) -> tuple[int, int]:
    """Where in the text the answer to "where" stands, with the line break before it."""
    start, without = len(tip.narrative), replace(tip, place=Place()).text
    return start, start + len(tip.text) - len(without)


def _part(text: str, entities: Sequence[Entity], start: int, end: int) -> str:
    """The redacted part of the text from ``start`` to ``end``, in code points; a detail that reaches into it is hidden in it too."""
    inside = (entity for entity in entities if entity.start < end and entity.end > start)
    return redact(text[start:end], [replace(one, start=max(one.start, start) - start, end=min(one.end, end) - start) for one in inside])


def _things(reading: Assessment, with_places: bool) -> tuple[Thing, ...]:
    """What is named, each once; nothing that tells of the sender, and places only ``with_places``."""
    named = (one for one in reading.entities if one.role != _REPORTER and one.value and (with_places or one.type not in _PLACES))
    return tuple(dict.fromkeys(Thing(one.type, one.value, one.role) for one in named))
