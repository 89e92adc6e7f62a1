"""The part of the clocks that escalates: which process does, in which thread, and what is measured of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Signal

from infra.app import Core, policy_files
from infra.notify import make_messengers
from infra.storage.leader import make_leader
from streams.metrics import ESCALATIONS
from streams.ports import Leader
from triage.domain.duty import DutyPlan
from triage.domain.errors import Unavailable
from triage.escalation.escalating import Escalating
from triage.escalation.messages import Couriers
from triage.policy_files.escalation import load_escalation

log = logging.getLogger(__name__)

ROLE = "escalation"
LOOK_SECONDS = 2.0
"""Between two looks at what waits."""


def duty_plan(core: Core) -> DutyPlan:
    """The plan of the policy folder. Raises ``PolicyError``."""
    return load_escalation(policy_files(core.settings.policy), core.policy.desks)


@contextmanager
def escalating(core: Core, stop: Signal) -> Iterator[None]:
    """Escalate while the block runs, in a thread of its own: a slow mail server holds up nothing else. A failure that nobody foresaw
    sets ``stop``, and the process is started again.
    """
    messengers = make_messengers(core.settings, core.clock)
    couriers = Couriers(core.storage, core.policy, core.clock, core.ids, messengers, core.notifier, core.settings.public_url)
    line = EscalationLine(
        Escalating(core.storage, core.policy, duty_plan(core), core.clock, core.ids, couriers),
        make_leader(core.database, core.settings.data, ROLE),
        lambda what, count: core.meter.add(ESCALATIONS, count, result=what),
        stop,
    )
    thread = threading.Thread(target=line.run, name=ROLE, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class EscalationLine:
    """Looks again and again until ``stop``, where it leads; ``count`` gets what was done and how often."""

    def __init__(
        self, work: Escalating, leader: Leader, count: Callable[[str, int], None], stop: Signal, seconds: float = LOOK_SECONDS
    ) -> None:
        self._work = work
        self._leader = leader
        self._count = count
        self._stop = stop
        self._seconds = seconds

    def run(self) -> None:
        """Work until ``stop``."""
        try:
            while not self._stop.is_set():
                try:
                    self.run_once()
                except Unavailable as error:
                    log.warning("waiting for a store", extra={"line": ROLE, "reason": str(error)})
                self._stop.wait(self._seconds)
        except Exception:  # whatever it is, it is logged and ends the process, which is started again
            log.exception("a line failed")
            self._stop.set()
        finally:
            self._leader.release()

    def run_once(self) -> None:
        """Take what is due if this process leads."""
        if self._leader.leads():
            for what, count in self._work.once().items():
                self._count(what, count)
