"""The part of the clocks that keeps the pointers of cases. It is theirs because it needs ``server.key``, which no worker has: workers read
what strangers write.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event as Signal

from infra.app import Core
from infra.storage.leader import make_leader
from streams.ports import Leader
from streams.worker import Limits, keep_running
from triage.domain.errors import TipstreamError, Unavailable
from triage.domain.events import EventType
from triage.links.pointers import renew_pointers

log = logging.getLogger(__name__)

ROLE = "pointers"
AT_ONCE = 200
LIMITS = Limits(poll_seconds=0.5)


@contextmanager
def pointing(core: Core, stop: Signal) -> Iterator[None]:
    """Keep the pointers while the block runs, in a thread of its own."""
    line = PointerLine(core, make_leader(core.database, core.settings.data, ROLE), stop)
    thread = threading.Thread(target=line.run, name=ROLE, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class PointerLine:
    """Follows the log where it leads, and brings the pointers of each changed case to where the case stands now.

    Pointers are made of their case and nothing else. So a case at fault holds up no other and no dead letter is kept of it: the next change
    of the case writes them.
    """

    def __init__(self, core: Core, leader: Leader, stop: Signal) -> None:
        self._core = core
        self._leader = leader
        self._stop = stop
        self._reader = reader_of(core)

    def run(self) -> None:
        """Work until ``stop``. A failure that nobody foresaw sets it, and the process is started again."""
        try:
            keep_running(self.run_once, LIMITS, self._stop, _waits)
        except Exception:  # whatever it is, it is logged and ends the process, which is started again
            log.exception("a line failed")
            self._stop.set()
        finally:
            self._leader.release()

    def run_once(self) -> int:
        """Take one batch of changed cases; return how many events it held, 0 while another process leads. Raises ``Unavailable``."""
        if not self._leader.leads():
            return 0
        batch = self._core.events.read(self._reader, (EventType.CASE_CHANGED,), AT_ONCE)
        if not batch:
            return 0
        cases = list(dict.fromkeys(logged.event.payload["case"] for logged in batch))
        try:
            self._renew(cases)
        except Unavailable:
            raise
        except (TipstreamError, ValueError, KeyError, TypeError):
            self._one_by_one(cases)
        self._core.events.commit(self._reader, batch[-1].position)
        return len(batch)

    def _one_by_one(self, cases: Sequence[str]) -> None:
        for case in cases:
            try:
                self._renew([case])
            except Unavailable:
                raise
            except (TipstreamError, ValueError, KeyError, TypeError) as error:
                log.error("the pointers of a case could not be written", extra={"line": ROLE, "error": type(error).__name__})

    def _renew(self, cases: Sequence[str]) -> None:
        renew_pointers(self._core.storage, self._core.policy, self._core.blinder, cases)


def reader_of(core: Core) -> str:
    """The line's name as a reader of the log. It changes with the key, and with what desks are for: then the log is followed from its
    beginning once more, and every case's pointers are made anew.
    """
    natures = "\n".join(f"{desk.id} {desk.nature.value}" for desk in sorted(core.policy.desks.values(), key=lambda desk: desk.id))
    return f"{ROLE}-{core.blinder.digest(ROLE, natures)[:16]}"


def _waits(reason: str) -> None:
    log.warning("waiting for a store", extra={"line": ROLE, "reason": reason})
