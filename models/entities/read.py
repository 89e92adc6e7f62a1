"""Reads all things named in a tip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import ahocorasick_rs

from models.entities.address import AddressRecognizer
from models.entities.base import Claims, Folder, Passage, Recognizer
from models.entities.carriers import ContainerRecognizer, McRecognizer, RailcarRecognizer, UsdotRecognizer, VinRecognizer
from models.entities.cities import Cities
from models.entities.contact import EmailRecognizer, UrlRecognizer
from models.entities.handles import HandleRecognizer
from models.entities.joining import joined
from models.entities.money import MoneyRecognizer
from models.entities.people import PersonRecognizer
from models.entities.phone import PhoneRecognizer
from models.entities.places import PlaceRecognizer
from models.entities.plates import PlateRecognizer
from models.entities.posts import ExitRecognizer, MileMarkerRecognizer
from models.entities.regions import Regions
from models.entities.reporter import WORD_SETS, with_reporter
from models.entities.roads import HighwayRecognizer
from models.entities.sites import AirportRecognizer, TruckStopRecognizer
from models.entities.things import ThingRecognizer
from models.entities.times import TimeRecognizer
from models.entities.units import TrailerRecognizer
from models.entities.vehicles import VehicleRecognizer
from models.entities.wallet import WalletRecognizer
from models.entities.zones import Zones
from triage.domain.assessment import Entity

_RIVALS: tuple[str, ...] = (
    "email", "url", "wallet", "vin", "container", "usdot", "mc", "phone", "plate", "mile_marker", "exit", "highway", "trailer", "railcar",
    "money",
)  # fmt: skip
"""Kinds that can never share characters. The earlier one keeps them: its reading is the surer."""

_ORDER = {kind: place for place, kind in enumerate(_RIVALS)}

_LONGEST = 200_000
"""Code points that are read. Tips are far shorter (intake takes a narrative of 20,000); the rest of a longer text is left unread."""


def recognizers() -> tuple[Recognizer, ...]:
    """All recognizers but that of times, which needs what the others have found, in no particular order."""
    regions = Regions()
    cities = Cities()
    return (
        EmailRecognizer(), UrlRecognizer(), HandleRecognizer(), PhoneRecognizer(), WalletRecognizer(),
        UsdotRecognizer(), McRecognizer(), ContainerRecognizer(), VinRecognizer(), RailcarRecognizer(), TrailerRecognizer(),
        PlateRecognizer(regions), HighwayRecognizer(), MileMarkerRecognizer(), ExitRecognizer(),
        TruckStopRecognizer(cities), AirportRecognizer(), AddressRecognizer(), PlaceRecognizer(cities, regions),
        VehicleRecognizer(), PersonRecognizer(), MoneyRecognizer(), ThingRecognizer(),
    )  # fmt: skip


class EntityReader:
    """Finds things of every kind of the taxonomy in a text. Build it once; it holds its word lists and no other state."""

    def __init__(self) -> None:
        self._recognizers = recognizers()
        self._times = TimeRecognizer()
        self._zones = Zones()
        word_sets = (words for recognizer in (*self._recognizers, self._times) for words in recognizer.word_sets)
        self._folder = Folder((*word_sets, *WORD_SETS))
        cues = [(cue, place) for place, recognizer in enumerate(self._recognizers) for cue in recognizer.cues]
        self._owners = [place for _, place in cues]
        self._cues = ahocorasick_rs.AhoCorasick([cue for cue, _ in cues])
        self._of_digits = frozenset(place for place, recognizer in enumerate(self._recognizers) if recognizer.digits)
        self._always = frozenset(place for place, each in enumerate(self._recognizers) if not each.cues and not each.digits)

    def read(self, text: str, received_at: datetime | None = None) -> tuple[Entity, ...]:
        """All things in ``text``, by start. Offsets are code points of ``text``; no string makes this raise.

        ``received_at`` resolves relative times, by the clock of the places that the text names. The same characters are never two things
        of one type, nor two of the kinds that exclude each other (a phone is never also a plate); an exit may stand within a place. A
        mile marker or exit carries the road it is on.
        """
        passage = self._folder.passage(text[:_LONGEST], received_at)
        found = [entity for place in self._called(passage) for entity in self._recognizers[place].find(passage)]
        if received_at is not None:
            local = self._zones.local(received_at, (each for each in found if each.type == "place"))
            passage = passage if local is received_at else replace(passage, received_at=local)
        return with_reporter(passage, joined(settle(_without_brands([*found, *self._times.find(passage)]))))

    def _called(self, passage: Passage) -> list[int]:
        """The recognizers that have a cue in the passage."""
        hits = self._cues.find_matches_as_indexes(passage.folded, overlapping=True)
        return sorted({self._owners[index] for index, _, _ in hits}.union(self._always, self._of_digits if passage.has_digit else ()))


def _without_brands(entities: Sequence[Entity]) -> list[Entity]:
    """Drop a place that is only the beginning of a truck stop's name ("Flying" of "Flying J")."""
    stops = {entity.start: entity.end for entity in entities if entity.type == "truck_stop"}
    return [entity for entity in entities if entity.type != "place" or entity.end > stops.get(entity.start, 0)]


def settle(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Drop what loses its characters to a longer thing of its type or to a surer rival; sort the rest by place."""
    ranked = sorted(entities, key=lambda entity: (_ORDER.get(entity.type, len(_ORDER)), entity.start - entity.end, entity.start))
    kept: list[Entity] = []
    claims: dict[str, Claims] = {}
    for entity in ranked:
        group = "rivals" if entity.type in _ORDER else entity.type
        if entity.end > entity.start and claims.setdefault(group, Claims()).take(entity.start, entity.end):
            kept.append(entity)
    return tuple(sorted(kept, key=lambda entity: (entity.start, entity.end, entity.type)))
