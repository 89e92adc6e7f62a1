"""The part of the clocks that tells partners' programs: who calls, in which threads, and what is measured of it."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event as Signal

from infra.app import Core
from infra.hook_caller import HttpsHookCaller
from infra.storage.leader import make_leader
from streams.hook_feed import READER, HookFeed
from streams.hook_line import HookLine
from streams.hook_sender import AT_ONCE, HookSender
from streams.measured import MeasuredHookCaller
from streams.metrics import HOOK_SECONDS
from streams.worker import Limits

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5


@contextmanager
def telling_partners(core: Core, stop: Signal) -> Iterator[None]:
    """Tell partners' programs while the block runs. A failure that nobody foresaw sets ``stop``, and the process is started again."""
    settings = core.settings
    core.meter.watch(HOOK_SECONDS, lambda: {(): _longest_wait(core)})
    caller = HttpsHookCaller(settings.webhook_allow_private, settings.webhook_ca_file)
    with caller, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        measured = MeasuredHookCaller(caller, core.meter)
        sender = HookSender(core.partner_side, core.sealer, measured, core.clock, core.ids, pool, random.random, stop)
        feed = HookFeed(core.events, core.partner_side, core.clock, core.ids)
        leader = make_leader(core.database, settings.data, READER)
        line = HookLine(feed, sender, core.partner_side, leader, core.clock, Limits(poll_seconds=POLL_SECONDS), stop)
        thread = threading.Thread(target=_guarded, args=(line, stop), name=READER, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def _guarded(line: HookLine, stop: Signal) -> None:
    try:
        line.run()
    except Exception:  # whatever it is, it is logged and ends the process, which is started again
        log.exception("a line failed")
        stop.set()


def _longest_wait(core: Core) -> float:
    """How long the oldest delivery that is due waits at a webhook that is not switched off."""
    now = core.clock.now()
    with core.partner_side.reading() as work:
        turns = work.webhooks.turns(now, 1)
    return max((now - turns[0][1]) / timedelta(seconds=1), 0.0) if turns else 0.0
