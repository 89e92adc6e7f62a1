"""Named places: towns, states, countries, and schools, motels, shops, churches and the like by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.entities.base import Passage, Recognizer, apart, before_any, matches_at
from models.entities.cities import Cities, City
from models.entities.counties import Counties
from models.entities.gazetteer import lexicon, vocabulary
from models.entities.phrases import Phrases
from models.entities.regions import Regions
from triage.domain.assessment import Entity

_BEFORE = vocabulary(
    """
    in to from near at outside toward towards through around into leaving past behind via for of inside out en de a desde hacia hasta
    por cerca rumbo entre d pa para del between over by off on la el
    """
)
_SMALL_LEADS = frozenset("in from near outside toward towards through leaving en desde hacia hasta rumbo de d a to of at entre".split())
_ARTICLES = frozenset({"la", "el", "los", "las"})
_SMALL_BEFORE = frozenset({"de", "d", "a", "to", "outside", "of", "at", "entre"})
_STRONG = frozenset("in from near outside toward towards through leaving en desde hacia hasta rumbo".split())
_KINDS = (
    r"Motel|Hotel|Inn|Lodge|Suites|Resort|Casino|School|Elementary|High|Middle School|High School|Academy|Prep|College|University|"
    r"Church|Chapel|Cathedral|Temple|Mosque|Masjid|Synagogue|Parish|Ministries|"
    r"Hospital|Clinic|Medical Center|Med Center|Center|Centre|Park|Apartments|Apts|Estates|Manor|Village|Villas|Terrace|Mall|Plaza|"
    r"Market|Mart|Supermarket|Store|Shop|Deli|Diner|Grill|Cafe|Cantina|Bar|Tavern|Pub|Saloon|"
    r"Restaurant|Buffet|Spa|Salon|Nails|Massage|Club|Lounge|Bank|Credit Union|Station|Terminal|Depot|Yard|Warehouse|Plant|Mill|"
    r"Factory|Packing|Farms?|Ranch|Orchards?|Dairy|Nursery|County|Co\.|Parish|Township|"
    r"Bridge|Dam|Lake|Creek|River|Canyon|Pass|Beach|Pier|Port|Dock|Marina|Harbor|Landing|Library|Museum|Theater|Arena|Stadium|"
    r"Fairgrounds|Shelter|House|Home|Care|Hall|Tower|Towers|Heights|Subdivision|Trailer Park|"
    r"RV Park|Storage|Self Storage|Laundromat|Laundry|Pawn|Liquors?|Tire|Tires|Auto|Towing|Trucking|Logistics|Freight|Transport|"
    r"Landscaping|Cleaners|Substation|Refinery|Elevator|Tank Farm|Reservation|Pueblo|Rehab|Recovery"
)
_NAMED = re.compile(
    rf"(?<![\w'’])(?:(?:[A-Z][\w'’.&-]*|St\.|de|of|del|la|[0-9]{{1,3}}(?:st|nd|rd|th)?) ){{1,4}}(?:{_KINDS})(?![\w])(?: (?:in|de|en) "
    r"[A-Z]\w+)?"
)
_NAMED_SMALL = re.compile(
    r"(?<![\w'])(?:the )?(?:[A-Z][\w'’.&-]* ){1,3}(?:motel|hotel|inn|lodge|casino|elementary|high school|middle school|school|church|"
    r"chapel|mosque|hospital|clinic|park|apartments|apts|mall|plaza|market|store|diner|bar|cantina|restaurant|spa|club|bank|station|"
    r"terminal|depot|yard|warehouse|plant|mill|packing|farm|ranch|dairy|nursery|county|bridge|dam|lake|creek|river|beach|pier|port|"
    r"marina|library|shelter|fairgrounds|subdivision|trailer park|storage|laundromat|substation|rest home|dorm|gym|landfill|"
    r"campground|cemetery|airport|high)(?!\w)"
)
_SPANISH = re.compile(
    r"(?<!\w)(?:[Ee]l |[Ll]a |[Ll]os )?(?:[Mm]otel|[Hh]otel|[Ee]scuela|[Pp]rimaria|[Ss]ecundaria|[Pp]repa(?:ratoria)?|[Ii]glesia|"
    r"[Pp]arroquia|[Tt]emplo|[Cc]apilla|[Hh]ospital|[Cc]línica|[Pp]arque|[Pp]laza|[Mm]ercado|[Tt]ienda|[Cc]antina|[Bb]ar|[Tt]aquería|"
    r"[Ff]onda|"
    r"[Rr]estaurante?|[Cc]olonia|[Bb]arrio|[Rr]ancho|[Ee]jido|[Cc]ondado|[Mm]unicipio|[Bb]odega|[Ff]ábrica|[Mm]aquila|[Ee]mpacadora|"
    r"[Pp]uente|[Gg]arita|[Ee]stación|[Tt]erminal|[Cc]entral|[Pp]ulga|[Gg]asolinera|[Cc]asa hogar|[Aa]lbergue|[Ff]raccionamiento|"
    r"[Pp]uerto|[Pp]atio|"
    r"[Ll]avandería|[Pp]anadería|[Cc]arnicería|[Tt]aller|[Vv]ivero|[Cc]entro|[Ll]ibramiento|[Pp]resa|[Tt]railer park|[Bb]anco|"
    r"[Ff]inca|[Vv]illa)"
    r" (?:de |del |la |las |los |el |San |Santa )*(?:[A-Z0-9][\w'’&.-]*)(?: (?:de |del |la |los |y )?[A-Z][\w'’&.-]*){0,3}(?:,? en "
    r"[A-Z]\w+(?: [A-Z]\w+)?)?"
)
_CAPITALS = re.compile(
    r"(?<![\w'’])(?:in|near|from|outside|toward|towards|at|to|en|desde|hacia|cerca de|por|through|into|past|behind|en la|en el|de la|"
    r"a la|at the|of) (?:the |el |la |los |las )?((?:(?:St|Mt|Ft|Pt)\. )?[A-Z][a-zà-ÿ'’]+(?:-[A-Z][a-z]+)?(?: (?:de |del |la "
    r")?[A-Z][a-zà-ÿ'’]+){0,3})(?![\w'’])"
)
_LEADS = vocabulary("in near from outside toward towards at to en desde hacia cerca por through into past behind de a of")
_SPANISH_KINDS = vocabulary(
    """
    motel hotel escuela primaria secundaria prepa preparatoria iglesia parroquia templo capilla hospital clinica parque plaza mercado
    tienda cantina bar taqueria fonda restaurant restaurante colonia barrio rancho ejido condado municipio bodega fabrica maquila
    empacadora puente garita estacion terminal central pulga gasolinera casa albergue fraccionamiento puerto patio lavanderia
    panaderia carniceria taller vivero centro libramiento presa trailer banco finca villa
    """
)
_ENGLISH_KINDS = vocabulary(
    """
    motel hotel inn lodge suites resort casino school elementary high middle academy prep college university church chapel cathedral
    temple mosque masjid synagogue parish ministries hospital clinic center centre park apartments apts estates manor village villas
    terrace mall plaza market mart supermarket store shop deli diner grill cafe cantina bar tavern pub saloon restaurant buffet spa
    salon nails massage club lounge bank union station terminal depot yard warehouse plant mill factory packing farm farms ranch
    orchard orchards dairy nursery county co township bridge dam lake creek river canyon pass beach pier port dock marina harbor
    landing library museum theater arena stadium fairgrounds shelter house home care hall tower towers heights subdivision storage
    laundromat laundry pawn liquor liquors tire tires auto towing trucking logistics freight transport landscaping cleaners substation
    refinery elevator reservation pueblo rehab recovery dorm gym landfill campground cemetery airport farm
    """
)
_SMALL_CODES = vocabulary("tx ny fl ca az nv nm tn ky ga al wa ut mi mn wi mo ks ne nj md va wv sc nc nd sd wy mt il ia ct ri vt nh ar ms")
_STATE_TAIL = re.compile(r",? (?:([A-Z]{2})(?![\w-])|([a-z]{2})(?=[\s.,;]|$))")
_TWO_WORDS = re.compile(r",? ([^\W\d_]+)(?: ([^\W\d_]+))?")
_SITE_TAIL = re.compile(r"(?: (?:on|in|off|de|en|at|by) (?:the |la )?[A-Z][\w'’]+(?: [A-Z][\w'’]+)?)")
_OPENING_WORD = re.compile(
    r"(?:The|In|At|On|A|An|My|Our|From|Near|This|That|And|But|I|We|He|She|They|It|of|de|la|del|To|Is|En|El|La|Los|Por) "
)
_NOT_PLACES = vocabulary(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun january february march april may
    june july august september october november december spring summer fall winter easter christmas thanksgiving halloween spanish
    english chinese russian vietnamese korean arabic french portuguese creole punjabi tagalog god jesus facebook snapchat instagram
    telegram whatsapp discord tiktok roblox zelle venmo uber lyft my mom dad i he she they we it his her mr mrs ms miss dr doctor
    officer deputy sergeant pastor father sister coach uncle aunt tia tio don dona señor señora google netflix youtube marketplace
    craigslist paypal cash bitcoin visa medicare medicaid social security lunes martes miercoles jueves viernes sabado domingo enero
    febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre dios navidad facebook ups fedex ford chevy
    dodge toyota honda nissan kenworth peterbilt freightliner volvo apartment unit room building bus truck trailer exit route highway
    """
)


class PlaceRecognizer(Recognizer):
    """Places with a name. The value is the name in lower case; towns and states carry ``attributes["region"]`` (``US-TX``; several where
    towns of one name differ, the largest first) and ``attributes["kind"]`` says town, state, country, business or site.
    ``county`` and ``county_name`` are the FIPS code and the name of the county where it can be told (see ``Counties``).
    """

    def __init__(self, cities: Cities, regions: Regions) -> None:
        self._counties = Counties()
        self._cities = cities
        self._regions = regions
        self._countries = lexicon("countries", "code")
        self._businesses = lexicon("businesses")
        self._openers = cities.openers | regions.openers
        self._listed_terms = Phrases({term: term for term in [*self._countries, *self._businesses]})
        self._prominent = regions.first | cities.prominent
        self._behind = regions.first | _SMALL_CODES
        self.word_sets = (self._openers, self._listed_terms.openers, _LEADS, _SPANISH_KINDS, _ENGLISH_KINDS)

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield named sites first, then towns and states, chains and countries, then capitalised names behind a preposition."""
        yield from self._counties.told(apart(self._candidates(passage)))

    def _candidates(self, passage: Passage) -> Iterator[Entity]:
        small, capital = _kinds_behind_names(passage)
        for match in matches_at(_SPANISH, passage.text, passage.starts_of(_with_article(passage, passage.indexes(_SPANISH_KINDS)))):
            yield _place(passage, _skip_lead(passage, match.start()), match.end(), "site")
        for pattern, called in ((_NAMED, capital), (_NAMED_SMALL, small)):
            for match in pattern.finditer(passage.text) if called else ():
                yield _place(passage, _skip_lead(passage, match.start()), match.end(), "site")
        yield from self._gazetted(passage)
        yield from self._listed(passage)
        for match in matches_at(_CAPITALS, passage.text, passage.starts_of(before_any(passage.indexes(_LEADS), passage.capitals, 2))):
            first = passage.folded[match.start(1) : match.end(1)].split()[0]
            if first not in _NOT_PLACES and "'" not in first:
                yield _place(passage, *match.span(1), "site")

    def _gazetted(self, passage: Passage) -> Iterator[Entity]:
        reached = 0
        for index in passage.indexes(self._openers):
            if index < reached or not self._may_be(passage, index):
                continue
            state = self._regions.at(passage, index)
            town = self._cities.at(passage, index)
            if town and (not state or town[1] > state[1]):
                city, length = town
                end, code = passage.ends[index + length - 1], ""
                if self._region_behind(passage, index + length):
                    end, code = self._with_state(passage, end)
                if code or _is_town(passage, index, length, city.thousands, city.ordinary):
                    yield _place(passage, passage.starts[index], end, "town", **_located(city, code))
                    reached = index + length
                    continue
            if state:
                found, length = state
                name = passage.words[index]
                if (len(name) > 2 and passage.capitalised(index)) or (index and passage.words[index - 1] in _STRONG):
                    yield _place(
                        passage, passage.starts[index], passage.ends[index + length - 1], "state", region=f"{found.country}-{found.code}"
                    )
                reached = index + length

    def _may_be(self, passage: Passage, index: int) -> bool:
        """Whether the word can begin a place at all: a capital letter, a preposition before, a region or large town, or a region behind."""
        words = passage.words
        return (
            words[index] in self._prominent
            or passage.capitalised(index)
            or (index > 0 and words[index - 1] in _SMALL_LEADS)
            or self._region_behind(passage, index + 1)
        )

    def _region_behind(self, passage: Passage, index: int) -> bool:
        """Whether a region's name or code may begin at the word."""
        if index >= len(passage.words):
            return False
        word = passage.words[index]
        return word in self._behind or (word in self._regions.openers and passage.capitalised(index))

    def _with_state(self, passage: Passage, end: int) -> tuple[int, str]:
        """Where a town's name ends when a state's code or name follows it, and the code."""
        match = _STATE_TAIL.match(passage.text, end)
        if match and (match[1] in self._regions.codes or match[2] in _SMALL_CODES):
            return match.end(), (match[1] or match[2]).upper()
        following = _TWO_WORDS.match(passage.folded, end)
        if following:
            for words in ([following[1], following[2]] if following[2] else [], [following[1]]):
                code = self._regions.named(words, words) if words else ""
                if (
                    code
                    and (len(words) == 1 or words[0] in ("new", "north", "south", "west", "rhode", "nuevo", "nueva"))
                    and len(words[0]) > 2
                ):
                    return end + len(following.group()) - (len(following[2]) + 1 if following[2] and len(words) == 1 else 0), code
        return end, ""

    def _listed(self, passage: Passage) -> Iterator[Entity]:
        for index, length, term in self._listed_terms.find(passage):
            start, end = passage.starts[index], passage.ends[index + length - 1]
            if term in self._countries:
                yield _place(passage, start, end, "country", region=self._countries[term])
            elif self._businesses[term] != "bank" or passage.text[start].isupper():
                tail = _SITE_TAIL.match(passage.text, end)
                yield _place(passage, start, tail.end() if tail else end, "business")


def _with_article(passage: Passage, indexes: Sequence[int]) -> list[int]:
    """The indexes, moved to the article where one stands before the word."""
    return [index - 1 if index and passage.words[index - 1] in _ARTICLES else index for index in indexes]


def _kinds_behind_names(passage: Passage) -> tuple[bool, bool]:
    """Whether a word for a kind of site stands behind a capitalised word or a number, in small letters and with a capital letter."""
    small = capital = False
    for index in passage.indexes(_ENGLISH_KINDS):
        if passage.capitalised(index):
            capital = True
        else:
            small = small or (index > 0 and passage.capitalised(index - 1)) or (index > 1 and passage.capitalised(index - 2))
    return small, capital


def _is_town(passage: Passage, index: int, length: int, thousands: int, ordinary: bool) -> bool:
    """Whether a gazetted name is the town: capital letters with a preposition or a large town; small letters need both."""
    before = passage.words[index - 1] if index else ""
    capital = passage.capitalised(index)
    adjacent = index > 0 and passage.starts[index] - passage.ends[index - 1] == 1
    if ordinary:
        return capital and adjacent and before in _STRONG
    if capital:
        return (adjacent and before in _BEFORE) or thousands >= 40 or length > 1
    if passage.words[index] in _ARTICLES:
        return False
    return (adjacent and (before in _STRONG or (before in _SMALL_BEFORE and thousands >= 15))) or thousands >= 300


def _located(city: City, code: str) -> dict[str, str]:
    """Regions and counties of a town; with its state's code only that state's."""
    if not code:
        return {"region": " ".join(city.regions), "counties": " ".join(city.counties)}
    place = next((place for place, name in enumerate(city.regions) if name.endswith("-" + code)), None)
    if place is None:
        return {}
    county = city.counties[place] if place < len(city.counties) else "-"
    return {"region": city.regions[place], "counties": county, "stated": "yes"}


def _skip_lead(passage: Passage, start: int) -> int:
    """Leave out the word that opens a sentence, where a small word was taken for a part of the name."""
    lead = _OPENING_WORD.match(passage.text, start)
    return lead.end() if lead else start


def _place(passage: Passage, start: int, end: int, kind: str, **attributes: str) -> Entity:
    end = start + len(passage.text[start:end].rstrip(" ."))
    return passage.entity("place", start, end, passage.folded[start:end], attributes={"kind": kind, **attributes})
