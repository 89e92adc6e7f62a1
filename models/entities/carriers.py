"""What is painted on trucks, trailers, containers and railcars: USDOT and MC numbers, unit numbers, ISO 6346, VIN, reporting marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Passage, Recognizer, matches, matches_at
from models.entities.checks import container_ok, vin_ok
from models.entities.gazetteer import vocabulary
from models.entities.numbers import NUMBER_WORD, spoken_digits
from triage.domain.assessment import Entity

_NOISE = re.compile(r"[^A-Z0-9]")
_USDOT = re.compile(
    r"\b(?:us\s?dot|dot|u-?s-?d-?o-?t|d\.o\.t\.?|u\.s\. ?dot)(?:'s)?(?:[\s#:,.-]{0,3}(?:number|numero|no|num|nbr|is|was|es|"
    r"el)\b){0,2}[\s#:.,-]{0,4}"
    r"([0-9](?:[\s,-]?[0-9]){4,7})(?:([cvphbfexznr])\b)?(?![0-9a-z])"
)
_USDOT_SPOKEN = re.compile(
    rf"\b(?:us\s?)?dot(?:[\s,:]{{1,2}}(?:number|numero|no|num|is|es|el))*[\s,:]{{1,2}}(?P<words>{NUMBER_WORD}(?:["
    rf"\s,.-]{{1,2}}{NUMBER_WORD}){{3,7}})\b"
)
_USDOT_FAR = re.compile(r"\b(?:us\s?dot|dot (?:number|no|num|#)|(?<!the )dot)\b[^0-9\n]{1,45}?([0-9]{7,8})(?![0-9])")
_MC = re.compile(
    r"\b(mc|mx|ff)(?:[\s#:-]{1,3}(?:number|numero|num|no|is|es)\b){0,2}[\s#:.-]{0,3}([0-9]{5,7}|[0-9]{4}(?= authority))(?![0-9a-z])"
)


_DOCKETS = frozenset({"mc", "mx", "ff"})
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
        for match in _USDOT_SPOKEN.finditer(passage.folded):
            number = spoken_digits(match["words"])
            if 5 <= len(number) <= 8:
                yield passage.entity("usdot", match.start(), match.end(), number, attributes={"spoken": "yes"})
        for match in _USDOT_FAR.finditer(passage.folded):
            if match.start(1) not in found:
                yield passage.entity("usdot", match.start(1), match.end(1), match[1])


class McRecognizer(Recognizer):
    """Motor carrier docket numbers (MC, MX, FF); the value keeps the prefix: ``MC-884120``."""

    word_sets = (_DOCKETS,)
    digits = True

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield a prefix followed by five to seven digits."""
        found: set[int] = set()
        for match in matches(_MC, passage, _DOCKETS):
            found.add(match.start(2))
            yield passage.entity("mc", match.start(), match.end(), f"{match[1].upper()}-{match[2]}")
        for match in matches_at(_MC_FAR, passage.text, passage.starts_of(passage.indexes(_DOCKETS))):
            if match.start(1) not in found:
                yield passage.entity("mc", match.start(1), match.end(1), f"MC-{match[1]}")


_CONTAINER = re.compile(r"(?<![A-Za-z0-9])([A-Z]{3}[UJZ])[\s-]?([0-9]{3})[\s-]?([0-9]{3})(?:[\s-]?([0-9]))?(?![A-Za-z0-9])")


class ContainerRecognizer(Recognizer):
    """Freight containers (ISO 6346). Without the check digit the number is partial; a wrong digit makes it invalid, not absent."""

    digits = True

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield owner code and serial number, in capitals as they are painted, or in small letters near the word container."""
        text = passage.text.upper() if "contain" in passage.folded and len(passage.text.upper()) == len(passage.text) else passage.text
        for match in matches_at(_CONTAINER, text, passage.starts_of(passage.capitals) if text is passage.text else passage.starts):
            value = match[1] + match[2] + match[3] + (match[4] or "")
            whole = match[4] is not None
            if not whole and match[1].endswith("Z"):
                continue  # Without its check digit a mark in Z is a chassis or trailer of the road.
            yield passage.entity(
                "container", match.start(), match.end(), value, valid=container_ok(value) if whole else None, partial=not whole
            )


_VIN = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])")
_VIN_WORD = frozenset({"vin"})
_VIN_END = re.compile(
    r"\bvin\b[^.\n]{0,25}?\b(?:ends?|ending|last|termina|acaba|ultimos?)\b(?:\s(?:in|with|en|of|four|six|eight|4|6|8|is|are|"
    r"digits))*[\s:]{1,2}([a-z0-9]{4,8})\b"
)


class VinRecognizer(Recognizer):
    """Vehicle identification numbers. A failed check digit is only a hint: outside North America there is none."""

    word_sets = (_VIN_WORD,)

    digits = True

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield 17 characters with letters and digits (digits alone only near "vin"), and the end of one after the word vin."""
        upper = passage.text.upper() if "vin" in passage.words else passage.text
        starts = [passage.starts[index] for index in passage.mixed if len(passage.words[index]) == 17]
        for match in matches_at(_VIN, upper if len(upper) == len(passage.text) else passage.text, starts):
            value = match.group()
            near = "vin" in passage.before(match.start(), 40)
            if (near or not value.isdigit() or vin_ok(value)) and any(char.isdigit() for char in value):
                yield passage.entity("vin", match.start(), match.end(), value, valid=vin_ok(value))
        for match in _VIN_END.finditer(passage.folded) if passage.has(_VIN_WORD) else ():
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
