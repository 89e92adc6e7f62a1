"""What was found, as a file: for a stated purpose, marked with who took it out, when and why, and on record."""

from __future__ import annotations

import hashlib
from datetime import datetime

from triage.cells import csv_file
from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.query import Hit
from triage.domain.table import Table
from triage.ports import CaseIndex, Clock, Ids, Storage
from triage.search.query_parser import parse
from triage.search.searching import NOTHING, Filters, narrowed

MOST = 1_000
"""Cases in one file. Who needs more asks for a report, which somebody else approves."""

HEAD = ("Case", "Kind", "Status", "Urgency", "Band", "Desk", "Concerns", "County", "Partner", "Newest tip (UTC)", "First words")


def export(
    storage: Storage,
    index: CaseIndex,
    viewer: Viewer,
    clock: Clock,
    ids: Ids,
    agency: str,
    text: str,
    filters: Filters,
    form: str,
    without: Filters = NOTHING,
) -> Table:
    """The cases that a search (see ``searching``) finds for the viewer, up to ``MOST``. ``form`` names the kind of file, for the audit row.

    Raises ``InvalidInput`` without a purpose, or if nothing was asked for.
    """
    purpose = viewer.purpose.strip()
    if not purpose:
        raise InvalidInput([FieldError("purpose", "required", "Write why you need the file: it is kept in the audit log and on the file.")])
    if not text.strip() and not any((*filters.values(), *without.values())):
        raise InvalidInput([FieldError("q", "empty", "Search for something first: a file of everything is no answer to a question.")])
    now = clock.now()
    results = index.search(viewer, narrowed(parse(text, now.date()), filters, without), MOST, 0)
    table = Table(f"Cases, {agency}", _notes(viewer, now, purpose, len(results.hits), results.total), HEAD, tuple(map(_row, results.hits)))
    detail = {
        "form": form,
        "rows": str(len(table.rows)),
        "cases_sha256": hashlib.sha256("\n".join(hit.case_id for hit in results.hits).encode()).hexdigest(),
        "query_sha256": hashlib.sha256(text.encode(errors="replace")).hexdigest(),
    }
    with storage.writing() as work:
        work.audit.append([AuditRow(ids.new("aud"), now, f"user:{viewer.user}", "search.export", "index:cases", purpose, detail)])
    return table


def as_csv(table: Table) -> bytes:
    """The table as CSV: notes first, a line each."""
    return csv_file([*([note] for note in (table.title, *table.notes)), table.head, *table.rows])


def _notes(viewer: Viewer, now: datetime, purpose: str, shown: int, total: int) -> tuple[str, ...]:
    count = f"{shown} cases" if shown == total else f"the first {shown} of {total} cases"
    return (
        f"{count}; law enforcement sensitive; leads to be checked, not findings",
        f"taken out by {viewer.name} on {now:%Y-%m-%d %H:%M} UTC for: {purpose}",
    )


def _row(hit: Hit) -> tuple[str, ...]:
    return (
        hit.case_id, hit.kind, hit.status, hit.urgency, hit.band, hit.desk, ", ".join(hit.categories), hit.county, hit.partner,
        hit.received_at[:16].replace("T", " "), hit.title,
    )  # fmt: skip
