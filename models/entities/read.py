"""Reads all things named in a tip."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import ahocorasick_rs

from models.entities.address import AddressRecognizer
from models.entities.base import Claims, Folder, Passage, Recognizer
from models.entities.carriers import ContainerRecognizer, McRecognizer, RailcarRecognizer, TrailerRecognizer, UsdotRecognizer, VinRecognizer
from models.entities.cities import Cities
from models.entities.contact import EmailRecognizer, HandleRecognizer, UrlRecognizer
from models.entities.money import MoneyRecognizer
from models.entities.people import PersonRecognizer
from models.entities.phone import PhoneRecognizer
from models.entities.places import PlaceRecognizer
from models.entities.plates import PlateRecognizer
from models.entities.regions import Regions
from models.entities.roads import ExitRecognizer, HighwayRecognizer, MileMarkerRecognizer
from models.entities.sites import AirportRecognizer, TruckStopRecognizer
from models.entities.things import ThingRecognizer
from models.entities.times import TimeRecognizer
from models.entities.vehicles import VehicleRecognizer
from models.entities.wallet import WalletRecognizer
from triage.domain.assessment import Entity

_RIVALS: tuple[str, ...] = (
    "email", "url", "wallet", "vin", "container", "usdot", "mc", "phone", "plate", "mile_marker", "exit", "highway", "trailer", "railcar",
    "money",
)  # fmt: skip
"""Kinds that can never share characters. The earlier one keeps them: its reading is the surer."""

_LONGEST = 200_000
"""Code points that are read. Tips are far shorter (intake takes a narrative of 20,000); the rest of a longer text is left unread."""


def recognizers(folder: Folder) -> tuple[Recognizer, ...]:
    """All recognizers, in no particular order."""
    regions = Regions()
    cities = Cities(folder)
    return (
        EmailRecognizer(), UrlRecognizer(), HandleRecognizer(), PhoneRecognizer(), WalletRecognizer(),
        UsdotRecognizer(), McRecognizer(), ContainerRecognizer(), VinRecognizer(), RailcarRecognizer(), TrailerRecognizer(),
        PlateRecognizer(regions), HighwayRecognizer(), MileMarkerRecognizer(), ExitRecognizer(),
        TruckStopRecognizer(cities), AirportRecognizer(), AddressRecognizer(), PlaceRecognizer(cities, regions),
        VehicleRecognizer(), PersonRecognizer(), TimeRecognizer(), MoneyRecognizer(), ThingRecognizer(),
    )  # fmt: skip


class EntityReader:
    """Finds things of every kind of the taxonomy in a text. Build it once; it holds its word lists and no other state."""

    def __init__(self) -> None:
        self._folder = Folder()
        self._recognizers = recognizers(self._folder)
        cues = [(cue, place) for place, recognizer in enumerate(self._recognizers) for cue in recognizer.cues]
        self._owners = [place for _, place in cues]
        self._cues = ahocorasick_rs.AhoCorasick([cue for cue, _ in cues])
        self._always = frozenset(place for place, recognizer in enumerate(self._recognizers) if not recognizer.cues)

    def read(self, text: str, received_at: datetime | None = None) -> tuple[Entity, ...]:
        """All things in ``text``, by start. Offsets are code points of ``text``; no string makes this raise.

        ``received_at`` resolves relative times. The same characters are never two things of one type, nor two of the kinds that
        exclude each other (a phone is never also a plate); an exit may stand within a place.
        """
        passage = self._folder.passage(text[:_LONGEST], received_at)
        return settle(entity for place in self._called(passage) for entity in self._recognizers[place].find(passage))

    def _called(self, passage: Passage) -> list[int]:
        """The recognizers that have a cue in the passage."""
        hits = self._cues.find_matches_as_indexes(passage.folded, overlapping=True)
        return sorted({self._owners[index] for index, _, _ in hits} | self._always)


def settle(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Drop what loses its characters to a longer thing of its type or to a surer rival; sort the rest by place."""
    order = {kind: place for place, kind in enumerate(_RIVALS)}
    ranked = sorted(entities, key=lambda entity: (order.get(entity.type, len(order)), entity.start - entity.end, entity.start))
    kept: list[Entity] = []
    claims: dict[str, Claims] = {}
    for entity in ranked:
        group = "rivals" if entity.type in order else entity.type
        if entity.end > entity.start and claims.setdefault(group, Claims()).take(entity.start, entity.end):
            kept.append(entity)
    return tuple(sorted(kept, key=lambda entity: (entity.start, entity.end, entity.type)))
