"""The timeline of a case: everything that happened to it and its tips, in the order of time. No message's text, no contact detail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.case_template import CaseTemplate
from triage.domain.work import CaseAct, CaseActKind
from triage.reading import CasePage
from triage.web.cases.words import CASE_ACTS, CONTENTS, SOURCES, truth
from triage.web.views import Words, person_name
from triage.web.wording import plain
from triage.workspace.closing import CLOSED
from triage.workspace.dossier import Dossier


class Kind(StrEnum):
    """What the timeline can be narrowed to."""

    TIP = "tip"
    DECISION = "decision"
    CASE = "case"
    NOTE = "note"
    TASK = "task"
    MESSAGE = "message"
    SHARE = "share"
    GRADE = "grade"


TITLES: Mapping[Kind, str] = {
    Kind.TIP: "Tips",
    Kind.DECISION: "Decisions about tips",
    Kind.CASE: "The case",
    Kind.NOTE: "Notes",
    Kind.TASK: "Tasks",
    Kind.MESSAGE: "Messages",
    Kind.SHARE: "Shares",
    Kind.GRADE: "Grades",
}
_KIND_OF: Mapping[CaseActKind, Kind] = {
    CaseActKind.NOTE: Kind.NOTE,
    CaseActKind.TASK: Kind.TASK,
    CaseActKind.TASK_ENDED: Kind.TASK,
    CaseActKind.SHARE: Kind.SHARE,
    CaseActKind.RECALL: Kind.SHARE,
    CaseActKind.SENT_ON: Kind.SHARE,
    CaseActKind.NOT_SENT: Kind.SHARE,
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: when, who, what, and the words that go with it; ``tip`` is the tip that it is about, if one."""

    at: datetime
    kind: Kind
    who: str
    what: str
    details: tuple[str, ...] = ()
    tip: str = ""


def timeline(page: CasePage, known: Dossier, words: Words, templates: Mapping[str, CaseTemplate]) -> list[Happening]:
    """Everything, oldest first."""
    happened = [*_tips(page, words), *_decisions(page, words), *_case(known, templates), *_messages(known), *_grades(known)]
    return sorted(happened, key=lambda one: one.at)


def _tips(page: CasePage, words: Words) -> Iterator[Happening]:
    for row in page.rows:
        yield Happening(row.tip.received_at, Kind.TIP, words.partner(row.tip.partner), "sent a tip", (words.first_words(row),), row.tip.id)


def _decisions(page: CasePage, words: Words) -> Iterator[Happening]:
    for act in page.acts:
        line = words.act(act, page.names)
        yield Happening(act.at, Kind.DECISION, line.who, line.what, line.detail, act.tip_id)


def _case(known: Dossier, templates: Mapping[str, CaseTemplate]) -> Iterator[Happening]:
    for act in known.case_acts:
        what, details = _act(act, known.names, templates)
        kind = _KIND_OF.get(act.kind, Kind.CASE)
        yield Happening(act.at, kind, person_name(act.by, known.names), what, tuple(part for part in details if part))


def _act(act: CaseAct, names: Mapping[str, str], templates: Mapping[str, CaseTemplate]) -> tuple[str, tuple[str, ...]]:
    """What was done, and the words that go with it."""
    target = person_name(act.target, names)
    match act.kind:
        case CaseActKind.ASSIGN if not act.target:
            return "gave the case back", (act.note,)
        case CaseActKind.ASSIGN:
            return ("took the case" if act.target == act.by else f"gave the case to {target}"), (act.note,)
        case CaseActKind.PLAN if act.target:
            return f"chose the template “{templates[act.target].title if act.target in templates else plain(act.target)}”", ()
        case CaseActKind.PLAN:
            return "wrote the plan", (f"next: {act.note}" if act.note else "",)
        case CaseActKind.TASK:
            return ("added or gave a task"), (act.note,)
        case CaseActKind.TASK_ENDED:
            return "ended a task", (act.note,)
        case CaseActKind.PROPOSE_CLOSE:
            return f"asked to close it: {truth(act.target)}", (act.note,)
        case CaseActKind.CLOSE:
            agreed = f" (asked for by {person_name(act.before, names)})" if act.before else ""
            return f"closed it: {truth(act.target)}{agreed}", (act.note,)
        case CaseActKind.REOPEN:
            return ("took the case up again" if act.before.startswith(CLOSED) else "did not agree to close it yet"), (act.note,)
        case _:
            return CASE_ACTS.get(act.kind, plain(act.kind.value).lower()), (act.note,)


def _messages(known: Dossier) -> Iterator[Happening]:
    for message in known.messages:
        who = "The sender" if message.from_source else person_name(message.by, known.names)
        yield Happening(message.at, Kind.MESSAGE, who, "wrote" if message.from_source else "wrote to the sender", (), message.tip_id)


def _grades(known: Dossier) -> Iterator[Happening]:
    for grade in known.grades.values():
        words = f"source {grade.source.value} ({SOURCES[grade.source]}), content {grade.content.value} ({CONTENTS[grade.content]})"
        details = tuple(part for part in (words, grade.note) if part)
        yield Happening(grade.at, Kind.GRADE, person_name(grade.by, known.names), "graded a tip", details, grade.tip_id)
