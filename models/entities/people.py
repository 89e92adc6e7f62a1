"""People: by name, by title, and by what they look like, with the age where one is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Passage, Recognizer, apart
from models.entities.gazetteer import rows
from models.entities.numbers import NUMBER_WORDS, spoken
from triage.domain.assessment import Entity

_CHILD = r"(?:kids?|child(?:ren)?|teens?|teenagers?|toddlers?|bab(?:y|ies)|infants?|newborns?|preteens?|tweens?|minors?|juveniles?|nin[oa]s?|menores?|adolescentes?|bebes?|escuincl[ae]s?|huercos?|students?|freshman|sophomore|grader|schoolers?)"
_ADULT = (
    r"(?:m[ae]n|wom[ae]n|lad(?:y|ies)|guys?|girls?|boys?|gals?|dudes?|fellas?|fellows?|males?|females?|persons?|drivers?|workers?|lumpers?|clerks?|customers?|guests?|patients?|residents?|neighbors?|"
    r"grandma|grandpa|grandmother|grandfather|mother|father|mom|dad|sisters?|brothers?|aunt|uncle|cousins?|niece|nephew|daughters?|sons?|husband|wife|boyfriend|girlfriend|bf|gf|boss|manager|foreman|supervisor|pimp|"
    r"pastor|coach|teacher|nurse|doctor|officer|deputy|hombres?|mujer(?:es)?|senor(?:a|as|es|ita|itas)?|muchach[oa]s?|chic[oa]s?|chav[oa]s?|morr[oa]s?|vatos?|tipos?|jov(?:en|enes)|viej[oa]s?|ancian[oa]s?|"
    r"vecin[oa]s?|sobrin[oa]s?|herman[oa]s?|hij[oa]s?|prim[oa]s?|abuel[oa]s?|patron(?:a)?|encargad[oa]|chofer|trailero|paciente|migrantes?|hondurenos?|guatemaltecos?|mexicanos?|salvadorenos?|couple|homeless|veteran|subject|suspect|victim)"
)
_NOUN = rf"(?:{_CHILD}|{_ADULT})"
_ADJECTIVE = (
    r"(?:young|younger|old|older|elderly|little|small|big|tall|short|skinny|thin|heavy|heavyset|heavy-set|stocky|fat|bald|blond|blonde|brunette|redheaded|red-haired|dark-haired|gray-haired|grey-haired|white-haired|long-haired|bearded|tattooed|tatted|pregnant|"
    r"barefoot|homeless|drunk|skinny|chubby|clean-cut|middle-aged|middle aged|teenage|teen|white|black|hispanic|latino|latina|asian|native|indian|korean|chinese|vietnamese|filipino|filipina|african|somali|russian|ukrainian|mexican|honduran|guatemalan|"
    r"haitian|venezuelan|cuban|colombian|muslim|middle eastern|foreign|deaf|blind|disabled|autistic|scared|crying|elementary|middle school|high school|eighth grade|sixth grade|college|older|unknown|dirty|nice|quiet|same|other|joven|mayor|chaparr[oa]|gord[oa]|flac[oa]|alt[oa]|moren[oa]|guer[oa]|embarazada|delgad[oa])"
)
_COUNT = r"(?:[0-9]{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|several|some|una|un|a|an|the|this|that|one|another|la|el|los|las|unos|unas)"
_AGE_NUMBER = r"(?:[0-9]{1,2}|" + NUMBER_WORDS + r")"
_AGE = (
    rf"(?:(?:about|around|approx\.?|maybe|like|roughly|almost|como|unos|de unos|de como|aged?|age of|of)\s){{0,2}}(?P<a>{_AGE_NUMBER})(?:\s?(?:-|to|or|o|a)\s?(?P<b>{_AGE_NUMBER}))?"
)
_OLD = r"(?:[\s-]{0,2}(?:years?|yrs?|yr|months?|mos?|weeks?|wks?|days?)[\s-]{0,2}olds?|\s?(?:yo|y/o|y\.o\.)|[\s-]{1,2}(?:anos|anitos|meses)(?:\sde edad)?)\b"
_DECADE = r"(?:(?:in|en)\s(?:(?:her|his|their|los|sus)\s)?(?:(?:early|mid|late)[\s-])?(?P<decade>(?:twenties|thirties|forties|fifties|sixties|seventies|eighties|[2-9]0'?s|veinte|treinta|cuarenta|cincuenta|sesenta)))"
_TAIL = rf"(?:,?\s(?:{_DECADE}|(?:about|around|maybe|like|como de|de unos|de como|de|aged)\s(?P<tail>[0-9]{{1,2}}|{NUMBER_WORDS})(?:\s?(?:-|to|or|o)\s?[0-9]{{1,2}})?(?:\s(?:anos|years old|yo))?(?![\w:$%])))?"
_WEARING = r"(?:\s(?:in|with|w/?|wearing|con|de)\s(?:a |an |the |una? |el |la )?(?:[a-z'-]{2,14}\s){0,3}(?:hat|cap|hoodie|jacket|coat|shirt|tshirt|t-shirt|vest|beard|glasses|dreads|braids|ponytail|tattoos?|tattoo|scar|jeans|pants|shorts|dress|uniform|scrubs|crocs|boots|shoes|sneakers|backpack|sweater|overalls|bandana|mask|hair|bun|mustache|goatee|limp|cane|walker|gorra|camisa|chamarra|sudadera|barba|bigote|lentes|cicatriz|tatuajes?|visor|clipboard|accent)\b)?"
_DESCRIBED = re.compile(rf"\b(?P<lead>(?:{_COUNT}\s)?(?:(?:very|real|really|super|muy)\s)?(?:{_ADJECTIVE}[\s,-]{{1,2}}){{0,4}})(?P<noun>{_NOUN})\b(?P<tailall>{_TAIL}{_WEARING})")
_AGED = re.compile(rf"\b(?:(?:an?|the|una?|my|her|his|mi|su)\s)?(?:{_AGE}{_OLD})(?:[\s-](?:(?:{_ADJECTIVE})\s){{0,2}}{_NOUN}\b)?")
_CLINIC = re.compile(r"\b(?P<s>[mf])[\s/-]?(?P<a>[0-9]{1,2})s?\b(?!\s?(?:am|pm|:))|\b(?P<a2>[0-9]{1,2})\s?/?(?P<s2>[mf])\b(?!\s?[0-9])")
_IS = re.compile(rf"\b(?P<who>she|he|shes|hes|she's|he's|girl|boy|kid|i'm|im|one|both|ella|el|hija|hijo|nina|nino|muchacha|daughter|son|sister|brother|niece|nephew)\s?(?:'s|is|was|turned|only|tiene|tenia|cumplio|says he's|says she's|about|maybe|looked|looks|like|just|,|\s)*\s(?P<a>1[0-9]|[5-9]|{NUMBER_WORDS})(?=[\s.,;!?]|$)(?!\s(?:am|pm|min|minutes|hours|days|weeks|months|years? (?!old)|times|people|girls|men|women|kids|bucks|dollars|miles|of|dolares|mil|hundred|horas|dias|semanas|meses|pesos|trucks|more))")
_TITLE = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Miss|Dr|Sgt|Lt|Officer|Deputy|Detective|Sergeant|Trooper|Inspector|Agent|Judge|Pastor|Father|Brother|Sister|Deacon|Reverend|Rev|Rabbi|Imam|Coach|Principal|Nurse|Foreman|Captain|Chief|Sheriff|Uncle|Aunt|Auntie|Grandma|Grandpa|Cousin|"
    r"Don|Doña|Dona|Señor|Señora|Sra|Sr|Srta|Lic|Licenciado|Licenciada|Ing|Padre|Hermano|Hermana|Tía|Tío|Tia|Tio|Profe|Maestra|Maestro|Comandante|Capitán)\.? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?(?:'s)?",
)
_TITLE_SMALL = re.compile(r"\b(?:mr|mrs|ms|miss|don|dona|pastor|hermana|hermano|dr|tia|tio|doctor|coach|uncle|aunt|primo|prima|lic|sra|cousin|cuzin|officer|deputy|foreman)\.? (?!and\b|is\b|was\b|has\b|told\b|said\b|who\b|in\b|at\b|on\b|the\b|that\b|says\b|de\b|que\b|del\b|to\b|from\b|will\b|my\b|came\b|got\b|of\b|with\b|a\b|for\b|y\b|me\b|se\b|lo\b|no\b)(?P<n>[a-z][a-z'-]{2,14})\b")
_NAMED = re.compile(
    r"\b(?:named|called|name is|name's|names|goes by|nickname[sd]?|says her name is|says his name is|calls? him(?:self)?|call her|known as|aka|ask for|se llama|llamad[oa]|un tal|una tal|le dicen|que le dicen|de nombre|apodado|apodo|alias|a guy named|this is|i'm|im|i am|soy|me llamo|my name is|mi nombre es|contact:?|-)\s(?:el |la |don |dona |miss |mr |mr\. |ms |\")?(?P<n>[a-z][\w'’-]{1,16}(?:\s[a-z][\w'’.-]{0,16})?)"
)
_CAPITAL_NAME = re.compile(r"[A-Z][\w'’-]*(?: (?:[A-Z][\w'’-]+|[A-Z]\.?(?!\w)))?")
_INITIAL = re.compile(r"(?<!\w)(?:[A-Z]\. [A-Z][a-z]+|[A-Z][a-z]+ [A-Z]\.)(?!\w)")
_DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60}
_MINOR = re.compile(rf"\b{_CHILD}\b|\bhigh school\b|\bmiddle school\b|\belementary\b|\bteenage\b|\bteen\b|\bgrade\b|\bunder 18\b")
_NOT_MINOR = re.compile(r"\b(?:college|grad) students?\b|\bstudents?\b(?! at (?:the )?(?:school|high))")
_STOP = frozenset(
    """i the a an he she they we it but and then there this that his her my our your their when what who where why how if so no yes not please god jesus christ english spanish monday tuesday wednesday thursday friday saturday sunday
    at in on to from for of with by as is was are be just like only here now one two call text him them back out up down over because about after all any been being can could did do does doing done going gonna got get
    had has have having into its let me more most new off ok okay or other some such than too very was were will would you calling writing reporting sitting parked behind stuck sure sorry afraid scared trying looking
    working worried a la el lo los las un una que de del en por para con se su mi me te le y o si no es era muy ya nada todo esta este eso esa aqui alla operador operadora chofer trailero vecina vecino mesera maestra enfermera madre padre
    driver clerk nurse teacher neighbor mom dad owner manager night day dispatch security front desk housekeeping at truck bus school hotel motel church hospital in""".split()
)


class PersonRecognizer(Recognizer):
    """Names and descriptions. The value is the text in lower case.

    ``attributes``: ``name``; ``min_age`` and ``max_age`` in years; ``apparent_minor`` is ``yes`` only for child, teen, kid, a school
    year, or a number under 18; never for "girl" or "young woman" (design C).
    """

    def __init__(self) -> None:
        ordinary = {row["term"] for row in rows("ordinary_words")}
        self._names = frozenset(row["term"] for row in rows("first_names"))
        self._sure = self._names - ordinary

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield described people, people with an age, then names."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        folded = passage.folded
        for match in _TITLE.finditer(passage.text):
            yield _named(passage, match.start(), match.end())
        for match in _AGED.finditer(folded):
            if re.search(r"years?|anos|yo\b|y/o|yr|old", match.group()):
                yield _aged(passage, match.start(), match.end(), _years(match["a"], match.group()), _years(match["b"], match.group()))
        for match in _DESCRIBED.finditer(folded):
            if _is_described(match):
                age = _decade(match["decade"]) if match["decade"] else (_years(match["tail"], "") if match["tail"] else None)
                yield _aged(passage, match.start(), match.end(), age, age + 9 if match["decade"] and age else None)
        for match in _CLINIC.finditer(folded):
            number = match["a"] or match["a2"]
            if passage.text[match.start("s") if match["s"] else match.start("s2")].isupper():
                yield _aged(passage, match.start(), match.end(), int(number), None)
        for match in _IS.finditer(folded):
            age = _years(match["a"], "")
            if age is not None and 0 < age < 100:
                yield _aged(passage, match.start(), match.end(), age, None)
        yield from self._by_name(passage)

    def _by_name(self, passage: Passage) -> Iterator[Entity]:
        for match in _NAMED.finditer(passage.folded):
            start = match.start("n")
            name = _CAPITAL_NAME.match(passage.text, start)
            first = match["n"].split()[0]
            if name and name.group().split()[0].lower() not in _STOP:
                yield _named(passage, start, name.end())
            elif first in self._sure and not name:
                yield _named(passage, start, start + len(first))
        for match in _TITLE_SMALL.finditer(passage.folded):
            yield _named(passage, match.start(), match.end())
        for index, word in enumerate(passage.words):
            plain = word.removesuffix("'s")
            if plain not in self._names:
                continue
            start = passage.starts[index]
            if passage.capitalised(index):
                name = _CAPITAL_NAME.match(passage.text, start)
                surname = name is not None and " " in name.group() and name.group().split()[1].lower() not in _STOP
                if name and (plain in self._sure or surname):
                    yield _named(passage, start, name.end() if surname else passage.ends[index])
            elif plain in self._sure and index and len(plain) > 3 and passage.text.islower():
                yield _named(passage, start, passage.ends[index])
        for match in _INITIAL.finditer(passage.text):
            yield _named(passage, match.start(), match.end())


def _is_described(match: re.Match[str]) -> bool:
    """A noun alone ("the man") says nothing; an adjective, a count of two or more, an age or clothes do."""
    lead = match["lead"].split()
    described = len(lead) > 1 or (bool(lead) and not re.fullmatch(r"a|an|the|this|that|one|another|some|several|una?|el|la|los|las|unos|unas|same|other", lead[0]))
    return described or bool(match["tailall"])


def _years(words: str | None, text: str) -> int | None:
    if not words:
        return None
    value = int(words) if words.isdigit() else spoken(words)
    if value is None:
        return None
    return 0 if re.search(r"month|week|day|meses|\bmos?\b|wk", text) else value


def _decade(words: str) -> int:
    return _DECADES.get(words) or int(words[:2])


def _aged(passage: Passage, start: int, end: int, low: int | None, high: int | None) -> Entity:
    text = passage.folded[start:end]
    attributes: dict[str, str] = {}
    if low is not None:
        attributes = {"min_age": str(low), "max_age": str(high if high is not None else low)}
    numeric = low is not None and low < 18
    child = bool(_MINOR.search(text)) and not _NOT_MINOR.search(text) and (low is None or low < 18)
    if numeric or child:
        attributes["apparent_minor"] = "yes"
    return passage.entity("person", start, end, text, attributes=attributes)


def _named(passage: Passage, start: int, end: int) -> Entity:
    end = start + len(passage.text[start:end].removesuffix("'s").removesuffix("’s"))
    return passage.entity("person", start, end, passage.folded[start:end], attributes={"name": passage.text[start:end]})
