"""Hand-written texts that the corpus lacks; ``data/README.md`` says who wrote them and how. No model learns from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeVar

from triage.domain.assessment import Urgency

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class IdentityOnly:
    """A text that says who somebody is and nothing that anybody did. ``allowed`` are labels beside "not actionable" that do no harm."""

    id: str
    group: str
    language: str
    text: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Two texts in almost the same words: ``live`` is a P0; ``lookalike`` is a drill, the past, a film ... (``family``) and is none."""

    id: str
    family: str
    language: str
    live: str
    lookalike: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """The same tip in standard English or Spanish and as many people say it, or translated (``variety``)."""

    id: str
    variety: str
    language: str
    standard: str
    dialect: str
    categories: tuple[str, ...]
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Urgent:
    """A P0 that does not say so in the usual words: whispered, covert ("pizza"), slang, or plain (``kind``)."""

    id: str
    kind: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Victim:
    """A trafficking tip by who its victim is (``group``); ``reference`` are the ones that indicator lists have in mind."""

    id: str
    group: str
    language: str
    text: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Smuggling:
    """Two texts that differ in one fact: people are brought over and go their way (``smuggled``), or are made to work (``trafficked``)."""

    id: str
    language: str
    smuggled: str
    trafficked: str


def identity_only() -> tuple[IdentityOnly, ...]:
    """Texts about who somebody is."""
    return _rows(
        "identity_only", lambda row: IdentityOnly(row["id"], row["group"], row["lang"], row["text"], tuple(row.get("allowed", ())))
    )


def lookalikes() -> tuple[LookAlike, ...]:
    """P0 texts with their look-alikes."""
    return _rows("lookalikes", lambda row: LookAlike(row["id"], row["family"], row["lang"], row["live"], row["lookalike"]))


def dialects() -> tuple[Dialect, ...]:
    """The same tips in two varieties."""

    def make(row: Mapping[str, Any]) -> Dialect:
        categories = tuple(row["categories"])
        return Dialect(row["id"], row["variety"], row["lang"], row["standard"], row["dialect"], categories, Urgency(row["urgency"]))

    return _rows("dialect", make)


def urgent() -> tuple[Urgent, ...]:
    """P0 texts in unusual words."""
    return _rows("urgent", lambda row: Urgent(row["id"], row["kind"], row["lang"], row["text"]))


def victims() -> tuple[Victim, ...]:
    """Trafficking tips by the group of the victim."""
    return _rows("victims", lambda row: Victim(row["id"], row["group"], row["lang"], row["text"], tuple(row["categories"])))


def smuggling() -> tuple[Smuggling, ...]:
    """Smuggling beside trafficking."""
    return _rows("smuggling", lambda row: Smuggling(row["id"], row["lang"], row["smuggled"], row["trafficked"]))


def _rows(name: str, make: Callable[[Mapping[str, Any]], Row]) -> tuple[Row, ...]:
    lines = (files("models.evaluation") / "data" / f"{name}.jsonl").read_text("utf8").splitlines()
    return tuple(make(json.loads(line)) for line in lines)
