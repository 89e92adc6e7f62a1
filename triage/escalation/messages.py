"""Delivers what steps tell outside the console. A person who cannot be reached keeps nobody else from being told."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.domain.access import User, Viewer
from triage.domain.audit import AuditRow
from triage.domain.case import EntryState, QueueEntry
from triage.domain.desk_view import Escalation, Unsent
from triage.domain.duty import Way
from triage.domain.errors import Unavailable
from triage.domain.policy import Policy
from triage.ports import Clock, Ids, Messenger, Notifier, Storage

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=10)
"""Before a message is tried again; twice as long after each further try."""
TRIES = 7
"""Tries of a message, the last some ten minutes after the first."""


@dataclass(frozen=True, slots=True)
class Couriers:
    """Who carries messages, by way, and what they say: level, desk, how long it waits, id and address; nothing of what was reported."""

    storage: Storage
    policy: Policy
    clock: Clock
    ids: Ids
    messengers: Mapping[Way, Messenger]
    notifier: Notifier
    public_url: str

    def deliver(self, tip_id: str) -> Counter[str]:
        """Try every message about the tip that is due; return how many were ``sent`` and how many ``failed`` for good or for now.

        One to somebody who may read the tip no more is dropped; and once somebody has done something with the tip there is nothing left
        to deliver.
        """
        now, done = self.clock.now(), Counter[str]()
        with self.storage.reading() as work:
            kept, entry = work.escalations.get(tip_id), work.queue.get(tip_id)
            due = [one for one in kept.unsent if one.next_at <= now] if kept else []
            case = work.cases.of_tip(tip_id)
            found = [work.users.by_id(one.user) for one in due if one.user]
            users = {user.id: user for user in found if user and case and Viewer.of(user).reads(case.readers)}
        if kept is None or entry is None or entry.state is not EntryState.WAITING or not due:
            return done
        left: dict[Unsent, Unsent | None] = {}
        for one in due:
            sent = self._sent(one, users.get(one.user), entry, kept)
            left[one] = None if sent or one.tries + 1 >= TRIES else _later(one, now)
            done["sent" if sent else "failed"] += 1
            if left[one] is None and not sent:
                self._give_up(one, tip_id, now)
        with self.storage.writing() as work:
            work.hold([f"escalation:{tip_id}"])
            again = work.escalations.get(tip_id)
            if again is not None:
                unsent = tuple(still for one in again.unsent if (still := left.get(one, one)) is not None)
                work.escalations.put(replace(again, unsent=unsent))
        return done

    def _sent(self, one: Unsent, user: User | None, entry: QueueEntry, kept: Escalation) -> bool:
        address = f"{self.public_url}/desk/tip/{entry.tip_id}"
        try:
            if one.way == Way.WEBHOOK:
                self.notifier.alert(entry.desk, kept.level, entry.tip_id, address)
            elif user is not None and (to := address_of(user, Way(one.way))):
                self.messengers[Way(one.way)].send(to, self._subject(kept), self._lines(entry, kept), address)
        except Unavailable as error:
            log.warning("a message could not be delivered", extra={"tip": entry.tip_id, "desk": entry.desk, "reason": str(error)})
            return False
        return True

    def _subject(self, kept: Escalation) -> str:
        return f"{kept.level} waits at {self._desk(kept.desk)}"

    def _lines(self, entry: QueueEntry, kept: Escalation) -> list[str]:
        threat = "It is marked as a threat to life." if entry.life_threat else ""
        since = f"{kept.since:%Y-%m-%d %H:%M} UTC"
        lines = [
            f"A tip of level {kept.level} has waited at {self._desk(kept.desk)} since {since}, and nobody has claimed it.",
            threat,
            f"Tip: {entry.tip_id}",
            "Nobody else is told about it once somebody has claimed it.",
        ]
        return [line for line in lines if line]

    def _desk(self, desk: str) -> str:
        return self.policy.desks[desk].title if desk in self.policy.desks else desk

    def _give_up(self, one: Unsent, tip_id: str, now: datetime) -> None:
        detail = {"way": one.way, "user": one.user, "tries": str(one.tries + 1)}
        with self.storage.writing() as work:
            work.audit.append([AuditRow(self.ids.new("aud"), now, "system:clocks", "tip.escalate_unsent", f"tip:{tip_id}", detail=detail)])


def address_of(user: User, way: Way) -> str:
    """Where the person is told by this way; empty for nowhere outside the console."""
    return {Way.EMAIL: user.email, Way.PAGER: user.pager}.get(way, "")


def _later(one: Unsent, now: datetime) -> Unsent:
    return replace(one, tries=one.tries + 1, next_at=now + FIRST_PAUSE * 2**one.tries)
