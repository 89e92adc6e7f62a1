"""Ports that measure what passes through them and leave the work to another adapter."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from ingest.ports import Acceptance, IntakeStore, Outcome, SealedAnswer, Verdict
from models.ports import TipText
from streams import metrics
from streams.handler import Handler
from streams.metrics import Meter
from streams.ports import Publisher, Record
from triage.domain.assessment import Assessment
from triage.domain.errors import Unavailable
from triage.domain.events import Event
from triage.ports import Clock


class MeasuredIntakeStore(IntakeStore):
    """Counts what is accepted and refused, and times the commits."""

    def __init__(self, store: IntakeStore, meter: Meter) -> None:
        self._store = store
        self._meter = meter

    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        begun = time.perf_counter()
        try:
            outcomes = self._store.accept(group, now)
        except Unavailable:
            self._meter.add(metrics.REFUSED)
            raise
        self._meter.observe(metrics.STORE_SECONDS, time.perf_counter() - begun)
        self._meter.add(metrics.ACCEPTED, sum(outcome.verdict is Verdict.STORED for outcome in outcomes))
        return outcomes

    def tip_of_receipt(self, receipt_hash: str) -> str | None:
        return self._store.tip_of_receipt(receipt_hash)

    def contact_of(self, tip_id: str) -> bytes | None:
        return self._store.contact_of(tip_id)

    def answer_of(self, key_hash: str, now: datetime) -> SealedAnswer | None:
        return self._store.answer_of(key_hash, now)

    def forget_answers(self, now: datetime) -> int:
        return self._store.forget_answers(now)


class MeasuredPublisher(Publisher):
    """Counts by topic what the brokers acknowledged; desks' topics count as one."""

    def __init__(self, publisher: Publisher, meter: Meter) -> None:
        self._publisher = publisher
        self._meter = meter

    def publish(self, records: Sequence[Record]) -> None:
        self._publisher.publish(records)
        for topic, count in Counter(record.topic.partition(".")[0] + "." * ("." in record.topic) for record in records).items():
            self._meter.add(metrics.RELAYED, count, topic=topic.rstrip("."))


class MeasuredHandler(Handler):
    """Counts and times what a line handles."""

    def __init__(self, handler: Handler, meter: Meter) -> None:
        self.name = handler.name
        self.types = handler.types
        self._handler = handler
        self._meter = meter

    def handle(self, events: Sequence[Event]) -> None:
        begun = time.perf_counter()
        try:
            self._handler.handle(events)
        except Exception:
            self._meter.add(metrics.FAILED, line=self.name)
            raise
        self._meter.observe(metrics.HANDLE_SECONDS, time.perf_counter() - begun, line=self.name)
        self._meter.add(metrics.HANDLED, len(events), line=self.name)


class MeasuredDecisions(MeasuredHandler):
    """Also notes how long tips were on their way from acceptance to a queue."""

    def __init__(self, handler: Handler, meter: Meter, clock: Clock) -> None:
        super().__init__(handler, meter)
        self._clock = clock

    def handle(self, events: Sequence[Event]) -> None:
        super().handle(events)
        now = self._clock.now()
        for event in events:
            self._meter.observe(metrics.TO_QUEUE_SECONDS, max((now - event.at).total_seconds(), 0))


def measured_assess(
    assess: Callable[[Sequence[TipText]], list[Assessment]], meter: Meter
) -> Callable[[Sequence[TipText]], list[Assessment]]:
    """Reads as ``assess`` does, and notes how long a tip took."""

    def read(tips: Sequence[TipText]) -> list[Assessment]:
        begun = time.perf_counter()
        assessments = assess(tips)
        each = (time.perf_counter() - begun) / max(len(tips), 1)
        for _ in tips:
            meter.observe(metrics.ASSESS_SECONDS, each)
        return assessments

    return read
