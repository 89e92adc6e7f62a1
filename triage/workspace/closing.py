"""How the work on a case ends: what was found true, what its senders may know, and what must be done before. And how it begins again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from triage.case_turn import CaseTurn, case_turn
from triage.domain.access import Viewer
from triage.domain.assessment import Band
from triage.domain.case import Case, CaseStatus, EntryState, QueueEntry
from triage.domain.case_template import CaseTemplate
from triage.domain.errors import Conflict, FieldError, InvalidInput, invalid
from triage.domain.events import EventType
from triage.domain.sender import Outcome, OutcomeCode, Progress, Useful
from triage.domain.work import CaseAct, CaseActKind, CaseFile, Task, TaskState, Truth
from triage.merged import case_ids
from triage.ports import Clock, Ids, Storage
from triage.workspace.checks import check_open, text
from triage.workspace.filing import Templates, file_of

AGAINST = frozenset({Truth.UNFOUNDED, Truth.NOT_CONFIRMED})
"""Findings that say no where the reading said likely."""

CLOSED = "closed:"
"""What the outcome of a case begins with that was closed here; the finding follows."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What somebody says on closing. ``useful`` and ``code`` go to every tip that was not answered by itself; no code releases nothing."""

    truth: Truth
    note: str
    useful: Useful
    code: OutcomeCode | None = None


class Closing:
    """The acts. ``version`` is that of the case as the viewer saw it."""

    def __init__(self, storage: Storage, templates: Templates, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._templates = templates
        self._clock = clock
        self._ids = ids

    def close(self, viewer: Viewer, case_id: str, version: int, ending: Ending) -> CaseAct:
        """End the work. Where ``needs_second`` holds, the first person's close is a proposal, and another one must agree to it before
        anything else of the case changes.

        Raises ``InvalidInput`` with everything that is still to be done.
        """
        note = text("note", ending.note, required="Write how the work ended.")
        if ending.truth is Truth.NOT_KNOWN:
            raise invalid("truth", "required", "Say what was found true; whether the work is over is another question.")
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            case, file = now.case, file_of(now.work, now.case, now)
            proposer = file.proposer(case.version)
            check_open(case)
            entries = [entry for tip in case.tips if (entry := now.work.queue.get(tip)) is not None]
            tasks = [task for id in case_ids(now.work, case.id) for task in now.work.tasks.of(id)]
            missing = to_be_done(file, self._templates.get(file.template), tasks, entries)
            if missing:
                raise InvalidInput(missing)
            if needs_second(case, ending.truth):
                if proposer == viewer.user:
                    raise Conflict("you have asked to close this case already. Somebody else must agree, or go on working on it.")
                if not proposer:
                    now.work.files.put(replace(file, proposed_by=viewer.user, proposed_version=now.touch().version))
                    return now.record(CaseActKind.PROPOSE_CLOSE, note=note, target=ending.truth.value)
            now.work.files.put(replace(file, truth=ending.truth, proposed_by=""))
            now.save(replace(case, status=CaseStatus.CLOSED, outcome=f"{CLOSED}{ending.truth.value}"))
            self._answer(now, ending)
            return now.record(CaseActKind.CLOSE, note=note, target=ending.truth.value, before=proposer)

    def go_on(self, viewer: Viewer, case_id: str, version: int, note: str) -> CaseAct:
        """Do not agree to close: the work goes on. Whoever proposed it can take it back so, too."""
        note = text("note", note, required="Write what is still to be done.")
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            file = file_of(now.work, now.case, now)
            if not file.proposer(now.case.version):
                raise Conflict("nobody has asked to close this case as it stands now.")
            now.work.files.put(replace(file, proposed_by=""))
            now.touch()
            return now.record(CaseActKind.REOPEN, note=note, before=file.proposed_by)

    def reopen(self, viewer: Viewer, case_id: str, version: int, note: str) -> CaseAct:
        """Take a closed case up again; what was found true is open again too."""
        note = text("note", note, required="Write why it is taken up again.")
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            if now.case.status is not CaseStatus.CLOSED:
                raise Conflict("this case is open already.")
            if not now.case.outcome.startswith(CLOSED):
                raise Conflict("this case was not closed by hand: its tips were declined or moved. Claim one of them to take it up again.")
            before = now.case.outcome
            now.work.files.put(replace(file_of(now.work, now.case, now), truth=Truth.NOT_KNOWN, proposed_by=""))
            now.save(replace(now.case, status=CaseStatus.ACTIVE, owner=now.case.owner or viewer.user, outcome=""))
            return now.record(CaseActKind.REOPEN, note=note, before=before)

    def _answer(self, now: CaseTurn, ending: Ending) -> None:
        """Tell the sender of each tip that the work on it is done, and what came of it where nobody has said so yet."""
        answered = now.work.outcomes.get_many(now.case.tips)
        for tip in now.case.tips:
            now.announce(EventType.TIP_PROGRESSED, tip, {"tip": tip, "step": Progress.CLOSED.value}, trace=tip)
            if tip in answered:
                continue
            now.work.outcomes.put(Outcome(tip, ending.useful, now.now, now.viewer.user, ending.code))
            code = ending.code.value if ending.code else ""
            now.write_down("tip.outcome", f"tip:{tip}", {"useful": ending.useful.value, "outcome": code or "none", "desk": now.case.desk})
            if code:
                payload = {"tip": tip, "step": Progress.OUTCOME.value, "outcome": code}
                now.announce(EventType.TIP_PROGRESSED, tip, payload, trace=tip)


def needs_second(case: Case, truth: Truth) -> bool:
    """Whether closing takes two people: a threat to life, or a finding against a reading that said likely."""
    return case.life_threat or (case.band is Band.LIKELY and truth in AGAINST)


def to_be_done(
    file: CaseFile | None, template: CaseTemplate | None, tasks: Iterable[Task], entries: Iterable[QueueEntry]
) -> tuple[FieldError, ...]:
    """Everything that keeps the case open. Paths are ``tip:<id>``, ``field:<id>`` and ``task:<id>``."""
    waiting = [entry for entry in entries if entry.state is not EntryState.DONE]
    missing = [
        FieldError(f"tip:{entry.tip_id}", "waits", "A tip of this case still waits for a decision: decide about it.") for entry in waiting
    ]
    asked = template.fields if template else ()
    missing += [
        FieldError(f"field:{each.id}", "required", f"{each.title}: this has no answer yet.")
        for each in asked
        if each.required and not (file and file.fields.get(each.id))
    ]
    missing += [
        FieldError(f"task:{task.id}", "open", f"{task.title}: finish this task, or drop it with a reason.")
        for task in tasks
        if task.required and task.state is TaskState.OPEN
    ]
    return tuple(missing)
