"""Ports that measure do what the others do, count it, and tell nothing of a tip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from infra.storage.database import Database
from infra.storage.intake import SqlIntakeStore
from ingest.ports import Acceptance, IntakeStore, Outcome, Verdict
from models.ports import TipText
from streams.handler import Handler
from streams.measured import MeasuredDecisions, MeasuredHandler, MeasuredIntakeStore, MeasuredPublisher, family, measured_assess
from streams.metrics import Meter
from streams.ports import Publisher, Record
from streams.tracing import ACCEPT, HANDLE, QUEUE, RELAY, Spans, Step, trace_at_hand
from tests.builders import NOON, StillClock, a_tip, an_assessment, received
from tests.contract.intake_suite import accepted, an_answer
from triage.domain.errors import Unavailable
from triage.domain.events import Event, EventType


class Kept(Spans):
    """Keeps the steps."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def add(self, step: Step) -> None:
        self.steps.append(step)


class Away(SqlIntakeStore):
    """A store that cannot be reached."""

    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        raise Unavailable("the disk is full")


class Line(Handler):
    """Handles everything, or raises ``failure``."""

    name = "decide"
    types = (EventType.TIP_RECEIVED,)

    def __init__(self, failure: Exception | None = None) -> None:
        self.traces: list[str] = []
        self._failure = failure

    def handle(self, events: Sequence[Event]) -> None:
        self.traces.append(trace_at_hand())
        if self._failure:
            raise self._failure


class Sent(Publisher):
    """Takes everything."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def publish(self, records: Sequence[Record]) -> None:
        self.records += records


def told(meter: Meter) -> dict[str, float]:
    """The samples by name and labels, as ``name{a=b}``; without buckets and times of creation."""
    families = text_string_to_metric_families(meter.text().decode())
    return {
        each.name + ("{" + ",".join(f"{name}={value}" for name, value in each.labels.items()) + "}" if each.labels else ""): each.value
        for family in families
        for each in family.samples
        if not each.name.endswith(("_bucket", "_created"))
    }


def a_record(topic: str, number: int = 1) -> Record:
    headers = (("id", f"evt_{number}".encode()), ("type", b"tip.received"), ("trace", f"trc_{number}".encode()))
    return Record(topic, b"key", b"value", headers)


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_acceptance_is_counted_once_a_tip_and_begins_its_trace(database: Database, meter: Meter, kept: Kept) -> None:
    store: IntakeStore = MeasuredIntakeStore(SqlIntakeStore(database), meter, kept)
    group = [accepted(1), accepted(2)]
    assert [outcome.verdict for outcome in store.accept(group, NOON)] == [Verdict.STORED, Verdict.STORED]
    found = told(meter)
    assert found["tipstream_accepted_total"] == 2
    assert found["tipstream_store_seconds_count"] == 1
    assert [(step.name, step.trace, step.event) for step in kept.steps] == [(ACCEPT, each.event.trace, each.event.id) for each in group]
    assert all(step.begun <= step.ended for step in kept.steps)


def test_a_report_that_comes_again_is_not_counted_again(database: Database, meter: Meter, kept: Kept) -> None:
    store = MeasuredIntakeStore(SqlIntakeStore(database), meter, kept)
    store.accept([accepted(1, an_answer(1))], NOON)
    assert [outcome.verdict for outcome in store.accept([accepted(2, an_answer(1)), accepted(3)], NOON)] == [
        Verdict.REPEATED,
        Verdict.STORED,
    ]
    assert told(meter)["tipstream_accepted_total"] == 2
    assert [step.event for step in kept.steps] == ["evt_1", "evt_3"]


def test_what_cannot_be_stored_is_counted_as_refused(database: Database, meter: Meter, kept: Kept) -> None:
    with pytest.raises(Unavailable):
        MeasuredIntakeStore(Away(database), meter, kept).accept([accepted(1)], NOON)
    assert told(meter) == {"tipstream_refused_total": 1}
    assert kept.steps == []


def test_a_batch_that_was_handled_is_counted_and_noted(meter: Meter, kept: Kept) -> None:
    events = [received(a_tip(number), number) for number in (1, 2, 3)]
    MeasuredHandler(Line(), meter, kept).handle(events)
    found = told(meter)
    assert found["tipstream_handled_total{line=decide}"] == 3
    assert found["tipstream_handle_seconds_count{line=decide}"] == 1
    assert [(step.name, step.line, step.trace, step.failed) for step in kept.steps] == [
        (HANDLE, "decide", event.trace, False) for event in events
    ]


def test_a_batch_that_failed_is_counted_and_raises_as_it_was(meter: Meter, kept: Kept) -> None:
    failure = KeyError("nobody may see this")
    with pytest.raises(KeyError) as caught:
        MeasuredHandler(Line(failure), meter, kept).handle([received(a_tip())])
    assert caught.value is failure
    assert told(meter) == {"tipstream_failed_batches_total{line=decide}": 1}
    assert [step.failed for step in kept.steps] == [True]


def test_log_lines_carry_the_trace_of_an_event_that_is_alone(meter: Meter) -> None:
    line = Line()
    events = [received(a_tip(number), number) for number in (1, 2)]
    measured = MeasuredHandler(line, meter)
    measured.handle(events[:1])
    measured.handle(events)
    assert line.traces == [events[0].trace, ""]
    assert trace_at_hand() == ""


def test_the_way_to_the_queue_is_timed_from_acceptance(meter: Meter, kept: Kept) -> None:
    clock, event = StillClock(), received(a_tip())
    clock.forward(seconds=7)
    MeasuredDecisions(Line(), meter, clock, kept).handle([event])
    assert told(meter)["tipstream_to_queue_seconds_sum"] == (clock.now() - event.at).total_seconds()
    queue = kept.steps[-1]
    assert (queue.name, queue.trace) == (QUEUE, event.trace)
    assert queue.ended - queue.begun == (clock.now() - event.at).total_seconds() * 1e9


def test_a_clock_that_was_set_back_gives_no_negative_time(meter: Meter, kept: Kept) -> None:
    clock, event = StillClock(), received(a_tip())
    clock.forward(days=-9)
    MeasuredDecisions(Line(), meter, clock, kept).handle([event])
    assert told(meter)["tipstream_to_queue_seconds_sum"] == 0
    assert kept.steps[-1].begun == kept.steps[-1].ended


def test_records_are_counted_by_topic_and_those_of_desks_together(meter: Meter, kept: Kept) -> None:
    sent = Sent()
    records = [a_record("tips.received", 1), a_record("queues.cargo", 2), a_record("queues.scope", 3), a_record("alerts", 4)]
    MeasuredPublisher(sent, meter, kept).publish(records)
    assert sent.records == records
    assert told(meter) == {
        "tipstream_relayed_total{topic=tips.received}": 1,
        "tipstream_relayed_total{topic=queues}": 2,
        "tipstream_relayed_total{topic=alerts}": 1,
    }
    assert [(step.name, step.trace, step.event, step.topic) for step in kept.steps] == [
        (RELAY, f"trc_{number}", f"evt_{number}", record.topic) for number, record in enumerate(records, 1)
    ]


@pytest.mark.parametrize(
    ("topic", "name"),
    [("queues.cargo", "queues"), ("tips.received", "tips.received"), ("cases.changed", "cases.changed"), ("dead-letters", "dead-letters")],
)
def test_only_desks_share_a_name(topic: str, name: str) -> None:
    assert family(topic) == name


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_nothing_of_a_text_comes_into_the_metrics(texts: list[str]) -> None:
    meter = Meter()
    tips = [TipText(f"tip_{number}", f"\x01{text}", NOON, "") for number, text in enumerate(texts)]
    read = measured_assess(lambda given_: [an_assessment(a_tip()) for _ in given_], meter)
    assert len(read(tips)) == len(tips)
    found = told(meter)
    assert found["tipstream_assess_seconds_count"] == len(texts)
    assert set(found) == {"tipstream_assess_seconds_count", "tipstream_assess_seconds_sum"}
    assert b"\x01" not in meter.text()


def test_no_tips_take_no_time(meter: Meter) -> None:
    assert measured_assess(lambda tips: [], meter)([]) == []
    assert meter.text() == b""
