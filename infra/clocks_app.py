"""The clocks' part of the composition: sealing, housekeeping, escalation and pointers, and the levels that belong to no other process."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event as Signal

from infra.app import Core
from infra.escalation_app import escalating
from infra.health import health_server
from infra.hooks_app import telling_partners
from infra.pointers_app import pointing
from ingest.photos import Sweep
from ingest.tables.importing import forget_files
from streams import metrics
from streams.clocks import Clocks
from streams.pipeline import Index
from triage.domain.undo import UNDO_FOR
from triage.sharing.sweeping import sweep as end_shares

log = logging.getLogger(__name__)


def run_clocks(core: Core, stop: Signal, open_letters: Callable[[], int]) -> None:
    """Run the clocks until ``stop``; ``open_letters`` counts the dead letters that wait for a replay."""
    watch_levels(core, open_letters)
    health = health_server(core.settings, "clocks", core.meter, core.events.end)
    with health, telling_partners(core, stop), escalating(core, stop), pointing(core, stop):
        log.info("ready", extra={"service": "clocks"})
        sweep = Sweep(core.partner_side, core.blobs, core.clock)

        def forget() -> None:
            sweep.run_once()
            forget_files(core.partner_side, core.blobs, core.clock, core.ids)
            end_shares(core.storage, core.policy, core.clock, core.ids)
            with core.storage.writing() as uow:
                uow.undo.forget(core.clock.now() - 6 * UNDO_FOR)

        Clocks(core.chain, core.intake, core.clock, core.settings.seal_ms / 1000, stop, forget).run()


def watch_levels(core: Core, open_letters: Callable[[], int]) -> None:
    """Let whoever asks for metrics get the levels that cost a query each, and so are told by one process alone."""
    meter = core.meter
    meter.watch(metrics.DEAD_LETTERS, lambda: {(): open_letters()})
    meter.watch(metrics.QUEUE_OPEN, lambda: {(desk,): count for desk, (count, _) in _queues(core).items()})
    meter.watch(metrics.THREAT_SECONDS, lambda: {(): _threat_seconds(core)})
    meter.watch(metrics.UNSEALED, lambda: {(): core.chain.unsealed()})
    if not core.settings.kafka_bootstrap:
        meter.watch(metrics.INDEX_BEHIND, lambda: {(): _index_seconds(core)})


def open_letters_in_log(core: Core) -> int:
    """How many dead letters wait in the database."""
    return core.letters.count_open()


def _queues(core: Core) -> dict[str, tuple[int, int]]:
    with core.storage.reading() as uow:
        counts = dict(uow.queue.counts())
    return dict.fromkeys(core.policy.desks, (0, 0)) | counts


def _threat_seconds(core: Core) -> float:
    with core.storage.reading() as uow:
        entry = uow.queue.longest_waiting_threat()
    return max((core.clock.now() - entry.entered_at).total_seconds(), 0.0) if entry else 0.0


def _index_seconds(core: Core) -> float:
    at = core.events.oldest_waiting(Index.name, Index.types)
    return max((core.clock.now() - at).total_seconds(), 0.0) if at else 0.0
