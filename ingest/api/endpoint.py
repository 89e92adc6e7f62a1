"""What is said about one address of the partner API: method, path, who may call it, what it takes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.domain.partner import Scope

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
NDJSON = "application/x-ndjson"

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/heic")
"""The kinds of pictures that are taken."""

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that an address takes besides its path: ``place`` is ``query`` or ``header``."""

    name: str
    place: str
    schema: Schema
    meaning: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is taken: of these media types, of a wire type or of a plain schema. ``needed`` is whether it must be there."""

    media: tuple[str, ...]
    of: type | Schema
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Good:
    """An answer that is no problem. ``of`` is a wire type or a plain schema, None for an answer without a body."""

    status: int
    meaning: str
    of: type | Schema | None = None
    media: str = JSON
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address.

    ``scope`` is what a key must be allowed; None with ``keyed`` takes any key that works, and without it anybody. ``problems`` are the
    codes of ``ingest.api.problems`` that it answers with beside those of every address. From ``deprecated_at`` on every answer carries the
    header ``Deprecation`` (RFC 9745), with ``sunset_at`` also ``Sunset`` (RFC 8594); ``instead`` is the page that says what to use.
    """

    name: str
    method: str
    path: str
    summary: str
    good: tuple[Good, ...]
    scope: Scope | None = None
    keyed: bool = True
    body: Body | None = None
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = ()
    detail: str = ""
    deprecated_at: datetime | None = None
    sunset_at: datetime | None = None
    instead: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """The names in braces of its path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def all_problems(self) -> tuple[str, ...]:
        """Every code that it can answer with, in the order of their status."""
        found = set(self.problems) | {"our_fault", "unavailable"}
        if self.keyed:
            found |= {"no_key", "suspended", "agreement_over", "too_many", "fields_to_mend"}
        if self.scope:
            found |= {"missing_scope"}
        if self.places:
            found |= {"not_found"}
        if self.body:
            found |= {"not_readable", "too_large", "wrong_media_type", "fields_to_mend"}
        return tuple(sorted(found))
