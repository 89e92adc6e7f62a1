"""Numbers of trailers, tractors and other units of one carrier."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Claims, Passage, Recognizer, matches, matches_at
from models.entities.gazetteer import vocabulary
from models.entities.numbers import NUMBER_WORD, spoken_digits
from triage.domain.assessment import Entity

_NOISE = re.compile(r"[^A-Z0-9]")
_TRAILER = (
    r"trailers?|trlrs?|trls?|remolques?|semirremolques?|cajas?|trailas?|plataformas?|reefers?|chassis|tankers?|dolly|pups?|flatbeds?|"
    r"lowboys?|landolls?|goosenecks?|step ?decks?|hoppers?|dry vans?|boxes|box (?:number|no|num|#|trailer|marked)|conex"
)
_TRUCK = (
    r"units?|unidad(?:es)?|tractors?|tractores|tractocamion|trucks?|trks?|bobtails?|economicos?|semis?|rigs?|cabs?(?= (?:number|no|num|#))|"
    r"van (?:number|no|num)|penske number|bus (?:number|no|num)|step van|power unit|company truck|tracto|trac|"
    r"camion (?:numero|num|no)|(?:fleet|equipment|asset|vehicle|van|car) (?:number|no|num|#)"
)
_FILLER = (
    r"(?:number|numero|numeros|numbers|num|no|nbr|id|is|was|es|la|el|lo|de|dice|says|reads|starts?|begins?|empieza|ends?|ending|termina|"
    r"acaba|in|with|con|en|on|it|its|that|has|marked|pool|trlr|trl|caja|unit|the|y|with the number|lleva|trae|marcada|marcado|blanca|seca|"
    r"stenciled|painted|was number|whose|called|carries|showing|chassis)"
)
_BODY = r"(?:(?:[a-z]{1,4}[\s-]?)?[0-9][0-9a-z]{1,7}(?:-[0-9a-z]{1,6})?|[a-z][0-9]-[0-9]{3,5}|[0-9](?: [0-9]){3,6}(?: [a-z](?![a-z]))?)"
_SPOKEN_BODY = rf"{NUMBER_WORD}(?:[\s,-]{{1,2}}{NUMBER_WORD}){{1,6}}"
_CUED = re.compile(
    rf"\b(?P<cue>{_TRAILER}|{_TRUCK})(?:'s)?\b(?P<fill>(?:[\s#:=,(\"]{{1,3}}{_FILLER}\b\.?){{0,4}})[\s#:=.,(\"]{{1,3}}(?:[0-9]{{2}}(?:'|"
    rf"ft)\s)?(?:(?P<body>{_BODY})(?![\w'%$]|[.,:/][0-9])|(?P<spoken>{_SPOKEN_BODY})\b)"
)
_OPENERS = vocabulary(
    """
    trailer trailers trlr trlrs trl trls remolque remolques semirremolque semirremolques caja cajas traila trailas plataforma plataformas
    reefer reefers chassis tanker tankers dolly pup pups flatbed flatbeds lowboy lowboys landoll landolls gooseneck goosenecks step
    stepdeck stepdecks hopper hoppers dry boxes box conex unit units unidad unidades tractor tractors tractores tractocamion truck trucks
    trk trks bobtail bobtails economico economicos semi semis rig rigs cab cabs van penske bus power company tracto trac camion fleet
    equipment asset vehicle car
    """
)
_NUMBER_ON = re.compile(
    r"\b(?:number|numbers|num|id|#)\s(?:\w+\s)?(?:on|off|of)\s(?:the|its|his|that)\s(?:\w+\s){0,2}?(?P<cue>box|trailer|reefer|cab|tractor|"
    rf"truck|rig|chassis|flatbed|tanker|nose)\s(?:is|was|says|said|reads|ends in)\s(?P<body>{_BODY})(?![\w'%$]|[.,:/][0-9])"
)
_LENGTH = re.compile(
    r"(?<![0-9])(?:53|48|45|40|28)\s?(?:'|ft|foot|footer)\.?,?\s(?:(?:dry van|van|reefer|flatbed|trailer|box)\s)?(?:#\s?|number\s|no\.?\s)?"
    r"(?P<body>[a-z]{0,4}\s?[0-9]{4,7}[a-z]?)(?![\w'])"
)
_PAINTED = re.compile(
    r"\s(?:(?:painted|stenciled|written|stamped)\s)?(?:on|across)\s(?:the|its|his)\s(?:\w+\s)?(?:nose|box|trailer|reefer|tanker|flatbed|"
    r"chassis|rear doors?|back doors?|front corner|bulkhead)\b"
)
_BARE = re.compile(
    r"(?<![A-Za-z0-9#$/-])(?:[A-Z]{1,5}[\s-]?[0-9]{3,6}[A-Z]?|[0-9]{2}[A-Z]?-[0-9]{3,5}[A-Z]?|[0-9]{4,6}-?[A-Z]?)(?![A-Za-z0-9'/-]|"
    r"[.,:][0-9])"
)
_TRAILER_WORDS = vocabulary(
    """
    trailer trailers trlr trlrs trl trls remolque remolques caja cajas reefer reefers chassis boxes unit units traila plataforma flatbed
    tanker
    """
)
_CLAIMING = re.compile(
    r"\b(?:trailers?|trlrs?|trls?|remolques?|cajas?|trailas?|plataformas?|reefers?|chassis|units?|boxes|flatbed|tanker|plates?|placas?|"
    r"tags?|phone|number is|call|dot|mc|mm|mile|exit|seal|sello|po|bol|load|invoice|room|apt)\b"
)
_CLAIMS_UNIT = re.compile(r"trailer|trl|remol|caja|traila|plataf|reefer|chassis|unit|boxes|flatbed|tanker")
_MEASURE = re.compile(
    r"\s?(?:-\s?)?(?:hours?|hrs?|minutes?|mins?|min|horas?|minutos?|days?|dias?|weeks?|months?|years?|yrs?|people|men|women|girls?|"
    r"boys?|guys|kids|feet|foot|ft|miles?|mi|km|lbs?|pounds|"
    r"pallets?|tarimas|times|am|pm|a\.m|p\.m|percent|dollars|bucks|cajas|personas|mujeres|muchach[ao]s|hombres|pies|toneladas|tons?|"
    r"stops?|of (?:them|us)|wheeler|ago|in a row|others?|more|gal|gallons|grade|of (?:our|the|his|my)|manifest|"
    r"north|south|east|west|nb|sb|eb|wb|st|nd|rd|th|and \w+ (?:street|st|ave)|or so)\b"
)
_HOME = re.compile(r"\b(?:apt|building|storage|complex|street|ave|avenue|ct|court|duplex|landlord)\b")
_ROLLING = re.compile(
    r"\b(?:trucks?|buses|on the door|trailers?|trl|driver|dispatch(?:er)?|load|freight|cdl|bus|coach|reefer|volvo|kenworth|kw|pete|"
    r"peterbilt|freightliner|cascadia|cab|tractor|carga|chofer|operador|tracto|caja|lease|hauling|fleet|highway|mm|i-?[0-9]{2}|"
    r"penske|fuel|van|wheel|rolling|terminal|yard)\b"
)
_ROADS = re.compile(
    r"(?:i|us|sr|fm|cr|sh|hwy|mm|mp|exit|rt|rte|km|mc|dot|usdot|at|in|on|to|for|and|with|from|of|is|was|en|a|de|by|off|lot|lote|row|"
    r"slot|dock|door|bay|case|folio)[\s-]?[0-9]"
)
_NOT_NUMBERS = re.compile(r"[0-9]{1,2}(?:am|pm|yo|k|ft|hrs?|min|mi|st|nd|rd|th|x|s)|(?:19|20)[0-9]{2}")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]")
_TWO_LETTERS = re.compile(r"(?:rt|cr|sr|rm|fm|sh)\s?[0-9]{4}")
_SPELLED = re.compile(
    r"\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)(?:[ -](?:zero|oh|one|two|three|four|five|six|seven|eight|nine)){3,5}\b"
)
_DIGIT_WORDS = vocabulary("zero oh one two three four five six seven eight nine")
_PARTIAL = re.compile(r"start|begin|empieza|end|termina|acaba")
_CODES = re.compile(r"F-?[0-9]50|[A-Z]{3} ?[0-9]{3}$")


class TrailerRecognizer(Recognizer):
    """Trailer, tractor and unit numbers. They mean something only within one carrier and carry no check digit.

    ``attributes["unit"]`` is the kind of thing the cue names (trailer or unit); the value is upper case without spaces.
    """

    word_sets = (_OPENERS, _TRAILER_WORDS, _DIGIT_WORDS)

    cues = (
        "trailer", "trl", "trk", "penske", "step van", "remolque", "caja", "traila", "plataforma", "reefer", "unit", "unidad", "tractor",
        "tractocamion", "truck", "bobtail", "chassis", "economico", "tanker", "van n", "box", "53", "48", "semi", "flatbed", "lowboy",
        "landoll", "gooseneck", "deck", "pup", "hopper", "dry van", "rig", "conex", "cab n", "bus n", "coach", "trac", "camion n", "fleet",
        "equipment", "asset", "number", "car n",
    )  # fmt: skip

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield numbers right behind a cue, then those said to stand on a trailer, then bare ones with a trailer word close before."""
        claims = Claims()
        for match in self._cued(passage):
            start, end = match.span("body")
            cue = match.groupdict().get("cue") or "trailer"
            if _is_unit(passage, match["body"], start, end, cue) and claims.take(start, end):
                yield _unit(passage, start, end, cue, _PARTIAL.search(match.groupdict().get("fill") or "") is not None)
        for match in matches(_CUED, passage, _OPENERS):
            if match["spoken"] and _is_spoken(passage, match) and claims.take(*match.span("spoken")):
                yield _spoken(passage, match)
        for match in matches(_SPELLED, passage, _DIGIT_WORDS) if passage.has(_TRAILER_WORDS) else ():
            if _near_trailer(passage, spoken_digits(match.group()), match.start()) and claims.take(*match.span()):
                attributes = {"unit": "trailer", "spoken": "yes"}
                yield passage.entity("trailer", *match.span(), spoken_digits(match.group()), attributes=attributes)
        if not passage.has_digit:
            return
        begins = sorted({*passage.mixed, *passage.capitals}) if passage.has(_TRAILER_WORDS) else ()
        for match in matches_at(_BARE, passage.text, passage.starts_of(begins)):
            start, end = match.span()
            if (_near_trailer(passage, match.group(), start) or _on_trailer(passage, match)) and claims.take(start, end):
                yield _unit(passage, start, end, "trailer", partial=False)

    def _cued(self, passage: Passage) -> Iterator[re.Match[str]]:
        yield from (match for match in matches(_CUED, passage, _OPENERS) if match["body"])
        for pattern in (_LENGTH, _NUMBER_ON):
            yield from pattern.finditer(passage.folded)


def _unit(passage: Passage, start: int, end: int, cue: str, partial: bool) -> Entity:
    value = _NOISE.sub("", passage.folded[start:end].upper())
    return passage.entity("trailer", start, end, value, partial=partial, attributes={"unit": _kind(cue)})


def _kind(cue: str) -> str:
    return "trailer" if re.fullmatch(rf"{_TRAILER}|economicos?|box|nose", cue) else "unit"


def _is_spoken(passage: Passage, match: re.Match[str]) -> bool:
    """Whether number words behind a cue are its number: three digits or more, and nothing that is counted or measured behind them."""
    return len(spoken_digits(match["spoken"])) > 2 and not _MEASURE.match(passage.folded, match.end())


def _spoken(passage: Passage, match: re.Match[str]) -> Entity:
    attributes = {"unit": _kind(match["cue"]), "spoken": "yes"}
    return passage.entity("trailer", *match.span("spoken"), spoken_digits(match["spoken"]), attributes=attributes)


def _is_unit(passage: Passage, body: str, start: int, end: int, cue: str) -> bool:
    digits = sum(char.isdigit() for char in body)
    if _CLOCK.fullmatch(body) and "." in passage.folded[start - 2 : start]:
        return False  # a time that opens the next sentence
    if (
        digits < 2
        or (_ROADS.match(body) and not (digits > 3 and _kind(cue) == "trailer" and _TWO_LETTERS.match(body)))
        or _MEASURE.match(passage.folded, end)
        or _NOT_NUMBERS.fullmatch(body)
    ):
        return False
    if cue.startswith(("unit", "unidad")):
        around = passage.before(start, 80) + passage.after(end, 50)
        return (digits > 3 or bool(_ROLLING.search(around))) and not _HOME.search(around)
    if cue.startswith(("truck", "trk", "semi", "rig", "cab")):
        return body.isdigit() or digits > 2
    return True


def _near_trailer(passage: Passage, body: str, start: int) -> bool:
    """Whether a trailer word stands within 60 code points before and nothing nearer claims the number."""
    cues = _CLAIMING.findall(passage.before(start, 60))
    if not cues or not _CLAIMS_UNIT.match(cues[-1]) or _CLOCK.fullmatch(body):
        return False
    if _ROADS.match(body.lower()) or _MEASURE.match(passage.folded, start + len(body)):
        return False
    return sum(char.isdigit() for char in body) > 3 or (body[0].isalpha() and not body.isalpha() and not _CODES.match(body))


def _on_trailer(passage: Passage, match: re.Match[str]) -> bool:
    """Whether the words behind a number say that it is painted on a trailer."""
    return _PAINTED.match(passage.folded, match.end()) is not None and not _ROADS.match(match.group().lower())
