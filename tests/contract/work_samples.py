"""One record of each kind of the work on cases, full enough that a lost field shows, and the same record changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.contract.samples import AT, a_case, an_entry, later
from triage.domain.care import HandOff, HandOffState, HandOffStep
from triage.domain.desk_view import DeskView, Escalation, Preferences, Unsent
from triage.domain.links import LinkVerdict, Merge, Pointer, Verdict
from triage.domain.share import PassedOn, Share, ShareMode, SharePart
from triage.domain.work import CaseAct, CaseActKind, CaseFile, ContentGrade, Grade, SourceGrade, Task, TaskState, Truth

TEXT = 'Ask "Ñandú" \\ 👩‍🚒\r\n\tagain \u2028 '
"""What people may write into a note."""


def a_task(number: int = 1, **given: Any) -> Task:
    """A task that ended."""
    sound: dict[str, Any] = {
        "case_id": "case_1",
        "title": TEXT,
        "created_by": "usr_1",
        "created_at": later(minutes=number),
        "state": TaskState.DONE,
        "assignee": "usr_2",
        "due_at": later(days=1, microseconds=1),
        "required": True,
        "ended_by": "usr_3",
        "ended_at": later(days=2, microseconds=3),
        "note": TEXT,
    }
    return Task(id=f"tsk_{number}", **{**sound, **given})


def a_share(number: int = 1, **given: Any) -> Share:
    """A share that was recalled."""
    sound: dict[str, Any] = {
        "case_id": "case_1",
        "desk": "trafficking",
        "to": "child",
        "mode": ShareMode.JOINT,
        "tips": ("tip_2", "tip_1"),
        "parts": (SharePart.TEXT, SharePart.LEVEL),
        "why": TEXT,
        "by": "usr_1",
        "at": later(minutes=number),
        "until": later(days=30),
        "recalled_by": "usr_2",
        "recalled_at": later(days=3),
        "passed": PassedOn.REFUSED,
        "passed_by": "usr_3",
        "passed_at": later(days=1),
        "reference": TEXT,
    }
    return Share(id=f"shr_{number}", **{**sound, **given})


def _merge() -> Merge:
    before = a_case("case_2", ("tip_2", "tip_3"), restricted_to=("usr_1", "usr_2"))
    snoozed = an_entry("tip_3", case_id="case_2", snoozed_until=later(hours=1), proposed_by="usr_9")
    entries = (an_entry("tip_2", case_id="case_2"), snoozed)
    into = a_case("case_1", joint=("child",))
    return Merge(
        id="mrg_1",
        into="case_1",
        merged="case_2",
        tips=("tip_2", "tip_3"),
        before=before,
        entries=entries,
        by="usr_1",
        at=AT,
        undone_by="usr_2",
        undone_at=later(days=1),
        into_before=into,
        into_after=replace(into, version=2),
        shares=("shr_1",),
    )


_ACT = CaseAct("cac_1", "case_1", CaseActKind.OPEN_UP, "usr_1", AT, TEXT, "case_2", "usr_9")
_FILE = CaseFile(
    case_id="case_1",
    updated_at=AT,
    updated_by="usr_1",
    template="trafficking",
    summary=TEXT,
    next_step=TEXT,
    next_at=later(days=1),
    fields={"b": TEXT, "a": ""},
    truth=Truth.PARTLY,
    proposed_by="usr_2",
    proposed_version=7,
)
_GRADE = Grade("grd_1", "tip_1", SourceGrade.B, ContentGrade.DOUBTFUL, "usr_1", AT, TEXT)
_VERDICT = LinkVerdict("tip_2", "tip_1", Verdict.UNSURE, ("plate", "phone"), "usr_1", AT, TEXT)
_POINTER = Pointer("d" * 64, "plate", "case_1", "trafficking", AT, silent=True)
_HAND_OFF = HandOff(
    id="hnd_1",
    tip_id="tip_1",
    case_id="case_1",
    desk="victim-services",
    service="shelter",
    state=HandOffState.REACHED,
    basis="consent",
    parts=("need", "county"),
    by="usr_1",
    at=AT,
    updated_by="usr_2",
    updated_at=later(days=1),
    note=TEXT,
    need="housing",
    steps=(HandOffStep(HandOffState.OFFERED, "usr_1", AT, TEXT), HandOffStep(HandOffState.REACHED, "usr_2", later(days=1))),
)
_VIEW = DeskView("viw_1", "usr_1", "trafficking", TEXT, {"band": ("likely", "possible"), "county": ("NE/Keith",)}, AT)
_PREFERENCES = Preferences("usr_1", AT, ("gore",), 7, later(hours=1), ("child_sexual",), later(hours=2))
_UNSENT = Unsent("email", "usr_1", 2, later(minutes=5))
_ESCALATION = Escalation("tip_1", "trafficking", AT, 3, later(minutes=1), "P1", ("usr_1", "usr_2"), (_UNSENT,))

RECORDS: Mapping[str, tuple[Any, Any]] = {
    "case_acts": (_ACT, replace(_ACT, note="", target="")),
    "tasks": (a_task(), a_task(state=TaskState.OPEN, due_at=None, ended_by="", ended_at=None)),
    "files": (_FILE, replace(_FILE, fields={}, truth=Truth.NOT_KNOWN, next_at=None)),
    "grades": (_GRADE, replace(_GRADE, source=SourceGrade.F)),
    "verdicts": (_VERDICT, replace(_VERDICT, one="tip_1", two="tip_2", verdict=Verdict.DIFFERENT, reasons=())),
    "merges": (_merge(), replace(_merge(), undone_by="", undone_at=None)),
    "pointers": (_POINTER, replace(_POINTER, silent=False)),
    "shares": (a_share(), a_share(mode=ShareMode.INFO, recalled_by="", recalled_at=None)),
    "hand_offs": (_HAND_OFF, replace(_HAND_OFF, state=HandOffState.WITHDRAWN, updated_at=later(days=2))),
    "views": (_VIEW, replace(_VIEW, name="Mine", filters={})),
    "preferences": (_PREFERENCES, replace(_PREFERENCES, veiled=(), break_at=None)),
    "escalations": (_ESCALATION, replace(_ESCALATION, steps=0)),
}
"""By part of the unit of work: a record, and what it became."""
