"""Licence plates of the United States, Canada and Mexico, whole, in part, spelled, or remembered with gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.entities.base import Passage, Recognizer, apart, before_any, matches, matches_at
from models.entities.gazetteer import rows, vocabulary
from models.entities.plate_body import GAPS, NOT_PLATES, ROADS, Body, behind_cue, behind_state
from models.entities.regions import Regions
from triage.domain.assessment import Entity
from triage.plain import LOOK_ALIKES

_CUE = re.compile(
    r"(?<!no )(?<!sin )(?<!without )\b(?:licen[sc]e plates?|plates?|plate'?s|tags?|placas?|tablillas?|matriculas?|plaques?|plt|"
    r"lic(?:\.? (?:pl|plt|no|num))?(?=[ .:#/]{0,3}[a-z]{0,3}[ -]?[0-9])|lpn?(?=[ .:#/]{1,3}[a-z0-9]{0,4}[ -]?[0-9])|"
    r"licen[sc]e(?=:? [a-z]{0,3}[ -]?[0-9]{2})|"
    r"licen[sc]e(?= (?:no|number|#|on the (?:bus|side|van|car|truck|back|tractor)))|registration|reg|partial|parcial)\b"
)
_CUE_OPENERS = vocabulary(
    "license licence plate plates plate's tag tags placa placas tablilla tablillas matricula matriculas plaque plaques plt lic lp lpn "
    "registration reg partial parcial"
)
_BIT_OPENERS = vocabulary("first last primera primero primeras primeros ultima ultimo ultimas ultimos")
_WORD_CODES = vocabulary("IN ON OR ME OK HI OH PA MA LA DE AL ID CO")
_SMALL_STATE = re.compile(
    r",? (tx|ny|fl|ca|az|nv|nm|tn|ky|ga|al|wa|ut|mi|mn|wi|mo|ks|ne|nj|md|va|wv|sc|nc|nd|sd|wy|mt|il|ia|ct|ri|vt|nh|ar|ms)(?![\w'-])"
)
_BIT = re.compile(
    r"\b(?:first|last|primer[ao]s?|ultim[ao]s?) (?:two|three|four|2|3|4|dos|tres|cuatro)(?: (?:digits|letters|numbers|characters|"
    r"letras|numeros))?"
    r"(?: (?:are|were|was|is|of|son|eran|on))?(?: (?:it|the plate|the tag|plate|tag|la placa))?(?: (?:are|were|was|is))?[ "
    r":]{1,2}([a-z0-9]{2,4})(?![\w])"
)
_TRAILER = re.compile(
    r"\b(?:trailers?|trlrs?|trls?|remolques?|caja|reefer|chassis|container|contenedor|units?|unidad|dot|mc|seal|sello|load|carga|po|"
    r"bol|invoice|room|apt|order|case|flight|badge|gate|door|dock|row|exit|mm|tractor|truck|railcar|hopper|phone|"
    r"number)\b(?:[\s,]{1,2}[\w']+){0,3}[\s#:.,=]{0,2}$"
)
_SHAPES = re.compile(
    r"(?<![\w#$/-])(?:[0-9][A-Z]{3}[ -]?[0-9]{2,3}|[A-Z]{3}[ -]?[0-9]{2}-?[0-9]{2}|[A-Z]{3}[ -]?[0-9]{2,4}|[0-9]{3}[ -]?[A-Z]{2,3}|"
    r"[0-9]{2}-[A-Z]{2}-[0-9][A-Z]?|"
    r"[A-Z]{2} ?[0-9]{2} ?[0-9]{3}|[0-9]{1,3}[A-Z]{1,3}[ -]?[0-9]{1,4}|[A-Z]{1,2}[0-9]{1,2}[ -]?[0-9]{3,4}|[A-Z]{1,3}[0-9][A-Z]{0,2} "
    r"?[0-9][A-Z0-9]{1,3}|[0-9][A-Z]{2,3}[0-9]? ?[0-9A-Z]{0,3}|"
    r"[0-9][A-Z0-9]{2} [A-Z0-9]{3}|[A-Z0-9]{3} [0-9][A-Z0-9]{2}|[0-9]{3} [A-Z]|[A-Z]{2} [0-9]{4}|[A-Z]-[0-9]{3,5}|[0-9][A-Z] "
    r"[0-9]{4,5}|[0-9][A-Z][0-9]{5}|[A-Z]{2}-[0-9]{4}|[0-9]{4}[A-Z]{2,3})(?![\w'/]|-[0-9A-Z]|[.,:][0-9])"
)
_SMALL_SHAPES = re.compile(r"(?<![\w#$@/.-])(?:[a-z]{3}[0-9]{3,4}|[0-9][a-z]{3}[0-9]{2,3}|[0-9]{3}[a-z]{3})(?![\w'/@]|[.:-]\w)")
_NOT_SMALL = re.compile(
    r"exit|room|apt|unit|mm|hwy|rte|usa|the|and|out|for|son|los|las|des|era|bus|lot|cam|til|van|car|dot|pic|row|bay|mph|trk|trl|"
    r"[0-9]+(?:min|hrs|lbs|mph|pcs|yrs|mil)"
)
_ON_PLATE = re.compile(
    r"(?<![\w-])(?P<body>[A-Z0-9]{1,4}[ -]?[A-Z0-9*?]{1,4})\s(?:was |is )?(?:on|from|off|en)\s(?:the|his|its|that|la|las)\s(?:license |"
    r"back |front |rear )?$"
)
_RIGHT_BEFORE = re.compile(r"(?<![\w-])(?P<body>(?=[A-Z0-9]*[0-9])(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,8})\s(?:license\s)?$")
_SINGLES = re.compile(r"(?<![\w-])(?=(?:[A-Z] ){0,7}[0-9])(?=(?:[0-9] ){0,7}[A-Z])[A-Z0-9](?: [A-Z0-9]){4,7}(?![\w-])")
_SPACING = re.compile(r"[ -]")
_PAINTED = re.compile(r"\s(?:on|across)\s(?:the|its)\s(?:nose|box|trailer|reefer|doors?)\b")
_SURE = re.compile(r"[0-9][A-Z]{3}[0-9]{3}|[A-Z]{3}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[A-Z]{2}-[0-9][A-Z]")
_PARTIAL = re.compile(
    r"\b(?:starts?|starting|begins?|beginning|ends?|ending|partial\w*|partly|first|last|half|empieza\w*|comienza\w*|termina\w*|"
    r"acaba\w*|ultim\w+|primer\w*|parcial)\b"
)


def folded_plate(plate: str) -> str:
    """The plate with letters and digits that are taken for each other made one: O=0=Q=D, I=1=L, B=8, S=5, Z=2, G=6."""
    return plate.upper().translate(LOOK_ALIKES)


def _shouting(passage: Passage) -> bool:
    """Whether most of the text is in capitals, so that a capital letter says nothing."""
    if 2 * len(passage.capitals) < len(passage.words):
        return False
    return sum(map(str.isupper, passage.text)) > 0.6 * max(1, sum(map(str.isalpha, passage.text)))


class PlateRecognizer(Recognizer):
    """The value is upper case without spaces or dashes, ``*`` where something is missing.

    ``attributes``: ``folded`` (see ``folded_plate``), ``state`` (ISO 3166-2 part) where one is named, ``basis`` is ``cue`` (the word
    plate, tag, placa ...), ``state`` (a state's name before it) or ``vehicle`` (its shape, beside a described vehicle).
    """

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self.word_sets = (_CUE_OPENERS, _BIT_OPENERS, GAPS, regions.openers)
        self._vehicles = frozenset(row["term"] for row in rows("vehicles") if row["kind"] != "adjective" and len(row["term"]) > 1)

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield plates behind a cue, then behind a state's name, then by shape beside a vehicle; none overlaps an earlier one."""
        if passage.has_digit or passage.has(_CUE_OPENERS):
            yield from apart(self._candidates(passage, _shouting(passage)))

    def _candidates(self, passage: Passage, shouting: bool) -> Iterator[Entity]:
        mixed = passage.mixed if passage.has_digit else ()
        for cue in matches(_CUE, passage, _CUE_OPENERS):
            body = behind_cue(passage, cue.end(), shouting)
            if body:
                yield self._plate(passage, body, "cue", cue.start())
        for match in matches(_BIT, passage, _BIT_OPENERS):
            raw = passage.text[match.start(1) : match.end(1)]
            if (raw.isupper() or any(char.isdigit() for char in raw)) and _CUE.search(
                passage.before(match.start(), 60) + " | " + passage.after(match.start(), 60)
            ):
                yield self._plate(passage, Body(match.start(1), match.end(1), raw.upper(), True), "cue", match.start())
        if not passage.has_digit:
            return
        targets = sorted({*mixed, *passage.indexes(GAPS)})
        for index in before_any(passage.indexes(self._regions.openers), targets, 8):
            named = self._regions.at(passage, index)
            if named and not (shouting and named[0].code in _WORD_CODES):
                body = behind_state(passage, passage.ends[index + named[1] - 1], shouting)
                if body:
                    yield self._plate(passage, body, "state", passage.starts[index])
        if not shouting:
            yield from self._by_shape(passage, mixed)
            yield from self._read_off(passage)

    def _by_shape(self, passage: Passage, mixed: Sequence[int]) -> Iterator[Entity]:
        starts = {place for index in mixed for place in (index - 1, index) if place >= 0}
        for match in matches_at(_SHAPES, passage.text, passage.starts_of(sorted(starts))):
            raw = match.group()
            letters = sum(char.isalpha() for char in raw)
            if not letters or NOT_PLATES.fullmatch(re.sub(r"[ -]", "", raw)) or raw.split()[0] in ROADS or raw.split("-")[0] in ROADS:
                continue
            if _TRAILER.search(passage.before(match.start(), 30)):
                continue
            cued = _CUE.search(passage.before(match.start(), 60)) is not None and not _PAINTED.match(passage.folded, match.end())
            if cued or _SURE.fullmatch(raw) or self._beside_vehicle(passage, match.start(), match.end()):
                yield self._plate(passage, Body(match.start(), match.end(), _SPACING.sub("", raw)), "vehicle", match.start())
        for match in matches_at(_SINGLES, passage.text, passage.starts_of(sorted(starts))):
            claimed = _TRAILER.search(passage.before(match.start(), 30)) is not None
            if not claimed and self._beside_vehicle(passage, match.start(), match.start()):
                yield self._plate(passage, Body(match.start(), match.end(), _SPACING.sub("", match.group())), "vehicle", match.start())
        for match in matches_at(_SMALL_SHAPES, passage.text, passage.starts_of(sorted(starts))):
            if not _NOT_SMALL.match(match.group()) and self._beside_vehicle(passage, match.start(), match.start()):
                body = Body(match.start(), match.end(), _SPACING.sub("", match.group()).upper())
                yield self._plate(passage, body, "vehicle", match.start())

    def _read_off(self, passage: Passage) -> Iterator[Entity]:
        """Plates named before the word: "could see KR4 on the plate"."""
        for cue in passage.indexes(_CUE_OPENERS):
            start = passage.starts[cue]
            window = passage.text[max(0, start - 40) : start]
            body = _ON_PLATE.search(window) or _RIGHT_BEFORE.search(window)
            if body and not NOT_PLATES.fullmatch(body["body"]) and not (body["body"].isalpha() and body["body"].istitle()):
                first = max(0, start - 40) + body.start("body")
                known = _SPACING.sub("", body["body"]).upper()
                yield self._plate(passage, Body(first, first + len(body["body"]), known, True), "cue", first)

    def _beside_vehicle(self, passage: Passage, start: int, end: int) -> bool:
        words = re.findall(r"[\w'-]+", passage.before(start, 48)) + re.findall(r"[\w'-]+", passage.after(end, 26))
        return any(word in self._vehicles for word in words)

    def _plate(self, passage: Passage, body: Body, basis: str, context: int) -> Entity:
        around = passage.text[max(0, context - 22) : body.start] + " , " + passage.text[body.end : body.end + 16]
        raw = re.findall(r"[^\W_]+", around)
        state = self._regions.named([word.lower() for word in raw], raw)
        small = _SMALL_STATE.match(passage.text, body.end)
        if small and not state:
            state = small[1].upper()
        start = self._with_state(passage, body.start)
        lead = passage.folded[context : body.start]
        known = body.known.replace("*", "")
        partial = body.gaps or len(known) < 5 or bool(_PARTIAL.search(lead))
        attributes = {"folded": folded_plate(body.known), "basis": basis} | ({"state": state} if state else {})
        return passage.entity("plate", start, body.end, body.known, partial=partial, attributes=attributes)

    def _with_state(self, passage: Passage, start: int) -> int:
        """Where the span begins: at the state's name if that stands right before the plate."""
        before = re.search(r"([^\W\d_]+(?: [^\W\d_]+)?)[,:]? $", passage.text[max(0, start - 24) : start])
        if not before:
            return start
        offset = max(0, start - 24)
        for words in (before[1].split(), before[1].split()[-1:]):
            if self._regions.is_name(words):
                return offset + before.start(1) + len(before[1]) - len(" ".join(words))
        return start
