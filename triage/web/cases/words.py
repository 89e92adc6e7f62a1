"""The words of the pages about cases."""

from __future__ import annotations

from collections.abc import Mapping

from triage.domain.work import CaseActKind, ContentGrade, SourceGrade, TaskState, Truth
from triage.workspace.things import ThingKind

TRUTHS: Mapping[Truth, str] = {
    Truth.NOT_KNOWN: "Not known yet",
    Truth.CONFIRMED: "Confirmed",
    Truth.PARTLY: "Partly confirmed",
    Truth.NOT_CONFIRMED: "Looked into, nothing found either way",
    Truth.UNFOUNDED: "Checked, and it did not happen so",
}
SOURCES: Mapping[SourceGrade, str] = {
    SourceGrade.A: "completely reliable",
    SourceGrade.B: "usually reliable",
    SourceGrade.C: "fairly reliable",
    SourceGrade.D: "not usually reliable",
    SourceGrade.E: "unreliable",
    SourceGrade.F: "cannot be judged",
}
CONTENTS: Mapping[ContentGrade, str] = {
    ContentGrade.CONFIRMED: "confirmed by independent sources",
    ContentGrade.PROBABLY_TRUE: "probably true",
    ContentGrade.POSSIBLY_TRUE: "possibly true",
    ContentGrade.DOUBTFUL: "doubtful",
    ContentGrade.IMPROBABLE: "improbable",
    ContentGrade.CANNOT_BE_JUDGED: "cannot be judged",
}
TASK_STATES: Mapping[TaskState, str] = {TaskState.OPEN: "Open", TaskState.DONE: "Done", TaskState.DROPPED: "Dropped"}
THINGS: Mapping[ThingKind, str] = {
    ThingKind.PERSON: "People",
    ThingKind.VEHICLE: "Vehicles",
    ThingKind.PLACE: "Places",
    ThingKind.ONLINE: "Online",
}
CASE_ACTS: Mapping[CaseActKind, str] = {
    CaseActKind.NOTE: "noted",
    CaseActKind.MERGE: "merged another case into this one",
    CaseActKind.UNMERGE: "parted the cases again",
    CaseActKind.SHARE: "shared it",
    CaseActKind.RECALL: "took a share back",
    CaseActKind.SENT_ON: "sent a share on to an agency outside",
    CaseActKind.NOT_SENT: "did not send a share on",
    CaseActKind.RESTRICT: "restricted it to named people",
    CaseActKind.OPEN_UP: "opened it to its desks again",
    CaseActKind.ASK_SEAL: "asked to get into the restricted case",
    CaseActKind.BREAK_SEAL: "let somebody into the restricted case",
    CaseActKind.HAND_OFF: "asked a service, or heard from it",
    CaseActKind.OVERRIDE: "opened the referral from outside, once",
}
DONE: Mapping[str, str] = {
    "case-assign": "Given.",
    "case-follow": "The template is chosen, and its tasks are added.",
    "case-plan": "The plan is kept.",
    "case-note": "The note is kept.",
    "case-task": "The task is kept.",
    "case-task_ended": "The task has ended.",
    "case-propose_close": "Asked to close. Somebody else must agree; until then the work goes on.",
    "case-close": "Closed.",
    "case-reopen": "The work goes on.",
    "case-merge": "The two cases are one now.",
    "case-unmerge": "The cases are parted again.",
}


def truth(code: str) -> str:
    """A finding in words."""
    return TRUTHS[Truth(code)] if code in set(Truth) else code
