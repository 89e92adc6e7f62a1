"""A search, as a tree of our own. It is parsed from what people type (any text is a query) and compiled for each engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Field(StrEnum):
    """What can be asked by name (``urgency:P0``). Also the facets and the columns of a hit."""

    CATEGORY = "category"
    URGENCY = "urgency"
    COUNTY = "county"
    STATE = "state"
    PARTNER = "partner"
    SECTOR = "sector"
    DESK = "desk"
    STATUS = "status"
    KIND = "kind"
    BAND = "band"
    FLAG = "flag"
    INDICATOR = "indicator"
    LANGUAGE = "language"
    PLATE = "plate"
    PHONE = "phone"
    HANDLE = "handle"
    TIP = "tip"
    CASE = "case"
    HAS = "has"  # of plates, phones and handles, those that a case has any of


FACETS: tuple[Field, ...] = (
    Field.CATEGORY,
    Field.URGENCY,
    Field.BAND,
    Field.FLAG,
    Field.INDICATOR,
    Field.STATUS,
    Field.KIND,
    Field.DESK,
    Field.COUNTY,
    Field.PARTNER,
    Field.SECTOR,
    Field.LANGUAGE,
    Field.HAS,
)
"""The fields that are counted beside the hits."""

MAX_WITHIN = 10
"""The furthest that two words can be apart and still be near."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every case."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word anywhere in the text, stemmed in English and Spanish."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order, side by side. At least two."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that begins so; at least two letters."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Two words as they are written, in either order, the second at most ``within`` words (1 to ``MAX_WITHIN``) from the first."""

    one: str
    other: str
    within: int


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word however it is spelled: with one letter wrong, missing, added or swapped; with two from eight letters on, none below four."""

    text: str


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field has this value. For plates, phones and handles a part of one matches too, with look-alike characters folded."""

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class Received:
    """The case's newest tip was received within these days, both included; None is open."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but this."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of these."""

    nodes: tuple[Node, ...]


Node = Everything | Word | Phrase | Prefix | Near | Fuzzy | FieldIs | Received | Not | And | Or


@dataclass(frozen=True, slots=True)
class Hit:
    """One case found. ``fragments`` are (text, is_match) runs of its best passage, to be escaped and marked by the page."""

    case_id: str
    tips: tuple[str, ...]
    title: str
    kind: str
    desk: str
    status: str
    urgency: str
    band: str
    categories: tuple[str, ...]
    county: str
    partner: str
    received_at: str
    fragments: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, the number of all, for each facet its values with counts, most frequent first, and the days with hits."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[Field, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    days: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that is kept: ``text`` is what was typed, ``desks`` the scope of its owner ``user``, ``id`` begins with ``ssr_``."""

    id: str
    user: str
    name: str
    text: str
    desks: tuple[str, ...]
    created_at: datetime
