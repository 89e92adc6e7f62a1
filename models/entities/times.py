"""When: clock times, days, dates, stretches and habits, English and Spanish, resolved against the time of receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from models.entities.base import Claims, Passage, Recognizer, before_any
from models.entities.gazetteer import vocabulary
from models.entities.numbers import NUMBER_OPENERS, NUMBER_WORDS
from models.entities.when import Reading, resolve
from triage.domain.assessment import Entity

_N = rf"(?:[0-9]{{1,3}}|a|an|a couple(?: of)?|a few|few|several|half an|un|una|unos|unas|varios|varias|como|{NUMBER_WORDS})"
_UNITS = (
    r"(?:sec(?:ond)?s?|min(?:ute)?s?|mins?|hours?|hrs?|hr|days?|nights?|weeks?|wks?|wk|months?|mos?|years?|yrs?|evenings|mornings|"
    r"segundos?|minutos?|horas?|hrs|dias?|noches?|semanas?|mes(?:es)?|anos?|rato|ratito)"
)
_DAYS = (
    r"(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|mon|tues?|weds?|thurs?|thu|fri|sat|sun|weekdays?|"
    r"weekends?|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|fin de semana|fines de semana|entre semana)"
)
_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|"
    r"nov|dec|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)"
)
_PART = (
    r"(?:morning|afternoon|evening|night|nite|noon|midday|midnight|lunch(?:time)?|dawn|dusk|sunrise|sunset|daylight|dark|bedtime|"
    r"manana|tarde|noche|madrugada|mediodia|medio dia|medianoche|media noche|tardecita|anochecer|amanecer)"
)
_ATOMS = {
    "now": (
        r"right now|rite now|rn|just now|now|currently|as we speak|at this moment|this minute|this very (?:minute|second)|ahorita(?: "
        r"mismo)?|ahora(?: mismo)?|en este momento|ya mero|orita|still (?:there|here)(?: now)?|at the moment|happening now"
    ),
    "ago": (
        rf"(?:about |around |like |maybe |over |almost |more than )?{_N} {_UNITS} (?:ago|back|atras)|(?:about |around |like "
        rf")?[0-9]{{1,3}}(?:min|mins|hrs?|m|h) ago|(?:desde )?hace (?:como |unos |unas |mas de |apenas )?(?:{_N} )?{_UNITS}|a while "
        r"(?:ago|back)|(?:about )?an hour ago|an hour and a half ago|moments ago"
    ),
    "day": (
        r"(?:early |late(?:r)? )?(?:today|tonight|tonite|2nite|tomorrow|tmrw|tmw|tomorow|yesterday|yest|last night|last nite|"
        r"lastnight|ydy|the night before|the other (?:day|night)|day before yesterday|this (?:morning|afternoon|evening|am|pm)|hoy|"
        r"anoche|antenoche|ayer|antier|anteayer|manana(?! de)|esta (?:noche|manana|tarde|madrugada)|hoy en la (?:noche|manana|tarde)|"
        r"pasado manana|la otra noche|el otro dia)(?: (?:morning|afternoon|evening|night|noon|after|in the morning|en la (?:noche|"
        r"manana|tarde)|por la (?:noche|manana|tarde)))?"
    ),
    "habit": (
        r"(?:every|each|most|any|cada|todos los|todas las|casi todas las|nearly every|almost every|all) (?:other |single |second |"
        rf"third |two |three |dos |tres )?(?:{_DAYS}|{_PART}s?|{_UNITS}|day|dia|dias|shift|turno|time|hour|payday|first|1st)\b|"
        r"nightly|daily|weekly|monthly|hourly|a diario|diario|everyday|all (?:day|night)(?: long)?|24/7|toda la (?:noche|manana|"
        r"tarde|semana)|todo el dia|day and night|twice a (?:day|week|month)|once a (?:week|month|day)|on weekends|on weekdays|"
        r"entre semana"
    ),
    "weekday": (
        r"(?:(?:this|last|next|every|on|this past|past|this coming|since|by|until|til|el|los|este|la noche del|el pasado|desde el|"
        rf"hasta el|para el|first|second|third|fourth|late|early|alternate) )*{_DAYS}\b(?: (?:last|pasado|que viene|proximo))?(?: "
        rf"(?:{_PART}s?|en la (?:noche|manana|tarde)|por la (?:noche|manana|tarde)))?"
    ),
    "date": (
        rf"(?:(?:the |el |el dia |since |by |until |on )?(?:[0-9]{{1,2}}(?:st|nd|rd|th)?|first|second|third)(?: of| de)? "
        rf"{_MONTHS}\b(?:,? (?:de |del )?(?:19|20)[0-9]{{2}})?|(?:(?:on|since|by|until|til|before|after|around|from|el|desde el) "
        rf")?{_MONTHS}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?\b(?!:)(?:,? (?:19|"
        rf"20)[0-9]{{2}})?|[0-9]{{1,2}}/[0-9]{{1,2}}(?:/[0-9]{{2,4}})?|(?:19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}|(?:on |since |by |"
        rf"until |before |after |for )?the (?:[0-9]{{1,2}}(?:st|nd|rd|th)|first|second|third|fifteenth|tenth|twentieth)(?! (?:time|"
        r"floor|street|st|ave|avenue|grade|one|girl|man|house|door|row|car|truck|person|day|night|shift|and|room|trailer|lot|bay|"
        rf"guy|week|thing|stop|call|kid|place|step|station|story|unit|level|exit|page|part|half))\b|el dia (?:primero|[0-9]{{1,2}})|"
        rf"el [0-9]{{1,2}} de {_MONTHS}|dia [0-9]{{1,2}})"
    ),
    "month": (
        r"(?:in |since |last |this |next |early |late |mid-?|by |until |back in |around |en |desde |por |a finales de |a principios "
        rf"de |hasta )+{_MONTHS}\b(?:,? (?:de |del |of )?(?:19|20)[0-9]{{2}})?|{_MONTHS}\b(?: (?:of |de |del )?(?:19|20)[0-9]{{2}})"
    ),
    "clock": (
        r"(?:(?:about|around|at|by|since|until|til|till|before|after|between|from|like|approx\.?|near|@|~|a las|a la|como a las|como "
        r"a la|desde las|hasta las|antes de las|despues de las|sobre las|tipo|pasadas las) ?)*(?:[01]?[0-9]|"
        r"2[0-3])(?::[0-5][0-9](?::[0-5][0-9])?)?\s?(?:a\.?m\.?|p\.?m\.?|am|pm|o'?clock|oclock|hrs|horas|h|ish|de la (?:manana|tarde|"
        r"noche|madrugada)|in the (?:morning|afternoon|evening)|at night)(?!\w)"
        r"|(?:(?:about|around|at|by|since|until|til|before|after|between|from|a las|como a las|desde las|hasta las|~|@) "
        r"?)*(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?!\w|-[0-9])"
        r"|(?:(?:a|desde|hasta|antes de|despues de|pasadas|como a|sobre|para) las? |a eso de las )(?:[0-9]{1,2}|una|dos|tres|cuatro|"
        r"cinco|seis|siete|ocho|nueve|diez|once|doce)(?: (?:y|menos) (?:media|cuarto|cinco|diez|veinte|pico))?(?: (?:de|en) la "
        r"(?:manana|tarde|noche|"
        r"madrugada)| de la madrugada| en punto| am| pm)?(?!\w|:)"
        r"|(?:(?:at|about|around|by|since|until|til|before|after|past|near|like) )+(?:[01][0-9]|2[0-3])[0-5][0-9](?: ?(?:hrs|hours|"
        r"h))?(?![\w:,])"
        r"|(?:[01][0-9]|2[0-3])[0-5][0-9] ?(?:hrs|hours|h|z)\b"
        r"|(?:(?:at|about|around|by|since|until|til|till|before|after|past|half past|quarter (?:to|past|of|after)|ten (?:to|past|"
        r"after)|twenty (?:to|past|after)|five (?:to|past|after)) )+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
        r"twelve|noon|midnight)(?:[ -](?:fifteen|thirty|forty|forty-five|twenty|ten|oh five|fifty|o'clock|ish))*(?: (?:in the "
        r"(?:morning|afternoon|evening)|at night|am|pm|a\.m\.|p\.m\.|o'clock|each night|every night|tonight|last night))?(?! (?:of|"
        r"people|men|women|girls|kids|miles|hundred|thousand|dollars|bucks|minutes|hours|days|weeks|months|years|other|different|"
        r"more|times|feet|trucks|guys|boys))\b"
        r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?:[ -](?:fifteen|thirty|forty-five|forty|twenty|ten|"
        r"fifty))?,? (?:o'?clock|in the (?:morning|afternoon|evening)|at night|a\.m\.?|p\.m\.?|am|pm|this morning|tonight)(?!\w)"
        r"|(?:at|by|around|about|since|until|til|till|before|after|past) (?:1[0-2]|[1-9])(?=[.,;!?]|$| (?:every|each|on|last|this|"
        r"tonight|today|and|in|then|sharp|or so|mon|tue|wed|thu|fri|sat|sun))(?!\.[0-9]|,[0-9])"
    ),
    "part": (
        r"(?:(?:in |at |by |before |after |around |since |about |until |til |past |late |early |mid-?|this |that |one |the |over |"
        rf"en |por |al |a |de |la |el |pasada |antes de |antes del )+)(?:la |el |las |the )?{_PART}s?\b|(?:noon|midnight|medianoche|"
        r"mediodia)(?: ish)?\b"
    ),
    "span": (
        r"(?:for |since |over |past |last |these |the last |the past |in the (?:last|past) |next |within |in |going on |almost |"
        r"about |llevo |llevan |lleva |durante |por |desde hace |en |los ultimos |las ultimas |ya van |ya son |van )+(?:about |"
        rf"around |over |like |the |como |unos |unas |casi |mas de |unas )*(?:[0-9]{{1,3}}|a|an|a couple(?: of)?|a few|several|half "
        rf"an|two and a half|un|una|{NUMBER_WORDS}) (?:more )?{_UNITS}\b|(?:[0-9]{{1,3}}|{NUMBER_WORDS}) (?:straight |whole |nights? "
        r"|days? )?(?:days?|weeks?|months?|nights|hours|hrs|wks|dias|semanas|meses|noches|horas|"
        r"(?:years?|yrs|anos)(?= (?:now|straight|running|in a row|later|seguidos|already|apart)))\b(?! (?:old|de "
        rf"edad|olds))(?: (?:now|straight|running|in a row|later|seguidos|seguidas|already|apart))?|[0-9]{{1,3}} ?(?:min|mins|"
        r"minutes|minutos)\b(?: (?:now|each|more|tops|cada una))?"
    ),
    "week": (
        r"(?:last|this|next|past|every other|this past|the last|the) (?:week|month|year|weekend|wk|spring|summer|fall|winter|"
        r"semester|season|school year|couple (?:of )?(?:days|weeks|months|nights)|few (?:days|weeks|months|nights|hours))\b|(?:la "
        r"semana|el mes|el ano) (?:pasad[oa]|que viene|proxim[oa])|est[ae] (?:semana|mes|ano|fin de semana)|(?:since|in|last|this|"
        r"next|every|all|by|until|during|the) (?:the )?(?:spring|summer|fall|autumn|winter|christmas|thanksgiving|easter|halloween|"
        r"labor day|memorial day|new year'?s?|super bowl|fourth of july|4th of july|holidays?|navidad|semana santa)(?: of (?:19|"
        r"20)[0-9]{2}| break)?\b|one week|semana santa|navidad|labor day|thanksgiving|christmas(?: eve)?|easter"
    ),
    "year": (
        r"(?:in|since|back in|from|until|of|around|circa|en|desde|hasta|del|de|late|early|summer|fall|spring|winter|by|before|after) "
        r"(?:19[5-9][0-9]|20[0-3][0-9])(?![\w:]|-[0-9])(?: (?:to|a|and|y|-) (?:19|20)[0-9]{2})?|(?:the |los )?(?:19)?[5-9]0'?s\b(?! "
        r"?(?:degrees|man|woman))|(?<=\()(?:19[5-9][0-9]|20[0-3][0-9])(?=\))"
    ),
}
_DAY_WORDS = vocabulary(
    """
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays mon tue tues
    wed weds thu thurs fri sat sun weekday weekdays weekend weekends lunes martes miercoles jueves viernes sabado sabados domingo domingos
    fin fines entre
    """
)
_MONTH_WORDS = vocabulary(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov
    dec enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    """
)
_OPENERS = {
    "now": vocabulary("right rite rn just now currently as at this ahorita ahora en ya orita still happening"),
    "ago": NUMBER_OPENERS
    | vocabulary("a an few several half un una unos unas varios varias como about around like maybe over almost more desde hace moments"),
    "day": vocabulary(
        "early late later today tonight tonite 2nite tomorrow tmrw tmw tomorow yesterday yest last lastnight ydy the day this hoy anoche "
        "antenoche ayer antier anteayer manana esta pasado la el"
    ),
    "habit": vocabulary(
        "every each most any cada todos todas casi nearly almost all nightly daily weekly monthly hourly a diario everyday toda todo day "
        "twice once on entre"
    ),
    "weekday": _DAY_WORDS
    | vocabulary(
        "this last next every on past since by until til el los este la desde hasta para first second third fourth late early alternate"
    ),
    "date": _MONTH_WORDS | vocabulary("the el since by until til on for before after around from desde first second third dia"),
    "month": _MONTH_WORDS | vocabulary("in since last this next early late mid by until back around en desde por a hasta"),
    "clock": vocabulary(
        "about around at by since until til till before after between from like approx near a como desde hasta antes despues sobre tipo "
        "pasadas para past half quarter ten twenty five one two three four six seven eight nine eleven twelve"
    ),
    "part": vocabulary(
        "in at by before after around since about until til past late early mid this that one the over en por al a de la el pasada antes "
        "del noon midnight medianoche mediodia"
    ),
    "span": NUMBER_OPENERS
    | vocabulary(
        "for since over past last these the in next within going almost about llevo llevan lleva durante por desde en los las ya van"
    ),
    "week": vocabulary(
        "last this next past every the la el esta este since in all by until during one semana navidad labor thanksgiving christmas easter"
    ),
    "year": vocabulary(
        "in since back from until of around circa en desde hasta del de late early summer fall spring winter by before after the los"
    ),
}
"""The words that an expression of each kind can begin with; what begins with a digit may be of any kind."""

_PATTERNS = tuple((kind, re.compile(rf"(?<![\w$#/.-])(?:{pattern})(?![\w'])")) for kind, pattern in _ATOMS.items())
_BY_OPENER = {
    word: tuple(entry for entry in _PATTERNS if word in _OPENERS[entry[0]]) for word in frozenset[str]().union(*_OPENERS.values())
}
_OPENING = frozenset(_BY_OPENER)
_WITH_DIGITS = tuple(entry for entry in _PATTERNS if entry[0] in ("ago", "day", "habit", "date", "clock", "span", "year"))
_CORES = vocabulary(
    """
    now rn currently speak moment minute second secs sec ahorita ahora momento mero orita here there ago back atras while moments today
    tonight tonite 2nite tomorrow tmrw tmw tomorow yesterday yest lastnight ydy night nite nights day days before other hoy anoche
    antenoche ayer antier anteayer manana noche noches dia dias tarde madrugada every each most any cada nightly daily weekly monthly
    hourly diario everyday all todos todas shift turno time hour hours hr hrs payday first twice once week weeks wk wks weekend weekends
    weekday weekdays minutes min mins month months mo mos year years yr yrs evening evenings morning mornings afternoon segundo segundos
    minuto minutos hora horas semana semanas mes meses ano anos rato ratito third fifteenth tenth twentieth primero noon midday midnight
    lunch lunchtime midnite dawn dusk sunrise sunset daylight dark bedtime mediodia medio medianoche media tardecita anochecer amanecer
    mornings afternoons nites o'clock oclock am pm m clock spring springs summer summers fall winter autumn semester season christmas
    thanksgiving easter halloween labor memorial new bowl july holiday holidays navidad santa couple few monday mondays tuesday tuesdays
    wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays mon tue tues wed weds thu thurs fri sat sun
    lunes martes miercoles jueves viernes sabado sabados domingo domingos january february march april may june jan feb mar apr jun jul
    aug august sep sept september oct october nov november dec december enero febrero marzo abril mayo junio julio agosto septiembre
    setiembre octubre noviembre diciembre long 24 school memorial tardes mananas madrugadas
    """
)
_JOIN = re.compile(
    r"(?:,? |, |-| ?- ?|,? (?:at|around|about|a las|on|to|and|y|a|or|between|from|until|til|in the|de la|en la|por la|como|after|"
    r"before) (?:the )?)?"
)
_SHORT_DAYS = re.compile(r"(?:sat|sun|mon|wed|fri|thu|mar)")


class TimeRecognizer(Recognizer):
    """Expressions of time; neighbours that belong together are one ("last Tuesday around 9 pm").

    The value is the text in lower case; ``attributes["basis"]`` is now, relative, day, date, clock, habit, span or year. With the time of
    receipt ``start``, ``end`` (ISO 8601) and ``granularity`` (minute, hour, day, week, month, year) are added where they can be told.
    """

    word_sets = (_CORES, _OPENING)

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield joined expressions in order."""
        claims = Claims()
        atoms = [(*match.span(), kind) for kind, match in atoms_in(passage) if _is_time(passage, kind, match)]
        place = 0
        while place < len(atoms):
            start, end, kind = atoms[place]
            parts = [(kind, passage.folded[start:end])]
            while (
                place + 1 < len(atoms)
                and atoms[place + 1][0] - end <= 12
                and len(parts) < 4
                and _JOIN.fullmatch(passage.folded[end : atoms[place + 1][0]])
            ):
                place += 1
                parts.append((atoms[place][2], passage.folded[atoms[place][0] : atoms[place][1]]))
                end = atoms[place][1]
            place += 1
            if claims.take(start, end):
                yield _time(passage, start, end, parts)


def atoms_in(passage: Passage) -> Iterator[tuple[str, re.Match[str]]]:
    """The single expressions of time with their kinds; one is looked for only where a word of time or a number stands within four words."""
    cores = sorted({*passage.indexes(_CORES), *passage.quantities})
    openers = sorted({*passage.indexes(_OPENING), *passage.numbers})
    reached = 0
    for index in before_any(openers, cores, 4):
        start = passage.starts[index]
        for kind, pattern in _BY_OPENER.get(passage.words[index].partition("'")[0], _WITH_DIGITS) if start >= reached else ():
            match = pattern.match(passage.folded, start)
            if match and match.end() > start:
                reached = match.end()
                yield kind, match
                break


def _is_time(passage: Passage, kind: str, match: re.Match[str]) -> bool:
    text = match.group()
    raw = passage.text[match.start() : match.end()]
    if text == "may" or text == "march":
        return False
    if kind == "weekday" and _SHORT_DAYS.fullmatch(text):
        return (
            raw[0].isupper()
            or text in ("fri", "thu", "wed")
            or bool(
                re.search(
                    r"\b(?:on|since|last|by|every|this|till?|until|next|mon|fri|[0-9]{1,2}(?:am|pm)?)\s?$",
                    passage.before(match.start(), 12),
                )
            )
            or bool(re.match(r"\s?(?:[0-9]{1,2}(?::|am|pm|\b)|night|morning|nite|afternoon|&|-)", passage.after(match.end(), 10)))
        )
    return not (
        kind == "now" and text == "now" and re.match(r"\s(?:and then|that|he says|she says|they want)", passage.after(match.end(), 12))
    )


def _time(passage: Passage, start: int, end: int, parts: list[tuple[str, str]]) -> Entity:
    reading = resolve(parts, passage.received_at) if passage.received_at else None
    attributes = {"basis": _basis(parts)} | (_resolved(reading) if reading else {})
    return passage.entity("time", start, end, passage.folded[start:end], attributes=attributes)


def _basis(parts: list[tuple[str, str]]) -> str:
    names = {"ago": "relative", "weekday": "day", "month": "date", "part": "day", "week": "relative"}
    return names.get(parts[0][0], parts[0][0])


def _resolved(reading: Reading) -> dict[str, str]:
    def iso(moment: datetime) -> str:
        return moment.isoformat(timespec="minutes")

    return {"start": iso(reading.start), "end": iso(reading.end), "granularity": reading.granularity}
