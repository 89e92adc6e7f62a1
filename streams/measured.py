"""Ports that measure what passes through them, and note it in traces, and leave the work to another adapter."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ingest.ports import Acceptance, HookAnswer, HookCaller, IntakeStore, Outcome, SealedAnswer, Verdict
from models.ports import TipText
from streams import metrics
from streams.handler import Handler
from streams.metrics import Meter
from streams.ports import Publisher, Record
from streams.topics import QUEUES
from streams.tracing import ACCEPT, HANDLE, NO_SPANS, QUEUE, RELAY, Spans, Step, about
from triage.domain.assessment import Assessment
from triage.domain.errors import Unavailable
from triage.domain.events import Event
from triage.ports import Clock


class MeasuredIntakeStore(IntakeStore):
    """Counts what is accepted and refused, and times the commits."""

    def __init__(self, store: IntakeStore, meter: Meter, spans: Spans = NO_SPANS) -> None:
        self._store = store
        self._meter = meter
        self._spans = spans

    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        begun, at = time.perf_counter(), time.time_ns()
        try:
            outcomes = self._store.accept(group, now)
        except Unavailable:
            self._meter.add(metrics.REFUSED)
            raise
        self._meter.observe(metrics.STORE_SECONDS, time.perf_counter() - begun)
        stored = [acceptance.event for acceptance, outcome in zip(group, outcomes, strict=True) if outcome.verdict is Verdict.STORED]
        self._meter.add(metrics.ACCEPTED, len(stored))
        ended = time.time_ns()
        for event in stored:
            self._spans.add(Step(ACCEPT, event.trace, at, ended, event=event.id))
        return outcomes

    def tip_of_receipt(self, receipt_hash: str) -> str | None:
        return self._store.tip_of_receipt(receipt_hash)

    def contact_of(self, tip_id: str) -> bytes | None:
        return self._store.contact_of(tip_id)

    def answer_of(self, key_hash: str, now: datetime) -> SealedAnswer | None:
        return self._store.answer_of(key_hash, now)

    def forget_answers(self, now: datetime) -> int:
        return self._store.forget_answers(now)


class MeasuredHookCaller(HookCaller):
    """Counts how calls of partners' programs ended."""

    def __init__(self, caller: HookCaller, meter: Meter) -> None:
        self._caller = caller
        self._meter = meter

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        answer = self._caller.post(url, headers, body)
        result = "failed" if not answer.status else "taken" if 200 <= answer.status < 300 else "refused"
        self._meter.add(metrics.HOOK_CALLS, result=result)
        return answer


class MeasuredPublisher(Publisher):
    """Counts by topic what the brokers acknowledged; desks' topics count as one."""

    def __init__(self, publisher: Publisher, meter: Meter, spans: Spans = NO_SPANS) -> None:
        self._publisher = publisher
        self._meter = meter
        self._spans = spans

    def publish(self, records: Sequence[Record]) -> None:
        begun = time.time_ns()
        self._publisher.publish(records)
        ended = time.time_ns()
        for topic, count in Counter(family(record.topic) for record in records).items():
            self._meter.add(metrics.RELAYED, count, topic=topic)
        for record in records:
            told = {name: value.decode() for name, value in record.headers}
            self._spans.add(Step(RELAY, told["trace"], begun, ended, event=told["id"], topic=record.topic))


class MeasuredHandler(Handler):
    """Counts and times what a line handles."""

    def __init__(self, handler: Handler, meter: Meter, spans: Spans = NO_SPANS) -> None:
        self.name = handler.name
        self.types = handler.types
        self._handler = handler
        self._meter = meter
        self._spans = spans

    def handle(self, events: Sequence[Event]) -> None:
        begun, at = time.perf_counter(), time.time_ns()
        try:
            with about(events[0].trace if len(events) == 1 else ""):
                self._handler.handle(events)
        except Exception:
            self._meter.add(metrics.FAILED, line=self.name)
            self._add_steps(events, at, failed=True)
            raise
        self._meter.observe(metrics.HANDLE_SECONDS, time.perf_counter() - begun, line=self.name)
        self._meter.add(metrics.HANDLED, len(events), line=self.name)
        self._add_steps(events, at, failed=False)

    def _add_steps(self, events: Sequence[Event], begun: int, *, failed: bool) -> None:
        ended = time.time_ns()
        for event in events:
            self._spans.add(Step(HANDLE, event.trace, begun, ended, event=event.id, line=self.name, failed=failed))


class MeasuredDecisions(MeasuredHandler):
    """Also notes how long tips were on their way from acceptance to a queue."""

    def __init__(self, handler: Handler, meter: Meter, clock: Clock, spans: Spans = NO_SPANS) -> None:
        super().__init__(handler, meter, spans)
        self._clock = clock

    def handle(self, events: Sequence[Event]) -> None:
        super().handle(events)
        now = self._clock.now()
        for event in events:
            self._meter.observe(metrics.TO_QUEUE_SECONDS, max((now - event.at).total_seconds(), 0))
            self._spans.add(Step(QUEUE, event.trace, _nanoseconds(event.at), _nanoseconds(max(now, event.at)), event=event.id))


def family(topic: str) -> str:
    """The name under which a topic is counted: the topics of all desks count as one."""
    return QUEUES.name if topic.startswith(f"{QUEUES.name}.") else topic


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000


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
