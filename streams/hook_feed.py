"""Turns what happened into messages for partners' programs: reads the log as a reader of its own and writes deliveries, each once."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import takewhile

from ingest.api.own_tips import SANDBOX_WALK
from ingest.domain.webhook import Delivery, Webhook
from ingest.hooks.hook_message import body_of
from ingest.ports import PartnerStorage, PartnerWork
from ingest.receive import SANDBOX
from ingest.status import PublicStatus, status_of
from streams.ports import EventLog, Logged
from triage.domain.case import ActKind
from triage.domain.events import RECEIVED, Event, EventType
from triage.domain.sender import Outcome, OutcomeCode, Progress, Useful
from triage.domain.tip import Tip
from triage.domain.undo import UNDO_FOR
from triage.ports import Clock, Ids

log = logging.getLogger(__name__)

READER = "webhooks"
TYPES = (*RECEIVED, EventType.TIP_DECIDED, EventType.TIP_PROGRESSED)
AT_ONCE = 500

_TOLD_AGAIN = frozenset({Progress.MESSAGE, Progress.OUTCOME})
"""Steps that come more than once: the desk writes again, or releases something else."""

_BY_ACTS = frozenset({Progress.ACKNOWLEDGED, Progress.CLOSED, Progress.MESSAGE})
"""Steps that come of what can be taken back."""

SANDBOX_OUTCOME = Outcome("", Useful.YES, datetime(1970, 1, 1, tzinfo=UTC), "", OutcomeCode.ADDED)
"""What comes of every sandbox tip; only its codes are told."""

Owner = tuple[str, bool]
"""A partner's slug, and whether it is about the sandbox."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a tip, with the event that tells it."""

    tip_id: str
    step: Progress
    event: Event


class HookFeed:
    """Writes deliveries. One process does so at a time; a second one would write none twice.

    What a person at a desk has just done can be taken back for ``UNDO_FOR``: until then nothing of it is told, and nothing of what came
    after it; what was taken back is never told.
    """

    def __init__(self, events: EventLog, storage: PartnerStorage, clock: Clock, ids: Ids) -> None:
        self._events = events
        self._storage = storage
        self._clock = clock
        self._ids = ids

    def run_once(self) -> int:
        """Take one batch of events all the way; return how many it held. Raises ``Unavailable`` with the position unmoved."""
        end = self._events.end()
        with self._storage.reading() as work:
            webhooks = work.webhooks.at_work()
        if not webhooks:  # nobody asks, so that there is nothing to look for in what has happened so far
            self._move_to(end)
            return 0
        settled = self._clock.now() - UNDO_FOR
        read = self._events.read(READER, TYPES, AT_ONCE)
        batch = list(takewhile(lambda logged: logged.event.at <= settled or not _can_be_undone(logged.event), read))
        if not batch:
            return 0
        self._write(_by_owner(webhooks), batch)
        self._move_to(batch[-1].position)
        return len(batch)

    def _move_to(self, position: int) -> None:
        if position > self._events.position(READER):
            with suppress(ValueError):  # another process took over and is past it
                self._events.commit(READER, position)

    def _write(self, asked: Mapping[Owner, Sequence[Webhook]], batch: Sequence[Logged]) -> None:
        steps = [step for logged in batch for step in _steps(logged.event) if _may_concern(step.event, asked)]
        if not steps:
            return
        with self._storage.reading() as work:
            found = work.tips.get_many(list({step.tip_id for step in steps}))
            # What a person sent by the partner's public form is that person's: its programs learn nothing of it.
            tips = {tip.id: tip for tip in found.values() if work.own.has(tip.partner, tip.id)}
        mine = [(step, tips[step.tip_id]) for step in steps if step.tip_id in tips and _owner(tips[step.tip_id].partner) in asked]
        if not mine:
            return
        with self._storage.writing() as work:
            for step, tip in mine:
                if _can_be_undone(step.event) and _was_undone(work, step.event):
                    continue
                for webhook in asked[_owner(tip.partner)]:
                    if step.event.at >= webhook.created_at:
                        self._add(work, webhook, step, tip)

    def _add(self, work: PartnerWork, webhook: Webhook, step: Step, tip: Tip) -> None:
        if webhook.sandbox:  # nobody works on it: its steps come by its age, and are written down at once
            for later, status, steps in SANDBOX_WALK:
                for progress in steps:
                    self._tell(work, webhook, replace(step, step=progress), tip, step.event.at + later, status, SANDBOX_OUTCOME)
        else:
            self._tell(work, webhook, step, tip, step.event.at, status_of(tip.id, work), work.outcomes.get_many([tip.id]).get(tip.id))

    def _tell(
        self, work: PartnerWork, webhook: Webhook, step: Step, tip: Tip, at: datetime, status: PublicStatus, outcome: Outcome | None
    ) -> None:
        if step.step not in webhook.steps:
            return
        data = {"id": tip.id, "status": status.value}
        if tip.partner_reference:
            data["reference"] = tip.partner_reference
        if step.step is Progress.OUTCOME and outcome:
            data |= {"useful": outcome.useful.value} | ({"outcome": outcome.code.value} if outcome.code else {})
        if step.step is Progress.MESSAGE:
            data["message"] = step.event.payload.get("message", "")
        body = body_of(f"tip.{step.step.value}", at, data)
        again = step.event.id if step.step in _TOLD_AGAIN else ""
        delivery = Delivery(self._ids.new("msg"), webhook.id, webhook.partner, tip.id, step.step, at, body, at)
        work.webhooks.add_delivery(delivery, f"{webhook.id}:{tip.id}:{step.step.value}:{again}")


def _can_be_undone(event: Event) -> bool:
    return event.type is EventType.TIP_PROGRESSED and event.payload["step"] in _BY_ACTS


def _was_undone(work: PartnerWork, event: Event) -> bool:
    """Whether the step was taken back: the message, or the act. An act and its events bear one time, and the tip acted on is the trace."""
    if event.payload["step"] == Progress.MESSAGE:
        return work.messages.get(event.payload.get("message", "")) is None
    acts = work.acts.of_tip(event.trace)
    undone = {act.target for act in acts if act.kind is ActKind.UNDO}
    return any(act.id in undone and act.at == event.at for act in acts)


def _by_owner(webhooks: Sequence[Webhook]) -> Mapping[Owner, Sequence[Webhook]]:
    found = defaultdict(list)
    for webhook in webhooks:
        found[webhook.partner, webhook.sandbox].append(webhook)
    return found


def _owner(slug: str) -> Owner:
    return slug.removesuffix(SANDBOX), slug.endswith(SANDBOX)


def _may_concern(event: Event, asked: Mapping[Owner, Sequence[Webhook]]) -> bool:
    """False only where the event itself names a partner that has no webhook."""
    slug = event.payload.get("partner")
    return slug is None or _owner(slug) in asked


def _steps(event: Event) -> Iterator[Step]:
    """The steps that an event tells; none for a step that only a newer release knows."""
    tip_id = event.payload["tip"]
    match event.type:
        case received if received in RECEIVED:
            yield Step(tip_id, Progress.RECEIVED, event)
        case EventType.TIP_DECIDED:
            yield Step(tip_id, Progress.READ, event)
            yield Step(tip_id, Progress.ROUTED, event)
        case EventType.TIP_PROGRESSED if event.payload["step"] in set(Progress):
            yield Step(tip_id, Progress(event.payload["step"]), event)
