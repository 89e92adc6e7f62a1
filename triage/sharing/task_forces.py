"""A task force's own view: who is in it, what waits at the viewer's desks, what the other members hold. Each row only if it is readable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import QueueEntry
from triage.domain.decision import RoutingStep
from triage.domain.errors import NotFound
from triage.domain.policy import Desk, Policy, TaskForce
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.reading import QueueRow, rows_of

OPEN_LIMIT = 200
"""Open tips of each of the viewer's member desks that are looked through."""
NOTICE_LIMIT = 200
"""Newest notices of each of these desks that are looked through."""


@dataclass(frozen=True, slots=True)
class Force:
    """A task force and its desks. ``mine`` are the member desks where the viewer works, with the numbers of open tips and life threats."""

    force: TaskForce
    members: tuple[Desk, ...]
    mine: tuple[tuple[Desk, int, int], ...]


@dataclass(frozen=True, slots=True)
class ForcePage:
    """``rows``: open tips of it at the viewer's desks, in the order of a queue. ``told``: what other members hold, newest first."""

    force: Force
    rows: tuple[QueueRow, ...]
    told: tuple[QueueRow, ...]
    names: Mapping[str, str]
    now: datetime


class TaskForces:
    """The audited looks. Only people of a member desk see a task force."""

    def __init__(self, storage: Storage, policy: Policy, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._clock = clock
        self._ids = ids

    def all(self, viewer: Viewer) -> list[Force]:
        """Those in which a desk of the viewer's is a member. To somebody without a desk there is no such list (``NotFound``)."""
        if not viewer.desks:
            raise NotFound("page", "task forces")
        with self._storage.reading() as work:
            counts = work.queue.counts(self._clock.now())
        return [self._force(viewer, one, counts) for one in self._policy.task_forces if not viewer.desks.isdisjoint(one.members)]

    def page(self, viewer: Viewer, id: str) -> ForcePage:
        """One of them with its tips. Raises ``NotFound``."""
        found = next((one for one in self._policy.task_forces if one.id == id), None)
        if found is None or viewer.desks.isdisjoint(found.members):
            raise NotFound("task force", id)
        with self._storage.reading() as work:
            now = self._clock.now()
            force = self._force(viewer, found, work.queue.counts(now))
            at_mine = [entry for desk, _, _ in force.mine for entry in work.queue.open(desk.id, OPEN_LIMIT, now=now)]
            notices = [notice for desk, _, _ in force.mine for notice in work.notices.of_desk(desk.id, NOTICE_LIMIT)]
            elsewhere = (work.queue.get(tip) for tip in dict.fromkeys(notice.tip_id for notice in notices))
            told = [entry for entry in elsewhere if entry is not None and entry.desk not in viewer.desks and entry.desk in found.members]
            rows = rows_of(work, viewer, sorted(_of(work, found, at_mine), key=lambda entry: entry.order(now)))
            others = rows_of(work, viewer, sorted(_of(work, found, told), key=lambda entry: entry.entered_at, reverse=True))
            people = (work.users.by_id(row.entry.claimed_by) for row in (*rows, *others) if row.entry.claimed_by)
            page = ForcePage(force, rows, others, {user.id: user.display_name for user in people if user is not None}, now)
        detail = {"shown": str(len(rows) + len(others))}
        row = AuditRow(self._ids.new("aud"), now, f"user:{viewer.user}", "queue.read", found.rule, viewer.purpose, detail)
        with self._storage.writing() as work:
            work.audit.append([row])
        return page

    def _force(self, viewer: Viewer, force: TaskForce, counts: Mapping[str, tuple[int, int]]) -> Force:
        members = tuple(self._policy.desks[desk] for desk in force.members)
        return Force(force, members, tuple((desk, *counts.get(desk.id, (0, 0))) for desk in members if desk.id in viewer.desks))


def _of(work: UnitOfWork, force: TaskForce, entries: Iterable[QueueEntry]) -> list[QueueEntry]:
    """Those of the entries whose tip is the task force's, as it was decided when the tip came."""
    known = {entry.tip_id: entry for entry in entries}
    decided = work.decisions.get_many(list(known))
    return [entry for tip, entry in known.items() if tip in decided and _is_of(force, decided[tip].routing.steps)]


def _is_of(force: TaskForce, steps: Iterable[RoutingStep]) -> bool:
    return any(step.rule == force.rule and step.matched for step in steps)
