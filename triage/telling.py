"""What people are told about a tip: that its sender has added something; and no more that it waits, once somebody has done something."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from triage.domain.alert import Alert, AlertKind
from triage.ports import Ids, UnitOfWork


def tell_holder(work: UnitOfWork, ids: Ids, now: datetime, tip_id: str, source: str) -> None:
    """Alert whoever has claimed the tip, or else owns its case; a tip that was put off comes back to the queue.

    ``source`` is the id of what was added, for which the person is told once. Nobody holds a tip that nobody has taken up: it stands in
    the queue anyway.
    """
    entry, case = work.queue.get(tip_id), work.cases.of_tip(tip_id)
    if entry is None or case is None:
        return
    if entry.snoozed_until is not None:
        work.queue.put(replace(entry, snoozed_until=None))
    if holder := entry.claimed_by or case.owner:
        work.alerts.add([Alert(ids.new("alr"), holder, AlertKind.ANSWER, now, case.id, tip_id, "", source)])


def wait_anew(work: UnitOfWork, tip_id: str) -> None:
    """Somebody has done something with the tip: take back what people were told of its waiting, and forget how far it was escalated."""
    found = work.escalations.get(tip_id)
    if found is None:
        return
    for user in found.told:
        for step in range(found.steps):
            work.alerts.forget(user, waiting_source(tip_id, step))
    work.escalations.remove(tip_id)


def waiting_source(tip_id: str, step: int) -> str:
    """The source of the alerts of one step (from 0) about a tip that waits."""
    return f"{tip_id}/{step}"
