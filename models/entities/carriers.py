"""What is painted on trucks, trailers, containers and railcars: USDOT and MC numbers, unit numbers, ISO 6346, VIN, reporting marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import DIGITS, Claims, Passage, Recognizer
from models.entities.checks import container_ok, vin_ok
from models.entities.gazetteer import vocabulary
from triage.domain.assessment import Entity

_NOISE = re.compile(r"[^A-Z0-9]")
_USDOT = re.compile(
    r"\b(?:us\s?dot|dot|u-?s-?d-?o-?t|d\.o\.t\.?|u\.s\. ?dot)(?:'s)?(?:[\s#:,.-]{0,3}(?:number|numero|no|num|nbr|is|was|es|"
    r"el)\b){0,2}[\s#:.,-]{0,4}"
    r"([0-9](?:[\s,-]?[0-9]){4,7})(?:([cvphbfexznr])\b)?(?![0-9a-z])"
)
_USDOT_FAR = re.compile(r"\b(?:us\s?dot|dot (?:number|no|num|#)|(?<!the )dot)\b[^0-9\n]{1,45}?([0-9]{7,8})(?![0-9])")
_MC = re.compile(
    r"\b(mc|mx|ff)(?:[\s#:-]{1,3}(?:number|numero|num|no|is|es)\b){0,2}[\s#:.-]{0,3}([0-9]{5,7}|[0-9]{4}(?= authority))(?![0-9a-z])"
)


_MC_FAR = re.compile(r"\bMC\b(?! club)[^0-9\n.]{1,32}?([0-9]{6,7})(?![0-9])")


class UsdotRecognizer(Recognizer):
    """USDOT numbers; the value is the bare digits, an authority suffix letter stands in ``attributes``. There is no check digit."""

    cues = ("dot", "d-o-t", "d.o.t")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield numbers behind a DOT cue; digits may be spaced, dashed or grouped."""
        found: set[int] = set()
        for match in _USDOT.finditer(passage.folded):
            found.add(match.start(1))
            attributes = {"suffix": match[2].upper()} if match[2] else {}
            yield passage.entity("usdot", match.start(), match.end(), re.sub(r"[^0-9]", "", match[1]), attributes=attributes)
        for match in _USDOT_FAR.finditer(passage.folded):
            if match.start(1) not in found:
                yield passage.entity("usdot", match.start(1), match.end(1), match[1])


class McRecognizer(Recognizer):
    """Motor carrier docket numbers (MC, MX, FF); the value keeps the prefix: ``MC-884120``."""

    cues = ("mc", "mx", "ff")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield a prefix followed by five to seven digits."""
        found: set[int] = set()
        for match in _MC.finditer(passage.folded):
            found.add(match.start(2))
            yield passage.entity("mc", match.start(), match.end(), f"{match[1].upper()}-{match[2]}")
        for match in _MC_FAR.finditer(passage.text):
            if match.start(1) not in found:
                yield passage.entity("mc", match.start(1), match.end(1), f"MC-{match[1]}")


_CONTAINER = re.compile(r"(?<![A-Za-z0-9])([A-Z]{3}[UJZ])[\s-]?([0-9]{3})[\s-]?([0-9]{3})(?:[\s-]?([0-9]))?(?![A-Za-z0-9])")


class ContainerRecognizer(Recognizer):
    """Freight containers (ISO 6346). Without the check digit the number is partial; a wrong digit makes it invalid, not absent."""

    cues = DIGITS

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield owner code and serial number, in capitals as they are painted, or in small letters near the word container."""
        text = passage.text.upper() if "contain" in passage.folded and len(passage.text.upper()) == len(passage.text) else passage.text
        for match in _CONTAINER.finditer(text):
            value = match[1] + match[2] + match[3] + (match[4] or "")
            whole = match[4] is not None
            if not whole and match[1].endswith("Z"):
                continue  # Without its check digit a mark in Z is a chassis or trailer of the road.
            yield passage.entity(
                "container", match.start(), match.end(), value, valid=container_ok(value) if whole else None, partial=not whole
            )


_VIN = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])")
_VIN_END = re.compile(
    r"\bvin\b[^.\n]{0,25}?\b(?:ends?|ending|last|termina|acaba|ultimos?)\b(?:\s(?:in|with|en|of|four|six|eight|4|6|8|is|are|"
    r"digits))*[\s:]{1,2}([a-z0-9]{4,8})\b"
)


class VinRecognizer(Recognizer):
    """Vehicle identification numbers. A failed check digit is only a hint: outside North America there is none."""

    cues = DIGITS

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield 17 characters with letters and digits (digits alone only near "vin"), and the end of one after the word vin."""
        upper = passage.text.upper() if "vin" in passage.words else passage.text
        for match in _VIN.finditer(upper if len(upper) == len(passage.text) else passage.text):
            value = match.group()
            near = "vin" in passage.before(match.start(), 40)
            if (near or not value.isdigit() or vin_ok(value)) and any(char.isdigit() for char in value):
                yield passage.entity("vin", match.start(), match.end(), value, valid=vin_ok(value))
        for match in _VIN_END.finditer(passage.folded):
            if any(char.isdigit() for char in match[1]):
                yield passage.entity("vin", match.start(1), match.end(1), match[1].upper(), partial=True)


_MARK = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2,4})[\s-]{0,2}([0-9]{3,6})(?![A-Za-z0-9-])")
_RAIL = re.compile(
    r"\b(?:rail ?cars?|tank ?cars?|box ?cars?|hoppers?|gondolas?|auto ?racks?|flat ?cars?|manifest|consist|siding|train|locomotive|"
    r"railroad|rail ?yard|yard track|"
    r"vagon(?:es)?|tolvas?|tren|ferrocarril|reporting mark|cars?|track)\b"
)
_NOT_MARKS = vocabulary(
    "USDOT DOT MC MX FF US SR FM CR SH RR MP MM CP STA PO RM APT BOX EXIT TX OK CA AZ NM UNIT TRK TRL TRLR CAR HWY RTE RT"
)


class RailcarRecognizer(Recognizer):
    """Railcars by reporting mark and number (AAR); a mark that ends in X belongs to a private owner, which ``attributes`` say."""

    cues = ("rail", "car", "train", "hopper", "gondola", "manifest", "siding", "track", "tren", "vagon", "tolva", "x ", "x-", "yard")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield marks near a word of the railroad; four letters ending in X with five or six digits need none."""
        for match in _MARK.finditer(passage.text):
            mark, number = match[1], match[2]
            private = mark.endswith("X")
            window = passage.before(match.start(), 60) + passage.after(match.end(), 40)
            unmistakable = private and len(mark) == 4 and len(number) > 4 and not _UNIT_WORD.search(window)
            if mark not in _NOT_MARKS and (unmistakable or (len(number) > 3 and _RAIL.search(window) and not _UNIT_WORD.search(window))):
                attributes = {"mark": mark, "owner": "private" if private else "railroad"}
                yield passage.entity("railcar", match.start(), match.end(), f"{mark} {number}", attributes=attributes)


_UNIT_WORD = re.compile(r"\b(?:trailers?|trlrs?|trls?|remolques?|cajas?|reefers?|chassis|plates?|placas?|tags?|truck|tractor)\b")
_UNIT_NOUN = (
    r"trailers?|trlrs?|trls?|remolques?|cajas?|reefers?|units?|unidad(?:es)?|tractors?|tractores|trucks?|bobtails?|chassis|economico|"
    r"tankers?|dolly|van (?:number|no)|truck num|penske number|buses|step van|semi|hopper|flatbed"
)
_UNIT_FILLER = (
    r"(?:number|numero|num|no|nbr|is|was|es|la|el|lo|de|dice|says|reads|starts?|begins?|empieza|ends?|ending|termina|acaba|in|with|"
    r"con|en|on|it|its|that|marked|pool|trlr|trl|caja|unit|the|y|with the number|lleva|trae|marcada|blanca)"
)
_UNIT_BODY = r"(?:(?:[a-z]{1,4}[\s-]?)?[0-9][0-9a-z]{1,7}(?:-[0-9a-z]{1,6})?|[a-z][0-9]-[0-9]{3,5})"
_UNIT = re.compile(
    rf"\b(?P<cue>{_UNIT_NOUN})(?:'s)?\b(?P<fill>(?:[\s#:=,(\"]{{1,3}}{_UNIT_FILLER}\b){{0,4}})[\s#:=.,(\"]{{1,3}}(?:[0-9]{{2}}(?:'|"
    rf"ft)\s)?(?P<body>{_UNIT_BODY})(?![\w'%$]|[.,:/][0-9])"
)
_LENGTH = re.compile(r"(?<![0-9])(?:53|48|45|40|28)\s?(?:'|ft|foot)\.?\s(?P<body>[a-z]{0,4}\s?[0-9]{4,7}[a-z]?)(?![\w'])")
_BARE = re.compile(
    r"(?<![A-Za-z0-9#$/-])(?:[A-Z]{1,5}[\s-]?[0-9]{3,6}[A-Z]?|[0-9]{2}[A-Z]?-[0-9]{3,5}[A-Z]?|[0-9]{4,6}-?[A-Z]?)(?![A-Za-z0-9'/-]|"
    r"[.,:][0-9])"
)
_MEASURE = re.compile(
    r"\s?(?:-\s?)?(?:hours?|hrs?|minutes?|mins?|min|horas?|minutos?|days?|dias?|weeks?|months?|years?|yrs?|people|men|women|girls?|"
    r"boys?|guys|kids|feet|foot|ft|miles?|mi|km|lbs?|pounds|"
    r"pallets?|tarimas|times|am|pm|a\.m|p\.m|percent|dollars|bucks|cajas|personas|mujeres|muchach[ao]s|hombres|pies|toneladas|tons?|"
    r"stops?|of (?:them|us)|wheeler|ago|in a row|others?|more|gal|gallons|grade|of (?:our|the|his|my)|manifest|"
    r"north|south|east|west|nb|sb|eb|wb|st|nd|rd|th|and \w+ (?:street|st|ave))\b"
)
_HOME = re.compile(
    r"\b(?:apt|apartments?|building|bldg|complex|storage|st|ave|avenue|street|road|rd|ct|court|drive|dr|blvd|lane|ln|landlord|"
    r"neighbors?|tenant|rent|duplex|floor|suite|hallway|stairs|units|door|condo|manager|mgr)\b"
)
_ROLLING = re.compile(
    r"\b(?:trucks?|buses|on the door|trailers?|trl|driver|dispatch(?:er)?|load|freight|cdl|bus|coach|reefer|volvo|kenworth|kw|pete|"
    r"peterbilt|freightliner|cascadia|cab|tractor|carga|chofer|operador|tracto|caja|lease|hauling|fleet|highway|mm|i-?[0-9]{2}|"
    r"penske|fuel|van|wheel|rolling|terminal|yard)\b"
)
_ROADS = re.compile(
    r"(?:i|us|sr|fm|cr|sh|hwy|mm|mp|exit|rt|rte|km|mc|dot|usdot|at|in|on|to|for|and|with|from|of|is|was|en|a|de)[\s-]?[0-9]"
)


class TrailerRecognizer(Recognizer):
    """Trailer, tractor and unit numbers. They mean something only within one carrier and carry no check digit.

    ``attributes["unit"]`` is the kind of thing the cue names; the value is upper case without spaces.
    """

    cues = (
        "trailer", "trl", "penske", "step van", "remolque", "caja", "reefer", "unit", "unidad", "tractor", "truck", "bobtail", "chassis",
        "economico", "tanker", "van n", "box", "53", "semi", "flatbed",
    )  # fmt: skip

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield numbers right behind a cue, then bare ones with a trailer word close before."""
        claims = Claims()
        for pattern in (_UNIT, _LENGTH):
            for match in pattern.finditer(passage.folded):
                start, end = match.span("body")
                cue = match.groupdict().get("cue") or "trailer"
                if not _is_unit(passage, match["body"], start, end, cue) or not claims.take(start, end):
                    continue
                fill = match.groupdict().get("fill") or ""
                yield _unit(passage, start, end, cue, partial=bool(re.search(r"start|begin|empieza|end|termina|acaba", fill)))
        if not _UNIT_WORD.search(passage.folded):
            return
        for match in _BARE.finditer(passage.text):
            start, end = match.span()
            if _near_trailer(passage, match.group(), start) and claims.take(start, end):
                yield _unit(passage, start, end, "trailer", partial=False)


def _unit(passage: Passage, start: int, end: int, cue: str, *, partial: bool) -> Entity:
    value = _NOISE.sub("", passage.folded[start:end].upper())
    kind = "trailer" if cue.startswith(("tra", "trl", "rem", "caj", "ree", "cha", "eco")) and not cue.startswith("tract") else "unit"
    return passage.entity("trailer", start, end, value, partial=partial, attributes={"unit": kind})


def _is_unit(passage: Passage, body: str, start: int, end: int, cue: str) -> bool:
    digits = sum(char.isdigit() for char in body)
    if digits < 2 or _ROADS.match(body) or _MEASURE.match(passage.folded, end):
        return False
    if re.fullmatch(r"[0-9]{1,2}(?:am|pm|yo|k|ft|hrs?|min|mi|st|nd|rd|th|x|s)|(?:19|20)[0-9]{2}", body):
        return False
    if cue.startswith(("unit", "unidad")):
        around = passage.before(start, 80) + passage.after(end, 50)
        return (digits > 3 or bool(_ROLLING.search(around))) and not re.search(
            r"\b(?:apt|building|storage|complex|street|ave|avenue|ct|court|duplex|landlord)\b", around
        )
    if cue.startswith(("truck", "semi")):
        return body.isdigit() or digits > 2
    return True


def _near_trailer(passage: Passage, body: str, start: int) -> bool:
    """Whether a trailer word stands within 60 code points before and nothing nearer claims the number."""
    window = passage.before(start, 60)
    cues = list(
        re.finditer(
            r"\b(?:trailers?|trlrs?|trls?|remolques?|cajas?|reefers?|chassis|units?|boxes|plates?|placas?|tags?|phone|number is|call|"
            r"dot|mc|mm|mile|exit|seal|sello|po|bol|load|invoice|room|apt)\b",
            window,
        )
    )
    if not cues or not re.match(r"trailer|trl|remol|caja|reefer|chassis|unit|boxes", cues[-1].group()):
        return False
    folded = body.lower()
    if _ROADS.match(folded) or _MEASURE.match(passage.folded, start + len(body)):
        return False
    return sum(char.isdigit() for char in body) > 3 or (
        body[0].isalpha() and not body.isalpha() and not re.match(r"F-?[0-9]50|[A-Z]{3} ?[0-9]{3}$", body)
    )
