"""Taking an act back: a compensating act that puts everything as it was, as long as nobody else has built on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from triage.domain.access import Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import Act, ActKind, Case, CaseStatus, EntryState
from triage.domain.errors import Conflict, NotFound
from triage.domain.events import Event, EventType
from triage.domain.undo import UNDO_FOR, Before, CaseBefore
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.telling import wait_anew


def undo(
    storage: Storage,
    clock: Clock,
    ids: Ids,
    viewer: Viewer,
    act_id: str,
    earlier: Sequence[str] = (),
    asked_at: datetime | None = None,
) -> Act:
    """Take back an act of the viewer's own, within ``UNDO_FOR``. Everything stays on record: the act, and that it was undone.

    ``earlier`` are acts that are to be taken back after this one: a case that one of them had left is now as it left it, but of a later
    version, and that counts as the version that it left. ``asked_at`` is when the person asked, if that is not just now.

    Raises ``NotFound`` for an act that is not the viewer's or was undone already, ``Conflict`` when it is too late or when somebody
    changed meanwhile what the act had left.
    """
    with storage.writing() as work:
        work.hold([f"undo:{act_id}"])
        before, now = work.undo.get(act_id), clock.now()
        if before is None or before.by != viewer.user:
            raise NotFound("act to undo", act_id)
        if (asked_at or now) > before.at + UNDO_FOR:
            seconds = int(UNDO_FOR.total_seconds())
            raise Conflict(f"it is more than {seconds} seconds ago. Claim the tip to take it up again, then decide anew.")
        changed = [_restored(work, one, act_id) for one in before.cases]
        for case in sorted(changed, key=lambda case: len(case.tips)):  # those that give tips up come first
            work.cases.update(replace(case, version=case.version + 1, updated_at=now))
        events = [(EventType.CASE_CHANGED, case.id, {"case": case.id, "version": str(case.version + 1)}) for case in changed]
        for entry in before.entries:
            left = work.queue.get(entry.tip_id)
            work.queue.put(entry)
            wait_anew(work, entry.tip_id)
            if left is not None and left.claimed_by:
                work.alerts.forget(left.claimed_by, act_id)  # whoever was given the tip by the act
            if entry.state is not EntryState.DONE and (left is None or left.desk != entry.desk):
                told = {"tip": entry.tip_id, "case": entry.case_id, "desk": entry.desk, "urgency": entry.urgency.value}
                events.append((EventType.QUEUE_ENTERED, entry.desk, {**told, "life_threat": str(entry.life_threat).lower()}))
        work.undo.remove(act_id)
        _follow(work, before, earlier)
        act = _act(ids, viewer, before, now=now)
        work.acts.add(act)
        detail = {"act": act.id, "undone": act_id, "case": act.case_id}
        work.audit.append(
            [AuditRow(ids.new("aud"), now, f"user:{viewer.user}", "tip.undo", f"tip:{before.tip_id}", viewer.purpose, detail)]
        )
        work.events.append([Event(ids.new("evt"), type, key, now, before.tip_id, payload) for type, key, payload in events])
        return act


def _follow(work: UnitOfWork, undone: Before, earlier: Sequence[str]) -> None:
    """Tell the notes of earlier acts of the same person which version their case has now."""
    found_at = {one.id: one.case.version for one in undone.cases if one.case is not None}
    for act_id in earlier:
        note = work.undo.get(act_id)
        if note is None or note.by != undone.by:
            continue
        cases = tuple(
            replace(one, version_after=current.version)
            if one.version_after == found_at.get(one.id) and (current := work.cases.get(one.id)) is not None
            else one
            for one in note.cases
        )
        if cases != note.cases:
            work.undo.remove(act_id)
            work.undo.put(replace(note, cases=cases))


def _restored(work: UnitOfWork, one: CaseBefore, act_id: str) -> Case:
    """The case as it was, at the version that it has now; one that the act had made is left empty and closed."""
    current = work.cases.get(one.id)
    if current is None or current.version != one.version_after:
        raise Conflict("somebody changed the case meanwhile, so it stays as it is. Look at it as it is now, then decide again.")
    if one.case is None:
        return replace(current, tips=(), status=CaseStatus.CLOSED, outcome=f"undone:{act_id}")
    return replace(one.case, version=current.version)


def _act(ids: Ids, viewer: Viewer, before: Before, now: datetime) -> Act:
    case = before.entries[0].case_id if before.entries else before.cases[0].id
    return Act(ids.new("act"), before.tip_id, case, ActKind.UNDO, viewer.user, now, target=before.act_id)
