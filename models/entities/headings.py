"""What every reading of a road shares: directions, words of the road, and how a road is written."""

from __future__ import annotations

import re

from models.entities.base import Passage
from triage.domain.assessment import Entity

DIRECTION = r"(?:nb|sb|eb|wb|(?:north|south|east|west)(?:-?bound)?|n|s|e|w|norte|sur|este|oeste|poniente|oriente|bound)"
DIRECTIONS = {
    "nb": "NB", "sb": "SB", "eb": "EB", "wb": "WB", "n": "NB", "s": "SB", "e": "EB", "w": "WB", "norte": "NB", "sur": "SB",
    "este": "EB", "oeste": "WB", "oriente": "EB", "poniente": "WB",
} | {word + end: word[0].upper() + "B" for word in ("north", "south", "east", "west") for end in ("", "bound", "-bound")}  # fmt: skip
TAIL = (
    rf"(?:[\s,]{{1,2}}(?:going |heading |headed |hacia el |al |pa'?l )?(?P<dir>{DIRECTION})\b(?!\s(?:of|side|gate|end|wall|street|"
    r"st|ave|avenue|de la)\b)(?:\s(?:lanes?|side)\b)?)?"
)
WAY_BEFORE = re.compile(r"\b(?P<dir>nb|sb|eb|wb|(?:north|south|east|west)bound|(?:north|south|east|west)(?= on))\s(?:on\s)?(?:the\s)?$")
ON_A_ROAD = re.compile(
    r"\b(?:on|off|off of|onto|along|via|up|down|take|takes|took|coming up|coming down|jumped on|up on|merging on|"
    r"out on|toward|towards|headed (?:to|for|toward)|heading (?:to|for|toward)|get on|gets on|got on|getting on|merged onto|side of)"
    r"\s(?:the\s|the old\s|old\s)?$|\b(?:by|near|at|from|to|past|outside|about|across|over|under|hit)\sthe\s$"
)
"""What stands right before a road."""

ROAD_NEAR = re.compile(
    r"\b(?:exit|mm|mile|miles|freeway|fwy|highway|hwy|interstate|ramp|overpass|truck|trailer|driver|driving|lane|lanes|road|drove|"
    r"headed|heading|traffic|wrong way|carretera|autopista|salida|"
    r"trailero|camion|northbound|southbound|eastbound|westbound|nb|sb|eb|wb|norte|sur|shoulder|semi|car|bus|rig|pilot|petro|love'?s|"
    r"flying|ta|rest area|corridor|frontage|rumbo|gasolinera|retomar|retorno|km|milla|county|tanker|van|pickup|plate|swerving|yard|"
    r"parada|paradero|reten|troca|traila|camiones|combine|freightliner|uhaul|doubles|fuel|carretera|caja|lateral|planta|jetta|"
    r"camioneta|chofer|suburban|tacoma|buc-?ee'?s|sheetz|wawa|sapp|casey'?s|quik ?trip|checkpoint|channel|merging|cut me off|tow|camino|"
    r"haul\w*|hooked|tires?|"
    r"wreck|weigh|scale|flat|broke|drives?|vegas|going|gravel|rocks|dozing|asleep|headlights|lights|southern|overturned|hitch\w*|"
    r"expedition|silver|maroon|linehaul|dbls|bridge)\b"
)


def road(passage: Passage, start: int, end: int, system: str, number: str, direction: str | None) -> Entity:
    number = number.upper()
    heading = DIRECTIONS.get((direction or "").removesuffix(" on").strip(), "")
    name = f"{system}-{number}" if system else number
    attributes = {"number": number} | ({"system": system} if system else {}) | ({"direction": heading} if heading else {})
    return passage.entity("highway", start, end, f"{name} {heading}".strip(), attributes=attributes)
