"""Reads the characters of a licence plate: spelled, dashed, grouped, with gaps, behind a cue or behind a state's name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from models.entities.base import Passage
from models.entities.gazetteer import vocabulary

_TOKEN = re.compile(r"[^\W_]*[*?_]*[^\W_]*[*?_]*")
_FILLERS = vocabulary(
    """
    plate plates tag tags is was are were number no num starts start starting begins beginning begin with ends end ended ending started
    began in on it
    it's its i we got get think partial partly visible maybe the a an of off to read reads says said had has first last part half
    three two four five letters numbers digits characters looked looks like something temp temporary paper buyer dealer front rear
    back car truck van vehicle unit bus and or but my his her their that this shows showing for from at out comes apportioned handicap
    school farm exempt government municipal
    vanity personalized commercial livery de del la el los las que es son era eran con empieza empiezan comienza comienzan termina
    terminan terminada terminadas terminacion acaba en numero parcial solo ultima primera primeros ultimos tres dos cuatro letras numeros
    traia trae traen alcance a
    ver apuntar vi creo las lo su unidad si no se mi un una license licence lic reg registration expires expired state couldn't see
    only caught remember best could make made down wrote written covered mud muddy except unreadable dirty bent but which what where
    yellow white green blue dealer tribal veteran custom rest reading half most same
    """
)
GAPS = frozenset({"something", "blank", "algo", "sumthin", "somethin", "whatever", "unknown", "question", "otra", "cosa", "smth"})
_JOINTS = frozenset({"then", "and", "y", "dash", "guion", "space", "luego", "maybe", "quizas"})
_DIGIT_WORDS = (
    "zero oh cero", "one uno", "two dos", "three tres", "four cuatro",
    "five cinco", "six seis", "seven siete", "eight ocho", "nine niner nueve",
)  # fmt: skip
_WORDS_TO_DIGITS = {
    word: str(value)
    for value, names in enumerate(_DIGIT_WORDS)
    for word in names.split()
} | {"ten": "10", "eleven": "11", "twelve": "12", "twenty": "20"}  # fmt: skip
_NATO = {
    word: word[0].upper()
    for word in vocabulary(
        """
        alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec
        romeo sierra tango uniform victor whiskey xray yankee zulu adam boy david edward frank george henry ida king lincoln mary
        nora ocean paul queen robert sam tom union william young zebra
        """
    )
}
NOT_PLATES = re.compile(
    r"(?:[0-9]{1,2}(?:AM|PM|YO|ST|ND|RD|TH|K|FT|MI|HR|HRS|MIN|LB|LBS|X[0-9]|MM|S|X)|F[0-9]50|[0-9]+W|I[0-9]{1,3}|I|A|US|US[0-9]+|"
    r"MM[0-9]*|MP|FM[0-9]*|SR[0-9]*|CR|HWY|"
    r"K9|AR15|AK47|PS[45]|GPS|W900|T[68][0-9]0|VNL?[0-9]*|H2S|[0-9]+MCM|CDL|DOT|USDOT|MC|VIN|SUV|USA|FBI|ICE|DPS|CCTV|ATM|ID|OK|TV|"
    r"TVS|AM|PM|NB|SB|EB|WB|RV|LLC|INC|CB|RP|PD|SO|DVD|PDF|URL|TX|CA|NM|AZ|NV|FL|GA|(?:19|20)[0-9]{2})"
)
_NEVER = re.compile(
    r"[0-9]{1,2}(?:AM|PM|YO|ST|ND|RD|TH|FT|MI|HR|HRS|MIN|LB|LBS|X[0-9])|F[0-9]50|I[0-9]{2,3}|MM[0-9]+|K9|AR15|AK47|PS5|GPS|CDL|USDOT|"
    r"VIN|SUV|USA|FBI|DPS|ID|I|"
    r"(?:19|20)[0-9]{2}|ER|FEMA|TV|AM|PM|NB|SB|EB|WB"
)
_STOPS = vocabulary("trl trlr trailer unit usdot dot mc remolque caja vin trailers phone number# call")
_STATE_CODES = vocabulary(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN "
    "TX UT VT VA WA WV WI WY ON QC BC AB"
)
ROADS = vocabulary(
    "I US SR FM CR SH HWY RM RT RTE MM MP EXIT LOOP APT TA BOX KM ROUTE HIGHWAY INTERSTATE MC DOT USDOT MCH UNIT TRAILER TRK CH"
)


@dataclass(slots=True)
class Body:
    """A plate while it is put together: where it stands, what is known (``*`` for a gap), whether something is missing."""

    start: int
    end: int
    known: str = ""
    gaps: bool = False
    pieces: list[str] = field(default_factory=list)


def _tokens(passage: Passage, start: int, width: int) -> list[tuple[str, int, int]]:
    window = passage.text[start : start + width]
    return [(match.group(), start + match.start(), start + match.end()) for match in _TOKEN.finditer(window) if match.group()]


def behind_cue(passage: Passage, start: int, shouting: bool) -> Body | None:
    """The plate that begins within 64 code points behind the cue; other words may stand between, the end of a sentence may not."""
    tokens = _tokens(passage, start, 110)
    previous = start
    unknown = 0
    for place, (raw, begin, end) in enumerate(tokens):
        between = passage.text[previous:begin]
        if begin - start > 64 or "\n" in between or (previous != start and re.search(r"[.!?;](?:\s|$)", between)):
            return None
        if raw.lower() in _STOPS:
            return None
        if unknown == 0 and _names_state(passage, tokens, place):
            previous = end
            continue
        if _opens(passage, tokens, place, shouting, unknown):
            body = _grow(passage, tokens, place, shouting)
            return body if _holds(body, shouting, unknown) and not _UNITS.match(passage.folded, body.end) else None
        previous = end
        unknown += raw.lower() not in _FILLERS and raw.lower() not in GAPS and not raw.istitle() and not (raw.isupper() and len(raw) == 2)
        if raw.isdigit() and len(raw) > 8:
            return None
    return None


def behind_state(passage: Passage, start: int, shouting: bool) -> Body | None:
    """The plate right behind a state's name: at least a digit, and letters or five characters."""
    tokens = _tokens(passage, start, 40)
    if not tokens or not re.fullmatch(r"[ ,:/]{1,2}", passage.text[start : tokens[0][1]]):
        return None
    first = next((place for place, token in enumerate(tokens[:4]) if token[0].lower() not in _BETWEEN), None)
    if first is None:
        return None
    raw = tokens[first][0]
    if raw.upper() in ROADS or not (any(char.isdigit() for char in raw) or raw.isupper()):
        return None
    body = _grow(passage, tokens, first, shouting)
    if NOT_PLATES.fullmatch(body.known) or body.known.startswith("*"):
        return None
    if body.gaps and body.known.strip("*").isalpha() and not shouting and 2 <= len(body.known.strip("*")) <= 4:
        return body
    known = body.known.replace("*", "")
    letters = any(char.isalpha() for char in known)
    digits = any(char.isdigit() for char in known)
    grouped = len(body.pieces) > 1
    if not digits or not (letters or (grouped and len(known) > 4)) or len(known) < 3 or (body.pieces[0] in ROADS) or len(known) > 8:
        return None
    return body


_BETWEEN = vocabulary("temp apportioned paper temporary ends ending starts partial livery buyer dealer permit")


def _opens(passage: Passage, tokens: list[tuple[str, int, int]], place: int, shouting: bool, unknown: int) -> bool:
    raw, start, end = tokens[place]
    word = raw.lower()
    if (
        re.search(r"[$]|[0-9][:.,]$", passage.folded[max(0, start - 2) : start])
        and "plate" not in passage.folded[max(0, start - 8) : start]
    ):
        return False
    if word in _FILLERS or (word in _ENGLISH and not raw.isupper()) or _NEVER.fullmatch(raw.upper()):
        return False
    following = tokens[place + 1] if place + 1 < len(tokens) else ("", end, end)
    gap = passage.text[end : following[1]]
    if any(char.isdigit() for char in raw):
        if raw.isdigit() and (
            passage.folded[end : end + 1] in (":", "/")
            or re.match(
                r"\s?(?:am|pm|min|hours?|hrs?|times|mil|people|girls|men|kids|others|years|ft|of)\b", passage.folded[end : end + 10]
            )
        ):
            return False
        return len(raw) <= 8
    if "*" in raw or "_" in raw or ("?" in raw and any(char.isalpha() for char in raw)):
        return True
    if word in _NATO and (following[0].lower() in _NATO | _WORDS_TO_DIGITS or (following[0].isdigit() and unknown == 0 and len(word) > 3)):
        return True
    if not raw.isalpha() or not raw.isascii():
        return False
    if raw.isupper() and not shouting:
        return len(raw) <= 4 or (len(raw) <= 8 and unknown == 0)
    digits_next = sum(char.isdigit() for char in following[0]) > 1 and len(following[0]) <= 5 and re.fullmatch(r"[ -]", gap) is not None
    return len(raw) <= 3 and digits_next and not re.match(r"[0-9]+(?:am|pm|min)", following[0].lower())


def _names_state(passage: Passage, tokens: list[tuple[str, int, int]], place: int) -> bool:
    """Whether the token is a state's code before a plate of its own ("NE 12-AB34") rather than the first letters of the plate."""
    raw, _, end = tokens[place]
    if len(raw) != 2 or raw not in _STATE_CODES or passage.text[end : end + 1] not in (" ", ","):
        return False
    if passage.text[end] == ",":
        return True
    rest = "".join(token[0] for token in tokens[place + 1 : place + 3])
    return any(char.isdigit() for char in rest) and (len(tokens[place + 1][0]) > 4 or bool(re.search(r"[A-Z]", rest)))


def _piece(raw: str, shouting: bool, small: bool) -> str | None:
    """What a token adds to a plate that has begun, None if it does not belong to it."""
    word = raw.lower()
    if word in _WORDS_TO_DIGITS:
        return _WORDS_TO_DIGITS[word]
    if word in _NATO and raw not in ("A",) and len(word) > 3 and not shouting:
        return _NATO[word]
    if "*" in raw or "?" in raw or "_" in raw:
        return re.sub(r"[*?_]", "*", raw).upper()
    if any(char.isdigit() for char in raw):
        return (
            raw.upper() if len(raw) <= 6 and raw.isascii() and not re.fullmatch(r"[0-9]{1,2}(?:am|pm|yo|min|st|nd|rd|th)", word) else None
        )
    if (
        raw.isascii()
        and raw.isalpha()
        and len(raw) <= 4
        and ((raw.isupper() and not shouting) or (small and len(raw) <= 3 and word not in _FILLERS | _ENGLISH))
    ):
        return raw
    return None


_ENGLISH = vocabulary(
    """
    w say says saw he she they we you who did out off by get got go up ppl now all ran cops so too lol plz him her was way via bc cuz
    n r u im not old man men guy sum one
    """
)


def _behind_joints(tokens: list[tuple[str, int, int]], index: int) -> int | None:
    """The first token behind at most three joints ("and then maybe"), None if other text comes between or nothing follows."""
    ahead = index
    while ahead < len(tokens) and ahead - index < 3 and tokens[ahead][0].lower() in _JOINTS:
        ahead += 1
    if ahead >= len(tokens) or any(tokens[place + 1][1] - tokens[place][2] > 2 for place in range(index, ahead)):
        return None
    return ahead


def _goes_on(raw: str, shouting: bool) -> bool:
    return _piece(raw, shouting, small=False) is not None and not NOT_PLATES.fullmatch(raw.upper())


def _grow(passage: Passage, tokens: list[tuple[str, int, int]], place: int, shouting: bool) -> Body:
    """Add the tokens that follow while they read as one plate of at most eight characters."""
    raw, start, end = tokens[place]
    first = _NATO.get(raw.lower()) or _piece(raw, shouting, small=True) or raw.upper()
    body = Body(start, end, first.upper(), "*" in first, [first.upper()])
    index, reach = place + 1, end
    while index < len(tokens):
        raw, start, end = tokens[index]
        gap = passage.text[reach:start]
        word = raw.lower()
        if word == "as" and index + 2 < len(tokens) and tokens[index + 1][0].lower() == "in":
            reach = tokens[index + 2][2]  # "K as in kilo"
            index += 3
            continue
        spelled = len(body.pieces[-1]) == 1
        if not re.fullmatch(r"[ -]{1,2}|, " if spelled or word in GAPS or word in _WORDS_TO_DIGITS else r"[ -]{1,2}|, ?(?=$)", gap):
            break
        if raw in ("I", "A") and index + 1 < len(tokens) and tokens[index + 1][0].islower() and not spelled:
            break  # "14T 0982 I think"
        if word in GAPS:
            body.gaps, body.known = True, body.known + "*"
            body.end = reach = end
            index += 1
            continue
        if word in _JOINTS:
            ahead = _behind_joints(tokens, index)
            if ahead is None or not _goes_on(tokens[ahead][0], shouting):
                break
            body.gaps = body.gaps or any(token[0].lower() in ("then", "maybe", "luego", "quizas") for token in tokens[index:ahead])
            reach = tokens[ahead - 1][2]
            index = ahead
            continue
        piece = _piece(raw, shouting, small=len(body.pieces[-1]) <= 3 and body.pieces[-1].isdigit())
        if piece is None or len(body.known.replace("*", "")) + len(piece.replace("*", "")) > 8:
            break
        body.known += piece.upper()
        body.gaps = body.gaps or "*" in piece
        body.pieces.append(piece.upper())
        body.end = reach = end
        index += 1
    if passage.text[body.end : body.end + 1] in ("?", "*", "_") or passage.text[body.end : body.end + 3] == "...":
        body.gaps = True
    return body


_UNITS = re.compile(
    r"[\s+]{1,2}(?:bucks|dollars|kegs?|ppl|people|lanes?|each|months?|hours?|minutes?|days?|weeks?|girls?|men|guys|kids|times|gal|"
    r"thru|out\b|degrees|hits|y\.?o)|\.[0-9]|:[0-9]"
)


def _holds(body: Body, shouting: bool, unknown: int) -> bool:
    """Whether it is a plate, given how many words that do not belong to talk of plates stand between cue and body."""
    known = body.known.replace("*", "")
    if not 1 <= len(known) <= 8 or body.pieces[0] in ROADS:
        return False
    if known.isdigit():
        return unknown == 0 and len(known) > 1
    if known.isalpha():
        return unknown <= 1 and not shouting
    if unknown > 4:
        return False
    return any(char.isdigit() for char in known) or body.gaps or (not shouting and 2 <= len(known) <= 8) or len(body.pieces) > 1
