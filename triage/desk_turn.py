"""One act of one person on one tip: what was read, what it changes, and the trail that every change leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from triage.decide import ALERT_FROM
from triage.domain.access import Role, Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import Act, ActKind, Case, CaseStatus, EntryState, QueueEntry
from triage.domain.errors import Conflict, NotFound, StaleVersion
from triage.domain.events import Event, EventType
from triage.domain.sender import Progress
from triage.domain.undo import Before, CaseBefore
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.telling import wait_anew

_DECIDING = frozenset({ActKind.ACCEPT, ActKind.DECLINE, ActKind.DUPLICATE})


class Turn:
    """A tip in the hands of one viewer, inside one writing unit of work.

    ``entry`` and ``case`` are as they were read. Everything is written through ``save``, ``enter`` and ``record``, so that no change
    goes without its event and no act without its audit row.
    """

    def __init__(self, work: UnitOfWork, viewer: Viewer, entry: QueueEntry, case: Case, now: datetime, ids: Ids) -> None:
        self.work = work
        self.viewer = viewer
        self.entry = entry
        self.case = case
        self.now = now
        self._ids = ids
        self._act: Act | None = None
        self._cases: dict[str, CaseBefore] = {}
        self._entries: dict[str, QueueEntry] = {}

    def new_id(self, prefix: str) -> str:
        """An identifier for something that the act makes."""
        return self._ids.new(prefix)

    def check_free(self) -> None:
        """Raise ``Conflict`` if the tip was decided, or if somebody else holds it; a supervisor may step in."""
        if self.entry.state is EntryState.DONE:
            raise Conflict("this tip was decided already. Claim it to take it up again, then decide.")
        held_by_another = self.entry.state is EntryState.CLAIMED and self.entry.claimed_by != self.viewer.user
        if held_by_another and self.viewer.role is not Role.SUPERVISOR:
            raise Conflict("somebody else has claimed this tip. Ask that person to release it, or a supervisor to step in.")

    def save(self, case: Case) -> Case:
        """Write the case under its next version and tell the index; return it as saved."""
        saved = replace(case, version=case.version + 1, updated_at=self.now)
        self._keep(saved, self.work.cases.get(case.id))
        self.work.cases.update(saved)
        self._changed(saved)
        if saved.status is CaseStatus.CLOSED and self.case.status is not CaseStatus.CLOSED:
            for tip_id in saved.tips:
                self.progress(tip_id, Progress.CLOSED)
        return saved

    def add(self, case: Case) -> None:
        """Write a new case and tell the index."""
        self._keep(case, None)
        self.work.cases.add(case)
        self._changed(case)

    def put(self, entry: QueueEntry) -> None:
        """Write a queue entry that stays where it was."""
        self._keep_entry(entry.tip_id)
        wait_anew(self.work, entry.tip_id)
        self.work.queue.put(entry)

    def enter(self, entry: QueueEntry) -> None:
        """Put a tip into another desk's queue and tell that desk; an immediate or urgent one raises an alert there."""
        self._keep_entry(entry.tip_id)
        wait_anew(self.work, entry.tip_id)
        self.work.queue.put(entry)
        payload = {"tip": entry.tip_id, "case": entry.case_id, "desk": entry.desk, "urgency": entry.urgency.value}
        self._announce(EventType.QUEUE_ENTERED, entry.desk, {**payload, "life_threat": str(entry.life_threat).lower()})
        self.alert(entry)

    def alert(self, entry: QueueEntry) -> None:
        """Raise an alert if the tip is immediate or urgent and waits for somebody."""
        if entry.state is EntryState.WAITING and (entry.life_threat or entry.urgency.at_least(ALERT_FROM)):
            payload = {"tip": entry.tip_id, "case": entry.case_id, "desk": entry.desk, "urgency": entry.urgency.value}
            self._announce(EventType.ALERT_RAISED, entry.desk, payload)

    def before(self) -> Before | None:
        """How everything stood that the act has changed; None if there was no act."""
        if self._act is None:
            return None
        cases, entries = tuple(self._cases.values()), tuple(self._entries.values())
        return Before(self._act.id, self.entry.tip_id, self.viewer.user, self.now, cases, entries)

    def _keep(self, saved: Case, before: Case | None) -> None:
        first = self._cases.get(saved.id, CaseBefore(saved.id, before, 0))
        self._cases[saved.id] = replace(first, version_after=saved.version)

    def _keep_entry(self, tip_id: str) -> None:
        entry = self.work.queue.get(tip_id)
        if entry is not None:
            self._entries.setdefault(tip_id, entry)

    def progress(self, tip_id: str, step: Progress, **more: str) -> None:
        """Say that a tip came a step further that its sender may know of; ``more`` are ids or codes that go with it."""
        self._announce(EventType.TIP_PROGRESSED, tip_id, {"tip": tip_id, "step": step.value, **more})

    def write_down(self, action: str, detail: Mapping[str, str]) -> None:
        """Keep an audit row about the tip; ``detail`` holds codes only."""
        self.work.audit.append([self._audit_row(action, {**detail, "desk": self.entry.desk})])

    def _announce(self, type: EventType, key: str, payload: Mapping[str, str]) -> None:
        self.work.events.append([Event(self._ids.new("evt"), type, key, self.now, self.entry.tip_id, payload)])

    def record(self, kind: ActKind, *, reason: str = "", note: str = "", target: str = "", before: str = "", case_id: str = "") -> Act:
        """Keep the act and its audit row. The audit row names codes only: a reason in somebody's own words stays with the act."""
        case = case_id or self.case.id
        act = Act(self._ids.new("act"), self.entry.tip_id, case, kind, self.viewer.user, self.now, reason, note, target, before)
        self.work.acts.add(act)
        self._act = act
        detail = {"act": act.id, "case": case, "desk": self.entry.desk}
        detail |= {"target": target} if target else {}
        detail |= {"before": before} if before else {}
        detail |= {"reason": reason} if kind in (ActKind.DECLINE, ActKind.PROPOSE) else {}
        self.work.audit.append([self._audit_row(f"tip.{kind.value}", detail)])
        if kind in (ActKind.CLAIM, ActKind.ACCEPT):
            self.progress(self.entry.tip_id, Progress.ACKNOWLEDGED)
        return act

    def _audit_row(self, action: str, detail: Mapping[str, str]) -> AuditRow:
        object = f"tip:{self.entry.tip_id}"
        return AuditRow(self._ids.new("aud"), self.now, self.viewer.actor, action, object, self.viewer.purpose, detail)

    def _changed(self, case: Case) -> None:
        self._announce(EventType.CASE_CHANGED, case.id, {"case": case.id, "version": str(case.version)})


@contextmanager
def turn(storage: Storage, clock: Clock, ids: Ids, viewer: Viewer, tip_id: str, version: int | None) -> Iterator[Turn]:
    """Open one act: the tip must be readable for the viewer, at a desk where the viewer works, and its case unchanged.

    ``version`` is the version of the case that the viewer saw, None for an act that leaves the case as it is. Raises ``NotFound``,
    ``NotAllowed`` or ``StaleVersion``.
    """
    with storage.writing() as work:
        case, entry = work.cases.of_tip(tip_id), work.queue.get(tip_id)
        if case is None or entry is None:
            raise NotFound("tip", tip_id)
        viewer.check_reads("tip", tip_id, case.readers)
        viewer.check_works_at(entry.desk)
        if version is not None and case.version != version:
            raise StaleVersion("case", case.id, version, case.version)
        taken = Turn(work, viewer, entry, case, clock.now(), ids)
        yield taken
        before = taken.before()
        if before is not None:
            work.undo.put(before)


def reckoned(work: UnitOfWork, case: Case) -> Case:
    """The case with its urgency, life-threat mark, band, target and categories taken from the tips that it holds now.

    A case without tips is left as it is. A level that a person set stands in the tip's queue entry, so it is kept.
    """
    entries = [entry for tip in case.tips if (entry := work.queue.get(tip)) is not None]
    if not entries:
        return case
    readings = work.assessments.get_many(case.tips)
    labels = dict.fromkeys(label for tip in case.tips if tip in readings for label in readings[tip].labels)
    waiting = [entry for entry in entries if entry.state is not EntryState.DONE] or entries
    return replace(
        case,
        urgency=min((entry.urgency for entry in entries), key=lambda level: level.rank),
        life_threat=any(entry.life_threat for entry in entries),
        band=min((entry.band for entry in entries), key=lambda band: band.rank),
        due_at=min(entry.due_at for entry in waiting),
        categories=tuple(labels) or case.categories,
    )


def reopened(case: Case) -> Case:
    """The case, open again if it was closed."""
    return replace(case, status=CaseStatus.NEW, outcome="") if case.status is CaseStatus.CLOSED else case


def last_decision(work: UnitOfWork, tip_id: str) -> Act | None:
    """The last act that decided about the tip and was not taken back."""
    acts = work.acts.of_tip(tip_id)
    undone = {act.target for act in acts if act.kind is ActKind.UNDO}
    decisions = [act for act in acts if act.kind in _DECIDING and act.id not in undone]
    return decisions[-1] if decisions else None


def settled(work: UnitOfWork, case: Case, merged_into: str) -> Case:
    """The case, closed if no tip keeps it open: none waits for a decision, and none was accepted.

    The outcome is the last reason for declining; a case that holds nothing but duplicates, or nothing at all, was merged.
    """
    declined: list[Act] = []
    for tip in case.tips:
        entry, last = work.queue.get(tip), last_decision(work, tip)
        if (entry is not None and entry.state is not EntryState.DONE) or (last is not None and last.kind is ActKind.ACCEPT):
            return case
        if last is not None and last.kind is ActKind.DECLINE:
            declined.append(last)
    newest = max(declined, key=lambda act: (act.at, act.id), default=None)
    outcome = f"declined:{newest.reason}" if newest else f"merged:{merged_into}"
    return replace(case, status=CaseStatus.CLOSED, outcome=outcome)
