"""Where on the road: highways with their direction, mile markers and kilometres, exits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Claims, Passage, Recognizer, apart, matches
from models.entities.gazetteer import vocabulary
from models.entities.numbers import NUMBER_OPENERS, NUMBER_WORDS, spoken
from triage.domain.assessment import Entity

_DIRECTION = r"(?:nb|sb|eb|wb|(?:north|south|east|west)(?:-?bound)?|n|s|e|w|norte|sur|este|oeste|poniente|oriente|bound)"
_DIRECTIONS = {
    "nb": "NB", "sb": "SB", "eb": "EB", "wb": "WB", "n": "NB", "s": "SB", "e": "EB", "w": "WB", "norte": "NB", "sur": "SB",
    "este": "EB", "oeste": "WB", "oriente": "EB", "poniente": "WB",
} | {word + end: word[0].upper() + "B" for word in ("north", "south", "east", "west") for end in ("", "bound", "-bound")}  # fmt: skip
_TAIL = (
    rf"(?:[\s,]{{1,2}}(?:going |heading |headed |hacia el |al |pa'?l )?(?P<dir>{_DIRECTION})\b(?!\s(?:of|side|gate|end|wall|street|"
    r"st|ave|avenue|de la)\b)(?:\s(?:lanes?|side)\b)?)?"
)
_NUMBER = r"(?P<num>[0-9]{1,4}[a-z]?)"
_INTERSTATE_OPENERS = frozenset({"i", "interstate", "inter", "interestatal", "la"}) | {"i35e", "i35w"}
_ROUTE_OPENERS = vocabulary(
    """
    u us state county ranch farm highway hwy route rt rte sr sh fm rm cr co loop spur beltway carretera autopista ruta mex federal pr
    carr camino libre freeway fwy k m tollway toll old business bus
    """
)
_SPOKEN_OPENERS = NUMBER_OPENERS | vocabulary("northbound southbound eastbound westbound north south east west")
_BOUND = re.compile(r"north|south|east|west")
_INTERSTATE = re.compile(
    rf"(?P<sys>i(?=[\s-]?[0-9])|interstate(?: (?:highway|hwy|route))?|inter estatal|interestatal|la i)[\s-]{{0,2}}"
    rf"(?:(?P<num>[0-9]{{1,3}}[enws]?)|(?P<word>{NUMBER_WORDS}))(?![0-9:%])\b{_TAIL}"
)
_ROUTE = re.compile(
    r"(?P<sys>u\.?s\.?(?: (?:highway|hwy|route|rt))?|state (?:highway|hwy|route|rt|road|rd)|county (?:road|rd|hwy|highway)|ranch "
    r"road|ranch-to-market|farm[ -]to[ -]market(?: road)?|"
    r"highway|hwy|route|rte?|sr|sh|fm|rm|cr|co rd|county|loop|spur|beltway|carretera(?: federal| estatal)?|autopista|ruta|mex|"
    r"federal|pr|carr|camino|libre|freeway|fwy|k|m|tollway|toll|old highway|old hwy|business|bus rt|state)"
    rf"\.?[\s-]{{1,2}}(?:#|no\.?\s)?(?:{_NUMBER}|(?P<word>{NUMBER_WORDS}))(?![0-9:%]|/[a-z]|\.[0-9]|,[0-9]|\s(?:of|de)\s(?:the|my|"
    rf"los))\b{_TAIL}|\b(?P<sys2>us|hwy|fm|sr|rt|sh|cr|"
    rf"mex)(?P<num2>[0-9]{{1,4}}[a-z]?)(?![0-9a-z]){_TAIL.replace('?P<dir>', '?P<dir2>')}"
)
_BARE = re.compile(r"(?<![\w$#,:/'%-])(?<![0-9]\.)[1-9][0-9]{0,2}(?![\w:%'/]|[.,][0-9]|-[0-9a-z])")
_WAY_BEHIND = re.compile(
    r"\s(?P<dir>nb|sb|eb|wb|(?:north|south|east|west)bound|(?:north|south|east|west|norte|sur)"
    r"(?=\s(?:by|near|at|past|about|toward|towards|on|exit|mm|mile|between|from|now|right|empty|here|wait|just|out|going)\b|[.,;]|"
    r"$))(?![\w-])"
)
_WAY_BEFORE = re.compile(r"\b(?P<dir>nb|sb|eb|wb|(?:north|south|east|west)bound|(?:north|south|east|west)(?= on))\s(?:on\s)?(?:the\s)?$")
_POST_BEHIND = re.compile(
    r"\s(?:by |at |near |past |passing |cerca de la |junto a la )?(?:exit|mm|mile marker|milepost|mp|mile|salida|ex|km|"
    r"milla)\s(?:[0-9]|marker)"
)
_ROAD_BEHIND = re.compile(r"\s(?:bypass|loop|highway|hwy|grade|freeway|fwy|expressway)\b")
_PART_BEHIND = re.compile(r"\s(?:frontage|corridor|overpass|split|interchange|bridge|ramp|on-ramp|exit|shoulder)\b")
_ON = re.compile(
    r"\b(?:on|off|off of|under|onto|along|via|across|up|down|take|takes|took|hit|coming up|coming down|jumped on|up on|merging on|"
    r"out on|over|toward|towards|headed to|get on|gets on|side of)"
    r"\s(?:the\s|the old\s|old\s)?$|\b(?:by|near|at|from|to|past|outside|about)\sthe\s$"
)
_LA = re.compile(
    r"\b(?:en|por|x|de|del|d|desde|hacia|agarre|agarro|agarraron|toda|lateral de|tomo|tomaron|pasando|retomar|sobre|antes de|vengo "
    r"por)\sla\s$"
)
_SURELY_ON = re.compile(r"\b(?:on|off|out on|up on|take|takes|took|(?:en|por|x|agarre|agarro|agarraron) la)\s(?:the\s|old\s)?$")
_LA_START = re.compile(r"(?:^|[.,;!]\s?)la\s$")
_MEASURED = re.compile(
    r"\s?(?:am|pm|a\.m|p\.m|o'clock|min|mins|minutes?|hours?|hrs?|days?|nights?|weeks?|months?|years?|yrs?|people|ppl|men|women|"
    r"girls?|boys?|guys|kids|times|bucks|dollars|percent|degrees|pounds|lbs|"
    r"miles?|feet|ft|trucks?|cars?|units|occasions|cases|rooms?|floors?|pallets|calls|loads?|counts?|tabs|avenida|calle|y media|de "
    r"la|anos|horas|dias|semanas|meses|pesos|dolares|mil|piso|or|to [0-9]|of)\b"
)
_SPOKEN_BARE = re.compile(
    rf"\b(?P<word>{NUMBER_WORDS})[\s,]{{1,2}}(?P<dir>(?:north|south|east|west)bound|north|south|east|west)\b(?!\s(?:of|side|end|gate|"
    r"street|st)\b)|\b(?P<head>(?:north|south|east|west)bound|(?:north|south|east|west) "
    rf"on)\s(?:on\s)?(?:the\s)?(?P<word2>{NUMBER_WORDS})\b"
)
_NAMED = re.compile(
    r"(?:highway|hwy|turnpike|tollway|expressway|expwy|expy|thruway|beltway|freeway|fwy|parkway|pkwy|interstate|libramiento|"
    r"periferico)\b(?: [a-z]+bound| inner loop| outer loop)?"
)
_NICKNAMES = re.compile(
    r"\b(?:bqe|fdr|the grapevine|jersey turnpike|nj turnpike|pa turnpike|lake shore drive|pch|tappan zee|the thruway|mass pike|the "
    r"turnpike|the beltway|garden state|dan ryan)\b"
)
_ROAD_NEAR = re.compile(
    r"\b(?:exit|mm|mile|miles|freeway|fwy|highway|hwy|interstate|ramp|overpass|truck|trailer|driver|driving|lane|lanes|road|drove|"
    r"headed|heading|traffic|wrong way|carretera|autopista|salida|"
    r"trailero|camion|northbound|southbound|eastbound|westbound|nb|sb|eb|wb|norte|sur|shoulder|semi|car|bus|rig|pilot|petro|love'?s|"
    r"flying|ta|rest area|corridor|frontage|rumbo|gasolinera|retomar|retorno|km|milla|county|tanker|van|pickup|plate|swerving|yard|"
    r"parada|paradero|reten|troca|traila|camiones|combine|freightliner|uhaul|doubles|fuel|carretera|caja|lateral|planta|jetta|"
    r"camioneta|chofer|suburban|tacoma|checkpoint|channel|merging|cut me off|tow|camino|haul\w*|hooked|tires?|"
    r"wreck|weigh|scale|flat|broke|drives?|vegas|going|gravel|rocks|dozing|asleep|headlights|lights|southern|overturned|hitch\w*|expedition|silver|maroon|linehaul|dbls|bridge)\b"
)
_SYSTEMS = {
    "i": "I", "la i": "I", "interstate": "I", "interestatal": "I", "inter estatal": "I", "us": "US", "state": "SR", "sr": "SR",
    "sh": "SH", "fm": "FM", "farm": "FM", "rm": "RM", "ranch": "RM", "cr": "CR", "county": "CR", "co": "CR", "loop": "LOOP",
    "spur": "SPUR", "mex": "MEX", "federal": "MEX", "autopista": "MEX", "carretera": "MEX", "ruta": "RT", "route": "RT", "rt": "RT",
    "rte": "RT", "highway": "HWY", "hwy": "HWY", "beltway": "BELTWAY", "freeway": "FWY", "fwy": "FWY", "carr": "MEX", "libre": "MEX",
    "k": "K", "m": "M",
}  # fmt: skip


class HighwayRecognizer(Recognizer):
    """Roads with a number or a name. The value is canonical, with the direction where one is said: ``I-80 WB``, ``US-30``, ``HWY-29``.

    ``attributes``: ``system``, ``number``, ``direction`` (NB, SB, EB or WB). A bare number is a road only beside words of the road;
    its system stays unknown and the value is then the number.
    """

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield numbered roads, bare numbers with a direction or a road word, and named highways."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        folded = passage.folded
        for match in matches(_INTERSTATE, passage, _INTERSTATE_OPENERS):
            number = match["num"] or _say(match["word"])
            if number and (match["sys"] != "i" or _surely_interstate(passage, match)):
                letter = number[-1] if number[-1] in "ensw" and number[:2] != "35" else ""
                yield _led_road(passage, match, "I", number.removesuffix(letter), match["dir"] or letter)
        for match in matches(_ROUTE, passage, _ROUTE_OPENERS):
            system = match["sys"] or match["sys2"]
            number = match["num"] or match["num2"] or _say(match["word"])
            if number and _surely_route(passage, system, match):
                yield _led_road(passage, match, _system(system), number, match["dir"] or match["dir2"])
        for match in _BARE.finditer(folded):
            road = _bare(passage, match.start(), match.end(), match.group())
            if road:
                yield road
        for match in matches(_SPOKEN_BARE, passage, _SPOKEN_OPENERS) if _BOUND.search(folded) else ():
            number = _say(match["word"] or match["word2"])
            if number and 1 < int(number) < 1000:
                yield _road(passage, match.start(), match.end(), "", number, match["dir"] or match["head"])
        for pattern in (_NAMED, _NICKNAMES):
            for match in pattern.finditer(folded):
                start = _name_start(passage, match.start()) if pattern is _NAMED else match.start()
                if start is not None:
                    yield passage.entity("highway", start, match.end(), folded[start : match.end()].removeprefix("the ").upper())


def _led_road(passage: Passage, match: re.Match[str], system: str, number: str, direction: str | None) -> Entity:
    """A road with its direction behind it, or else before it ("northbound on I-5")."""
    before = passage.before(match.start(), 24)
    ahead = _WAY_BEFORE.search(before)
    if ahead and not direction:
        return _road(passage, match.start() - len(before) + ahead.start("dir"), match.end(), system, number, ahead["dir"])
    return _road(passage, match.start(), match.end(), system, number, direction)


def _bare(passage: Passage, start: int, end: int, number: str) -> Entity | None:
    """A number alone as a road: with a direction, before an exit or mile marker, or behind "on", "off", "la" beside words of the road."""
    folded = passage.folded
    before = passage.before(start, 24)
    behind = _WAY_BEHIND.match(folded, end)
    if behind:
        return _road(passage, start, behind.end(), "", number, behind["dir"])
    ahead = _WAY_BEFORE.search(before)
    if ahead and not _MEASURED.match(folded, end):
        return _road(passage, start - len(before) + ahead.start("dir"), end, "", number, ahead["dir"])
    if _POST_BEHIND.match(folded, end):
        return _road(passage, start, end, "", number, "")
    kind = _ROAD_BEHIND.match(folded, end)
    if kind and not _MEASURED.match(folded, kind.end()):
        return _road(passage, start, kind.end(), "", number, "")
    if len(number) < 2 or _MEASURED.match(folded, end):
        return None
    led = (
        _ON.search(before)
        or _LA.search(before)
        or _LA_START.search(before)
        or (before.endswith("the ") and _PART_BEHIND.match(folded, end))
    )
    if led and len(number) == 3 and _SURELY_ON.search(before):
        return _road(passage, start, end, "", number, "")
    if led and _ROAD_NEAR.search(passage.before(start, 90) + " | " + passage.after(end, 60)):
        return _road(passage, start, end, "", number, "")
    return None


def _say(words: str | None) -> str:
    value = spoken(words) if words else None
    return str(value) if value else ""


def _system(written: str) -> str:
    plain = written.replace(".", "").strip()
    if "farm" in plain:
        return "FM"
    return _SYSTEMS.get(plain.split()[0].split("-")[0], plain.upper()) if plain not in _SYSTEMS else _SYSTEMS[plain]


def _road(passage: Passage, start: int, end: int, system: str, number: str, direction: str | None) -> Entity:
    number = number.upper()
    heading = _DIRECTIONS.get((direction or "").removesuffix(" on").strip(), "")
    name = f"{system}-{number}" if system else number
    attributes = {"number": number} | ({"system": system} if system else {}) | ({"direction": heading} if heading else {})
    return passage.entity("highway", start, end, f"{name} {heading}".strip(), attributes=attributes)


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
    if re.match(
        r"\s(?:years|yrs|days|hours|hrs|minutes|min|times|people|kids|girls|guys|men|women|of us|bucks|dollars|anos|dias|horas)\b", after
    ):
        return False
    if plain in ("k", "m", "rm", "pr", "state", "federal", "business", "toll", "spur", "loop", "county", "camino", "libre"):
        number = match["num"] or ""
        capital = passage.text[match.start("sys")].isupper() if match["sys"] else False
        if plain in ("k", "m", "pr"):
            return capital and passage.folded[match.end("sys")] == "-" and len(number) > 1 and (plain, number) != ("k", "12")
        if plain in ("state", "rm"):
            return capital and len(number) > (2 if plain == "rm" else 0)
        return plain in ("county", "loop") or bool(number and _ROAD_NEAR.search(passage.before(match.start(), 60) + after))
    if plain == "us":
        raw = passage.text[match.start("sys") if match["sys"] else match.start() :][:2]
        return raw == "US" or (
            not re.search(
                r"\b(?:to|for|of|with|from|at|told|gave|give|pay|paid|pays|let|both|all|made|makes|about|behind|charges?|owes?)\s$",
                passage.before(match.start(), 9),
            )
            and bool(match["num2"] or _ROAD_NEAR.search(passage.before(match.start(), 60) + passage.after(match.end(), 40)))
        )
    return True


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

_MILE = re.compile(
    rf"\b(?P<sys>m\.?m\.?|mile ?(?:marker|post)|mile mkr|marker|milepost|mp|mile|milla|kilometro|km|cp|sta)[\s#:=.-]{{0,3}}(?:no\.?\s|"
    rf"number\s)?(?:(?P<num>[0-9]{{1,4}}(?:\.[0-9]{{1,2}}|[+][0-9]{{1,3}})?)|(?P<word>{NUMBER_WORDS}))(?![0-9]|\s?%|,[0-9]|:[0-9])"
)
_MILE_BEHIND = re.compile(r"(?<![\w.$-])(?P<num>[0-9]{1,3}(?:\.[0-9])?)(?:st|nd|rd|th)?[\s-]mile[\s-]?(?:marker|post)\b(?!\s?#?[0-9])")
_NOT_MILES = re.compile(r"\s(?:drive|ride|an hour|per hour|walk|run|away|long|from here|stretch|radius|race|por hora)\b")


class MileMarkerRecognizer(Recognizer):
    """Mile markers, mileposts and kilometre posts. The value is ``MM 143.5``, ``MP 22.6`` or ``KM 34+500``.

    ``attributes``: ``number`` and ``unit`` (mile or km).
    """

    cues = ("mm", "m.m", "mile", "mp", "marker", "milla", "km", "kilometro", "cp", "sta")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield a marker word with its number, in digits or words."""
        for match in _MILE_BEHIND.finditer(passage.folded):
            attributes = {"number": match["num"], "unit": "mile"}
            yield passage.entity("mile_marker", match.start(), match.end(), f"MM {match['num']}", attributes=attributes)
        for match in _MILE.finditer(passage.folded):
            system = match["sys"].replace(".", "")
            number = match["num"] or _say(match["word"])
            if not number or not _is_marker(passage, match, system):
                continue
            unit = (
                "KM"
                if system[0] == "k"
                else "MP"
                if system in ("mp", "milepost", "mile post")
                else system.upper()
                if system in ("cp", "sta")
                else "MM"
            )
            attributes = {"number": number, "unit": "km" if unit == "KM" else "mile"}
            yield passage.entity("mile_marker", match.start(), match.end(), f"{unit} {number}", attributes=attributes)


def _is_marker(passage: Passage, match: re.Match[str], system: str) -> bool:
    if _NOT_MILES.match(passage.folded, match.end()):
        return False
    before = passage.before(match.start(), 8)
    if system == "sta":
        return "+" in (match["num"] or "")
    if system == "cp":
        return match["num"] is not None and passage.text[match.start()].isupper()
    if system == "marker":
        return match["num"] is not None
    if system == "mm" and match["num"]:
        return not re.search(r"(?:^|[\s(])(?:9|10|7\.62|5\.56)\s?$", before)  # a calibre
    return not re.search(r"\b(?:half|quarter|a|one|last|first|every|per)\s$", before) or match["num"] is not None


_EXIT = re.compile(
    rf"\b(?P<sys>exits?|salida|ex|xt|x)[\s#:-]{{1,3}}(?:no\.?\s|number\s|numero\s|ramp\s|"
    rf"la\s)?(?:(?P<num>[0-9]{{1,3}}\s?[a-d]?(?![0-9a-z]|:[0-9]|/[0-9]))|(?P<word>{NUMBER_WORDS}))\b|"
    rf"\bexit(?P<num2>[0-9]{{1,3}}[a-d]?)\b"
)
_NAMED_EXIT = re.compile(
    r"(?<![\w'-])(?:(?:the )?((?:[A-Z][\w']+|[0-9]{1,3}[A-Da-d]?) (?:[A-Z][\w']+ )?)[Ee]xit"
    r"|the ((?:[A-Z][\w']+|[0-9]{1,3}[A-Da-d]?) (?:[A-Z][\w']+ )?)(?:[Rr]amp|off-?ramp|on-?ramp|split))\b"
    r"(?! (?:form|interview|sign|row|door))"
)
_NAMED_EXIT_SMALL = re.compile(r"\b(?:by|past|near|off|at|[0-9]{1,3})\s(?:the )?([a-z]{3,14})\sexit\b")
_SALIDA = re.compile(r"(?<!\w)(?:la )?salida (?:de|a|para|hacia) (?:la |el |los )?([A-Z][\w']+(?: [A-Z][\w']+)?)")
_NOT_EXIT_NAMES = vocabulary(
    """
    the an a this that next last same first second third emergency fire front back rear side only no any main off on highway freeway
    interstate right left my his her their our east west north south scale ramp wheelchair loading boat truck entrance each every
    steep fake wrong old new at by garden zoo they one volunteer rail
    runaway intermodal
    """
)


class ExitRecognizer(Recognizer):
    """Exits by number or name. The value is ``EXIT 12A`` or ``EXIT BAKER``."""

    cues = ("exit", "salida", "ex ", "x ", "xt ", "ramp", "split", "ex#")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield numbered exits, then named ones ("the Baker exit", "la salida de Delano")."""
        claims = Claims()
        for match in _EXIT.finditer(passage.folded):
            number = (match["num"] or match["num2"] or _say(match["word"])).replace(" ", "").upper()
            if number and (match["sys"] not in ("x", "ex", "xt") or _short_exit(passage, match)):
                claims.take(*match.span())
                yield passage.entity(
                    "exit", match.start(), match.start() + len(match.group().rstrip()), f"EXIT {number}", attributes={"number": number}
                )
        for pattern, text in (
            (_NAMED_EXIT, passage.text),
            (_SALIDA, passage.folded if passage.text.islower() else passage.text),
            (_NAMED_EXIT_SMALL, passage.folded),
        ):
            for match in pattern.finditer(text):
                name = next(group for group in match.groups() if group).strip()
                if name.split()[0].lower() in _NOT_EXIT_NAMES or not claims.take(*match.span()):
                    continue
                start = match.start(match.lastindex or 0) if pattern is _NAMED_EXIT_SMALL else match.start()
                yield passage.entity("exit", start, match.end(), f"EXIT {name.upper()}", attributes={"name": name})


def _short_exit(passage: Passage, match: re.Match[str]) -> bool:
    """ "x 22" and "ex 24" are exits beside words of the road, not multiplications or former partners."""
    before = passage.before(match.start(), 60)
    return not re.search(r"[0-9]\s?$|\b(?:my|his|her|an|the|mi|su)\s$", before) and bool(
        _ROAD_NEAR.search(before) or re.search(r"\bi-?[0-9]{1,3}\b", before) or _ROAD_NEAR.search(passage.after(match.end(), 30))
    )
