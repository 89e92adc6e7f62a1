"""What every engine shows of what it found: hits with their best passage, and facets in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from infra.search.highlight import Highlighter
from triage.domain.document import CaseDocument
from triage.domain.query import Hit

_DAY = 24 * 60 * 60 * 1_000_000  # microseconds
_FIRST_DAY = date(1970, 1, 1)

BY_DAY: Mapping[str, Any] = {"histogram": {"field": "received", "interval": _DAY, "min_doc_count": 1}}
"""What an engine is asked for, to count by day; every engine speaks it."""

FACET_VALUES = 100
"""At most so many values of a facet are counted."""


def hit_of(document: CaseDocument, highlighter: Highlighter) -> Hit:
    """The hit that shows ``document``."""
    return Hit(
        case_id=document.case_id,
        tips=document.tips,
        title=document.title,
        kind=document.kind,
        desk=document.desk,
        status=document.status,
        urgency=document.urgency,
        band=document.band,
        categories=document.categories,
        county=document.county,
        partner=document.partners[0] if document.partners else "",
        received_at=document.received_at.isoformat(),
        fragments=highlighter.best_passage(document.text),
    )


def check_page(limit: int, offset: int) -> None:
    """Raises ``ValueError`` for a page that cannot be."""
    if limit < 0 or offset < 0:
        raise ValueError(f"limit is {limit} and offset {offset}: neither can be negative")


def in_order(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """A facet's values with their counts, most frequent first, then by value."""
    return tuple(sorted(counts, key=lambda value: (-value[1], value[0])))


def days_of(buckets: Iterable[Mapping[str, Any]]) -> tuple[tuple[date, int], ...]:
    """What an engine answers to ``BY_DAY``, as days with their numbers."""
    return tuple((_FIRST_DAY + timedelta(days=round(one["key"] / _DAY)), int(one["doc_count"])) for one in buckets if one["doc_count"])
