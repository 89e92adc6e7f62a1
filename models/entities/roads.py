"""Highways with a number or a name, and their direction."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.bare_roads import BARE_WORD_SETS, bare_roads
from models.entities.base import Passage, Recognizer, apart, matches, matches_at
from models.entities.gazetteer import vocabulary
from models.entities.headings import DIRECTIONS, ON_A_ROAD, ROAD_NEAR, TAIL, WAY_BEFORE, road
from models.entities.numbers import NUMBER_WORD, NUMBER_WORDS, said
from triage.domain.assessment import Entity

_NUMBER = r"(?P<num>[0-9]{1,4}[a-z]?)"
_INTERSTATE_OPENERS = frozenset({"i", "ih", "interstate", "inter", "interestatal", "la"})
_ROUTE_OPENERS = vocabulary(
    """
    u us s state county ranch farm rural forest fs parish cty cnty cth sth highway hwy hiway hgwy highwy hywy route rt rte sr sh fm rm cr
    co loop spur bypass beltway
    carretera autopista ruta mex federal pr carr camino libre freeway fwy k m tollway toll old business bus
    """
)
_NAMED_WORDS = vocabulary(
    "highway hwy turnpike tollway expressway expwy expy thruway beltway freeway fwy parkway pkwy interstate libramiento periferico"
)
_NICKNAME_OPENERS = vocabulary(
    """
    bqe fdr pch qew the lake tappan garden dan alligator tamiami merritt saw trans mass florida ohio indiana kansas oklahoma
    pennsylvania penn pa maine new jersey nj massachusetts west ny nys state on off down up onto along la northwest dulles skyway
    """
)
_ROAD_WORDS = vocabulary("turnpike thruway beltway tollway expressway pike parkway loop bypass skyway beltline causeway toll panamericana")
_NICKNAME_WORDS = _ROAD_WORDS | vocabulary("bqe fdr pch qew grapevine shore zee state ryan alley trail mill canada")
_TOWARD = re.compile(
    r"(?<!\w)(?:[Aa]utopista|[Cc]arretera|[Ll]ibramiento|(?:la )?[Ll]ibre|(?:la )?[Cc]uota)(?: (?:libre|federal|nacional|estatal|vieja|de "
    r"cuota))?(?: (?:a|de|hacia|rumbo a) (?:la )?)?(?: (?=[A-Z]))?(?P<name>[A-Z][\w'’]+(?:(?:-| | [yd]el? )[A-Z][\w'’]+){0,2})"
)
_TOWARD_SMALL = re.compile(r"(?:autopista|carretera|libre|cuota) (?:a|hacia|rumbo a) (?P<name>[a-z]{4,})")
_TOWARD_WORDS = vocabulary("autopista carretera libramiento libre cuota")
_INTERSTATE = re.compile(
    rf"(?P<sys>i(?=[\s-]?[0-9]|-{NUMBER_WORD})|ih(?=[\s-]?[0-9]{{2}})|interstate(?: (?:highway|hwy|route))?|inter estatal|interestatal|"
    rf"la i)[\s-]{{0,2}}"
    rf"(?:(?P<num>[0-9]{{1,3}}[enws]?)|(?P<word>{NUMBER_WORDS}))(?![0-9:%])\b{TAIL}"
)
_ROUTE = re.compile(
    r"(?P<sys>u\.?s\.?(?: (?:highway|hwy|route|rt))?|state (?:highway|hwy|route|rt|road|rd)|county (?:road|rd|hwy|highway)|ranch "
    r"road|ranch-to-market|farm[ -]to[ -]market(?: road)?|farm road|rural (?:route|rt)|ranch to market(?: road)?|"
    r"forest (?:service )?road|fs road|parish (?:road|rd)|c[n]?ty\.? (?:road|rd|hwy)|cth|sth|toll road|"
    r"highway|hwy|hiway|hgwy|highwy|hywy|route|rte?|s\.?r|sh|fm|rm|cr|co\.? rd\.?|county|loop|spur|bypass|beltway|carretera(?: federal|"
    r" estatal)?|autopista|ruta|mex|"
    r"federal|pr|carr|camino|libre|freeway|fwy|k|m|tollway|toll|old highway|old hwy|old|business|bus rt|state)"
    rf"\.?[\s-]{{1,2}}(?:#|no\.?\s)?(?:{_NUMBER}|(?P<word>{NUMBER_WORDS}))(?![0-9:%]|/[a-z]|\.[0-9]|,[0-9]|\s(?:of|de)\s(?:the|my|"
    rf"los))\b{TAIL}|(?<![\w.@/_-])(?P<sys2>us|hwy|fm|sr|rt|sh|cr|"
    rf"mex)(?P<num2>[0-9]{{1,4}}[a-z]?)(?![0-9a-z]){TAIL.replace('?P<dir>', '?P<dir2>')}"
)
_STATE_ROAD = re.compile(
    r"(?P<sys>al|ak|az|ar|ca|co|ct|de|fl|ga|ia|id|il|ks|ky|la|ma|md|me|mi|mn|mo|ms|mt|nc|nd|ne|nh|nj|nm|nv|ny|oh|ok|or|pa|ri|sc|sd|tn|"
    rf"tx|ut|va|vt|wa|wi|wv|wy)-(?P<num>[0-9]{{1,3}})(?![\w-]|[.,][0-9]){TAIL}"
)
_STATE_OPENERS = vocabulary(
    "al ak az ar ca co ct de fl ga ia id il ks ky la ma md me mi mn mo ms mt nc nd ne nh nj nm nv ny oh ok or pa ri sc sd tn tx ut va vt "
    "wa wi wv wy"
)
_STATE_NAMED = re.compile(
    r"(?P<sys>alabama|arizona|arkansas|california|colorado|florida|georgia|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|la|maine|"
    r"maryland|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|ohio|oklahoma|oregon|tennessee|texas|utah|vermont|virginia|"
    rf"washington|wisconsin|wyoming)\s(?P<num>[1-9][0-9]{{0,2}})(?![\w:%'/-]|[.,][0-9]){TAIL}"
)
_STATE_NAMES = vocabulary(
    """
    alabama arizona arkansas california colorado florida georgia idaho illinois indiana iowa kansas kentucky louisiana la maine maryland
    michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon tennessee texas utah vermont virginia washington
    wisconsin wyoming
    """
)
_NOT_STATE_ROADS = frozenset({"AR-15", "AR-10", "MS-13", "CO-2"})
_LETTERED = re.compile(
    r"(?<!\w)(?:County (?:(?:Road|Rd\.?|Hwy|Highway|Trunk) )?|CTH |(?:Highway|Hwy|Route|Rt\.?) )(?P<num>(?!CU|PD|SO|"
    r"EMS)[B-HJ-Z]{1,2})(?![\w'’&-])"
)
_LETTERED_OPENERS = vocabulary("county cth highway hwy route rt")
_NAMED = re.compile(
    r"(?:highway|hwy|turnpike|tollway|expressway|expwy|expy|thruway|beltway|freeway|fwy|parkway|pkwy|interstate|libramiento|"
    r"periferico)\b(?: [a-z]+bound| inner loop| outer loop)?"
)
_NICKNAMES = re.compile(
    r"\b(?:bqe|fdr|pch|qew|the grapevine|lake shore drive|tappan zee|garden state(?: parkway)?|"
    r"the (?!old|new|same|whole|other|main|wrong|nearest|closest)[a-z]{3,14} (?:turnpike|parkway|thruway|tollway|expressway)|dan ryan|"
    r"alligator alley|tamiami trail|"
    r"merritt parkway|saw mill(?: parkway)?|trans-canada(?: highway)?|mass pike|"
    r"(?:the |(?:florida|ohio|indiana|kansas|oklahoma|pennsylvania|penn|pa|maine|new jersey|jersey|nj|massachusetts|mass|west virginia|"
    r"new york|ny|nys|state) )(?:turnpike|thruway)|the (?:beltway|tollway|expressway|skyway|beltline|causeway)|la panamericana|"
    r"(?:indiana|ohio|northwest|dulles|skyway) toll road|"
    r"(?:on|off|down|up|onto|along) the (?:pike|parkway|loop|bypass)(?= (?:east|west|north|south|at exit|exit|near|by|before|past|mm|"
    r"mile)))"
    rf"\b{TAIL}"
)
_BUSES = re.compile(
    r"\b(?:bus|buses|school bus|driver|monitor|aide|chofer|camion|guagua|autobus|micro|combi|sanitation|garbage|mail|delivery|paper)"
    r"(?: (?:on|of|for|de|de la|in|del|la|our|my)){0,2},?\s$"
)
_BUSES_BEHIND = re.compile(r"\s(?:school bus|bus|drivers?|crosstown|carrier|kids|monitor)\b")
_SYSTEMS = {
    "i": "I", "ih": "I", "la i": "I", "interstate": "I", "interestatal": "I", "inter estatal": "I", "us": "US", "state": "SR", "sr": "SR",
    "sh": "SH", "fm": "FM", "farm": "FM", "rm": "RM", "ranch": "RM", "cr": "CR", "county": "CR", "co": "CR", "loop": "LOOP",
    "spur": "SPUR", "mex": "MEX", "federal": "MEX", "autopista": "MEX", "carretera": "MEX", "ruta": "RT", "route": "RT", "rt": "RT",
    "rte": "RT", "highway": "HWY", "hwy": "HWY", "hiway": "HWY",
    "hgwy": "HWY", "highwy": "HWY", "hywy": "HWY", "rural": "RR", "bypass": "BYP", "beltway": "BELTWAY", "freeway": "FWY", "fwy": "FWY",
    "carr": "MEX", "libre": "MEX", "k": "K", "m": "M",
}  # fmt: skip


class HighwayRecognizer(Recognizer):
    """Roads with a number or a name. The value is canonical, with the direction where one is said: ``I-80 WB``, ``US-30``, ``HWY-29``.

    ``attributes``: ``system``, ``number``, ``direction`` (NB, SB, EB or WB). A bare number is a road only beside words of the road;
    its system stays unknown and the value is then the number.
    """

    word_sets = (
        _INTERSTATE_OPENERS,
        _ROUTE_OPENERS,
        _STATE_OPENERS,
        _STATE_NAMES,
        _LETTERED_OPENERS,
        _NAMED_WORDS,
        _NICKNAME_OPENERS,
        _NICKNAME_WORDS,
        _TOWARD_WORDS,
        *BARE_WORD_SETS,
    )

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield numbered roads, bare numbers with a direction or a road word, and named highways."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        folded = passage.folded
        for match in matches(_INTERSTATE, passage, _INTERSTATE_OPENERS):
            number = match["num"] or said(match["word"])
            if number and (match["sys"] != "i" or _surely_interstate(passage, match)):
                letter = number[-1] if number[-1] in "ensw" and number[:2] != "35" else ""
                yield _led_road(passage, match, "I", number.removesuffix(letter), match["dir"] or letter)
        for match in matches(_ROUTE, passage, _ROUTE_OPENERS):
            system = match["sys"] or match["sys2"]
            number = match["num"] or match["num2"] or said(match["word"])
            if number and _surely_route(passage, system, match):
                yield _led_road(passage, match, _system(system), number, match["dir"] or match["dir2"])
        for match in matches(_STATE_ROAD, passage, _STATE_OPENERS) if passage.has_digit and "-" in folded else ():
            written = passage.text[match.start() : match.end("num")]
            if written.isupper() and written not in _NOT_STATE_ROADS:
                yield _led_road(passage, match, match["sys"].upper(), match["num"], match["dir"])
        for match in matches(_STATE_NAMED, passage, _STATE_NAMES) if passage.has_digit else ():
            if passage.text[match.start() : match.end("sys")].isupper() or _behind_on(passage, match):
                yield road(passage, match.start(), match.end(), match["sys"].upper(), match["num"], match["dir"])
        for match in matches_at(_LETTERED, passage.text, passage.starts_of(passage.indexes(_LETTERED_OPENERS))):
            system = "CR" if match.group().startswith("County") else "HWY"
            yield road(passage, match.start(), match.end(), system, match["num"], "")
        yield from bare_roads(passage)
        for match in matches(_NAMED, passage, _NAMED_WORDS):
            start = _name_start(passage, match.start())
            if start is not None:
                yield passage.entity("highway", start, match.end(), folded[start : match.end()].removeprefix("the ").upper())
        for match in matches(_NICKNAMES, passage, _NICKNAME_OPENERS) if passage.has(_NICKNAME_WORDS) else ():
            yield _nicknamed(passage, match)
        starts = passage.starts_of(passage.indexes(_TOWARD_WORDS))
        for match in matches_at(_TOWARD, passage.text, starts):
            yield passage.entity("highway", match.start(), match.end(), folded[match.start() : match.end()].upper())
        for match in matches_at(_TOWARD_SMALL, folded, starts) if passage.text.islower() else ():
            yield passage.entity("highway", match.start(), match.end(), match.group().upper())


def _led_road(passage: Passage, match: re.Match[str], system: str, number: str, direction: str | None) -> Entity:
    """A road with its direction behind it, or else before it ("northbound on I-5")."""
    before = passage.before(match.start(), 24)
    ahead = WAY_BEFORE.search(before)
    if ahead and not direction:
        return road(passage, match.start() - len(before) + ahead.start("dir"), match.end(), system, number, ahead["dir"])
    return road(passage, match.start(), match.end(), system, number, direction)


def _behind_on(passage: Passage, match: re.Match[str]) -> bool:
    """Whether a state's name and a number ("Texas 71") are a road: a capital letter, a preposition before, and nothing counted."""
    if (match["sys"], match["num"]) == ("iowa", "80"):
        return False  # the truck stop of that name
    return (
        passage.text[match.start()].isupper() and len(match["sys"]) > 2 and ON_A_ROAD.search(passage.before(match.start(), 12)) is not None
    )


def _nicknamed(passage: Passage, match: re.Match[str]) -> Entity:
    """A road that goes by its name alone; a preposition before it is left out."""
    led = _LED.match(match.group())
    start = match.start() + (led.end() if led else 0)
    name = passage.folded[start : match.start("dir") if match["dir"] else match.end()].strip(" ,").upper()
    heading = DIRECTIONS.get(match["dir"] or "", "")
    return passage.entity("highway", start, match.end(), f"{name} {heading}".strip(), attributes={"direction": heading} if heading else {})


def _system(written: str) -> str:
    plain = written.replace(".", "").strip()
    if "farm" in plain:
        return "FM"
    return _SYSTEMS.get(plain.split()[0].split("-")[0], plain.upper()) if plain not in _SYSTEMS else _SYSTEMS[plain]


def _surely_interstate(passage: Passage, match: re.Match[str]) -> bool:
    """ "I-80" and "I80" are roads; "i 15" only when no verb or noun follows the number, as in "I 5 times told him"."""
    start = match.start("sys")
    if passage.folded[start + 1 : start + 2] != " ":
        return True
    return not re.match(
        r"\s(?:times|years|yrs|days|hours|minutes|dollars|people|kids|girls|guys|year|months|weeks|of them)\b",
        passage.folded[match.end("num") :][:12],
    )


def _surely_route(passage: Passage, system: str, match: re.Match[str]) -> bool:
    """Short or common words need a road beside them: "state 5", "k 2", "us 3 girls", "federal 2"."""
    plain = system.replace(".", "")
    after = passage.after(match.end(), 14)
    if plain in ("rt", "rte", "route", "ruta") and (_BUSES.search(passage.before(match.start(), 30)) or _BUSES_BEHIND.match(after)):
        return False
    if re.match(
        r"\s(?:years|yrs|days|hours|hrs|minutes|min|times|people|kids|girls|guys|men|women|of us|bucks|dollars|anos|dias|horas)\b", after
    ):
        return False
    if plain in ("rt", "cr", "sr", "rm") and _ON_TRAILER.search(passage.before(match.start(), 24)):
        return False
    if plain == "s r":
        return False
    if plain in ("old", "bypass") or plain in _UNSURE:
        number = match["num"] or ""
        capital = passage.text[match.start("sys")].isupper() if match["sys"] else False
        if plain in ("k", "m", "pr"):
            sized = len(number) in (2, 3) or plain == "pr"
            return capital and passage.folded[match.end("sys")] == "-" and sized and number not in _PILLS
        if plain in ("state", "rm"):
            return capital and len(number) > (2 if plain == "rm" else 0)
        near = passage.before(match.start(), 60)
        if capital and plain in ("business", "spur", "toll"):
            return len(number) > 1
        return plain in ("county", "loop") or bool(number and (ROAD_NEAR.search(near + after) or ON_A_ROAD.search(near)))
    if plain == "us":
        raw = passage.text[match.start() : match.end()].replace(".", "")[:2]
        return raw == "US" or (
            not re.search(
                r"\b(?:to|for|of|with|from|at|told|gave|give|pay|paid|pays|let|both|all|made|makes|about|behind|charges?|owes?)\s$",
                passage.before(match.start(), 9),
            )
            and bool(match["num2"] or ROAD_NEAR.search(passage.before(match.start(), 60) + passage.after(match.end(), 40)))
        )
    return True


_ON_TRAILER = re.compile(
    r"\b(?:cajas?|trailers?|trlr?|units?|unidad(?:es)?|remolques?|reefers?|boxe?s?)\s(?:(?:number|numero|no|#|con|empiezan)\s)*$"
)
_UNSURE = vocabulary("k m rm pr state federal business toll spur loop county camino libre")
_PILLS = frozenset({"12", "30"})  # K-12 is school, M-30 a pill
_LED = re.compile(r"(?:on|off|down|up|onto|along)\s(?=the)|the\s")
_NAME = re.compile(r"((?:[A-Z][\w'’]* ){1,3})$")


def _name_start(passage: Passage, start: int) -> int | None:
    """Where the name of a named highway begins: its capitalised words; None for "the highway" and the like."""
    name = _NAME.search(passage.text[max(0, start - 40) : start])
    if name is None:
        return None
    words = name[1].split()
    while words and words[0].lower() in _LEADS:
        words.pop(0)
    return start - len(" ".join(words)) - 1 if words else None


_LEADS = vocabulary("the on off from at by near to a an this that his her my our along down up in i we he she and or la el en por")
