"""The cases that a person works on, those of the person's desks, closed ones, and the person's tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import Case, CaseStatus
from triage.domain.work import CaseFile, Task, TaskState
from triage.ports import Clock, Ids, Storage, UnitOfWork

PAGE = 50
MINE_LIMIT = 200
"""The most cases of one person, and tasks, that a page shows."""


class Which(StrEnum):
    """Which cases."""

    MINE = "mine"
    DESK = "desk"  # accepted ones of the viewer's desks
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case with what is planned; ``tasks`` of ``all_tasks`` are open."""

    case: Case
    file: CaseFile | None
    tasks: int
    all_tasks: int


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page. ``after`` is where the next one begins, empty on the last one."""

    rows: tuple[ListedCase, ...]
    after: str
    names: Mapping[str, str]
    now: datetime


_STATUSES: Mapping[Which, tuple[CaseStatus, ...]] = {
    Which.MINE: (CaseStatus.NEW, CaseStatus.ACTIVE),
    Which.DESK: (CaseStatus.ACTIVE,),
    Which.CLOSED: (CaseStatus.CLOSED,),
}


class CaseLists:
    """The audited lists. The newest cases come first; one's own by life threat, then by the day of the next step."""

    def __init__(self, storage: Storage, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids

    def page(self, viewer: Viewer, which: Which, before: str = "") -> CaseList:
        """Cases of the viewer's desks that the viewer may read, beginning before an id."""
        with self._storage.reading() as work:
            if which is Which.MINE:
                found = work.cases.listed(viewer.desks, _STATUSES[which], MINE_LIMIT, owner=viewer.user)
                cases, after = [case for case in found if viewer.reads(case.readers)], ""
            else:
                cases, after = _readable(work, viewer, _STATUSES[which], before)
            files, tasks = work.files.get_many([case.id for case in cases]), work.tasks.of_many([case.id for case in cases])
            rows = [_row(case, files.get(case.id), tasks.get(case.id, [])) for case in cases]
            if which is Which.MINE:
                rows.sort(key=lambda row: (not row.case.life_threat, _planned(row), row.case.id))
            people = (work.users.by_id(user) for user in sorted({case.owner for case in cases if case.owner}))
            page = CaseList(tuple(rows), after, {user.id: user.display_name for user in people if user}, self._clock.now())
        self._write_down(viewer, "cases.read", {"list": which.value, "shown": str(len(rows))})
        return page

    def tasks(self, viewer: Viewer) -> list[tuple[Task, Case]]:
        """The viewer's open tasks in cases that are open and readable, the soonest due first."""
        with self._storage.reading() as work:
            tasks = [task for task in work.tasks.beside(viewer.user) if task.state is TaskState.OPEN]
            cases = work.cases.get_many(sorted({task.case_id for task in tasks}))
        mine = [(task, cases[task.case_id]) for task in tasks if task.case_id in cases and _open_to(viewer, cases[task.case_id])]
        mine.sort(key=lambda pair: (pair[0].due_at is None, pair[0].due_at or pair[0].created_at, pair[0].id))
        self._write_down(viewer, "tasks.read", {"shown": str(len(mine[:MINE_LIMIT]))})
        return mine[:MINE_LIMIT]

    def _write_down(self, viewer: Viewer, action: str, detail: Mapping[str, str]) -> None:
        row = AuditRow(self._ids.new("aud"), self._clock.now(), f"user:{viewer.user}", action, "index:cases", viewer.purpose, detail)
        with self._storage.writing() as work:
            work.audit.append([row])


def _readable(work: UnitOfWork, viewer: Viewer, statuses: tuple[CaseStatus, ...], before: str) -> tuple[list[Case], str]:
    """A page full of cases that the viewer may read, and where the next page begins: cases restricted to others leave no gap."""
    found: list[Case] = []
    while len(found) <= PAGE:
        some = work.cases.listed(viewer.desks, statuses, PAGE + 1, before)
        found += [case for case in some if viewer.reads(case.readers)]
        if len(some) <= PAGE:
            break
        before = some[-1].id
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else ""


def _row(case: Case, file: CaseFile | None, tasks: list[Task]) -> ListedCase:
    return ListedCase(case, file, sum(task.state is TaskState.OPEN for task in tasks), len(tasks))


def _planned(row: ListedCase) -> datetime:
    planned = row.file.next_at if row.file else None
    return planned or datetime.max.replace(tzinfo=UTC)


def _open_to(viewer: Viewer, case: Case) -> bool:
    return case.status is not CaseStatus.CLOSED and viewer.reads(case.readers)
