"""Records that belong to something, a table for each kind, all of one shape: what they are found by, and the document."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from infra.storage.codec import NAME, Document, Moment
from infra.storage.tables.base import metadata
from triage.domain.care import HandOff
from triage.domain.desk_view import DeskView, Escalation, Preferences
from triage.domain.links import LinkVerdict, Merge, Pointer
from triage.domain.share import Share
from triage.domain.work import CaseAct, CaseFile, Grade, Task


def _records(name: str, kind: type) -> Table:
    return Table(
        name,
        metadata,
        Column("id", NAME, primary_key=True),
        Column("owner", NAME, nullable=False),
        Column("other", NAME, nullable=False),
        Column("at", Moment, nullable=False),
        Column("document", Document(kind), nullable=False),
        Index(f"ix_{name}_owner_at", "owner", "at"),
        Index(f"ix_{name}_other_at", "other", "at"),
        Index(f"ix_{name}_at", "at"),
    )


case_acts = _records("case_acts", CaseAct)
tasks = _records("tasks", Task)
case_files = _records("case_files", CaseFile)
grades = _records("grades", Grade)
verdicts = _records("verdicts", LinkVerdict)
merges = _records("merges", Merge)
pointers = _records("pointers", Pointer)
shares = _records("shares", Share)
hand_offs = _records("hand_offs", HandOff)
desk_views = _records("desk_views", DeskView)
preferences = _records("preferences", Preferences)
escalations = _records("escalations", Escalation)
