"""Roads that go by their number alone: "80 westbound", "the 10", "off 287 in Childress", "la 57"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Passage, before_any, matches_at
from models.entities.gazetteer import vocabulary
from models.entities.headings import ON_A_ROAD, ROAD_NEAR, WAY_BEFORE, road
from models.entities.numbers import NUMBER_OPENERS, NUMBER_WORDS, said
from triage.domain.assessment import Entity

_BARE = re.compile(r"(?<![\w$#,:/'%-])(?<![0-9]\.)(?P<num>[1-9][0-9]{0,2})(?P<letter>[nsew])?(?![\w:%'/]|[.,][0-9]|-[0-9a-z])")
_WAY_BEHIND = re.compile(
    r"\s(?:going |headed |heading )?(?P<dir>nb|sb|eb|wb|(?:north|south|east|west)bound|(?:north|south|east|west|norte|sur|este|oeste)"
    r"(?=\s(?:by|near|at|past|about|toward|towards|on|exit|mm|mile|between|from|now|right|empty|here|wait|just|out|going|around|in|into|"
    r"before|after|via|through|to|heading|with)\b|[.,;]|"
    r"$))(?![\w-])"
)
_POST_BEFORE = re.compile(r"\b(?:mm|mp|mile|miles|marker|milepost|exit|salida|km|milla|kilometro)[\s#]{1,2}$")
_POST_BEHIND = re.compile(
    r"\s(?:by |at |near |past |passing |cerca de la |junto a la )?(?:exit|mm|mile marker|milepost|mp|mile|salida|ex|km|"
    r"milla)\s(?:[0-9]|marker)"
)
_ROAD_BEHIND = re.compile(
    r"\s(?:bypass|loop|highway|hwy|grade|freeway|fwy|expressway|beltway|overpass|underpass|interchange|service road|frontage(?: road)?|"
    r"feeder(?: road)?|access road|express lanes|off[ -]?ramp|on[ -]?ramp)\b"
)
_PART_BEHIND = re.compile(r"\s(?:frontage|corridor|overpass|split|interchange|bridge|ramp|on-ramp|exit|shoulder)\b")
_ON_A_PART = re.compile(
    r"\b(?:brakes?|doors?|cameras?|tires?|conductor|operator|line|line is|tower|valve|lock|alarm)\s(?:on|off|down)\s(?:the\s)?$"
)
_PLACED_BEHIND = re.compile(
    r"(?:\s(?:near|by|outside|before|past|just|between|toward|towards|heading|headed|going|rumbo|hacia|antes|pasando|cerca|a la altura|"
    r"con rumbo|direccion|km)\b|\s(?:in|at|to|en)\s(?!(?:the|a|an|my|his|her|la|el|un|[0-9])\b)[a-z]{4,})"
)
_THE_ROAD = re.compile(
    r"\b(?:on|off|off of|onto|along|take|takes|took|down|up|via)\sthe\s$|\b(?:on|off|off of|take|takes|took|taking|up|down)\s$|\b(?:en|"
    r"por|x) (?:la|el)\s$"
)
_ON_PLAIN = re.compile(r"\b(?:on|off|off of|down|up|along)\s(?:the\s)?$")
_HEADING_BEHIND = re.compile(
    r"\s(?:past|outside|toward|towards|heading|headed|going (?:in)?to|just (?:past|before|outside|north|south|east|west)|between|before|"
    r"near|somewhere|then|"
    r"by the|in (?!the|a|an|my|his|her|front|back|case|cash|total|all)[a-z]{4,}(?=[\s.,;]|$))\b"
)
_ALONG = re.compile(r"\b(?:down|off|along|onto|take|takes|took)\sthe\s$")
_LA = re.compile(
    r"\b(?:en|por|x|de|del|d|desde|hacia|agarre|agarro|agarraron|toda|lateral de|tomo|tomaron|pasando|retomar|sobre|antes de|vengo "
    r"por)\sla\s$|\b(?:por|x|agarre|agarro|tomo|sobre)\sel\s$"
)
_SURELY_ON = re.compile(r"\b(?:on|off|out on|up on|take|takes|(?:en|por|x|agarre|agarro|agarraron) la)\s(?:the\s|old\s)?$")
_LA_START = re.compile(r"(?:^|[.,;!]\s?)la\s$")
_MEASURED = re.compile(
    r"\s?(?:am|pm|a\.m|p\.m|o'clock|min|mins|minutes?|hours?|hrs?|days?|nights?|weeks?|months?|years?|yrs?|people|ppl|men|women|"
    r"girls?|boys?|guys|kids|times|bucks|dollars|percent|degrees|pounds|lbs|"
    r"miles?|feet|ft|trucks?|cars?|units|occasions|cases|rooms?|floors?|pallets|calls|loads?|counts?|tabs|avenida|calle|y media|de "
    r"la|anos|horas|dias|semanas|meses|pesos|dolares|mil|piso|or|to [0-9]|of)\b"
)
_SPOKEN_OPENERS = NUMBER_OPENERS | vocabulary("northbound southbound eastbound westbound north south east west")
_BOUND_WORDS = vocabulary("north south east west northbound southbound eastbound westbound")
_SPOKEN_BARE = re.compile(
    rf"\b(?P<word>{NUMBER_WORDS})[\s,]{{1,2}}(?:going |headed |heading )?(?P<dir>(?:north|south|east|west)bound|north|south|east|"
    rf"west)\b(?!\s(?:of|side|end|gate|"
    r"street|st)\b)|\b(?P<head>(?:north|south|east|west)bound|(?:north|south|east|west) "
    rf"on)\s(?:on\s)?(?:the\s)?(?P<word2>{NUMBER_WORDS})\b"
)
_MEETING = re.compile(
    r"\b(?:at|where|of|near)\s(?:the\s)?(?P<first>[1-9][0-9]{1,2})\s(?:and|&|y)\s(?P<second>[1-9][0-9]{1,2})(?![\w:%'/]|[.,][0-9])"
)
_SPOKEN_ON = re.compile(
    rf"\b(?:onto|off of|on the|off the|took the|take the|get on|got on|merging on|(?:en|por|sobre|tomaron|tomo|agarro|agarraron) la)\s"
    rf"(?P<word>{NUMBER_WORDS})(?=[\s.,;!?]|$)(?:,?\s(?:hacia|rumbo|con rumbo)\s(?:a\s)?(?:el\s|al\s)?(?P<dir>norte|sur|este|oeste|"
    rf"oriente|poniente))?"
)
_SPOKEN_ON_OPENERS = vocabulary("onto off on took take get got merging en por sobre tomaron tomo agarro agarraron")
_TWO_ROADS = re.compile(r"\b(?:on|off|onto|the|la|toward|towards)\s(?P<pair>(?P<one>[1-9][0-9])/(?P<two>[1-9][0-9]))(?![\w/])")
_PAIR = re.compile(r"(?<![\w/])[0-9]{1,3}/[0-9]{1,3}(?=\s(?:interchange|split|junction|merge|overpass|north|south|east|west|[nsew]b)\b)")
_PART_BEFORE = re.compile(
    r"\b(?:stretch|side|lanes?|shoulder|overpass|underpass|bridge|ramp|corner|intersection|interchange|exit|feeder|frontage|frontage road|"
    r"access road|service road|inner loop|outer loop|split|junction)\s(?:of|to|on|over|off|at|from)\s(?:the\s)?$"
)


BARE_WORD_SETS = (_SPOKEN_OPENERS, _BOUND_WORDS, _SPOKEN_ON_OPENERS)
"""The sets of words that ``bare_roads`` asks passages for."""


def bare_roads(passage: Passage) -> Iterator[Entity]:
    """Yield numbers alone that are roads, in digits, then in words with a direction ("eighty west")."""
    for match in matches_at(_BARE, passage.folded, passage.starts_of(passage.numbers)):
        found = _bare(passage, match.start(), match.end(), match["num"], match["letter"] or "")
        if found:
            yield found
    yield from _crossing(passage)
    for match in _TWO_ROADS.finditer(passage.folded) if "/" in passage.folded else ():
        if int(match["one"]) > 12 or int(match["two"]) > 31:
            yield road(passage, *match.span("pair"), "", match["pair"], "")
    for match in _PAIR.finditer(passage.folded) if "/" in passage.folded else ():
        yield road(passage, match.start(), match.end(), "", match.group(), "")
    spoken = before_any(passage.indexes(_SPOKEN_OPENERS), passage.indexes(_BOUND_WORDS), 8)
    for match in matches_at(_SPOKEN_BARE, passage.folded, passage.starts_of(spoken)):
        number = said(match["word"] or match["word2"])
        if number and 1 < int(number) < 1000:
            yield road(passage, match.start(), match.end(), "", number, match["dir"] or match["head"])
    yield from _spoken_on(passage)


def _spoken_on(passage: Passage) -> Iterator[Entity]:
    """Numbers in words behind "onto", "on the", "por la" beside words of the road: "went out onto ninety five"."""
    starts = before_any(passage.indexes(_SPOKEN_ON_OPENERS), passage.indexes(NUMBER_OPENERS), 2)
    for match in matches_at(_SPOKEN_ON, passage.folded, passage.starts_of(starts)):
        number = said(match["word"])
        measured = _MEASURED.match(passage.folded, match.end("word"))
        if (
            number
            and 9 < int(number) < 1000
            and not measured
            and ROAD_NEAR.search(passage.before(match.start(), 90) + passage.after(match.end(), 60))
        ):
            yield road(passage, match.start("word"), match.end(), "", number, match["dir"])


def _crossing(passage: Passage) -> Iterator[Entity]:
    """Two numbered roads that meet: "at 71 and 435"."""
    for match in _MEETING.finditer(passage.folded) if len(passage.numbers) > 1 else ():
        if not _MEASURED.match(passage.folded, match.end()) and ROAD_NEAR.search(passage.before(match.start(), 60)):
            yield road(passage, *match.span("first"), "", match["first"], "")
            yield road(passage, *match.span("second"), "", match["second"], "")


def _bare(passage: Passage, start: int, end: int, number: str, letter: str) -> Entity | None:
    """A number alone as a road: with a direction, before an exit or mile marker, or behind "on", "off", "la" beside words of the road."""
    folded = passage.folded
    before = passage.before(start, 24)
    if _POST_BEFORE.search(before):
        return None  # the number of a mile marker or exit
    behind = _WAY_BEHIND.match(folded, end)
    if behind:
        return road(passage, start, behind.end(), "", number, behind["dir"])
    ahead = WAY_BEFORE.search(before)
    if ahead and not _MEASURED.match(folded, end):
        return road(passage, start - len(before) + ahead.start("dir"), end, "", number, ahead["dir"])
    if _POST_BEHIND.match(folded, end):
        return road(passage, start, end, "", number, "")
    if letter:
        led = passage.text[end - 1].isupper() and (ON_A_ROAD.search(before) or ROAD_NEAR.search(passage.before(start, 60)))
        return road(passage, start, end, "", number, letter) if led else None
    kind = _ROAD_BEHIND.match(folded, end)
    if kind and not _MEASURED.match(folded, kind.end()):
        return road(passage, start, kind.end(), "", number, "")
    if _MEASURED.match(folded, end) or _ON_A_PART.search(before):
        return None
    if _PART_BEFORE.search(passage.before(start, 36)) or (_ON_PLAIN.search(before) and _HEADING_BEHIND.match(folded, end)):
        return road(passage, start, end, "", number, "")
    if len(number) < 2:
        return None
    led = (
        ON_A_ROAD.search(before)
        or _LA.search(before)
        or _LA_START.search(before)
        or (before.endswith("the ") and _PART_BEHIND.match(folded, end))
    )
    if not led:
        return None
    if len(number) == 3 and _SURELY_ON.search(before):
        return road(passage, start, end, "", number, "")
    if _ALONG.search(before) or ((_THE_ROAD.search(before) or _LA_START.search(before)) and _PLACED_BEHIND.match(folded, end)):
        return road(passage, start, end, "", number, "")
    if ROAD_NEAR.search(passage.before(start, 90) + " | " + passage.after(end, 60)):
        return road(passage, start, end, "", number, "")
    return None
