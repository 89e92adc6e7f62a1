"""The relay's part of the composition: the log, Kafka, and who leads."""

from __future__ import annotations

import logging
from threading import Event as Signal

from infra.app import Core
from infra.brokers import make_brokers
from infra.health import health_server
from infra.storage.leader import make_leader
from streams.kafka import KafkaPublisher
from streams.measured import MeasuredPublisher
from streams.metrics import RELAY_BACKLOG, RELAY_LEADS
from streams.records import Records
from streams.relay import Relay
from streams.worker import Limits

log = logging.getLogger(__name__)

BATCH = 5000
"""Events in one go: enough that the wait for the brokers' answers is small beside the sending."""


def run_relay(core: Core, stop: Signal) -> None:
    """Relay until ``stop``."""
    settings = core.settings
    limits = Limits(batch=BATCH, poll_seconds=settings.poll_ms / 1000)
    leader = make_leader(core.database, settings.data, "relay")
    with KafkaPublisher(make_brokers(settings)) as kafka:
        publisher = MeasuredPublisher(kafka, core.meter, core.spans)
        relay = Relay(core.events, Records(core.storage), publisher, leader, limits, stop)
        core.meter.watch(RELAY_BACKLOG, lambda: {(): relay.backlog()})
        core.meter.watch(RELAY_LEADS, lambda: {(): relay.leading})
        with health_server(settings, "relay", core.meter, core.events.end):
            log.info("ready", extra={"service": "relay"})
            relay.run()
