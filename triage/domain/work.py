"""The work on a case beside its tips: what people did with it, tasks, its file, grades of sources, and what was found true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CaseActKind(StrEnum):
    """What a person can do with a case as a whole."""

    ASSIGN = "assign"
    PLAN = "plan"  # summary, next step, fields of the template
    NOTE = "note"
    TASK = "task"
    TASK_ENDED = "task_ended"
    PROPOSE_CLOSE = "propose_close"  # a close that waits for a second person
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SHARE = "share"
    RECALL = "recall"
    RESTRICT = "restrict"
    OPEN_UP = "open_up"  # a restriction ends
    HAND_OFF = "hand_off"  # a service was asked to help, or what came of it; target is the tip
    OVERRIDE = "override"  # somebody from outside opened a referral once; target is the tip
    ASK_SEAL = "ask_seal"  # a supervisor outside asks to get into a restricted case; another one must agree
    BREAK_SEAL = "break_seal"  # the other one agreed
    SENT_ON = "sent_on"  # a share went out to an agency outside
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class CaseAct:
    """What a person did with a case: who, when, why. ``target`` is a person, a task, a share or another case, as the kind asks."""

    id: str
    case_id: str
    kind: CaseActKind
    by: str
    at: datetime
    note: str = ""
    target: str = ""
    before: str = ""

    @property
    def owner(self) -> str:
        """The case."""
        return self.case_id

    @property
    def other(self) -> str:
        """Who did it."""
        return self.by


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do in a case. ``required`` tasks must end before the case can close; ``assignee`` is empty for anybody at the desk."""

    id: str
    case_id: str
    title: str
    created_by: str
    created_at: datetime
    state: TaskState = TaskState.OPEN
    assignee: str = ""
    due_at: datetime | None = None
    required: bool = False
    ended_by: str = ""
    ended_at: datetime | None = None
    note: str = ""

    @property
    def owner(self) -> str:
        """The case."""
        return self.case_id

    @property
    def other(self) -> str:
        """Whose task it is."""
        return self.assignee

    @property
    def at(self) -> datetime:
        """When it was made."""
        return self.created_at


class Truth(StrEnum):
    """What was found true, apart from where the work stands."""

    NOT_KNOWN = "not_known"
    CONFIRMED = "confirmed"
    PARTLY = "partly"
    NOT_CONFIRMED = "not_confirmed"  # looked into, nothing found either way
    UNFOUNDED = "unfounded"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What people keep about a case: the template that it follows and its fields, a summary, the next step, and what was found true.

    ``proposed_by`` is who asked to close it where a second person must agree, and ``proposed_version`` the version of the case since then:
    a case that was changed afterwards is not what that person wanted to close.
    """

    case_id: str
    updated_at: datetime
    updated_by: str
    template: str = ""
    summary: str = ""
    next_step: str = ""
    next_at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    truth: Truth = Truth.NOT_KNOWN
    proposed_by: str = ""
    proposed_version: int = 0

    def proposer(self, version: int) -> str:
        """Who asked to close the case that stands at this version; empty if nobody did."""
        return self.proposed_by if version == self.proposed_version else ""

    @property
    def id(self) -> str:
        """One a case."""
        return self.case_id

    @property
    def owner(self) -> str:
        """The case."""
        return self.case_id

    @property
    def other(self) -> str:
        """Who changed it last."""
        return self.updated_by

    @property
    def at(self) -> datetime:
        """When it was changed last."""
        return self.updated_at


class SourceGrade(StrEnum):
    """How reliable the source is (Admiralty code, NATO AJP-2.1; A completely reliable ... F cannot be judged)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class ContentGrade(StrEnum):
    """How credible the information is (Admiralty code; 1 confirmed by other sources ... 6 cannot be judged)."""

    CONFIRMED = "1"
    PROBABLY_TRUE = "2"
    POSSIBLY_TRUE = "3"
    DOUBTFUL = "4"
    IMPROBABLE = "5"
    CANNOT_BE_JUDGED = "6"


@dataclass(frozen=True, slots=True)
class Grade:
    """A person's judgement of a tip's source and content. Earlier ones are kept; the newest counts."""

    id: str
    tip_id: str
    source: SourceGrade
    content: ContentGrade
    by: str
    at: datetime
    note: str = ""

    @property
    def owner(self) -> str:
        """The tip."""
        return self.tip_id

    @property
    def other(self) -> str:
        """Who judged."""
        return self.by
