"""Log lines about an event carry its trace, wherever they are written; a step has no room for a text."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import fields

import pytest

from infra.log import JsonLines
from infra.notify import LogNotifier
from infra.storage.database import Database
from infra.storage.dead_letters import SqlDeadLetters
from infra.storage.event_log import SqlEventLog
from infra.storage.unit_of_work import SqlStorage
from streams.envelope import encode
from streams.handler import Handler
from streams.pipeline import Deliver
from streams.received import Desk, Received
from streams.tracing import Step, about, trace_at_hand
from streams.worker import Limits, Line
from tests.builders import NOON, CountedIds, StillClock
from triage.domain.events import Event, EventType

LIMITS = Limits(tries=1, backoff_seconds=0)


class Refuses(Handler):
    """Cannot handle anything."""

    name = "decide"
    types = (EventType.TIP_RECEIVED,)

    def handle(self, events: Sequence[Event]) -> None:
        raise ValueError


class Lines(logging.Handler):
    """Keeps the lines as they would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.kept: list[dict[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(json.loads(self.format(record)))

    def traces(self, message: str) -> list[str | None]:
        return [line.get("trace") for line in self.kept if line["message"] == message]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def an_event(number: int, type: EventType = EventType.TIP_RECEIVED) -> Event:
    return Event(f"evt_{number}", type, f"tip_{number}", NOON, f"tip_{number}", {"tip": f"tip_{number}", "desk": "cargo", "urgency": "P0"})


def test_the_embedded_worker_names_the_trace_of_what_it_sets_aside(database: Database, lines: Lines) -> None:
    with SqlStorage(database).writing() as uow:
        uow.events.append([an_event(1), an_event(2)])
    line = Line(SqlEventLog(database), SqlDeadLetters(database), Refuses(), LIMITS, StillClock(), CountedIds(), threading.Event())
    line.run_once()
    assert lines.traces("set aside") == ["tip_1", "tip_2"]
    assert lines.traces("a batch failed") == [None]


def test_the_distributed_worker_names_it_too_and_trusts_no_header(lines: Lines) -> None:
    desk = Desk(Refuses(), LIMITS, StillClock(), lambda _: None)
    told = (("trace", b"my name is Ana"),)
    event = Received("tips.received", 0, 1, b"tip_1", encode(an_event(1), 1), told)
    poison = Received("tips.received", 0, 2, b"tip_2", b"junk", told)
    desk.work_off([event, poison])
    assert sorted(map(str, lines.traces("set aside"))) == ["None", "tip_1"]


def test_every_alert_of_a_batch_names_its_own(lines: Lines) -> None:
    Deliver(LogNotifier(), "https://tips.example").handle([an_event(number, EventType.ALERT_RAISED) for number in (1, 2)])
    assert lines.traces("alert") == ["tip_1", "tip_2"]


def test_a_trace_is_at_hand_within_its_block_and_thread_only() -> None:
    seen: list[str] = []
    with about("tip_1"):
        with about("tip_2"):
            assert trace_at_hand() == "tip_2"
        other = threading.Thread(target=lambda: seen.append(trace_at_hand()))
        other.start()
        other.join()
        assert trace_at_hand() == "tip_1"
    assert (trace_at_hand(), seen) == ("", [""])


def test_a_step_has_no_room_for_a_text() -> None:
    assert {field.name for field in fields(Step)} == {"name", "trace", "begun", "ended", "event", "line", "topic", "failed"}
