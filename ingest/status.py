"""What a sender or a partner may know about where a report stands: four words, and nothing of the case."""

from __future__ import annotations

from enum import StrEnum

from triage.domain.case import Case, CaseStatus, EntryState, QueueEntry
from triage.ports import UnitOfWork


class PublicStatus(StrEnum):
    """The words, as keys of the message catalogue (``status.<key>``); partners get the keys themselves."""

    RECEIVED = "received"  # nobody has looked yet
    READ = "read"  # a person has taken it up
    WITH_TEAM = "with_team"  # a person has decided about it
    CLOSED = "closed"  # the work is done, whatever came of it


def public_status(entry: QueueEntry | None, case: Case | None) -> PublicStatus:
    """The word for a tip's queue entry and case. How it was decided, by which desk and with what outcome is not told."""
    if case is not None and case.status is CaseStatus.CLOSED:
        return PublicStatus.CLOSED
    if entry is None or entry.state is EntryState.WAITING:
        return PublicStatus.RECEIVED
    return PublicStatus.READ if entry.state is EntryState.CLAIMED else PublicStatus.WITH_TEAM


def status_of(tip_id: str, work: UnitOfWork) -> PublicStatus:
    """The word for a stored tip. A desk that has written to the sender or released an outcome has read the report, claimed or not."""
    status = public_status(work.queue.get(tip_id), work.cases.of_tip(tip_id))
    if status is PublicStatus.RECEIVED and _answered(tip_id, work):
        return PublicStatus.READ
    return status


def _answered(tip_id: str, work: UnitOfWork) -> bool:
    written = any(not message.from_source for message in work.messages.of_tip(tip_id))
    return written or bool(work.outcomes.get_many([tip_id]))
