"""People: by name, by title, and by what they look like, with the age where one is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from models.entities.base import Passage, Recognizer, apart, before_any, matches, matches_at
from models.entities.gazetteer import lexicon, rows, vocabulary
from models.entities.numbers import NUMBER_OPENERS, NUMBER_WORDS, spoken
from triage.domain.assessment import Entity

_COUNTS = vocabulary(
    """
    two three four five six seven eight nine ten eleven twelve fifteen twenty dos tres cuatro cinco seis siete ocho nueve diez once
    doce several some una un a an the this that one another la el los las unos unas my her his their mi su
    """
)
_NO_COUNT = vocabulary("a an the this that one another some several una un el la los las unos unas same other my her his their mi su")
_AGE_NUMBER = r"(?:[0-9]{1,2}|" + NUMBER_WORDS + r")"
_AGE = (
    r"(?:(?:about|around|approx\.?|maybe|like|roughly|almost|como|unos|de unos|de como|aged?|age of|"
    rf"of)\s){{0,2}}(?P<a>{_AGE_NUMBER})(?:\s?(?:-|to|or|o|a)\s?(?P<b>{_AGE_NUMBER}))?"
)
_OLD = (
    r"(?:[\s-]{0,2}(?:years?|yrs?|yr|months?|mos?|weeks?|wks?|days?)[\s-]{0,2}olds?|\s?(?:yo|y/o|y\.o\.)|[\s-]{1,2}(?:anos|anitos|"
    r"meses)(?:\sde edad)?)\b"
)
_DECADE = (
    r"(?:(?:in|en)\s(?:(?:her|his|their|los|sus)\s)?(?:(?:early|mid|late)[\s-])?(?P<decade>(?:twenties|thirties|forties|fifties|"
    r"sixties|seventies|eighties|[2-9]0'?s|veinte|treinta|cuarenta|cincuenta|sesenta)))"
)
_TAIL = (
    rf"(?:,?\s(?:{_DECADE}|(?:about|around|maybe|like|como de|de unos|de como|de|aged)\s(?P<tail>[0-9]{{1,2}}|"
    rf"{NUMBER_WORDS})(?:\s?(?:-|to|or|o)\s?[0-9]{{1,2}})?(?:\s(?:anos|years old|yo))?(?![\w:$%])))?"
)
_WEARING = (
    r"(?:\s(?:in|with|w/?|wearing|con|de)\s(?:a |an |the |una? |el |la )?(?:[a-z'-]{2,14}\s){0,3}(?:hat|cap|hoodie|jacket|coat|shirt|"
    r"tshirt|t-shirt|vest|beard|glasses|dreads|braids|ponytail|tattoos?|tattoo|scar|jeans|pants|shorts|dress|uniform|scrubs|crocs|"
    r"boots|shoes|sneakers|backpack|sweater|overalls|bandana|mask|hair|bun|mustache|goatee|limp|cane|walker|gorra|camisa|chamarra|"
    r"sudadera|barba|bigote|lentes|cicatriz|tatuajes?|visor|clipboard|accent)\b)?"
)
_BEHIND = re.compile(_TAIL + _WEARING)
_AGED = re.compile(rf"(?:(?:an?|the|una?|my|her|his|mi|su)\s)?(?:{_AGE}{_OLD})")
_SPAN_OF_TIME = re.compile(r"(?:anos|anitos|meses)$")
_AGE_BEFORE = re.compile(r"\b(?:de|tiene|tenia|tendra|tengo|cumplio|cumple|unos|unas|como|aparenta|con|y)\s$|,\s$")
_AGE_OPENERS = NUMBER_OPENERS | vocabulary(
    "a an the un una my her his mi su about around approx maybe like roughly almost como unos de age aged of"
)
_IS_OPENERS = vocabulary(
    "she he shes hes girl boy kid i im one both ella el hija hijo nina nino muchacha daughter son sister brother niece nephew"
)
_NAME_OPENERS = vocabulary(
    "named called name names goes nickname nicknamed nicknames call calls known aka ask llama llamado llamada tal dicen nombre apodado "
    "apodo alias this i im soy llamo contact"
)
_AGE_CUES = ("old", "yo", "y/o", "y.o", "anos", "anitos", "meses")
_SEXES = vocabulary("m f ms fs")
_TITLES = vocabulary(
    """
    mr mrs ms miss dr sgt lt officer deputy detective sergeant trooper inspector agent judge pastor father brother sister deacon
    reverend rev rabbi imam coach principal nurse foreman captain chief sheriff uncle aunt auntie grandma grandpa cousin don dona senor
    senora sra sr srta lic licenciado licenciada ing padre hermano hermana tia tio profe maestra maestro comandante capitan
    """
)
_SMALL_TITLES = vocabulary(
    "mr mrs ms miss don dona pastor hermana hermano dr tia tio doctor coach uncle aunt primo prima lic sra cousin cuzin "
    "officer deputy foreman"
)
_CLINIC = re.compile(r"\b(?P<s>[mf])[\s/-]?(?P<a>[0-9]{1,2})s?\b(?!\s?(?:am|pm|:))|\b(?P<a2>[0-9]{1,2})\s?/?(?P<s2>[mf])\b(?!\s?[0-9])")
_IS = re.compile(
    r"\b(?P<who>she|he|shes|hes|she's|he's|girl|boy|kid|i'm|im|one|both|ella|el|hija|hijo|nina|nino|muchacha|daughter|son|sister|"
    r"brother|niece|nephew)\s?(?:'s|is|was|turned|only|tiene|tenia|cumplio|says he's|says she's|about|maybe|looked|looks|like|just|"
    rf",|\s)*\s(?!once\b)(?P<a>1[0-9]|[5-9]|{NUMBER_WORDS})(?=[\s.,;!?]|$)(?!\s(?:am|pm|min|minutes|hours|days|weeks|months|years? (?!old)|"
    r"times|people|girls|men|women|kids|bucks|dollars|miles|of|dolares|mil|hundred|horas|dias|semanas|meses|pesos|trucks|more))"
)
_TITLE = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Miss|Dr|Sgt|Lt|Officer|Deputy|Detective|Sergeant|Trooper|Inspector|Agent|Judge|Pastor|Father|Brother|"
    r"Sister|Deacon|Reverend|Rev|Rabbi|Imam|Coach|Principal|Nurse|Foreman|Captain|Chief|Sheriff|Uncle|Aunt|Auntie|Grandma|Grandpa|"
    r"Cousin|"
    r"Don|Doña|Dona|Señor|Señora|Sra|Sr|Srta|Lic|Licenciado|Licenciada|Ing|Padre|Hermano|Hermana|Tía|Tío|Tia|Tio|Profe|Maestra|"
    r"Maestro|Comandante|Capitán)\.? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?(?:'s)?",
)
_TITLE_SMALL = re.compile(
    r"\b(?:mr|mrs|ms|miss|don|dona|pastor|hermana|hermano|dr|tia|tio|doctor|coach|uncle|aunt|primo|prima|lic|sra|cousin|cuzin|"
    r"officer|deputy|foreman)\.? (?!and\b|is\b|was\b|has\b|told\b|said\b|who\b|in\b|at\b|on\b|the\b|that\b|says\b|de\b|que\b|del\b|"
    r"to\b|from\b|will\b|my\b|came\b|got\b|of\b|with\b|a\b|for\b|y\b|me\b|se\b|lo\b|no\b)(?P<n>[a-z][a-z'-]{2,14})\b"
)
_NAMED = re.compile(
    r"\b(?:named|called|name is|name's|names|goes by|nickname[sd]?|calls? him(?:self)?|call her|"
    r"known as|aka|ask for|llama|llamad[oa]|tal|dicen|nombre|apodado|apodo|alias|this "
    r"is|i'm|im|i am|soy|llamo|nombre es|contact:?)\s(?:el |la |don |dona |miss |mr |mr\. |ms |"
    r"\")?(?P<n>[a-z][\w'’-]{1,16}(?:\s[a-z][\w'’.-]{0,16})?)"
)
_SURE_TITLES = frozenset({"mr", "mrs", "ms", "don", "dona", "dr", "lic", "sra"})
_CAPITAL_NAME = re.compile(r"[A-Z][\w'’-]*(?: (?:[A-Z][\w'’-]+|[A-Z]\.?(?!\w)))?")
_INITIAL = re.compile(r"(?<!\w)(?:[A-Z]\. [A-Z][a-z]+|[A-Z][a-z]+ [A-Z]\.)(?!\w)")
_DECADES = {
    "twenties": 20,
    "thirties": 30,
    "forties": 40,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
    "eighties": 80,
    "veinte": 20,
    "treinta": 30,
    "cuarenta": 40,
    "cincuenta": 50,
    "sesenta": 60,
}
_MINOR = re.compile(r"\bhigh school\b|\bmiddle school\b|\belementary\b|\bteenage\b|\bteen\b|\bgrade\b|\bunder 18\b")
_NOT_MINOR = re.compile(r"\b(?:college|grad) students?\b|\bstudents?\b(?! at (?:the )?(?:school|high))")
STOP = vocabulary(
    """
    i the a an he she they we it but and then there this that his her my our your their when what who where why how if so no yes not
    please god jesus christ english spanish monday tuesday wednesday thursday friday saturday sunday at in on to from for of with by
    as is was are be just like only here now one two call text him them back out up down over because about after all any been being
    can could did do does doing done going gonna got get had has have having into its let me more most new off ok okay or other some
    such than too very was were will would you calling writing reporting sitting parked behind stuck sure sorry afraid scared trying
    looking working worried a la el lo los las un una que de del en por para con se su mi me te le y o si no es era muy ya nada todo
    esta este eso esa aqui alla operador operadora chofer trailero vecina vecino mesera maestra enfermera madre padre driver clerk
    nurse teacher neighbor mom dad owner manager night day dispatch security front desk housekeeping at truck bus school hotel motel
    church hospital in
    """
)
"""Words that are no name, however they are written."""


class PersonRecognizer(Recognizer):
    """Names and descriptions. The value is the text in lower case.

    ``attributes``: ``name``; ``min_age`` and ``max_age`` in years; ``apparent_minor`` is ``yes`` only for child, teen, kid, a school
    year, or a number under 18; never for "girl" or "young woman" (design C).
    """

    def __init__(self) -> None:
        ordinary = {row["term"] for row in rows("ordinary_words")}
        self._names = frozenset(row["term"] for row in rows("first_names"))
        self._sure = self._names - ordinary
        kinds = lexicon("people")
        self._nouns = {term: kind for term, kind in kinds.items() if kind != "adjective"}
        self._noun_words = frozenset(self._nouns)
        self.word_sets = (
            _TITLES, _AGE_OPENERS, self._noun_words, _IS_OPENERS, _NAME_OPENERS, _SMALL_TITLES, self._names, _SEXES,
        )  # fmt: skip
        self._last_words = frozenset(re.split(r"[ -]", term)[-1] for term, kind in kinds.items() if kind == "adjective")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield described people, people with an age, then names."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        folded = passage.folded
        for match in matches_at(_TITLE, passage.text, passage.starts_of(passage.indexes(_TITLES))):
            yield _named(passage, match.start(), match.end())
        openers: Iterable[int] = ()
        if passage.quantities and any(cue in folded for cue in _AGE_CUES):
            openers = before_any(sorted({*passage.indexes(_AGE_OPENERS), *passage.numbers}), passage.quantities, 4)
        for match in matches_at(_AGED, folded, passage.starts_of(openers)):
            if _SPAN_OF_TIME.search(match.group()) and not _AGE_BEFORE.search(passage.before(match.start("a"), 16)):
                continue  # "tres anos" alone is a stretch of time
            end = self._noun_behind(passage, match.end())
            yield self._aged(passage, match.start(), end, _years(match["a"], match.group()), _years(match["b"], match.group()))
        for index in passage.indexes(self._noun_words):
            yield from self._described(passage, index)
        for match in _CLINIC.finditer(folded) if _clinical(passage) else ():
            number = match["a"] or match["a2"]
            if passage.text[match.start("s") if match["s"] else match.start("s2")].isupper():
                yield self._aged(passage, match.start(), match.end(), int(number), None)
        for match in matches_at(_IS, folded, passage.starts_of(before_any(passage.indexes(_IS_OPENERS), passage.quantities, 8))):
            age = _years(match["a"], "")
            if age is not None and 0 < age < 100:
                yield self._aged(passage, match.start(), match.end(), age, None)
        yield from self._by_name(passage)

    def _described(self, passage: Passage, noun: int) -> Iterator[Entity]:
        """The description around a noun: adjectives and a count before it, age and clothes behind it. A noun alone says nothing."""
        first = noun
        while (
            first
            and noun - first < 4
            and passage.starts[first] - passage.ends[first - 1] <= 2
            and passage.words[first - 1] in self._last_words
        ):
            first -= 1
        described = first < noun
        if first and passage.starts[first] - passage.ends[first - 1] == 1:
            before = passage.words[first - 1]
            if before in _COUNTS or before.isdigit():
                first -= 1
                described = described or before not in _NO_COUNT
        end = passage.ends[noun] - (2 if passage.words[noun].endswith("'s") else 0)
        tail = _BEHIND.match(passage.folded, end)
        if not described and not (tail and tail.group()):
            return
        age = None
        if tail and tail["decade"]:
            age = _decade(tail["decade"])
        elif tail and tail["tail"]:
            age = _years(tail["tail"], "")
        high = age + 9 if tail and tail["decade"] and age is not None else None
        yield self._aged(passage, passage.starts[first], tail.end() if tail else end, age, high)

    def _aged(self, passage: Passage, start: int, end: int, low: int | None, high: int | None) -> Entity:
        text = passage.folded[start:end]
        attributes: dict[str, str] = {}
        if low is not None:
            attributes = {"min_age": str(low), "max_age": str(high if high is not None else low)}
        child = any(self._nouns.get(word) == "child" for word in re.findall(r"\w+", text)) or bool(_MINOR.search(text))
        if (low is not None and low < 18) or (low is None and child and not _NOT_MINOR.search(text)):
            attributes["apparent_minor"] = "yes"
        return passage.entity("person", start, end, text, attributes=attributes)

    def _noun_behind(self, passage: Passage, end: int) -> int:
        """Where an age's description ends: "a 14 year old girl" takes in the noun, with at most two adjectives between."""
        following = _NEXT_WORDS.match(passage.folded, end)
        for word in re.finditer(r"[\w']+", following.group() if following else ""):
            if word.group() in self._nouns:
                return end + word.end()
            if word.group() not in self._last_words:
                break
        return end

    def _by_name(self, passage: Passage) -> Iterator[Entity]:
        for match in matches(_NAMED, passage, _NAME_OPENERS):
            start = match.start("n")
            name = _CAPITAL_NAME.match(passage.text, start)
            first = match["n"].split()[0]
            if name and name.group().split()[0].lower() not in STOP:
                yield _named(passage, start, name.end())
            elif first in self._sure and not name:
                yield _named(passage, start, start + len(first))
        for match in matches(_TITLE_SMALL, passage, _SMALL_TITLES):
            title = passage.folded[match.start() : match.start("n")].rstrip(". ")
            if match["n"] in self._names or title in _SURE_TITLES:
                yield _named(passage, match.start(), match.end())
        for index in passage.indexes(self._names):
            plain = passage.words[index].removesuffix("'s")
            if plain not in self._names:
                continue
            start = passage.starts[index]
            if plain == "salvador" and index and passage.words[index - 1] == "el":
                continue
            if passage.capitalised(index):
                name = _CAPITAL_NAME.match(passage.text, start)
                surname = name is not None and " " in name.group() and name.group().split()[1].lower() not in STOP
                if name and (plain in self._sure or surname):
                    yield _named(passage, start, name.end() if surname else passage.ends[index])
            elif plain in self._sure and index and len(plain) > 3 and passage.text.islower():
                yield _named(passage, start, passage.ends[index])
        for match in matches_at(_INITIAL, passage.text, _before_initials(passage)):
            yield _named(passage, match.start(), match.end())


def _clinical(passage: Passage) -> bool:
    """Whether there may be a sex and an age the way clinics write them: M34, 34/F."""
    return passage.has(_SEXES) or any(passage.words[index][-1] in "mf" for index in passage.numbers)


def _before_initials(passage: Passage) -> list[int]:
    """Where a name may begin that is written with an initial: at a capital letter before a full stop, or at the word before it."""
    initials = [index for index in passage.capitals if len(passage.words[index]) == 1 and passage.text.startswith(".", passage.ends[index])]
    return [passage.starts[place] for index in initials for place in (index - 1, index) if place >= 0]


_NEXT_WORDS = re.compile(r"[\s-][a-z']{2,15}(?:\s[a-z']{2,15}){0,2}")


def _years(words: str | None, text: str) -> int | None:
    if not words:
        return None
    value = int(words) if words.isdigit() else spoken(words)
    if value is None:
        return None
    return 0 if re.search(r"month|week|day|meses|\bmos?\b|wk", text) else value


def _decade(words: str) -> int:
    return _DECADES.get(words) or int(words[:2])


def _named(passage: Passage, start: int, end: int) -> Entity:
    end = start + len(passage.text[start:end].removesuffix("'s").removesuffix("’s"))
    return passage.entity("person", start, end, passage.folded[start:end], attributes={"name": passage.text[start:end]})
