"""Kafka as it is: topics are made and checked, records are there when publish returns, dead letters and backfill find their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from streams.direct import DeadLetterTopic, backfill, open_consumer, read, whole
from streams.envelope import encode
from streams.handler import Handler
from streams.kafka import Brokers, KafkaPublisher, TopicAdmin
from streams.ports import Record
from streams.received import Received, dead_letter
from streams.topics import RECEIVED, named
from streams.worker import Limits
from tests.builders import NOON, StillClock
from tests.services.servers import Server
from triage.domain.errors import TipstreamError, Unavailable
from triage.domain.events import Event, EventType

LIMITS = Limits(tries=2, backoff_seconds=0)


@pytest.fixture
def brokers(kafka_server: Server) -> Iterator[Brokers]:
    """A cluster's corner of the test's own, with its topics."""
    own = Brokers(kafka_server.info["bootstrap"], prefix=f"t{uuid4().hex[:8]}.", replication=1)
    with TopicAdmin(own) as admin:
        admin.create(named(["scope"]))
        yield own


class Recorder(Handler):
    """Keeps the keys that it was given, but fails on some."""

    name = "recorder"
    types = (EventType.TIP_RECEIVED,)

    def __init__(self, *fails: str) -> None:
        self.handled: list[str] = []
        self.fails = set(fails)

    def handle(self, events: Sequence[Event]) -> None:
        if self.fails & {event.key for event in events}:
            raise ValueError
        self.handled += [event.key for event in events]


def an_event(key: str) -> Record:
    value = encode(Event(f"evt_{key}", EventType.TIP_RECEIVED, key, NOON, "trace", {"tip": key}), 1)
    return Record("tips.received", key.encode(), value, (("trace", b"t"),))


def records_on(brokers: Brokers, topic: str) -> list[Received]:
    with open_consumer(brokers, None) as consumer:
        ranges = whole(consumer, brokers.prefix + topic)
        return [received for batch in read(consumer, brokers.prefix, ranges) for received in batch]


def test_topics_are_made_as_the_table_says(brokers: Brokers) -> None:
    with TopicAdmin(brokers) as admin:
        assert admin.problems(named(["scope"])) == []
        assert admin.create(named(["scope"])) == []
        assert admin.create(named(["scope", "cargo"])) == [f"{brokers.prefix}queues.cargo"]


def test_differences_are_told_with_what_to_do(brokers: Brokers) -> None:
    larger = RECEIVED.__class__(
        **{f: getattr(RECEIVED, f) for f in RECEIVED.__slots__} | {"partitions": 24, "retention": timedelta(days=1)}
    )
    with TopicAdmin(brokers) as admin:
        found = admin.problems({"tips.received": larger, "tips.lost": RECEIVED})
    assert len(found) == 3
    assert "tips.lost is missing; make it with `tipstream topics`" in found[0]
    assert "12 partitions, the table says 24" in found[1]
    assert "retention.ms=1209600000, the table says 86400000" in found[2]


def test_what_was_published_is_there_in_order_per_key(brokers: Brokers) -> None:
    with KafkaPublisher(brokers) as publisher:
        publisher.publish([Record("alerts", b"k%d" % (n % 3), b"%d" % n, (("h", b"v"),)) for n in range(300)])
        there = records_on(brokers, "alerts")
    assert sorted(int(each.value or b"") for each in there) == list(range(300))
    for key in (b"k0", b"k1", b"k2"):
        of_key = [int(each.value or b"") for each in there if each.key == key]
        assert of_key == sorted(of_key)
    assert there[0].headers == (("h", b"v"),)


def test_a_topic_is_never_made_by_writing(brokers: Brokers) -> None:
    with KafkaPublisher(brokers) as publisher:
        with pytest.raises(Unavailable, match="tipstream topics"):
            publisher.publish([Record("invented", b"", b"")])
        publisher.publish([an_event("a")])
    assert len(records_on(brokers, "tips.received")) == 1


def test_a_record_that_is_too_large_is_no_fault_of_the_brokers(brokers: Brokers) -> None:
    with KafkaPublisher(brokers) as publisher, pytest.raises(TipstreamError, match="1 MiB") as refusal:
        publisher.publish([Record("alerts", b"", b"x" * 1_100_000)])
    assert not isinstance(refusal.value, Unavailable)


def test_brokers_that_are_away() -> None:
    with pytest.raises(Unavailable, match="can be reached"):
        TopicAdmin(Brokers("127.0.0.1:9"))
    with KafkaPublisher(Brokers("127.0.0.1:9")) as publisher, pytest.raises(Unavailable):
        publisher.publish([an_event("a")])


def test_a_password_file_that_is_missing() -> None:
    with pytest.raises(Unavailable, match="TIPSTREAM_KAFKA_PASSWORD_FILE"):
        Brokers("127.0.0.1:9", username="tips", password_file="/nowhere").options()


def set_aside(brokers: Brokers, *keys: str) -> None:
    with KafkaPublisher(brokers) as publisher:
        for number, key in enumerate(keys):
            event = an_event(key)
            received = Received(event.topic, 0, number, event.key, event.value, event.headers)
            publisher.publish([dead_letter(received, "recorder", "KeyError", 2, NOON)])


def test_dead_letters_are_replayed_once(brokers: Brokers) -> None:
    set_aside(brokers, "a", "b", "c")
    letters, handler = DeadLetterTopic(brokers), Recorder("b")
    assert [letter.key for letter in letters.open()] == [b"a", b"b", b"c"]
    seen: list[tuple[int, int]] = []
    assert letters.replay([handler], LIMITS, StillClock(), lambda _: None, lambda *done: seen.append(done)) == (2, 1)
    assert handler.handled == ["a", "c"]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    (left,) = letters.open()
    assert (left.key, dict(left.headers)["dead-source"]) == (b"b", b"tips.received/0/1")
    handler.fails.clear()
    assert letters.replay([handler], LIMITS, StillClock(), lambda _: None, lambda *_: None) == (1, 0)
    assert (handler.handled, letters.count_open()) == (["a", "c", "b"], 0)


def test_dead_letters_that_are_given_up_are_closed_unhandled(brokers: Brokers) -> None:
    set_aside(brokers, "a", "b")
    letters, handler = DeadLetterTopic(brokers), Recorder("a", "b")
    assert letters.replay([handler], LIMITS, StillClock(), lambda _: None, lambda *_: None, {"tips.received/0/1"}) == (1, 1)
    (left,) = letters.open()
    assert dict(left.headers)["dead-source"] == b"tips.received/0/0"


def test_a_dead_letter_of_a_line_that_is_not_here_stays_open(brokers: Brokers) -> None:
    set_aside(brokers, "a")
    letters = DeadLetterTopic(brokers)
    assert letters.replay([], LIMITS, StillClock(), lambda _: None, lambda *_: None) == (0, 1)
    assert letters.count_open() == 1


def test_backfill_handles_what_stands_on_the_topic(brokers: Brokers) -> None:
    with KafkaPublisher(brokers) as publisher:
        publisher.publish([an_event(f"k{n}") for n in range(40)])
    handler = Recorder("k7")
    assert backfill(brokers, "tips.received", None, handler, LIMITS, StillClock(), lambda _: None, lambda *_: None) == (40, 1)
    assert sorted(handler.handled) == sorted(f"k{n}" for n in range(40) if n != 7)
    assert DeadLetterTopic(brokers).count_open() == 1
    later = datetime.now(UTC) + timedelta(hours=1)
    assert backfill(brokers, "tips.received", later, handler, LIMITS, StillClock(), lambda _: None, lambda *_: None) == (0, 0)
