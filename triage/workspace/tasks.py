"""Tasks of a case: added, given to somebody, ended. They leave the case's version alone, so that two people can work on two of them."""

from __future__ import annotations

from dataclasses import replace

from triage.case_turn import CaseTurn, case_turn
from triage.colleagues import check_colleague
from triage.domain.access import Viewer
from triage.domain.errors import Conflict, NotFound, invalid
from triage.domain.work import CaseAct, CaseActKind, Task, TaskState
from triage.merged import case_ids
from triage.ports import Clock, Ids, Storage
from triage.workspace.checks import TITLE_LIMIT, check_open, day, text
from triage.workspace.people import tell

MOST = 200
"""Tasks of one case."""


class Tasking:
    """The acts; people of the owning desk act."""

    def __init__(self, storage: Storage, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids

    def add(self, viewer: Viewer, case_id: str, title: str, assignee: str = "", due: str = "", required: bool = False) -> CaseAct:
        """Add a task; ``due`` is an ISO date or empty. A ``required`` one must end before the case closes."""
        title, due_at = text("title", title, TITLE_LIMIT, "Write what is to be done."), day("due", due)
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, None) as now:
            check_open(now.case)
            check_colleague(now.work, now.case, "assignee", assignee)
            if len(now.work.tasks.of(case_id)) >= MOST:
                raise invalid("title", "too_many", f"A case holds at most {MOST} tasks; end some first, or write a note.")
            task = Task(now.new_id("tsk"), case_id, title, viewer.user, now.now, assignee=assignee, due_at=due_at, required=required)
            now.work.tasks.put(task)
            act = now.record(CaseActKind.TASK, note=title, target=task.id)
            tell(now, assignee, act, "task")
            return act

    def give(self, viewer: Viewer, case_id: str, task_id: str, assignee: str) -> CaseAct:
        """Give an open task to somebody, or (empty) to anybody at the desk."""
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, None) as now:
            task = _open_task(now, task_id)
            check_colleague(now.work, now.case, "assignee", assignee)
            now.work.tasks.put(replace(task, assignee=assignee))
            act = now.record(CaseActKind.TASK, note=task.title, target=task.id, before=task.assignee)
            tell(now, assignee, act, "task")
            return act

    def end(self, viewer: Viewer, case_id: str, task_id: str, state: TaskState, note: str = "") -> CaseAct:
        """Finish a task, or drop it; to drop a required one takes a reason."""
        note = text("note", note)
        if state is TaskState.OPEN:
            raise invalid("state", "unknown", "Say whether it is done or dropped.")
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, None) as now:
            task = _open_task(now, task_id)
            if state is TaskState.DROPPED and task.required and not note:
                raise invalid("note", "required", "Write why this is not needed: the template asks for it.")
            ended = replace(task, state=state, ended_by=viewer.user, ended_at=now.now, note=note)
            now.work.tasks.put(ended)
            words = ": ".join(part for part in (task.title, note) if part)
            return now.record(CaseActKind.TASK_ENDED, note=words, target=task.id, state=state.value)


def _open_task(now: CaseTurn, task_id: str) -> Task:
    check_open(now.case)
    task = now.work.tasks.get(task_id)
    if task is None or task.case_id not in case_ids(now.work, now.case.id):
        raise NotFound("task", task_id)
    if task.state is not TaskState.OPEN:
        raise Conflict("this task has ended already.")
    return task
