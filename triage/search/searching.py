"""Searching cases: what was typed, narrowed by facets, on behalf of a viewer, and on record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.query import FACETS, And, Field, FieldIs, Node, Not, Or, Results
from triage.ports import CaseIndex, Clock, Ids, Storage
from triage.search.query_parser import parse
from triage.search.query_tree import asked_fields

PAGE_SIZE = 20
MAX_PAGE = 500
"""No engine likes deep pages; past 10,000 hits a narrower search helps more than another page."""

Filters = Mapping[Field, Sequence[str]]
"""Facet values: those that were picked (any of a field's values, for every field that has some), or those that were left out."""

NOTHING: Filters = MappingProxyType({})


def search(
    storage: Storage,
    index: CaseIndex,
    viewer: Viewer,
    clock: Clock,
    ids: Ids,
    text: str,
    filters: Filters,
    page: int = 1,
    page_size: int = PAGE_SIZE,
    without: Filters = NOTHING,
) -> Results:
    """One page of the cases that ``text`` and ``filters`` ask for, but for those with a value of ``without``, and that the viewer may
    read: newest first, with facets and days over all of them.

    ``page`` counts from 1 and is brought into 1 to ``MAX_PAGE``. The search is audited, with the viewer's purpose, before anything is
    shown; a search that cannot be audited shows nothing. Raises ``Unavailable`` if the index or the store is.
    """
    now = clock.now()
    page = min(max(page, 1), MAX_PAGE)
    query = narrowed(parse(text, now.date()), filters, without)
    results = replace(index.search(viewer, query, page_size, (page - 1) * page_size, FACETS), days=index.by_day(viewer, query))
    row = AuditRow(
        id=ids.new("aud"),
        at=now,
        actor=f"user:{viewer.user}",
        action="search",
        object="index:cases",
        purpose=viewer.purpose,
        detail=_detail(text, query, page, results.total),
    )
    with storage.writing() as work:
        work.audit.append([row])
    return results


def narrowed(query: Node, filters: Filters, without: Filters = NOTHING) -> Node:
    """``query`` and, for each field with picked values, one of them; and none of those that were left out."""
    picked: list[Node] = [Or(tuple(FieldIs(field, value) for value in values)) for field, values in filters.items() if values]
    left_out = [Not(FieldIs(field, value)) for field, values in without.items() for value in values]
    return And((query, *picked, *left_out)) if picked or left_out else query


def _detail(text: str, query: Node, page: int, total: int) -> dict[str, str]:
    """What the audit keeps of a query. Its words may be somebody's name or number, so it keeps their hash: enough to check a suspicion."""
    return {
        "query_sha256": hashlib.sha256(text.encode(errors="replace")).hexdigest(),
        "length": str(len(text)),
        "fields": ",".join(asked_fields(query)),
        "page": str(page),
        "total": str(total),
    }
