"""The worker's part of the composition where Kafka moves the events: Faust, and topics that are read directly."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime
from threading import Event as Signal

from infra.app import Core
from infra.brokers import make_brokers
from infra.health import health_server
from infra.worker_app import limits_of, open_handlers
from streams.direct import DeadLetterTopic, backfill
from streams.faust_app import FaustHost
from streams.metrics import LAG
from streams.topics import TOPICS
from triage.domain.errors import NotFound


def run_distributed_worker(core: Core, stop: Signal) -> bool:
    """Share the topics' partitions with the other workers until ``stop``; return whether it ended well."""
    brokers = make_brokers(core.settings)
    open_letters = DeadLetterTopic(brokers).count_open()
    with open_handlers(core) as handlers:
        host = FaustHost(brokers, handlers, limits_of(core.settings), core.clock, stop, open_letters)
        core.meter.watch(LAG, host.lag)
        with health_server(core.settings, "worker", core.meter, host.check):
            return host.run()


def replay_topic(core: Core, progress: Callable[[int, int], None], give_up: Collection[str] = ()) -> tuple[int, int]:
    """Handle the dead letters on the topic again, all but those to ``give_up``; return how many are done and how many open again."""
    with open_handlers(core) as handlers:
        letters = DeadLetterTopic(make_brokers(core.settings))
        return letters.replay(handlers, limits_of(core.settings), core.clock, time.sleep, progress, give_up)


def backfill_topic(core: Core, topic: str, since: datetime | None, progress: Callable[[int, int], None]) -> tuple[int, int]:
    """Feed what stands on ``topic`` to the handlers of its events; return how many records, and how many became dead letters.

    Raises ``NotFound`` for a topic that no handler reads.
    """
    types = {type for each in TOPICS if each.name == topic for type in each.types}
    with open_handlers(core) as every:
        handlers = [handler for handler in every if types & set(handler.types)]
        if not handlers:
            raise NotFound("topic that a handler reads", topic)
        return backfill(make_brokers(core.settings), topic, since, handlers[0], limits_of(core.settings), core.clock, time.sleep, progress)
