"""What a partner may know of one of its own tips: status, steps, released outcome, messages; never what a desk wrote about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.ports import PartnerWork
from ingest.receive import SANDBOX
from ingest.status import PublicStatus, status_of
from ingest.visit import unseen
from triage.domain.case import CaseStatus, EntryState
from triage.domain.errors import NotFound
from triage.domain.sender import Outcome, OutcomeCode, Progress, SenderState, Useful
from triage.domain.tip import Tip
from triage.domain.undo import has_left
from triage.ports import UnitOfWork

SANDBOX_WALK = (
    (timedelta(0), PublicStatus.RECEIVED, (Progress.RECEIVED,)),
    (timedelta(seconds=5), PublicStatus.READ, (Progress.READ, Progress.ROUTED, Progress.ACKNOWLEDGED)),
    (timedelta(seconds=10), PublicStatus.WITH_TEAM, ()),
    (timedelta(seconds=60), PublicStatus.CLOSED, (Progress.CLOSED, Progress.OUTCOME)),
)
"""What a sandbox tip comes to by its age alone, since nobody works on it: so a program can meet every status within a minute."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a tip has come. ``at`` is None where the time would tell more than the step."""

    step: Progress
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a tip stands. ``unread`` counts the desk's messages that the sender was not shown yet."""

    tip: Tip
    status: PublicStatus
    steps: tuple[Step, ...]
    outcome: Outcome | None
    choices: SenderState
    unread: int


def own_tip(tip_id: str, slug: str, work: PartnerWork) -> Tip:
    """The tip, if it is one of this slug's own (``OwnTips``). Raises ``NotFound`` otherwise, whether it exists or not."""
    tip = work.tips.get(tip_id) if work.own.has(slug, tip_id) else None
    if tip is None:
        raise NotFound("tip", tip_id)
    return tip


def standing_of(tip: Tip, work: UnitOfWork, now: datetime) -> Standing:
    """Where the tip stands now."""
    choices = work.senders.get(tip.id)
    unread = len(unseen([message for message in work.messages.of_tip(tip.id) if has_left(message, now)], choices))
    if tip.partner.endswith(SANDBOX):
        return Standing(tip, sandbox_status(tip.received_at, now), *_walked(tip, now), choices, unread)
    outcome = work.outcomes.get_many([tip.id]).get(tip.id)
    return Standing(tip, status_of(tip.id, work), _steps(tip, outcome, work), outcome, choices, unread)


def status_now(tip_id: str, slug: str, received_at: datetime, work: UnitOfWork, now: datetime) -> PublicStatus:
    """The status word of a tip in a list."""
    return sandbox_status(received_at, now) if slug.endswith(SANDBOX) else status_of(tip_id, work)


def sandbox_status(received_at: datetime, now: datetime) -> PublicStatus:
    """The status of a sandbox tip of that age."""
    return [status for age, status, _ in SANDBOX_WALK if now - received_at >= age or not age][-1]


def _steps(tip: Tip, outcome: Outcome | None, work: UnitOfWork) -> tuple[Step, ...]:
    """The steps, from the records that each of them leaves. When a case was closed is the case's own, so that time is not told."""
    steps = [Step(Progress.RECEIVED, tip.received_at)]
    if decision := work.decisions.get_many([tip.id]).get(tip.id):
        steps.append(Step(Progress.READ, decision.decided_at))
    if entry := work.queue.get(tip.id):
        steps.append(Step(Progress.ROUTED, entry.entered_at))
        if entry.state is not EntryState.WAITING:
            acts = work.acts.of_tip(tip.id)
            steps.append(Step(Progress.ACKNOWLEDGED, acts[0].at if acts else None))
    case = work.cases.of_tip(tip.id)
    if case is not None and case.status is CaseStatus.CLOSED:
        steps.append(Step(Progress.CLOSED, None))
    if outcome is not None:
        steps.append(Step(Progress.OUTCOME, outcome.released_at))
    return tuple(steps)


def _walked(tip: Tip, now: datetime) -> tuple[tuple[Step, ...], Outcome | None]:
    """Steps and outcome of a sandbox tip."""
    walked = [(age, steps) for age, _, steps in SANDBOX_WALK if now - tip.received_at >= age or not age]
    taken = tuple(Step(step, tip.received_at + age) for age, steps in walked for step in steps)
    last = taken[-1]
    if last.step is not Progress.OUTCOME or last.at is None:
        return taken, None
    return taken, Outcome(tip.id, Useful.YES, last.at, "", OutcomeCode.ADDED)
