"""A case as a report to print: for a stated purpose, marked with who took it out, when and why, and on record."""

from __future__ import annotations

from datetime import datetime

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.errors import NotFound
from triage.ports import Clock, Ids, Storage
from triage.workspace.checks import text

PURPOSE_LIMIT = 200


def checked_purpose(purpose: str) -> str:
    """The purpose. Raise ``InvalidInput`` if there is none."""
    return text("purpose", purpose, PURPOSE_LIMIT, "Write why you need the report: it is kept in the audit log and on every page.")


def take_out(storage: Storage, clock: Clock, ids: Ids, viewer: Viewer, case_id: str) -> datetime:
    """Write down that the viewer, who names a purpose, takes the case out as a file; return when. Nothing may be shown before this."""
    purpose = checked_purpose(viewer.purpose)
    with storage.writing() as work:
        case = work.cases.get(case_id)
        if case is None:
            raise NotFound("case", case_id)
        viewer.check_reads("case", case_id, case.readers)
        now = clock.now()
        detail = {"form": "pdf", "tips": str(len(case.tips)), "desk": case.desk}
        work.audit.append([AuditRow(ids.new("aud"), now, f"user:{viewer.user}", "case.export", f"case:{case_id}", purpose, detail)])
    return now


def mark(viewer: Viewer, at: datetime) -> str:
    """What every page says."""
    return f"Law enforcement sensitive. Taken out by {viewer.name} on {at:%Y-%m-%d %H:%M} UTC for: {viewer.purpose.strip()}"
