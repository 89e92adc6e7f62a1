"""Loads the taxonomy. The files beside this module are its only source; everything else asks here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType

import yaml

from triage.domain.assessment import Urgency

FLAGS: tuple[str, ...] = (
    "minor_involved", "self_report", "consent_no", "consent_yes", "in_progress", "weapon_present", "officer_safety",
    "public_official_implicated", "insider_implicated", "bias_motivated", "csam_possible", "reporter_at_risk", "test_message",
    "spam", "identity_only", "negated", "hearsay", "historic", "rumor", "prompt_injection",
)  # fmt: skip
"""What a tip can show beside its categories; the order is the order of every report."""

ENTITY_TYPES: tuple[str, ...] = (
    "plate", "phone", "email", "handle", "url", "usdot", "mc", "trailer", "container", "vin", "highway", "mile_marker", "exit",
    "truck_stop", "address", "place", "vehicle", "person", "time", "money", "wallet", "railcar", "airport", "weapon", "drug",
)  # fmt: skip
"""The kinds of things named in tips."""


class Nature(StrEnum):
    """What a category asks of us: enforcement, care first, a boundary class that no enforcement queue gets, or nothing."""

    ENFORCEMENT = "enforcement"
    CARE = "care"
    BOUNDARY = "boundary"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Category:
    """One concern. ``excludes`` are the categories that cannot be labels beside this one."""

    id: str
    title: str
    nature: Nature
    definition: str
    handlers: str
    excludes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One kind of evidence. ``supports`` and ``opposes`` are categories; ``lifts`` says whether it may raise a band by itself."""

    id: str
    facet: str
    definition: str
    wording: str
    supports: tuple[str, ...]
    opposes: tuple[str, ...]
    weight: int
    bias: bool
    sources: tuple[str, ...]

    @property
    def lifts(self) -> bool:
        """Context-only and bias-marked indicators may support a case but never lift a tip by themselves (design B0)."""
        return not self.bias and self.facet not in ("context", "meta", "counter")


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All of it, in file order."""

    categories: Mapping[str, Category]
    indicators: Mapping[str, Indicator]
    urgency_titles: Mapping[Urgency, str]
    urgency_meanings: Mapping[Urgency, str]

    @property
    def names(self) -> tuple[str, ...]:
        """What a policy can name: categories, and ``nature:care`` for all categories of that nature."""
        return (*self.categories, *(f"nature:{nature}" for nature in Nature))

    def named(self, names: Iterable[str]) -> frozenset[str]:
        """The categories that these of ``names`` stand for."""
        wanted = frozenset(names)
        return frozenset(c.id for c in self.categories.values() if c.id in wanted or f"nature:{c.nature}" in wanted)


def load_taxonomy() -> Taxonomy:
    """Read the three files. Call it once and hand the result on."""
    folder = files("triage.taxonomy")

    def rows(name: str) -> list[dict[str, object]]:
        return list(yaml.load((folder / name).read_text("utf8"), Loader=yaml.CSafeLoader))

    category_rows = rows("categories.yaml")
    ids = [str(row["id"]) for row in category_rows]
    categories = {str(row["id"]): _category(row, ids) for row in category_rows}
    indicators = {str(row["id"]): _indicator(row) for row in rows("indicators.yaml")}
    levels = rows("urgency.yaml")
    return Taxonomy(
        MappingProxyType(categories),
        MappingProxyType(indicators),
        MappingProxyType({Urgency(str(row["level"])): str(row["title"]) for row in levels}),
        MappingProxyType({Urgency(str(row["level"])): str(row["meaning"]) for row in levels}),
    )


def _category(row: dict[str, object], ids: list[str]) -> Category:
    excludes = row.get("excludes", [])
    if excludes == "all_but_information_request":
        excluded = frozenset(ids) - {"information_request", str(row["id"])}
    else:
        excluded = frozenset(str(name) for name in excludes) if isinstance(excludes, list) else frozenset()
    return Category(str(row["id"]), str(row["title"]), Nature(str(row["nature"])), str(row["definition"]), str(row["handlers"]), excluded)


def _indicator(row: dict[str, object]) -> Indicator:
    supports = [str(name) for name in row["supports"]] if isinstance(row["supports"], list) else []
    sources = row["sources"] if isinstance(row["sources"], list) else []
    return Indicator(
        id=str(row["id"]),
        facet=str(row["facet"]),
        definition=str(row["definition"]),
        wording=str(row["wording"]),
        supports=tuple(name for name in supports if not name.startswith("-")),
        opposes=tuple(name[1:] for name in supports if name.startswith("-")),
        weight=int(str(row["weight"])),
        bias=bool(row.get("bias", False)),
        sources=tuple(str(source) for source in sources),
    )
