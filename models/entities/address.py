"""Street addresses, corners, and rooms, apartments and lots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Passage, Recognizer, apart, before_any, matches, matches_at
from models.entities.gazetteer import vocabulary
from triage.domain.assessment import Entity

_KIND = (
    r"(?:street|st|avenue|ave|av|road|rd|drive|dr|lane|ln|court|ct|place|pl|boulevard|blvd|way|circle|cir|terrace|ter|trail|trl|"
    r"parkway|pkwy|pike|alley|row|square|sq|plaza|loop|run|crossing|"
    r"point|bend|cove|frontage|highway|hwy|blk|block)"
)
_UNIT = (
    r"(?:,? ?(?:apartment|apt|unit|suite|ste|room|rm|lot|space|spc|floor|piso|depa|departamento|interior|int|cuarto|number|numero|no|"
    r"num|#)\.? ?#? ?[0-9a-z-]{1,6}\b)?"
)
_WORD = r"[a-z0-9][a-z0-9'.]{1,18}"
_STREET = re.compile(
    rf"(?<![\w$#.:/-])(?P<num>[0-9]{{1,5}}[a-d]?(?:-[0-9]{{1,4}})?)(?: (?:block|blk) of)? (?:(?:n|s|e|w|north|south|east|west|ne|nw|"
    rf"se|sw)\.? )?(?P<name>(?:{_WORD} ){{1,3}}?){_KIND}\b\.?(?: (?:n|s|e|w|ne|nw|se|sw)\b)?{_UNIT}"
)
_PLAIN = re.compile(
    r"(?<![\w$#.:/,-])(?P<num>[1-9][0-9]{1,4}) (?:[NSEW]\.? )?(?P<name>[A-Z][a-z'’]{2,15}(?: "
    r"[A-Z][a-z'’]{2,15})?)(?![\w'’])(?P<unit>,? (?:apt|apartment|unit|lot|room|rm|interior|suite|#)\.? ?#?[0-9A-Za-z]{1,5}(?!\w))?"
)
_SPANISH = re.compile(
    r"\b(?:calle|avenida|av\.?|boulevard|blvd\.?|calzada|privada|callejon|camino|andador|prolongacion|cuadra [0-9]+ de(?: "
    r"la)?)\s(?:de\s)?(?:la |el |los |las )?(?P<name>[a-z0-9][\w']*(?: [a-z][\w']*){0,2}?)"
    r"(?:,? (?:#|numero |num\.? |no\.? )?[0-9]{1,5})(?:,? (?:interior|int|depa|departamento|apt|casa|lote|porton)\.? ?[0-9a-z]{1,4})?\b"
)
_SPANISH_NAME = re.compile(
    r"(?<!\w)(?:[Cc]alle|[Aa]venida|[Aa]v\.|[Cc]alzada|[Pp]rivada|[Bb]oulevard)\s(?:de\s)?(?:la |el |los |las "
    r")?(?:[A-Z0-9][\w']*)(?: (?:de )?[A-Z][\w']*){0,2}"
)
_STREET_NAME = re.compile(
    r"(?<![\w'])(?:[NSEW]\.? )?(?:(?:[A-Z][a-z'’]+|[0-9]{1,3}(?:st|nd|rd|th)) ){1,3}"
    r"(?:(?i:street|st|avenue|ave|road|rd|lane|ln|court|ct|boulevard|blvd|parkway|pkwy|blk)"
    r"|Drive|Dr|Place|Pl|Way|Circle|Cir|Terrace|Ter|Trail|Pike|Alley|Row|Square|Loop|Crossing|Point|Cove)(?![\w'])\.?"
)
_STREET_SMALL = re.compile(
    r"\b(?:on|off|at|from|down|near|to|behind)\s(?:the corner of )?(?P<s>(?!the |a |my |his |her |this |that |your |our |their |"
    rf"main |side |back |dirt |wrong |some )(?:{_WORD} ){{1,2}}?(?:st|street|ave|avenue|rd|road|dr|ln|lane|blvd|ct|court|pl|pkwy|"
    r"pike)\b\.?)"
)
_ORDINAL = r"(?:[0-9]{1,3}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
_CORNER = re.compile(
    rf"\b(?:(?:{_ORDINAL}|[A-Z][\w'’]+)(?: (?i:{_KIND}))?) ?(?:&|and|/|y|con|@|n|at) ?(?:{_ORDINAL}|[A-Z][\w'’]+|[0-9]{{2,4}})(?: "
    r"(?i:st|street|ave|avenue|rd|road|blvd|dr|ln))?(?!\w)"
)
_CORNER_CUE = re.compile(
    r"(?:\b(?:on|at|corner of|near|by|off|en|entre|esquina|la|de|loc|intersection of|around|past|from|is|past|toward)\b[ =:(]{0,2}|^|"
    r"[.,:;=|-] ?|\n)$"
)
_ROOM = re.compile(
    r"\b(?:room|rm|rms|apt|apartment|apartments|suite|ste|lot|lote|space|spc|cuarto|habitacion|depa|depto|departamento|apartamento|"
    r"bldg|building|edificio|bed|bay|cabin|trailer space|site|slip|casa|porton|interior|floor|piso|unit|unidad|po box|box|stall|"
    r"pod)(?:\.?\s?|\s)(?:#|no\.?\s|number\s|numero\s)?\s?(?P<n>[0-9]{1,4}-?[a-z]?|[a-z]-?[0-9]{1,3}|(?<=\s)(?![ai]\b)[a-z](?=[\s.,;]|"
    r"$))(?![\w':%]|"
    r"[.,][0-9]|\s?(?:am|pm|min|minutes|hours|people|girls|men|women|days|weeks|times|bucks|dollars|years|kids)\b)"
)
_BARE_ROOM = re.compile(
    r"\b(?:in|at|en(?: el| la)?|from|of|outside|next to|across from|above|below|el|door)\s(?P<n>[0-9]{1,2}[a-h]|"
    r"[1-9][0-9]{2})(?![\w':%$]|[.,][0-9]|\s?(?:am|pm|min|minutes|hours|people|girls|men|women|days|weeks|times|bucks|dollars|years|"
    r"kids|miles?|degrees|pounds|lbs|feet|percent|and|cases|of|cash|each|dolares|pesos|north|south|east|west|nb|sb|eb|wb)\b)"
)
_LODGING_WORDS = vocabulary(
    """
    motel hotel inn guest room rooms rm checkin checked apt apartment apartments complex floor patient hallway tenant neighbor neighbour
    building suite suites clerk cuarto huesped recepcion edificio vecino vecina door lobby resident nursing unit dorm hall
    """
)
_LODGING_CUES = ("check in", "front desk", "housekeep", "knock")
_ROOM_WORDS = vocabulary(
    """
    room rm rms apt apartment apartments suite ste lot lote space spc cuarto habitacion depa depto departamento apartamento bldg building
    edificio bed bay cabin trailer site slip casa porton interior floor piso unit unidad po box stall pod
    """
)
_TO_ROOMS = vocabulary("in at en from of outside next across above below el door")
_TO_STREETS = vocabulary("on off at from down near to behind")
_JOINING_WORDS = vocabulary("and y con n at")
_NOT_STREETS = re.compile(r"(?:The|My|A|In|At|On|This|That|No|Truck|Old|State|County)\s")
_NOT_ROADS = re.compile(
    r"\b(?:hwy|highway|route|rt|rte|i|us|sr|fm|exit|mile|mm|county|cr|state|interstate|ranch|loop|salida|km|milla|carretera)[\s-]?$"
)
_NOT_NAMES = vocabulary(
    """
    people girls women men kids minutes hours days weeks years bucks dollars times miles am pm of the a an in on at old more year
    month week and or other others first last different pallets cases boxes cars trucks vans guys boys ladies children teens students
    workers drivers passengers feet inches pounds gallons degrees percent
    """
)
_SPANISH_WORDS = vocabulary("calle avenida av boulevard blvd calzada privada callejon camino andador prolongacion cuadra")
_STREET_WORDS = vocabulary(
    """
    street st avenue ave road rd lane ln court ct boulevard blvd parkway pkwy blk drive dr place pl way circle cir terrace ter
    trail pike alley row square loop crossing point cove
    """
)
_KIND_WORDS = _STREET_WORDS | vocabulary("av trl sq plaza run bend frontage highway hwy block")
_ORDINALS = vocabulary("first second third fourth fifth sixth seventh eighth ninth tenth")
_NOT_PLAIN = vocabulary(
    """
    January February March April May June July August September October November December Monday Tuesday Wednesday Thursday Friday
    Saturday Sunday Dollars Bucks Pesos Hondurans Guatemalans Mexicans Chevy Ford Dodge Toyota Honda Nissan GMC Jeep Kia Hyundai Buick
    Cadillac Chrysler Lincoln Freightliner Kenworth Peterbilt Volvo Mack International Cascadia Silverado Tahoe Percent Block He She
    They It The And But We In At On My His Her No Not This That Then There When Who Said Black White Silver Blue Red Green Gray Grey
    Mercury Mustang Camry Accord Enero Febrero Marzo Abril Mayo Junio Julio Agosto Septiembre Octubre Noviembre Diciembre Love Loves
    Pilot Flying Petro Exit Highway Route North South East West Westbound Eastbound Northbound Southbound If So As Please Call Text Is
    Was Number Mile County Ram Sienna Caravan Impala Malibu Altima Explorer
    """
)


class AddressRecognizer(Recognizer):
    """Where a door is. The value is the text in lower case with single spaces; ``attributes["part"]`` is street, corner or room."""

    word_sets = (_STREET_WORDS, _KIND_WORDS, _SPANISH_WORDS, _TO_STREETS, _ROOM_WORDS, _LODGING_WORDS, _TO_ROOMS, _JOINING_WORDS, _ORDINALS)

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield numbered streets, then named streets, corners, and rooms."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        folded, text = passage.folded, passage.text
        numbers = passage.starts_of(passage.numbers)
        streets = passage.indexes(_STREET_WORDS)
        for match in matches_at(_STREET, folded, numbers if passage.has(_KIND_WORDS) else ()):
            if _NOT_NAMES.isdisjoint(match["name"].split()) and not _NOT_ROADS.search(passage.before(match.start(), 12)):
                yield _address(passage, match.start(), match.end(), "street")
        for pattern, searched in ((_SPANISH, folded), (_SPANISH_NAME, text)):
            for match in matches_at(pattern, searched, passage.starts_of(passage.indexes(_SPANISH_WORDS))):
                yield _address(passage, match.start(), match.end(), "street")
        if streets:
            named = before_any(sorted({*passage.capitals, *passage.numbers}), streets, 4)
            for match in matches_at(_STREET_NAME, text, passage.starts_of(named)):
                if not _NOT_STREETS.match(match.group()):
                    yield _address(passage, match.start(), match.end(), "street")
            for match in matches_at(_STREET_SMALL, folded, passage.starts_of(before_any(passage.indexes(_TO_STREETS), streets, 8))):
                yield _address(passage, *match.span("s"), "street")
        yield from _corners(passage)
        for match in matches_at(_PLAIN, text, numbers):
            if (
                match["name"].split()[0] not in _NOT_PLAIN
                and not _NOT_ROADS.search(passage.before(match.start(), 12))
                and _door(passage, match)
            ):
                yield _address(passage, match.start(), match.end(), "street")
        for match in matches(_ROOM, passage, _ROOM_WORDS):
            if match["n"][0].isdigit() or passage.text[match.start("n")].isupper() or len(match["n"]) > 1:
                yield _address(passage, match.start(), match.end(), "room")
        if numbers and (passage.has(_LODGING_WORDS) or any(cue in folded for cue in _LODGING_CUES)):
            for match in matches_at(_BARE_ROOM, folded, passage.starts_of(before_any(passage.indexes(_TO_ROOMS), passage.numbers, 3))):
                yield _address(passage, *match.span("n"), "room")


def _corners(passage: Passage) -> Iterator[Entity]:
    """Corners: two streets joined by "and", "y", "&", "at" and the like, behind a cue or at the start of a sentence."""
    if not passage.has(_JOINING_WORDS) and not any(sign in passage.text for sign in "&/@"):
        return
    firsts = sorted({*passage.capitals, *passage.numbers, *passage.indexes(_ORDINALS)})
    for match in matches_at(_CORNER, passage.text, passage.starts_of(firsts)):
        if _CORNER_CUE.search(passage.before(match.start(), 18)) and _is_corner(match.group()):
            yield _address(passage, match.start(), match.end(), "corner")


def _door(passage: Passage, match: re.Match[str]) -> bool:
    """Whether "1409 Brill" reads as a door: a cue, a sentence of its own, or a unit behind it."""
    before = passage.before(match.start(), 24)
    cue = re.search(
        r"(?:\b(?:at|to|from|of|is|outside|for|in|address|behind|near|by|en|live|lives|house|vivo|past|door from|it's|its|estamos en|"
        r"duplex|corner|this is|i'm|im)\b[\s:,]{1,2}|[.,:;!?\n(=|-]\s?|^)$",
        before,
    )
    year = match["num"] in ("2020", "2021", "2022", "2023", "2024", "2025", "2026") or re.fullmatch(
        r"19[5-9][0-9]|200[0-9]|201[0-9]", match["num"]
    )
    return bool(match["unit"]) or (bool(cue) and not year)


def _is_corner(text: str) -> bool:
    """ "Main and 4th", "Grant & 8th", "Culebra y 1604" are corners; "Mike and Dave" are people."""
    numbered = bool(re.search(r"[0-9]|\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b", text.lower()))
    sign = bool(re.search(r"[&/@]", text))
    kind = bool(re.search(rf"\b{_KIND}\b", text.lower()))
    return kind or (numbered and not re.match(r"[0-9]+ ?/", text)) or sign


def _address(passage: Passage, start: int, end: int, part: str) -> Entity:
    end = start + len(passage.text[start:end].rstrip(" ."))
    return passage.entity("address", start, end, " ".join(passage.folded[start:end].split()), attributes={"part": part})
