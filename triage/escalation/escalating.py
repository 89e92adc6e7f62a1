"""Takes the steps of the chains: each once for each time that a tip waits, in a transaction of its own, whatever was restarted meanwhile.

A tip waits while nobody has claimed it or decided about it. Whatever a person does with it ends that time (``triage.telling.wait_anew``);
a tip that waits after that begins a new one. What a step tells outside the console is kept with it and delivered after its transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from triage.cases import Casework
from triage.desk_turn import Turn
from triage.domain.access import User, Viewer
from triage.domain.alert import Alert, AlertKind
from triage.domain.assessment import Urgency
from triage.domain.audit import AuditRow
from triage.domain.case import Case, EntryState, QueueEntry
from triage.domain.desk_view import Escalation, Unsent
from triage.domain.duty import DutyPlan, Step, Way
from triage.domain.policy import Policy
from triage.escalation.messages import Couriers, address_of
from triage.escalation.recipients import recipients
from triage.escalation.rerouting import CLOCKS, reroute
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.telling import wait_anew, waiting_source

PAGE = 500
"""Records that one query names."""
STANDING = 1000
"""Tips with steps taken that are looked at for whether they wait still, the newest."""


class Escalating:
    """The one of its kind; several at once double no step, but may deliver a message twice."""

    def __init__(self, storage: Storage, policy: Policy, plan: DutyPlan, clock: Clock, ids: Ids, couriers: Couriers) -> None:
        self._storage = storage
        self._policy = policy
        self._plan = plan
        self._clock = clock
        self._ids = ids
        self._couriers = couriers
        self._casework = Casework(storage, policy, clock, ids)

    def once(self) -> Counter[str]:
        """Take every step that is due and deliver what waits; return how often something was ``told``, ``moved``, ``stayed``, ``sent``
        or ``failed``. Raises ``Unavailable``; what was done until then stays done.
        """
        done: Counter[str] = Counter()
        self._clear()
        for tip_id in self._due():
            while what := self._take(tip_id):
                done[what] += 1
            done.update(self._couriers.deliver(tip_id))
        return done

    def _clear(self) -> None:
        """Take back what was told of tips that wait no more, however that came, and what somebody was told who may read the tip no more."""
        with self._storage.reading() as work:
            readers, now = {user.id: Viewer.of(user) for user in work.users.all()}, self._clock.now()
            over = [kept.tip_id for kept in work.escalations.newest(STANDING) if _is_over(work, kept, readers, now)]
        for tip_id in over:
            with self._storage.writing() as work:
                work.hold([f"escalation:{tip_id}"])
                kept, now = work.escalations.get(tip_id), self._clock.now()
                if kept is not None and _is_over(work, kept, readers, now):
                    wait_anew(work, tip_id)

    def _due(self) -> list[str]:
        """The tips for which something may be due: a step, or a message that was not delivered yet."""
        levels = {level for chain in self._plan.chains for level in chain.levels}
        if not levels:
            return []
        with self._storage.reading() as work:
            now = self._clock.now()
            waiting = [entry for entry in work.queue.waiting(levels) if _waits_now(entry, now)]
            kept: dict[str, Escalation] = {}
            for start in range(0, len(waiting), PAGE):
                kept.update(work.escalations.get_many([entry.tip_id for entry in waiting[start : start + PAGE]]))
        return [entry.tip_id for entry in waiting if self._may_be_due(entry, kept.get(entry.tip_id), now)]

    def _may_be_due(self, entry: QueueEntry, kept: Escalation | None, now: datetime) -> bool:
        steps = self._plan.steps(level_of(entry), entry.desk)
        if kept is not None and _is_of(kept, entry):
            due = kept.steps < len(steps) and kept.since + steps[kept.steps].after <= now
            return due or any(one.next_at <= now for one in kept.unsent)
        return bool(steps) and entry.entered_at + steps[0].after <= now

    def _take(self, tip_id: str) -> str:
        """Take the tip's next step if it is due; return what it did, or nothing."""
        with self._storage.writing() as work:
            work.hold([f"escalation:{tip_id}"])
            case, entry, now = work.cases.of_tip(tip_id), work.queue.get(tip_id), self._clock.now()
            if case is None or entry is None or not _waits_now(entry, now):
                return ""
            steps, kept = self._plan.steps(level_of(entry), entry.desk), _standing(work, entry, now)
            if kept.steps >= len(steps) or kept.since + steps[kept.steps].after > now:
                return ""
            step = steps[kept.steps]
            if step.reroute:
                why = reroute(Turn(work, CLOCKS, entry, case, now, self._ids), self._casework, self._policy, step.reroute)
                if why:
                    work.escalations.put(replace(kept, steps=kept.steps + 1, at=now))
                    self._write_down(work, entry, case, now, kept.steps, {"stayed": why, "to": step.reroute})
                return "stayed" if why else "moved"
            told = recipients(work.users.all(), self._plan, step.tell, entry.desk, case, now)
            self._tell(work, entry, kept, step, told, now)
            self._write_down(work, entry, case, now, kept.steps, {"told": str(len(told)), "by": ",".join(step.by)})
            return "told"

    def _tell(self, work: UnitOfWork, entry: QueueEntry, kept: Escalation, step: Step, told: Sequence[User], now: datetime) -> None:
        alerted = [user.id for user in told] if Way.BROWSER in step.by else []
        for user in alerted:  # one alert a person and tip, the newest
            for earlier in range(kept.steps):
                work.alerts.forget(user, waiting_source(entry.tip_id, earlier))
        about, source = f"{level_of(entry)} {entry.desk}", waiting_source(entry.tip_id, kept.steps)
        work.alerts.add(
            [Alert(self._ids.new("alr"), user, AlertKind.WAITING, now, entry.case_id, entry.tip_id, about, source) for user in alerted]
        )
        unsent = [Unsent(way.value, user.id, 0, now) for way in step.by for user in told if address_of(user, way)]
        unsent += [Unsent(Way.WEBHOOK.value, "", 0, now)] if Way.WEBHOOK in step.by else []
        everybody = tuple(dict.fromkeys((*kept.told, *alerted)))
        work.escalations.put(replace(kept, steps=kept.steps + 1, at=now, told=everybody, unsent=(*kept.unsent, *unsent)))

    def _write_down(self, work: UnitOfWork, entry: QueueEntry, case: Case, now: datetime, step: int, codes: dict[str, str]) -> None:
        detail = {"case": case.id, "desk": entry.desk, "level": level_of(entry).value, "step": str(step + 1), **codes}
        work.audit.append([AuditRow(self._ids.new("aud"), now, CLOCKS.user, "tip.escalate", f"tip:{entry.tip_id}", detail=detail)])


def level_of(entry: QueueEntry) -> Urgency:
    """The level by which a tip is escalated: a threat to life is immediate, whatever level a person gave it."""
    return Urgency.P0 if entry.life_threat else entry.urgency


def _waits(entry: QueueEntry) -> bool:
    """Whether somebody must be told. A campaign was told of by its first tips; only its threats to life go on."""
    return entry.state is EntryState.WAITING and (entry.life_threat or not entry.campaign)


def _waits_now(entry: QueueEntry | None, now: datetime) -> bool:
    """The same, and nobody has put it off."""
    return entry is not None and _waits(entry) and (entry.snoozed_until or now) <= now


def _is_over(work: UnitOfWork, kept: Escalation, readers: Mapping[str, Viewer], now: datetime) -> bool:
    case = work.cases.of_tip(kept.tip_id)
    if case is None or not _waits_now(work.queue.get(kept.tip_id), now):
        return True
    return not all(user in readers and readers[user].reads(case.readers) for user in kept.told)


def _is_of(kept: Escalation, entry: QueueEntry) -> bool:
    """Whether a record is of the time in which the tip waits now."""
    return kept.desk == entry.desk and kept.level == level_of(entry) and kept.since >= entry.entered_at


def _standing(work: UnitOfWork, entry: QueueEntry, now: datetime) -> Escalation:
    """How far the tip was escalated since it waits: since it came to the desk, or since a person last did something with it."""
    kept = work.escalations.get(entry.tip_id)
    if kept is not None and _is_of(kept, entry):
        return kept
    wait_anew(work, entry.tip_id)
    since = max([entry.entered_at, *(act.at for act in work.acts.of_tip(entry.tip_id)), entry.snoozed_until or entry.entered_at])
    return Escalation(entry.tip_id, entry.desk, since, 0, now, level_of(entry).value)
