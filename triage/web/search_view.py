"""The search page: what was asked, what was found, and links that narrow or widen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from triage.domain.assessment import Band, Urgency
from triage.domain.case import CaseKind, CaseStatus
from triage.domain.query import Field, Hit, Results
from triage.search import MAX_PAGE, PAGE_SIZE
from triage.web.views import Words
from triage.web.wording import BANDS, FACET_TITLES, KINDS, STATUSES, plain

VALUES_SHOWN = 8
"""How many values of a facet are listed; those that were picked are always."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as the address of its page says it. ``picked`` are facet values, each once."""

    text: str
    picked: tuple[tuple[Field, str], ...]
    page: int
    purpose: str

    @classmethod
    def of(cls, text: str, filters: Sequence[str], page: str, purpose: str) -> Asked:
        """From the query string. Filters are ``field:value``; what is not one is left out."""
        pairs = [(name, value) for name, colon, value in (f.partition(":") for f in filters) if colon and value and name in set(Field)]
        picked = tuple(dict.fromkeys((Field(name), value) for name, value in pairs))
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(text[:1000], picked[:40], min(max(number, 1), MAX_PAGE), purpose[:200])

    @property
    def filters(self) -> Mapping[Field, tuple[str, ...]]:
        """The picked values by field."""
        return {field: tuple(value for f, value in self.picked if f is field) for field, _ in self.picked}

    def address(self, picked: Sequence[tuple[Field, str]] | None = None, page: int = 1) -> str:
        """The page of this search with these values picked."""
        chosen = self.picked if picked is None else picked
        query = [("q", self.text), *(("f", f"{field.value}:{value}") for field, value in chosen)]
        query += [("purpose", self.purpose)] if self.purpose else []
        query += [("page", str(page))] if page > 1 else []
        return "/desk/search?" + urlencode(query)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, how many cases have it, and where picking or dropping it leads."""

    title: str
    count: int
    picked: bool
    address: str


@dataclass(frozen=True, slots=True)
class HitView:
    """One case found; a case of a single tip leads straight to that tip."""

    hit: Hit
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
        "picked": [(FACET_TITLES.get(f, plain(f.value)), value_title(f, v, words), _without(asked, f, v)) for f, v in asked.picked],
        "facets": _facets(asked, results, words) if results else [],
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
    naming = {Field.CATEGORY: words.category, Field.PARTNER: words.partner, Field.DESK: words.desk}.get(field, plain)
    return naming(value)


def _facets(asked: Asked, results: Results, words: Words) -> list[tuple[str, list[FacetValue]]]:
    shown: list[tuple[str, list[FacetValue]]] = []
    for field, counts in results.facets.items():
        picked = {value for f, value in asked.picked if f is field}
        values = [
            FacetValue(
                value_title(field, value, words),
                count,
                value in picked,
                _without(asked, field, value) if value in picked else asked.address((*asked.picked, (field, value))),
            )
            for place, (value, count) in enumerate(counts)
            if value and (place < VALUES_SHOWN or value in picked)
        ]
        if values:
            shown.append((FACET_TITLES.get(field, plain(field.value)), values))
    return shown


def _without(asked: Asked, field: Field, value: str) -> str:
    return asked.address(tuple(pair for pair in asked.picked if pair != (field, value)))


def _hit(hit: Hit, words: Words) -> HitView:
    return HitView(
        hit=hit,
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
