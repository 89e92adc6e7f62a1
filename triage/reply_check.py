"""What must not leave with a reply unseen: names, plates, numbers, addresses and links that it holds.

The sender of a tip may be anybody, the one who is reported included. So a reply is looked at before it goes: whatever the tip itself
names, and whatever looks like a plate, a number to call, an address or a link. It warns and never decides: a person sends all the same,
or writes it in another way. False alarms cost a look; so plain words, roads, times and amounts are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from triage.domain.assessment import Entity
from triage.domain.tip import Tip


class RiskKind(StrEnum):
    """What was found."""

    LINK = "link"
    EMAIL = "email"
    HANDLE = "handle"
    ADDRESS = "address"
    PHONE = "phone"
    PLATE = "plate"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Risk:
    """Where it stands in the reply, in code points."""

    start: int
    end: int
    kind: RiskKind


_TOP = "com|org|net|gov|mil|edu|info|biz|io|co|us|mx|ca|me|app|xyz|onion|ru|cn|uk|de|to|ly|gg|site|online|shop|top|link"
_STREET = (
    "street|st|avenue|ave|av|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|circle|cir|place|pl|terrace|trail|parkway|pkwy|plaza|square"
)
_I = re.IGNORECASE
_PATTERNS: tuple[tuple[RiskKind, re.Pattern[str]], ...] = (
    (RiskKind.LINK, re.compile(rf"\bhttps?:\S+|\bwww\.\S+|(?<![\w@.])(?:[\w-]+\.)+(?:{_TOP})\b(?:[/?#]\S*)?", _I)),
    (RiskKind.EMAIL, re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w+")),
    (RiskKind.HANDLE, re.compile(r"(?<!\w)@\w[\w.]*")),
    (RiskKind.ADDRESS, re.compile(rf"(?<!\w)\d{{1,6}}\s+(?:[^\W\d]+\.?\s+|\d+(?:st|nd|rd|th)\s+){{1,3}}(?:{_STREET})\b", _I)),
    (RiskKind.ADDRESS, re.compile(r"\b(?:calle|avenida|carretera)\s+(?:[^\W\d]+\s+){1,3}#?\d+", _I)),
    (RiskKind.PHONE, re.compile(r"(?<!\w)\+?\(?\d(?:[\s().\-–/]{0,3}\d){6,14}(?!\w)")),
    (RiskKind.PLATE, re.compile(r"(?<!\w)(?=[\w-]*\d)(?=[\w-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+){0,2}(?!\w)", _I)),
    (RiskKind.PLATE, re.compile(r"(?<!\w)(?P<word>[A-Z]{1,3}) \d{3,5}(?!\w)", _I)),
    (RiskKind.PLATE, re.compile(r"(?<!\w)\d{3,4} (?P<word>[A-Z]{2,3})(?!\w)", _I)),
    (RiskKind.NUMBER, re.compile(r"(?<!\w)\d{5,}(?!\w)")),
    (RiskKind.NAME, re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sr|Sra|Officer|Detective|Deputy|Sheriff|Agent)\.? [^\W\d_a-z]\w+")),
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NO_PLATE = re.compile(
    r"(?:I|US|HWY|SR|CR|RT|FM)-?\d{1,4}|\d+(?:st|nd|rd|th|am|pm|a|p|h|hr|hrs|min|mins|k|m|km|mi|ft|mph|lb|lbs|kg|x|s)|"
    r"(?:exit|mile|room|mm|km|lot|row|bay|dock|gate|pump|p)-?\d{1,4}",
    _I,
)
_WORDS = frozenset(
    "at on to of in by is a an or no and the for bus lot row bay jan feb mar apr may jun jul aug sep oct nov dec ft mi km lb lbs am pm us "
    "i y o de en el la un al con del los las su es ne ia ks so we do it if my me near was has had van car he she men day top row max min "
    "sur ago mas".split()
)
"""Short words that stand before or after numbers in plain speech."""
_COMPARED = frozenset({"plate", "phone", "vin", "container", "trailer", "usdot", "mc", "wallet", "railcar"})
_KINDS = {"plate": RiskKind.PLATE, "phone": RiskKind.PHONE, "email": RiskKind.EMAIL, "handle": RiskKind.HANDLE, "url": RiskKind.LINK}
_LEAST = 4
"""Letters or digits that a number of the tip must have to be looked for; less is found everywhere."""


def risks(text: str, tip: Tip | None = None, entities: Iterable[Entity] = ()) -> tuple[Risk, ...]:
    """Everything to look at again in a reply about ``tip``, in order, without overlaps; ``entities`` are those of its assessment.

    Without a tip it is looked at by itself.
    """
    named = _named(text, tip, entities) if tip else ()
    found = sorted((*named, *_looks_like(text)), key=lambda risk: (risk.start, -risk.end))
    kept: list[Risk] = []
    for risk in found:
        if not kept or risk.start >= kept[-1].end:
            kept.append(risk)
        elif risk.end > kept[-1].end:  # they overlap: mark both as one
            kept[-1] = Risk(kept[-1].start, risk.end, kept[-1].kind)
    return tuple(kept)


def _looks_like(text: str) -> Iterator[Risk]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if kind is RiskKind.PLATE and not _may_be_plate(match):
                continue
            if kind is RiskKind.PHONE and _DATE.fullmatch(match.group()):
                continue
            yield Risk(match.start(), match.end(), kind)


def _may_be_plate(match: re.Match[str]) -> bool:
    word, characters = match.groupdict().get("word", ""), sum(map(str.isalnum, match.group()))
    return word.lower() not in _WORDS and 4 <= characters <= 8 and not _NO_PLATE.fullmatch(match.group())


def _named(text: str, tip: Tip, entities: Iterable[Entity]) -> Iterator[Risk]:
    """What the tip names, wherever the reply names it too."""
    wanted = [(RiskKind.PLATE, vehicle.plate) for vehicle in tip.vehicles]
    wanted += [(RiskKind.HANDLE, identifier) for identifier in tip.identifiers]
    for entity in entities:
        if entity.type == "person" and (name := entity.attributes.get("name", "")):
            yield from _name_in(text, name)
        elif entity.type in _COMPARED:
            wanted += [(_KINDS.get(entity.type, RiskKind.NUMBER), value) for value in (entity.raw, entity.value.removeprefix("+1"))]
        elif entity.type in ("email", "handle", "url", "address"):
            kind = _KINDS.get(entity.type, RiskKind.ADDRESS)
            wanted += [(kind, entity.raw), (kind, entity.attributes.get("name", ""))]
    letters = [(character.casefold(), place) for place, character in enumerate(text) if character.isalnum()]
    folded = "".join(character[:1] for character, _ in letters)
    for kind, value in dict.fromkeys(wanted):
        needle = "".join(character.casefold()[:1] for character in value if character.isalnum())
        if len(needle) >= _LEAST:
            for match in re.finditer(re.escape(needle), folded):
                start, end = letters[match.start()][1], letters[match.end() - 1][1] + 1
                if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                    yield Risk(start, end, kind)


def _name_in(text: str, name: str) -> Iterator[Risk]:
    """A name of the tip: the whole of it, or one of its words."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if len(word) > 2]
    if words:
        one = "|".join(map(re.escape, words))
        for match in re.finditer(rf"\b(?:{one})\b(?:\W+(?:{one})\b)*", text, re.IGNORECASE):
            yield Risk(match.start(), match.end(), RiskKind.NAME)
