"""Sums of money, with currency and period. People leave the sign away: "80 for anything", "owes 300", "2500 a head"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Passage, Recognizer, apart, matches, matches_at
from models.entities.gazetteer import vocabulary
from models.entities.numbers import NUMBER_OPENERS, NUMBER_WORDS, spoken
from triage.domain.assessment import Entity

_AMOUNT = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,9})(?:\.[0-9]{1,2})?"
_SCALE = r"(?:\s?(?:k|grand|mil|thousand|m|million|millones|hundred|bands|racks|gs)\b)?"
_UNIT = r"(?:dollars?|dollar|dolares|dolar|dlls|dls|bucks|bux|pesos|usd|mxn|quetzales|lempiras|euros|reais|cents|varos|lana)"
_PERIOD = (
    r"(?:\s(?:a|an|per|each|every|por|la|el|al|cada|x)\s(?:(?:the\s)?(?:hour|hr|day|week|wk|month|mo|night|shift|head|person|body|"
    r"pop|piece|trip|load|case|pallet|box|girl|man|car|kid|family|year|bucket|bag|pill|mile|"
    r"hora|dia|semana|mes|noche|turno|cabeza|persona|viaje|caja|tarima|uno|una|cubeta)s?)\b|\s(?:each|apiece|a piece|cada uno|cada "
    r"una|c/u|weekly|monthly|an hour|hourly|por cabeza|semanales|mensuales|diarios)\b|/(?:hr|hour|day|wk|week|mo|month|night|head)\b)"
)
_SIGNED = re.compile(rf"(?:us|mx)?\$\s?{_AMOUNT}(?:{_SCALE})(?:\s?{_UNIT}\b)?{_PERIOD}?")
_NAMED = re.compile(rf"(?<![\w$.,]){_AMOUNT}{_SCALE}\s(?:more\s|mas\s)?(?:de\s)?{_UNIT}\b{_PERIOD}?")
_SCALED = re.compile(
    rf"(?<![\w$.,-])(?:{_AMOUNT}(?:k|\s?grand|\smil|\sthousand|\sbands)\b)(?!\s(?:miles|pounds|lbs|people|feet|gallons|cases|"
    rf"tons))(?:\s?{_UNIT}\b)?{_PERIOD}?"
)
_WORDED = re.compile(rf"\b(?:a\s(?:couple\s)?(?:hundred|thousand|grand)|(?P<w>{NUMBER_WORDS}))\s(?:more\s)?(?:de\s)?{_UNIT}\b{_PERIOD}?")
_WORDED_SCALE = re.compile(
    rf"\b(?P<w>(?:{NUMBER_WORDS})[\s-](?:hundred|thousand|grand|mil))\b(?!\s(?:miles|pounds|lbs|people|feet|gallons|cases|tons|times|"
    rf"heads?|cows|of|hours|years|personas|veces))(?:\s?{_UNIT}\b)?{_PERIOD}?"
)
_PACED = re.compile(rf"(?<![\w$.,:/-])(?P<n>{_AMOUNT})(?:{_PERIOD})|\b(?!once (?:a|an|per|every|each)\b)(?P<w>{NUMBER_WORDS}){_PERIOD}")
_NOT_MONEY = (
    r"people|men|women|girls?|boys?|guys|kids?|hours?|hrs?|minutes?|mins?|min|days?|weeks?|months?|years?|yrs?|miles?|feet|ft|pounds|"
    r"lbs|times|calls?|trucks?|cars?|vans?|loads?|cases|boxes|pallets|rooms?|am|pm|a\.m|p\.m|degrees|percent|of|others?|more|"
    r"personas|mujeres|hombres|muchach[ao]s|nin[ao]s|horas?|minutos?|dias?|semanas?|mes(?:es)?|anos?|millas|km|veces|cajas|carros|"
    r"trocas|cuartos|th|st|nd|rd|north|south|east|west|nb|sb|eb|wb|and \w+ (?:st|street|ave)|or so (?:people|men)|texts?|pills|bags|"
    r"phones|shots|"
    r"tickets|workers|drivers|students|dogs|cows|head|fentanyl|gallons|gal|guns|packs|weeks|trips|a la|de la|del|copies|customers|"
    r"families|employees|cards|checks|y|weekends|beds|meals|units|apartments|doors|tires|batteries|catalytic"
)
_BARE = re.compile(rf"(?<![\w$.,:/#-]){_AMOUNT}(?![\w:%'/-]|,[0-9]|\.[0-9])")
_NEVER_BEHIND = re.compile(rf"\s(?:{_NOT_MONEY})\b")
_PAYING_WORDS = vocabulary(
    """
    owe owes owed owing pay pays paid paying charge charges charged charging cost costs price priced fee want wants wanted asking asked
    send sends sent gave gives another docked docks deduct deducts keeps kept wire wired zelle zelled venmo venmoed demand demands
    demanded demanding ransom debt quota make makes made earn earns earned minimum deposit deposito depositen depositaron bring lend
    lent loan fine fined bail bond rent billed withdrew takes took offer offers offered offering sell sells selling sold pago pague
    paga pagan pagar pagaron pagamos cobra cobran cobraron cobraban cobro debe deben debo debia cuesta vale piden pide pidio pidieron
    ofrece ofrecen mando manden deposite dan da dio dieron quita quitan quitaron descuenta descuentan saco saca sacaron renta multa
    cuota deuda gana ganan gano ganaba quieren prestamo prestaron fianza rescate saldo balance
    """
)
_PAYING = re.compile(
    rf"\b(?:{'|'.join(sorted(_PAYING_WORDS))})"
    r"\s(?:(?!(?:the|la|el|las|los|at|on|in|en|to|exit|room|i|us|load|truck|bus|line|desde|somos|hwy|highway|route|mm|mile|unit|apt|"
    r"trailer|for|by|from|with|"
    r"age)\b)[\w']+\s){0,3}"
    r"(?:(?:for|at|of|to|de|por|es de|era de|a)\s)?(?:(?:about|around|like|only|just|at least|almost|up to|over|como|casi|unos|hasta|"
    r"solo|nomas|is|was)\s){0,2}$"
)
_FOR = re.compile(
    rf"(?<![\w$.,:/#-])(?P<n>{_AMOUNT})(?=\s(?:for|cash|por|each|apiece|upfront|up front|down|in cash|en efectivo|a pop|extra|"
    r"total)\b)(?!\s(?:for|por)\s(?:the|a|about|over|more|la|los|las|an)\s(?:\w+\s)?(?:hours?|days?|weeks?|months?|years?|horas|"
    r"dias|semanas))"
)
_FOR_CUE = re.compile(
    r"\b(?:exit|mm|mile|room|rm|apt|unit|lot|hwy|highway|route|i|us|at|plate|trailer|door|bus|gate|row|pump|cuarto|age|aged|is|"
    r"turned)\s(?:the\s)?$|[0-9]\s$"
)


_WORD_OPENERS = NUMBER_OPENERS | {"a"}
_WORD_CORES = vocabulary(
    """
    hundred thousand grand mil dollar dollars dolar dolares dlls dls bucks bux pesos usd mxn quetzales lempiras euros reais cents varos
    lana
    """
)
_PERIOD_WORDS = vocabulary(
    """
    hour hours hr hrs day days week weeks wk wks month months mo mos night nights shift shifts head heads person persons body pop pops
    piece pieces trip trips load loads case cases pallet pallets box girl girls man car cars kid kids family year years bucket buckets
    bag bags pill pills mile miles hora horas dia dias semana semanas mes noche noches turno turnos cabeza cabezas persona personas
    viaje viajes caja cajas tarima tarimas uno una cubeta cubetas each apiece weekly monthly hourly semanales mensuales diarios c
    """
)


class MoneyRecognizer(Recognizer):
    """The value is ``<currency> <amount>`` (``USD 500``); ``attributes``: amount, currency (USD, MXN ...), period where one is said."""

    word_sets = (_WORD_CORES, _WORD_OPENERS, _PERIOD_WORDS, _PAYING_WORDS)

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield signed and named sums, then scaled, worded and paced ones, then bare numbers that a verb of paying announces."""
        yield from apart(self._candidates(passage))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        folded = passage.folded
        digits = passage.starts_of(passage.numbers)
        for match in _SIGNED.finditer(folded) if digits and "$" in folded else ():
            yield _money(passage, match.start(), match.end(), _written(match.group()))
        for pattern in (_NAMED, _SCALED):
            for match in matches_at(pattern, folded, digits):
                yield _money(passage, match.start(), match.end(), _written(match.group()))
        for pattern in (_WORDED, _WORDED_SCALE) if passage.has(_WORD_CORES) else ():
            for match in matches(pattern, passage, _WORD_OPENERS):
                yield _money(passage, match.start(), match.end(), spoken(match["w"]) if match["w"] else _loose(match.group()))
        if passage.quantities and passage.has(_PERIOD_WORDS):
            for match in matches_at(_PACED, folded, passage.starts_of(passage.quantities)):
                if match["n"] or (spoken(match["w"]) or 0) > 3:
                    yield _money(passage, match.start(), match.end(), _written(match["n"]) if match["n"] else spoken(match["w"]))
        for match in matches_at(_BARE, folded, digits) if passage.has(_PAYING_WORDS) else ():
            year = re.fullmatch(r"(?:19|20)[0-9]{2}|[0-9]", match.group())
            if not year and not _NEVER_BEHIND.match(folded, match.end()) and _PAYING.search(passage.before(match.start(), 60)):
                yield _money(passage, match.start(), match.end(), _written(match.group()))
        for match in matches_at(_FOR, folded, digits):
            if not _FOR_CUE.search(passage.before(match.start(), 12)) and len(match["n"]) > 1:
                yield _money(passage, match.start("n"), match.end("n"), _written(match["n"]))


def _written(text: str) -> float:
    number = re.search(_AMOUNT, text)
    amount = float(number.group().replace(",", "")) if number else 0.0
    rest = text[number.end() :] if number else ""
    scale = re.match(r"\s?(k|grand|mil|thousand|m|million|millones|hundred|bands|racks|gs)\b", rest)
    factor = {"m": 1e6, "million": 1e6, "millones": 1e6, "hundred": 100}.get(scale[1], 1000) if scale else 1
    return amount * factor


def _loose(text: str) -> float:
    return (200.0 if "couple" in text else 100.0) if "hundred" in text else (2000.0 if "couple" in text else 1000.0)


def _money(passage: Passage, start: int, end: int, amount: float | None) -> Entity:
    text = passage.folded[start:end]
    currency = next((code for cue, code in _CURRENCIES if cue in text), "USD")
    period = re.search(_PERIOD, text)
    value = f"{currency} {amount:.2f}".removesuffix(".00") if amount is not None else currency
    attributes = (
        {"currency": currency}
        | ({"amount": value.partition(" ")[2]} if amount is not None else {})
        | ({"period": period.group().strip()} if period else {})
    )
    return passage.entity("money", start, end, value, attributes=attributes)


_CURRENCIES = (
    ("peso", "MXN"),
    ("mxn", "MXN"),
    ("mx$", "MXN"),
    ("varos", "MXN"),
    ("quetzal", "GTQ"),
    ("lempira", "HNL"),
    ("euro", "EUR"),
    ("reais", "BRL"),
)
