"""Points along a road: mile markers and kilometre posts, and exits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Claims, Passage, Recognizer, apart, matches, matches_at
from models.entities.gazetteer import vocabulary
from models.entities.headings import ROAD_NEAR
from models.entities.numbers import NUMBER_WORDS, said
from triage.domain.assessment import Entity

_POST = (
    r"m\.? ?m\.?|miles?[ -]?(?:markers?|mark|markr|market|maker|mkr|posts?)|mi\.? (?:markers?|mkr)|mileposts?|mp|markers?|mrkr|mkr|"
    r"yardstick|mile|"
    r"milla|kilometro|k\.?m\.?|cp|sta"
)
_MILE_OPENERS = vocabulary(
    "mm m mile miles mi marker markers milemarker milemarkers milepost mileposts mp mrkr mkr yardstick milla kilometro km k cp sta"
)
_MILE = re.compile(
    rf"\b(?P<sys>{_POST})[\s#:=.-]{{0,3}}(?:(?:no\.?|number|numero|is|was|like|about|around|maybe)\s){{0,2}}#?(?:(?P<num>[0-9]{{1,4}}(?:"
    rf"\.[0-9]{{1,2}}|[+][0-9]{{1,3}})?)|(?P<word>(?:a )?{NUMBER_WORDS}))(?![0-9]|\s?%|,[0-9]|:[0-9])"
)
_MILE_BEHIND = re.compile(
    rf"(?<![\w.$-])(?:(?P<num>[0-9]{{1,3}}(?:\.[0-9])?)(?:st|nd|rd|th)?|(?P<word>{NUMBER_WORDS}))[\s-](?:mile[\s-]?(?:marker|post)|"
    r"milemarker|milepost|marker)\b(?!\s?#?[0-9])"
)
_BEHIND_WORDS = vocabulary("mile milemarker milepost marker")
_NOT_MILES = re.compile(r"\s(?:drive|ride|an hour|per hour|walk|run|away|long|from here|stretch|radius|race|por hora)\b")
_UNITS = {"k": "KM", "cp": "CP", "sta": "STA", "mp": "MP", "milepost": "MP", "mile post": "MP"}


class MileMarkerRecognizer(Recognizer):
    """Mile markers, mileposts and kilometre posts. The value is ``MM 143.5``, ``MP 22.6`` or ``KM 34+500``.

    ``attributes``: ``number`` and ``unit`` (mile or km).
    """

    word_sets = (_BEHIND_WORDS, _MILE_OPENERS)
    cues = (
        "mm",
        "m.m",
        "m m",
        "k.m",
        "mile",
        "mi m",
        "mi. m",
        "mp",
        "marker",
        "mrkr",
        "mkr",
        "yardstick",
        "milla",
        "km",
        "kilometro",
        "cp",
        "sta",
    )

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield a marker word with its number, in digits or words, before it or behind it."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        if passage.has(_BEHIND_WORDS):
            for match in matches_at(_MILE_BEHIND, passage.folded, passage.starts_of(passage.quantities)):
                number = match["num"] or said(match["word"])
                if number and number != "1":
                    yield _post(passage, match, "MM", number)
        for match in matches(_MILE, passage, _MILE_OPENERS):
            system = match["sys"].replace(".", "")
            number = match["num"] or said(match["word"])
            if number and _is_marker(passage, match, system):
                yield _post(passage, match, _UNITS.get("k" if system[0] == "k" else system, "MM"), number)


def _post(passage: Passage, match: re.Match[str], unit: str, number: str) -> Entity:
    attributes = {"number": number, "unit": "km" if unit == "KM" else "mile"}
    return passage.entity("mile_marker", match.start(), match.end(), f"{unit} {number}", attributes=attributes)


def _is_marker(passage: Passage, match: re.Match[str], system: str) -> bool:
    if _NOT_MILES.match(passage.folded, match.end()):
        return False
    before = passage.before(match.start(), 8)
    if system == "sta":
        return "+" in (match["num"] or "")
    if system == "cp":
        return match["num"] is not None and passage.text[match.start()].isupper()
    if system in ("marker", "markers", "mkr", "mrkr"):
        return match["num"] is not None
    if system == "mm" and match["num"]:
        return not re.search(r"(?:^|[\s(])(?:9|10|7\.62|5\.56)\s?$", before)  # a calibre
    return not re.search(r"\b(?:half|quarter|a|one|last|first|every|per)\s$", before) or match["num"] is not None


_NUMBER = r"[0-9]{1,3}(?:\s?-?[a-d](?![\w']))?"
_EXIT = re.compile(
    rf"\b(?P<sys>exits?|salidas?|xit|ext|ex|xt|x)[\s#:.-]{{1,3}}(?:(?:no\.?|number|numero|num|ramp|la|is)\s){{0,2}}#?(?:(?P<num>{_NUMBER}"
    rf"(?![0-9a-z]|:[0-9]|,[0-9]{{3}}))|(?P<word>{NUMBER_WORDS}))\b|\bexit(?P<num2>[0-9]{{1,3}}[a-d]?)\b"
)
_EXIT_OPENERS = vocabulary("exit exits salida salidas xit ext ex xt x")
_EXIT_FOR = re.compile(
    r"\b(?:[Ee]xit|[Oo]ff[ -]?ramp|[Oo]n[ -]?ramp|[Ee]xit ramp|ramp) (?:for|onto|at) (?:the )?"
    r"((?:[A-Z][\w'’]+)(?: [A-Z][\w'’]+)?|(?:[Hh]wy|[Hh]ighway|[Rr]oute|[Rr]t|[Cc]ounty [Rr]oad|[Ff][Mm]|I-?|US-?) ?[0-9]{1,4}\b)"
)
_NAMED_EXIT = re.compile(
    r"(?<![\w'-])(?:(?:the )?((?:[A-Z][\w']+|[0-9]{1,3}[A-Da-d]?) (?:[A-Z][\w']+ )?)[Ee]xit"
    r"|the ((?:[A-Z][\w']+|[0-9]{1,3}[A-Da-d]?) (?:[A-Z][\w']+ )?)(?:[Rr]amp|off[ -]?ramp|on[ -]?ramp|split)"
    r"|((?:[A-Z][\w']+) (?:[A-Z][\w']+ )?)(?:off|on)[ -]?ramp)\b"
    r"(?! (?:form|interview|sign|row|door))"
)
_NAMED_EXIT_SMALL = re.compile(
    r"(?:\b(?:by|past|near|off|at|take|took|taking|missed|passed|[0-9]{1,3})\s|^|[.,;]\s)(?:the )?(?:main |second |"
    r"first )?([a-z]{3,14})\sexit\b(?! (?:sign|door|row))"
)
_SALIDA = re.compile(r"(?<!\w)(?:la )?salida (?:de|a|para|hacia) (?:la |el |los )?([A-Z][\w']+(?: [A-Z][\w']+)?)")
_EXIT_WORD = frozenset({"exit"})
_SALIDA_WORD = frozenset({"salida"})
_WAYS = frozenset({"East", "West", "North", "South"})
_RAMPS = vocabulary("exit ramp offramp onramp off on split")
_ROAD_AROUND = re.compile(r"\bi-?[0-9]{1,3}\b|\b(?:on|off)\s(?:the\s)?[0-9]{2,3}\b")
_NOT_EXIT_NAMES = vocabulary(
    """
    the an a this that next last same first second third emergency fire front back rear side only no any main off on highway freeway
    interstate right left my his her their our east west north south scale ramp wheelchair loading boat truck entrance each every
    steep fake wrong old new at by garden zoo they one volunteer rail runaway intermodal take took taking missed passed near before
    after until exit every some main
    """
)


class ExitRecognizer(Recognizer):
    """Exits by number or name. The value is ``EXIT 12A`` or ``EXIT BAKER``."""

    word_sets = (_EXIT_OPENERS, _RAMPS, _EXIT_WORD, _SALIDA_WORD)
    cues = ("exit", "salida", "ex ", "x ", "xt ", "xit", "ext ", "ramp", "split", "ex#")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield numbered exits, then named ones ("the Baker exit", "la salida de Delano", "exit for Main Street")."""
        claims = Claims()
        for match in matches(_EXIT, passage, _EXIT_OPENERS):
            number = re.sub(r"[\s-]", "", match["num"] or match["num2"] or said(match["word"])).upper()
            if number and (match["sys"] not in ("x", "ex", "xt", "xit", "ext") or _short_exit(passage, match)):
                claims.take(*match.span())
                end = match.start() + len(match.group().rstrip())
                yield passage.entity("exit", match.start(), end, f"EXIT {number}", attributes={"number": number})
        for pattern, text, called in (
            (_NAMED_EXIT, passage.text, passage.has(_RAMPS)),
            (_EXIT_FOR, passage.text, passage.has(_RAMPS)),
            (_SALIDA, passage.folded if passage.text.islower() else passage.text, passage.has(_SALIDA_WORD)),
            (_NAMED_EXIT_SMALL, passage.folded, passage.has(_EXIT_WORD)),
        ):
            for match in pattern.finditer(text) if called else ():
                name = next(group for group in match.groups() if group).strip()
                first, *more = name.split()
                if (first.lower() in _NOT_EXIT_NAMES and not (more and first in _WAYS)) or not claims.take(*match.span()):
                    continue
                start = match.start(match.lastindex or 0) if pattern is _NAMED_EXIT_SMALL else match.start()
                yield passage.entity("exit", start, match.end(), f"EXIT {name.upper()}", attributes={"name": name})


def _short_exit(passage: Passage, match: re.Match[str]) -> bool:
    """ "x 22" and "ex 24" are exits beside words of the road, not multiplications or former partners."""
    before, after = passage.before(match.start(), 60), passage.after(match.end(), 30)
    if match["sys"] == "ext" and re.search(r"[0-9)]\s?,?\s?$", before):
        return False  # the extension of a telephone number
    return not re.search(r"[0-9]\s?$|\b(?:my|his|her|an|the|mi|su)\s$", before) and bool(
        ROAD_NEAR.search(before) or ROAD_NEAR.search(after) or _ROAD_AROUND.search(before + " | " + after)
    )
