"""Telephone numbers: written with any separator, without an area code, in part, or spoken digit by digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from models.entities.base import Passage, Recognizer, apart, matches, matches_at
from models.entities.gazetteer import vocabulary
from models.entities.numbers import spoken_digits
from models.entities.roles import role_before
from triage.domain.assessment import Entity

_GAP = r"[\s.\-/_*]{0,3}"
_NATIONAL = re.compile(
    rf"(?<![\w$])(?<![0-9][.\-])(?:\+?1[\s.\-]{{0,2}})?\(?[2-9][0-9]{{2}}\)?{_GAP}[2-9][0-9]{{2}}{_GAP}[0-9]{{4}}(?![0-9])(?![.\-/][0"
    rf"-9]|[a-z]{{2}})"
)
_ABROAD = re.compile(
    r"(?:\+|(?<![\w$.-])0(?:11|0)[\s.\-])(?:52|50[2-7]|51|5[3-8]|44|33|49|86|91|63|7)[\s.\-]?(?:\(?[0-9]{1,4}\)?["
    r"\s.\-]?){2,5}[0-9]{2,4}(?![0-9])"
)
_PREFIX = re.compile(r"^0(?:11|0)[\s.\-]")
_VANITY = re.compile(
    r"(?<![\w$.-])(?:1[-. ])?8(?:00|88|77|66|55|44|33)[-. ](?=[0-9-]*[A-Z])[0-9A-Z]{1,7}(?:[- ][0-9A-Z]{2,7}){0,2}(?![\w])"
)
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_HIDDEN = re.compile(
    r"(?<![\w$])\(?[2-9][0-9]{2}\)?[\-.\s][2-9][0-9]{2}[\-.\s](?:[0-9]{0,2}[x?*_]{2,4}|[0-9]{2} ?(?:something|algo))(?![\w])"
)
_MEXICAN = re.compile(
    r"(?<![\w$.\-])(?:52[\s.\-](?:1[\s.\-])?)?(?:[0-9]{2}[\s.\-][0-9]{4}|[0-9]{3}[\s.\-][0-9]{3})[\s.\-][0-9]{4}(?![\w\-])"
)
_LOCAL = re.compile(r"(?<![\w$])(?<![0-9][.,\-\s])(?<![0-9]\)\s)[2-9][0-9]{2}[\-.\s][0-9]{4}(?![\w])(?![\-.,][0-9])")
_PARTIAL = re.compile(r"(?<![\w$])(?<![0-9]-)\(?[2-9][0-9]{2}\)?[\-.\s][2-9][0-9]{2}[\-.\s]?[0-9x?*_]{0,4}(?![\w])")
_ENDING = re.compile(
    r"(?:number|phone|cell|numero|telefono|celular)\s(?:\w+\s){0,2}(?:ends? (?:in|with)|ending (?:in|with)?|termina en|acaba "
    r"en)\s?(?:in\s)?([0-9]{3,4})(?![0-9])"
)
_AREA = re.compile(r"(?:area code|lada)\s([0-9]{3})(?![0-9])")
_NUMBER_WORDS = vocabulary("number phone cell numero telefono celular area lada")
_DIGIT_WORD = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|[0-9]{1,4})"
_SPOKEN = re.compile(rf"\b{_DIGIT_WORD}(?:[\s,.\-]{{1,3}}{_DIGIT_WORD}){{2,11}}\b")
_SPOKEN_OPENERS = vocabulary("zero oh o one two three four five six seven eight nine cero uno dos tres cuatro cinco seis siete ocho nueve")
_CUE = re.compile(
    r"\b(?:call(?:s|ed|ing|back)?|text(?:s|ed|ing)?|phone|cell|number|num|tel|telefono|tel\.|celular|cel|whats?app|fax|caller|"
    r"contact|reach|dial|ring|"
    r"numero|llam\w+|marc\w+|line|sms|callback|cb|at|al|im|i'm|burner|mobile|ph|#)\b|#|\bfor\b"
)
_NO_PHONE = re.compile(
    r"\b(?:us ?dot|dot|mc|mx|order|pedido|invoice|case|ticket|report|folio|trailer|trlr?|unit|caja|load|seal|plates?|placas?|tag|"
    r"container|bol|pro|po|badge|claim|acct|account|vin|id|zip)(?:\s(?:no|number|num|#|is|es)\.?)?\s?[#:=]?\s?$"
)


class PhoneRecognizer(Recognizer):
    """The value is E.164 where the number is whole, else its digits. ``valid`` is what ``phonenumbers`` says of a whole number.

    ``attributes["fiction"]`` marks the range 555-0100 to 555-0199, which is kept for fiction.
    """

    word_sets = (_SPOKEN_OPENERS, _NUMBER_WORDS)

    digits = True
    cues = ("five", "cinco", "cuatro", "four")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield whole numbers first; a shorter reading never overlaps a longer one."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        folded = passage.folded
        digits = sum(len(passage.words[index]) for index in passage.numbers)
        if digits < 7:
            yield from self._spoken(passage)
            yield from self._pieces(passage, digits)
            return
        starts = _number_starts(passage)
        for match in matches_at(_ABROAD, folded, starts) if "+" in folded or "00" in folded or "011" in folded else ():
            yield self._whole(passage, match.start(), match.end(), None)
        for match in matches_at(_NATIONAL, folded, starts) if digits > 9 else ():
            bare = match.group().isdigit()
            if _NO_PHONE.search(passage.before(match.start(), 24)) or (bare and len(match.group()) == 11):
                continue
            yield self._whole(passage, match.start(), match.end(), "US")
        for match in matches_at(_MEXICAN, folded, starts) if digits > 9 else ():
            if _CUE.search(passage.before(match.start(), 40)) and not _NO_PHONE.search(passage.before(match.start(), 24)):
                yield self._whole(passage, match.start(), match.end(), "MX")
        yield from self._spoken(passage)
        for match in matches_at(_LOCAL, folded, starts):
            dashed = match.group()[3] in "-."
            before = passage.before(match.start(), 40)
            if (
                (dashed or match.group().startswith("555") or _CUE.search(before))
                and not _NO_PHONE.search(before)
                and _plausible_local(passage, match.start(), dashed)
            ):
                yield self._part(passage, match.start(), match.end())
        yield from self._pieces(passage, digits)

    def _spoken(self, passage: Passage) -> Iterator[Entity]:
        if len(passage.quantities) - len(passage.numbers) < 2:
            return
        for match in matches(_SPOKEN, passage, _SPOKEN_OPENERS, numbers=True):
            digits = spoken_digits(re.sub(r"[0-9]", lambda digit: f" {_NAMES[int(digit.group())]} ", re.sub(r"\bo\b", "oh", match.group())))
            if len(digits) in (7, 10, 11) and any(char.isalpha() for char in match.group()):
                yield self._of_digits(passage, match.start(), match.end(), digits)

    def _pieces(self, passage: Passage, digits: int) -> Iterator[Entity]:
        starts = _number_starts(passage) if digits > 2 else []
        for match in matches_at(_VANITY, passage.text, starts) if "8" in passage.folded else ():
            number = re.sub(r"[^0-9]", "", match.group().translate(_KEYS)).removeprefix("1")
            if len(number) == 10:
                attributes = {"vanity": "yes"}
                role = role_before(passage, match.start())
                yield passage.entity("phone", match.start(), match.end(), f"+1{number}", role=role, attributes=attributes)
        for match in matches_at(_HIDDEN, passage.folded, starts) if digits > 5 else ():
            yield self._part(passage, match.start(), match.end())
        for match in matches_at(_PARTIAL, passage.folded, starts) if digits > 5 else ():
            before = passage.before(match.start(), 40)
            if re.search(r"\b(?:phone|number|cell|numero|telefono|call|text|celular)\b", before) and not _NO_PHONE.search(before):
                yield self._part(passage, match.start(), match.end())
        for pattern in (_ENDING, _AREA):
            for match in pattern.finditer(passage.folded) if digits > 2 and passage.has(_NUMBER_WORDS) else ():
                yield self._part(passage, match.start(1), match.end(1))

    def _whole(self, passage: Passage, start: int, end: int, region: str | None) -> Entity:
        try:
            number = phonenumbers.parse(_PREFIX.sub("+", passage.folded[start:end]), region)
        except phonenumbers.NumberParseException:
            return self._part(passage, start, end)
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        attributes = {"fiction": "yes"} if _fictional(value) else {}
        valid = bool(phonenumbers.is_valid_number(number))
        return passage.entity("phone", start, end, value, valid=valid, role=role_before(passage, start), attributes=attributes)

    def _part(self, passage: Passage, start: int, end: int) -> Entity:
        digits = re.sub(r"[^0-9]", "", passage.folded[start:end])
        return passage.entity("phone", start, end, digits, partial=True, role=role_before(passage, start))

    def _of_digits(self, passage: Passage, start: int, end: int, digits: str) -> Entity:
        value = digits if len(digits) == 7 else "+1" + digits[-10:]
        return passage.entity(
            "phone", start, end, value, partial=len(digits) == 7, role=role_before(passage, start), attributes={"spoken": "yes"}
        )


def _number_starts(passage: Passage) -> list[int]:
    """Where numbers begin, at the parenthesis or plus sign where one stands before the digits."""
    return [start - (passage.folded[start - 1 : start] in ("(", "+")) for start in passage.starts_of(passage.numbers)]


_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _fictional(value: str) -> bool:
    return len(value) == 12 and value[5:10] == "55501"


def _plausible_local(passage: Passage, start: int, dashed: bool) -> bool:
    """Whether seven digits read as a telephone number: no plate or road stands before them, and a blank gap needs a cue close by."""
    before = passage.before(start, 20)
    return (
        dashed
        or passage.folded.startswith("555", start)
        or bool(re.search(r"(?:call|text|number|phone|cell|tel|numero)[a-z]*[\s:]*(?:\w+\s){0,2}$", before))
    )
