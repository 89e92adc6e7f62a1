"""Who and what a case's tips name: people, vehicles, places, accounts; each once, with the tips that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from triage.domain.assessment import READ_LIMIT, Assessment
from triage.domain.tip import Tip


class ThingKind(StrEnum):
    """The four lists of a case."""

    PERSON = "people"
    VEHICLE = "vehicles"
    PLACE = "places"
    ONLINE = "online"


_TYPES: Mapping[ThingKind, frozenset[str]] = {
    ThingKind.PERSON: frozenset({"person"}),
    ThingKind.VEHICLE: frozenset({"vehicle", "plate", "trailer", "container", "vin", "usdot", "mc", "railcar"}),
    ThingKind.PLACE: frozenset(
        {"site", "town", "county", "address", "highway", "exit", "mile_marker", "airport", "truck_stop", "place", "country", "business"}
    ),
    ThingKind.ONLINE: frozenset({"handle", "email", "url", "phone", "wallet"}),
}
_KIND_OF = {type: kind for kind, types in _TYPES.items() for type in types}

READ = "read in the text"
WRITTEN = "written into the form"


@dataclass(frozen=True, slots=True)
class Mention:
    """Where it is named: the tip, the words there, in which role, and how we know (``READ``, ``WRITTEN``, with remarks)."""

    tip_id: str
    words: str
    role: str
    how: str


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing under its normalised value. ``mentions`` stand in the order of the tips."""

    kind: ThingKind
    type: str
    value: str
    mentions: tuple[Mention, ...]

    @property
    def tips(self) -> tuple[str, ...]:
        """The tips that name it, each once."""
        return tuple(dict.fromkeys(mention.tip_id for mention in self.mentions))

    @property
    def id(self) -> str:
        """What tells it from every other thing of the case."""
        return f"{self.type}:{self.value}"


def things(read: Iterable[tuple[Tip, Assessment | None]]) -> tuple[Thing, ...]:
    """Everything that these tips name, that of most tips first. What tells who the sender is, is left out.

    Of a tip that was not read yet nothing is known, because nobody knows which parts of it tell who the sender is.
    """
    found: dict[tuple[ThingKind, str, str], list[Mention]] = {}
    for tip, assessment in read:
        if assessment is None:
            continue
        for kind, type, value, mention in (*_read(tip, assessment), *_written(tip)):
            kept = found.setdefault((kind, type, value), [])
            if mention not in kept:
                kept.append(mention)
    made = [Thing(kind, type, value, tuple(mentions)) for (kind, type, value), mentions in found.items()]
    return tuple(sorted(made, key=lambda thing: (-len(thing.tips), list(ThingKind).index(thing.kind), thing.type, thing.value)))


_Found = Iterator[tuple[ThingKind, str, str, Mention]]


def _read(tip: Tip, assessment: Assessment) -> _Found:
    for entity in assessment.entities:
        kind, value = _KIND_OF.get(entity.type), (entity.value or entity.raw).strip()
        if kind is None or not value or entity.role == "reporter" or entity.end > READ_LIMIT:
            continue
        remarks = [word for word, holds in (("partial", entity.partial), ("check digit wrong", entity.valid is False)) if holds]
        role = "" if entity.role == "unknown" else entity.role
        yield kind, entity.type, value, Mention(tip.id, entity.raw, role, ", ".join([READ, *remarks]))


def _written(tip: Tip) -> _Found:
    """What the form asked for by itself and no recognizer turns into a value: descriptions."""
    for person in tip.persons:
        if words := person.description.strip():
            yield ThingKind.PERSON, "person", words, Mention(tip.id, words, person.role.value.replace("_", " "), WRITTEN)
    for vehicle in tip.vehicles:
        if words := ", ".join(part.strip() for part in (vehicle.description, vehicle.company) if part.strip()):
            yield ThingKind.VEHICLE, "vehicle", words, Mention(tip.id, words, "", WRITTEN)
    if name := tip.place.name.strip():
        yield ThingKind.PLACE, "site", name, Mention(tip.id, name, "", WRITTEN)


def of_kind(found: Iterable[Thing], kind: ThingKind) -> tuple[Thing, ...]:
    """Those of one list."""
    return tuple(thing for thing in found if thing.kind is kind)
