"""What would make a report more useful: asked for in at most three short sentences, never required.

No model reads anything here. A question counts as answered when its field is filled in, or when the words hold a plain sign of it: a
road word, a day, something like a plate. A wrong guess costs the reader one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from ingest.submission import Submission
from triage.domain.tip import SourceBasis, WhenBucket

LIMIT = 3
"""More than three wishes at once are read by nobody."""


class Missing(StrEnum):
    """What is not there yet. The words of it are ``quality.<value>`` in the catalogue."""

    REASON = "reason"  # what makes the sender think so
    WHERE = "where"
    WHEN = "when"
    PEOPLE = "people"  # what anybody looked like
    VEHICLE = "vehicle"  # the plate, or how to know it again


_FIELDS = {
    Missing.REASON: "narrative",
    Missing.WHERE: "place",
    Missing.WHEN: "when_text",
    Missing.PEOPLE: "persons",
    Missing.VEHICLE: "vehicles",
}
_ON_THE_ROAD = frozenset({"trucking", "bus_transit", "rail_energy", "police_partner"})
"""Sectors whose people can most often tell a vehicle."""

_FEW_WORDS = 8
_MANY_WORDS = 60
_WORD = re.compile(r"\w+")
_PLACE = re.compile(
    r"\b(i|us|sr|rt|hwy|fm)[- ]?\d{1,4}\b|\b\d+(st|nd|rd|th)\b|"
    r"\b(highway|interstate|exit|mile|marker|street|avenue|road|route|corner|lot|dock|yard|platform|truck stop|rest area|room|gate|"
    r"motel|hotel|inn|station|terminal|carretera|autopista|salida|milla|calle|avenida|ruta|esquina|parada|muelle|patio|cuarto|"
    r"estacionamiento|estación)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b\d{1,2}(:\d\d)? ?(am|pm|a\.m|p\.m)\b|\b\d{1,2}:\d\d\b|\b\d{1,2}/\d{1,2}\b|"
    r"\b((mon|tues|wednes|thurs|fri|satur|sun)days?|today|tonight|yesterday|last (night|week)|this (morning|afternoon|evening)|now|noon|"
    r"midnight|lunes|martes|miércoles|jueves|viernes|sábado|domingo|hoy|ayer|anoche|ahora|mañana|mediodía|medianoche|semana pasada)\b",
    re.IGNORECASE,
)
_VEHICLE = re.compile(
    r"\b(car|van|minivan|truck|pickup|suv|sedan|rig|semi|trailer|bus|rv|camper|vehicle|carro|coche|auto|camioneta|camión|remolque|"
    r"autobús|vehículo|troca|tráiler)s?\b",
    re.IGNORECASE,
)
_PLATE = re.compile(
    r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,8}\b|\b[A-Z]{2,3}[ -]?\d{2,4}\b|\b(plates?|placas?)\b.{0,20}\b[A-Z0-9]{3,8}\b"
)
_LOOKS = re.compile(
    r"\b(tall|short|thin|heavy|hair|beard|tattoos?|wearing|jacket|coat|shirt|hoodie|dress|jeans|boots|blond|bald|years? old|"
    r"alt[oa]|baj[oa]|delgad[oa]|pelo|barba|tatuajes?|chaqueta|abrigo|camisa|sudadera|vestido|botas|años)\b",
    re.IGNORECASE,
)


def missing(submission: Submission, sector: str = "", agreed: Collection[str] = ()) -> tuple[Missing, ...]:
    """What would help most, the most useful first; empty when there is enough. Of whom it happened to nothing more is asked.

    ``sector`` is the partner's. ``agreed`` are the fields that its agreement covers (empty: all); nothing outside of them is asked for.
    """
    if submission.source_basis is SourceBasis.HAPPENED_TO_ME:
        return ()
    wanted = [Missing.VEHICLE, Missing.PEOPLE] if sector in _ON_THE_ROAD else [Missing.PEOPLE, Missing.VEHICLE]
    found = [one for one in (Missing.REASON, Missing.WHERE, Missing.WHEN, *wanted) if _is_missing(one, submission, sector)]
    return tuple(one for one in found if not agreed or one is Missing.REASON or _FIELDS[one] in agreed)[:LIMIT]


def _is_missing(one: Missing, submission: Submission, sector: str) -> bool:
    text = submission.narrative
    words = len(_WORD.findall(text))
    match one:
        case Missing.REASON:
            return words < _FEW_WORDS
        case Missing.WHERE:
            return submission.place is None and submission.geo is None and not _PLACE.search(text)
        case Missing.WHEN:
            told = submission.when_text or submission.when_bucket not in (None, WhenBucket.NOT_SURE)
            return not told and not _TIME.search(text)
        case Missing.PEOPLE:
            return not submission.persons and words < _MANY_WORDS and not _LOOKS.search(text)
        case Missing.VEHICLE:
            spoken_of = sector in _ON_THE_ROAD or _VEHICLE.search(text) is not None
            return spoken_of and not submission.vehicles and not _PLATE.search(text)
