"""The search page: what was asked, what was found, and links that narrow or widen it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from triage.domain.assessment import Band, Urgency
from triage.domain.case import CaseKind, CaseStatus
from triage.domain.query import Field, Hit, Results
from triage.search.searching import MAX_PAGE, PAGE_SIZE
from triage.web.views import Words
from triage.web.wording import BANDS, FACET_TITLES, KINDS, STATUSES, gist, plain

VALUES_SHOWN = 8
"""How many values of a facet are listed; those that were picked are always."""
UNFOLDED = 4
"""How many facets are unfolded at first, besides those with a picked value."""
MOST_VALUES = 40
"""The most facet values of one search."""
TEXT_LIMIT = 1000
MOST_BARS = 60
BAR, BAR_HEIGHT = 10, 60
"""Of the chart, in its own units."""

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Spanish", "und": "Not known"}

_DAYS_AT_END = re.compile(r"\s*\breceived:[\d.-]+$")

Value = tuple[Field, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as the address of its page says it. ``picked`` are facet values, each once; of these ``dropped`` are left out."""

    text: str
    picked: tuple[Value, ...]
    page: int
    purpose: str
    dropped: tuple[Value, ...] = ()

    @classmethod
    def of(cls, text: str, filters: Sequence[str], page: str, purpose: str) -> Asked:
        """From the query string. Filters are ``field:value``, or ``-field:value`` to leave it out; what is not one is not looked at."""
        parts = [(f.startswith("-"), *f.removeprefix("-").partition(":")) for f in filters]
        known = [(out, (Field(name), value)) for out, name, colon, value in parts if colon and value and name in set(Field)][:MOST_VALUES]
        picked, dropped = (tuple(dict.fromkeys(pair for left_out, pair in known if left_out is out)) for out in (False, True))
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(text[:TEXT_LIMIT], picked, min(max(number, 1), MAX_PAGE), purpose[:200], dropped)

    @property
    def filters(self) -> Mapping[Field, tuple[str, ...]]:
        """The picked values by field."""
        return _by_field(self.picked)

    @property
    def without(self) -> Mapping[Field, tuple[str, ...]]:
        """The values that are left out, by field."""
        return _by_field(self.dropped)

    @property
    def parts(self) -> tuple[str, ...]:
        """The values as the query string has them."""
        return (*(f"{field}:{value}" for field, value in self.picked), *(f"-{field}:{value}" for field, value in self.dropped))

    def address(self, page: int = 1) -> str:
        """Its page."""
        query = [("q", self.text), *(("f", part) for part in self.parts)]
        query += [("purpose", self.purpose)] if self.purpose else []
        query += [("page", str(page))] if page > 1 else []
        return "/desk/search?" + urlencode(query)

    def picking(self, value: Value) -> str:
        """The page of this search with the value picked too."""
        kept = tuple(pair for pair in self.picked if pair != value)
        return replace(self, picked=(*kept, value), dropped=tuple(pair for pair in self.dropped if pair != value)).address()

    def dropping(self, value: Value) -> str:
        """With the value left out."""
        kept = tuple(pair for pair in self.dropped if pair != value)
        return replace(self, dropped=(*kept, value), picked=tuple(pair for pair in self.picked if pair != value)).address()

    def ignoring(self, value: Value) -> str:
        """With the value neither picked nor left out."""
        picked, dropped = (tuple(pair for pair in pairs if pair != value) for pairs in (self.picked, self.dropped))
        return replace(self, picked=picked, dropped=dropped).address()

    def within(self, first: date, last: date) -> str:
        """With only these days, instead of those at its end."""
        text = _DAYS_AT_END.sub("", self.text)
        return replace(self, text=f"{text} received:{first}..{last}".strip()).address()


def _by_field(pairs: Sequence[Value]) -> dict[Field, tuple[str, ...]]:
    return {field: tuple(value for f, value in pairs if f is field) for field, _ in pairs}


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, how many cases have it, and where picking it (or dropping the pick) and leaving it out lead."""

    title: str
    count: int
    picked: bool
    address: str
    without: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet; ``open`` says whether it is unfolded at first."""

    title: str
    values: tuple[FacetValue, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One span of days: how it is called, its cases, and where narrowing to it leads. ``x`` and ``height`` are of the chart."""

    title: str
    count: int
    address: str
    x: int
    height: int


@dataclass(frozen=True, slots=True)
class HitView:
    """One case found; a case of a single tip leads straight to that tip. ``title`` and ``fragments`` are empty or veiled where the reader
    wants it so.
    """

    hit: Hit
    title: str
    fragments: tuple[tuple[str, bool], ...]
    address: str
    desk: str
    kind: str
    status: str
    band: str
    urgency: str
    categories: tuple[str, ...]
    partner: str
    arrived: str


def search_values(asked: Asked, results: Results | None, words: Words) -> dict[str, object]:
    """The values of the search page's template; ``results`` is None before anything was asked."""
    pages = -(-results.total // PAGE_SIZE) if results else 0
    return {
        "asked": asked,
        "results": results,
        "picked": [
            (FACET_TITLES.get(field, plain(field.value)), value_title(field, value, words), asked.ignoring((field, value)), out)
            for out, pairs in ((False, asked.picked), (True, asked.dropped))
            for field, value in pairs
        ],
        "facets": _facets(asked, results, words) if results else [],
        "bars": bars(asked, results.days) if results else (),
        "bar": BAR,
        "bar_height": BAR_HEIGHT,
        "hits": [_hit(hit, words) for hit in results.hits] if results else [],
        "pages": pages,
        "previous": asked.address(page=asked.page - 1) if asked.page > 1 else "",
        "next": asked.address(page=asked.page + 1) if asked.page < min(pages, MAX_PAGE) else "",
    }


def value_title(field: Field, value: str, words: Words) -> str:
    """A facet's value in words."""
    if field is Field.URGENCY and value in set(Urgency):
        return f"{value} {words.urgency(Urgency(value))}"
    if field is Field.BAND and value in set(Band):
        return BANDS[Band(value)]
    if field is Field.KIND and value in set(CaseKind):
        return KINDS[CaseKind(value)]
    if field is Field.STATUS and value in set(CaseStatus):
        return STATUSES[CaseStatus(value)]
    if field in (Field.COUNTY, Field.STATE):
        return value
    if field is Field.LANGUAGE:
        return LANGUAGES.get(value, value)
    naming = {Field.CATEGORY: words.category, Field.PARTNER: words.partner, Field.DESK: words.desk}.get(field, plain)
    return naming(value)


def _facets(asked: Asked, results: Results, words: Words) -> list[Facet]:
    shown: list[Facet] = []
    for field, counts in results.facets.items():
        picked = {value for f, value in asked.picked if f is field}
        values = tuple(
            FacetValue(
                value_title(field, value, words),
                count,
                value in picked,
                asked.ignoring((field, value)) if value in picked else asked.picking((field, value)),
                asked.dropping((field, value)),
            )
            for place, (value, count) in enumerate(counts)
            if value and (place < VALUES_SHOWN or value in picked)
        )
        if values:
            shown.append(Facet(FACET_TITLES.get(field, plain(field.value)), values, len(shown) < UNFOLDED or bool(picked)))
    return shown


def bars(asked: Asked, days: Sequence[tuple[date, int]]) -> tuple[Bar, ...]:
    """The days with hits as bars: a bar a day, or a week (from Monday), or a month, so that there are at most ``MOST_BARS``; the newest."""
    if not days:
        return ()
    first, last = days[0][0], days[-1][0]
    length = (last - first).days + 1
    span = _day if length <= MOST_BARS else _week if length <= MOST_BARS * 7 else _month
    counts: dict[tuple[date, date, str], int] = {}
    day, known = first, dict(days)
    if span is _month:
        day = max(first, last.replace(year=max(last.year - MOST_BARS // 12, 1), day=1))
    while day <= last:
        begin, end, title = span(day)
        counts[begin, end, title] = 0
        day = end + timedelta(days=1)
    for day, count in known.items():
        if (found := span(day)) in counts:
            counts[found] += count
    most = max(counts.values()) or 1
    return tuple(
        Bar(title, count, asked.within(begin, end), number * BAR, -(-count * BAR_HEIGHT // most))
        for number, ((begin, end, title), count) in enumerate(list(counts.items())[-MOST_BARS:])
    )


def _day(day: date) -> tuple[date, date, str]:
    return day, day, f"{day}"


def _week(day: date) -> tuple[date, date, str]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6), f"week of {monday}"


def _month(day: date) -> tuple[date, date, str]:
    first = day.replace(day=1)
    return first, first.replace(day=monthrange(first.year, first.month)[1]), f"{first:%Y-%m}"


def _hit(hit: Hit, words: Words) -> HitView:
    title = words.gist(hit.title, hit.categories)  # or what stands on a veil over it, which then covers the passage too
    return HitView(
        hit=hit,
        title=title,
        fragments=hit.fragments if title == gist(hit.title) else (),
        address=f"/desk/tip/{hit.tips[0]}" if len(hit.tips) == 1 else f"/desk/case/{hit.case_id}",
        desk=words.desk(hit.desk),
        kind=value_title(Field.KIND, hit.kind, words),
        status=value_title(Field.STATUS, hit.status, words),
        band=value_title(Field.BAND, hit.band, words),
        urgency=value_title(Field.URGENCY, hit.urgency, words),
        categories=tuple(words.category(category) for category in hit.categories),
        partner=words.partner(hit.partner),
        arrived=hit.received_at[:16].replace("T", " "),
    )
