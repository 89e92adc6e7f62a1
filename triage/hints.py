"""Weak ties between tips: parts of plates, addresses, named places, vehicles as described. They are for people to look at; no tip joins
a case by one, and no decision rests on them.

They are kept beside the keys of ``triage.linking`` when a tip is decided about, so that later tips find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from triage.domain.assessment import Assessment, Entity
from triage.domain.decision import Jurisdiction, JurisdictionBasis, LinkKey, LinkKind
from triage.domain.tip import Tip
from triage.plain import LOOK_ALIKES, plain

SHORTEST_PART = 3
"""Characters of a plate that must stand together for a part of one to mean anything."""

SEEN_WITHIN = timedelta(hours=12)
"""How far apart two tips about a vehicle of the same description may be."""

_WHOLE, _PART = "whole", "part"
_TOLD = frozenset({JurisdictionBasis.FIELD, JurisdictionBasis.TEXT})  # the sender's own county says little about where it happened
_SITES = frozenset({"site", "business"})
_SHORT = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl",
    "boulevard": "blvd", "circle": "cir", "terrace": "ter", "trail": "trl", "parkway": "pkwy", "highway": "hwy", "square": "sq",
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
}  # fmt: skip
_UNIT = re.compile(r" (?:apt|apartment|unit|suite|ste|room|rm|lot|floor|no|num|number) .*$")


def hint_keys(tip: Tip, assessment: Assessment, where: Jurisdiction) -> tuple[LinkKey, ...]:
    """Every weak key of the tip, sorted, each once. A reporter's own things are never among them."""
    county = f"{where.state}/{where.county}" if where.county and where.basis in _TOLD else ""
    others = [entity for entity in assessment.entities if entity.role != "reporter"]
    found = {(LinkKind.PARTIAL_PLATE, f"{form}:{three}") for form, plate in plates(tip, assessment) for three in _threes(plate)}
    found |= {(LinkKind.ADDRESS, address) for address in addresses(tip, assessment)}
    found |= {(LinkKind.SITE, site) for site in _sites(tip, others, county)}
    found |= {(LinkKind.VEHICLE, vehicle) for vehicle in _vehicles(others, county)}
    return tuple(sorted(LinkKey(kind, value) for kind, value in found))


def asked_keys(hints: tuple[LinkKey, ...]) -> tuple[LinkKey, ...]:
    """What to look for in others: whole plates look for parts of plates, parts for both; everything else for the same."""
    asked = set()
    for key in hints:
        form, _, three = key.value.partition(":")
        if key.kind is not LinkKind.PARTIAL_PLATE:
            asked.add(key)
        elif form == _WHOLE:
            asked.add(LinkKey(key.kind, f"{_PART}:{three}"))
        else:
            asked |= {LinkKey(key.kind, f"{form}:{three}") for form in (_WHOLE, _PART)}
    return tuple(sorted(asked))


def plates(tip: Tip, assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """The tip's plates as ("whole" or "part", plate), folded as people misread them; ``*`` stands for a character that nobody saw."""
    named = [(e.value, e.partial) for e in assessment.entities if e.type == "plate" and e.role != "reporter"]
    named += [(vehicle.plate, False) for vehicle in tip.vehicles if vehicle.plate]
    found = {}
    for plate, partial in named:
        folded = "".join(c for c in plate.upper().replace("?", "*") if (c.isascii() and c.isalnum()) or c == "*").translate(LOOK_ALIKES)
        if len(folded.replace("*", "")) >= SHORTEST_PART:
            found[folded] = _PART if partial or "*" in folded or len(folded) < 5 else _WHOLE
    return tuple((form, plate) for plate, form in found.items())


def part_of(one: tuple[str, str], other: tuple[str, str]) -> str:
    """The part that is in both plates, as the one who saw less gave it; empty where they do not fit or both were seen whole."""
    (form, plate), (other_form, other_plate) = sorted((one, other), key=lambda named: (named[0] != _PART, len(named[1])))
    if form != _PART:
        return ""
    if other_form == _PART:
        longest = max(plate.split("*"), key=len)
        return longest if len(longest) > SHORTEST_PART and longest in other_plate else ""
    return plate if re.search(plate.replace("*", "."), other_plate) else ""


def addresses(tip: Tip, assessment: Assessment) -> tuple[str, ...]:
    """The street addresses in the tip, each as ``street_address`` has it."""
    named = [e.raw for e in assessment.entities if e.type == "address" and e.role != "reporter" and e.attributes.get("part") == "street"]
    return tuple(dict.fromkeys(filter(None, map(street_address, (*named, tip.place.address)))))


def street_address(text: str) -> str:
    """A street address as it is compared: ``1203 w 25th st``, without room or apartment; empty for what is none."""
    words = [_SHORT.get(word, word) for word in _UNIT.sub("", plain(text)).split()]
    numbered = len(words) >= 3 and words[0].isdigit()
    return " ".join(words) if numbered else ""


def _threes(plate: str) -> Iterator[str]:
    """Every three characters of the plate that stand together."""
    for run in plate.split("*"):
        yield from (run[at : at + SHORTEST_PART] for at in range(len(run) - SHORTEST_PART + 1))


def _sites(tip: Tip, entities: list[Entity], county: str) -> Iterator[str]:
    """Places by name with their county; a shop with its number needs none."""
    named = [tip.place.name]
    for entity in entities:
        if entity.type == "truck_stop" and entity.attributes.get("store"):
            yield plain(entity.value)
        elif _is_site(entity):
            named.append(entity.value)
    yield from (f"{plain(name)} @ {county}" for name in named if county and len(plain(name)) > SHORTEST_PART)


def _is_site(entity: Entity) -> bool:
    """Whether it names one place, not a kind of places."""
    if entity.type == "place":
        return entity.attributes.get("kind") in _SITES
    return entity.type == "airport" or (entity.type == "truck_stop" and bool(entity.attributes.get("town")))


def _vehicles(entities: list[Entity], county: str) -> Iterator[str]:
    """Vehicles by colour and what they are, with their county: by itself a white van says nothing."""
    for entity in entities:
        said = entity.attributes
        if entity.type == "vehicle" and said.get("colour") and county:
            kinds = [said.get("make", ""), said.get("model", ""), *said.get("body", "").split()[-1:]]
            yield from (f"{said['colour']} {kind} @ {county}" for kind in kinds if kind)
