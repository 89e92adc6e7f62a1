"""Truck stops, rest areas, airports and stations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Passage, Recognizer, apart, matches, matches_at
from models.entities.cities import Cities
from models.entities.gazetteer import rows, vocabulary
from models.entities.phrases import Phrases
from triage.domain.assessment import Entity

_SUFFIX = r"(?: (?:travel (?:stop|center|plaza)|truck ?stop|truck plaza|stopping center|plaza|fuel stop))?"
_STORE = (
    r"(?:,? ?(?:#|store |tienda )? ?(?P<store>[0-9]{2,4})(?![0-9:%]|,[0-9]|\s?(?:am|pm|min|minutes|hours|times|girls|people|bucks|"
    r"dollars)\b))?"
)
_LINK = re.compile(r"(?:,? (?:in|at|near|on|off|de|en|del|on the|by|outside|off of) (?:la |the )?|,? )")
_BEFORE = re.compile(
    r"\b(?:at|the|a|an|el|la|en|un|una|del|behind|near|my|by|de|from|off|outside|our|this|that|past|to|inside|every|d|other|al|same|"
    r"d la|d el|and|y|@)\s$"
)
_PEOPLE = re.compile(r"\b(?:he|she|who|mom|that|she'd|everybody|everyone|god|really|still|always|also|it|mama|him|her|someone)\s$")
_NOT_SITE = re.compile(
    r"\s(?:lights?|program|car|said|error|season|episode|project|study|license|of|drives?|me|to|him|her|it|them|you|us|his|my|dogs?|"
    r"puppy|mix|dog|and stars|racing|flag|on (?:his|her|the) (?:shirt|arm|sleeve))\b"
)
_AFTER = re.compile(
    r"\s?(?:#|[0-9]{2,4}\b|,? ?(?:in|off|on|exit|near|at|de|salida|out|by|truck|travel|lot|parking|row|pump|station|gas|bathroom|"
    r"showers?)\b|$|[.,;])"
)
_STRONG_AFTER = re.compile(
    r",? ?(?:#|exit [0-9]|ex [0-9]|x [0-9]|mm [0-9]|salida [0-9]|(?:off|on|at) (?:i-?|us|hwy|exit)\s?[0-9]|truck ?stop|travel "
    r"(?:stop|plaza|center))"
)
_RARELY_BRANDS = frozenset({"stripes", "speedway", "sinclair", "husky", "raceway", "on cue", "coffee cup", "wilco"})
_GENERIC = re.compile(
    r"\b(?:the |a |an |el |la |un )?(?:truck[ -]?(?:stops?|stp|plazas?|parking|parkin|turnouts?|pull-?outs?)|tru[ck]k? ?stops?|trk stops?|"
    r"trucker'?s? (?:stop|lot)|travel (?:plazas?|centers?|stops?)|rest ?(?:area|stop)s?|service (?:plaza|area)|fuel (?:stop|plaza)|"
    r"welcome center|brake check area|chain-?up area|"
    r"parador(?:es)?|paraderos?(?: de (?:camiones|traileros|trailers))?|(?:parada|descanso|pension) de (?:camiones|traileros|trailers?|"
    r"trailas|"
    r"trocas|troqueros)|parada(?= d(?:e|el)? (?!autobus|camion|bus))|area de descanso|cachimba)\b"
)
_GENERIC_OPENERS = vocabulary(
    """
    the a an el la un truck trucks truckstop truckstops trukstop trukstops trucstop trk trucker trucker's truckers travel rest restarea
    restareas reststop reststops service fuel welcome brake chain chainup parada parador paradores paradero paraderos descanso pension
    area cachimba
    """
)
_GENERIC_WORDS = _GENERIC_OPENERS - vocabulary("the a an el la un")
_PLAZA = re.compile(r"plaza|rest (?:area|stop)|(?:truck|travel) ?(?:stop|center)|fuel stop")
_NAMED_PLAZA = re.compile(
    r"(?<!\w)(?:[Tt]he )?((?:[A-Z][\w'’]+ ){1,3})(?:(?:truck|travel|Truck|Travel|service|fuel) ?(?:stop|plaza|center|Stop|Plaza|"
    r"Center)|plaza|rest (?:area|stop))(?!\w)"
)


class TruckStopRecognizer(Recognizer):
    """Truck stops and rest areas. The value is brand, store number and town as far as they are named: ``Love's #229 Tucumcari``.

    ``attributes``: ``brand``, ``store``, ``town``. A generic mention ("the truck stop in Uvalde") has no brand.
    """

    def __init__(self, cities: Cities) -> None:
        self._cities = cities
        brands = rows("truck_stops")
        self._brands = {row["term"]: row["brand"] for row in brands}
        self._sure = frozenset(row["term"] for row in brands if row["surety"] == "sure")
        self._openers = frozenset(re.split(r"[ /-]", term)[0] for term in self._brands) | {"buc"}
        self.word_sets = (self._openers, _GENERIC_OPENERS, _GENERIC_WORDS)
        terms = "|".join(re.escape(term) for term in sorted(self._brands, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\w'@./-])(?P<brand>{terms})(?![\w'/-]|\.[a-z]){_SUFFIX}{_STORE}")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield brands, then named plazas, then generic mentions."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        for match in matches(self._pattern, passage, self._openers):
            term = match["brand"]
            if term in self._sure or self._meant(passage, match):
                yield self._site(passage, match.start(), match.end(), self._brands[term], match["store"] or "")
        for match in _NAMED_PLAZA.finditer(passage.text) if _PLAZA.search(passage.folded) else ():
            yield self._site(passage, match.start(1), match.end(), match[1].strip(), "")
        for match in matches(_GENERIC, passage, _GENERIC_OPENERS) if passage.has(_GENERIC_WORDS) else ():
            yield self._site(passage, match.start(), match.end(), "", "")

    def _meant(self, passage: Passage, match: re.Match[str]) -> bool:
        """Whether a common word is the brand here: not behind a person, nor before a noun of its other sense, but with a place cue."""
        raw = passage.text[match.start("brand") : match.end("brand")]
        before, end = passage.before(match.start(), 14), match.end("brand")
        if _PEOPLE.search(before) or _NOT_SITE.match(passage.folded, end):
            return False
        if raw == "TA" and re.match(r" [A-Z][a-z]{2,}", passage.text[end : end + 5]):
            return True
        if raw.lower() in ("ta", "qt") and not raw.isupper():
            return bool(_BEFORE.search(before)) and (match["store"] is not None or self._town(passage, end) is not None)
        strong = match["store"] is not None or bool(_STRONG_AFTER.match(passage.folded, end)) or self._town(passage, end) is not None
        if not raw[0].isupper() and raw in _RARELY_BRANDS and not strong:
            return False
        if raw[0].isupper() and re.search(r"[A-Z][a-z]+ $", passage.text[max(0, match.start() - 12) : match.start()]):
            return True
        if strong and _STRONG_AFTER.match(passage.folded, end):
            return True
        following = match["store"] is not None or bool(_AFTER.match(passage.folded, end)) or self._town(passage, end) is not None
        if raw[0].isupper() and (_BEFORE.search(before) or following):
            return True
        return following and (
            bool(_BEFORE.search(before)) or before == "" or match["store"] is not None or self._town(passage, end) is not None
        )

    def _site(self, passage: Passage, start: int, end: int, brand: str, store: str) -> Entity:
        town = self._town(passage, end)
        attributes = {name: value for name, value in (("brand", brand), ("store", store)) if value}
        if town:
            attributes["town"], end = passage.text[town[0] : town[1]], town[1]
        value = " ".join(
            part
            for part in (brand or passage.folded[start:end], f"#{store}" if store else "", attributes.get("town", "") if brand else "")
            if part
        )
        return passage.entity("truck_stop", start, end, value, attributes=attributes)

    def _town(self, passage: Passage, end: int) -> tuple[int, int] | None:
        """The town named right behind: a capitalised name after "in" and the like, or a known town."""
        link = _LINK.match(passage.folded, end)
        if not link:
            return None
        begin = link.end()
        index = _word_at(passage, begin)
        if index is None:
            return None
        known = self._cities.at(passage, index)
        if known and (passage.capitalised(index) or not known[0].ordinary) and link.group().strip() not in ("off", "on", "at"):
            return begin, passage.ends[index + known[1] - 1]
        spoken_link = link.group().strip(" ,")
        name = re.compile(r"[A-Z][\w'’]+(?: [A-Z][\w'’]+)?").match(passage.text, begin)
        return (
            name.span()
            if name and spoken_link in ("in", "de", "en", "near", "outside", "at", "by") and not name.group().startswith("I-")
            else None
        )


def _word_at(passage: Passage, start: int) -> int | None:
    """The index of the word that begins at ``start``."""
    low, high = 0, len(passage.starts)
    while low < high:
        middle = (low + high) // 2
        if passage.starts[middle] < start:
            low = middle + 1
        else:
            high = middle
    return low if low < len(passage.starts) and passage.starts[low] == start else None


_AIRPORT = re.compile(
    r"(?<!\w)(?:(?:the |el )?((?:[A-Z][\w'’.-]+ ){1,3})(?:[Ii]nternational |[Rr]egional |[Mm]unicipal )?(?:[Aa]irport|[Bb]us "
    r"[Ss]tation|[Tt]rain [Ss]tation|[Aa]mtrak)|(?:[Aa]eropuerto|[Cc]entral de autobuses|[Tt]erminal de autobuses|[Cc]entral "
    r"camionera) (?:de |del |en )?(?:la )?[A-Z][\w'’]+(?: [A-Z][\w'’]+)?)(?!\w)"
)
_STATION = re.compile(
    r"\b(?:(?:the )?(?:greyhound|amtrak|flixbus|megabus|trailways|tufesa|metra|metrolink|bart|marta|septa)(?: (?:bus )?(?:station|"
    r"stop|terminal|depot))?|(?:the )?(?:bus|train) (?:station|depot|terminal)|central camionera|central de autobuses|terminal de "
    r"(?:autobuses|camiones)|(?:the |el )?(?:airport|aeropuerto))\b"
)
_STATION_OPENERS = vocabulary(
    "the greyhound amtrak flixbus megabus trailways tufesa metra metrolink bart marta septa bus train central terminal "
    "airport el aeropuerto"
)
_BEHIND_NAME = re.compile(r" (?:international )?airport(?![\w'-])")
_CODE_CUE = re.compile(
    r"\b(?:airport|aeropuerto|fly|flying|flew|flight|vuelo|terminal|gate|landing|landed|from|to|at|into|out of|leaving|tsa|concourse|"
    r"arrivals|departures)\s(?:the\s)?$"
)
_FLIGHT = re.compile(r"\b(?:airport|aeropuerto|flight|vuelo|gate|tsa|terminal|concourse|airline|boarding|plane|layover|arrivals|baggage)\b")


class AirportRecognizer(Recognizer):
    """Airports by IATA code or name, bus and train stations. The value is the code where it is known, else the name."""

    cues = (
        "airport", "aeropuerto", "station", "depot", "terminal", "greyhound", "amtrak", "flixbus", "megabus", "flight", "vuelo", "gate",
        "tsa", "concourse", "plane", "hartsfield", "lax", "hare", "dfw", "love field", "dia", "jfk", "laguardia", "la guardia", "sfo",
        "sea-tac", "seatac", "sky harbor", "dulles", "bwi", "aicm", "central camionera", "central de autobuses", "hobby",
        "intercontinental", "mccarran", "harry reid", "midway", "pearson", "trailways", "tufesa", "logan", "newark", "reagan", "lambert",
        "eppley", "sunport", "slc", "msp", "mco", "pdx", "clt", "dca", "yvr", "cvg", "bna", "rdu",
    )  # fmt: skip

    def __init__(self) -> None:
        table = rows("airports")
        self._codes = frozenset(row["code"] for row in table)
        self._names = Phrases({name: row["code"] for row in table for name in row["names"].split("|")})
        self.word_sets = (self._names.openers, _STATION_OPENERS)
        self._code = re.compile(r"(?<![\w-])[A-Z]{3}(?![\w-])")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield named airports and stations, and codes in capitals beside words of air travel."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        for index, length, code in self._names.find(passage):
            start, end = passage.starts[index], passage.ends[index + length - 1]
            short = end - start == 3 and not passage.text[start:end].isupper()
            if not short or _FLIGHT.search(passage.folded):
                behind = _BEHIND_NAME.match(passage.folded, end)
                yield passage.entity("airport", start, behind.end() if behind else end, code, attributes={"iata": code})
        capitals = (index for index in passage.capitals if len(passage.words[index]) == 3)
        for match in matches_at(self._code, passage.text, passage.starts_of(capitals)):
            if match.group() in self._codes and _CODE_CUE.search(passage.before(match.start(), 20)) and _FLIGHT.search(passage.folded):
                yield passage.entity("airport", match.start(), match.end(), match.group(), attributes={"iata": match.group()})
        named = sorted({*passage.capitals, *passage.indexes(_STATION_OPENERS)})
        for match in matches_at(_AIRPORT, passage.text, passage.starts_of(named)):
            yield passage.entity("airport", match.start(), match.end(), match.group())
        for match in matches(_STATION, passage, _STATION_OPENERS):
            yield passage.entity("airport", match.start(), match.end(), match.group().removeprefix("the "))
