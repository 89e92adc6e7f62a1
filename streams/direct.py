"""Topics read directly with kafka-python, where a group of workers would be too slow or too clever: dead letters, replay, backfill."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from streams.handler import Handler
from streams.kafka import Brokers, KafkaPublisher, kafka_errors
from streams.received import Desk, Received, as_it_was
from streams.topics import DEAD_LETTERS
from streams.worker import Limits
from triage.domain.errors import Unavailable
from triage.ports import Clock

REPLAY_GROUP = "replay"
"""Its committed offset says which dead letters are closed."""

POLL_MS = 500
AT_ONCE = 500


class DeadLetterTopic:
    """The topic of dead letters: those after the offset that the replay has committed are open."""

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers

    def count_open(self) -> int:
        """How many are open. Raises ``Unavailable``."""
        with self._consumer() as consumer:
            return sum(end - begin for begin, end in self._open_ranges(consumer).values())

    def open(self, limit: int = 1000) -> list[Received]:
        """The open ones, oldest first. Raises ``Unavailable``."""
        with self._consumer() as consumer:
            found = read(consumer, self._brokers.prefix, self._open_ranges(consumer))
            return [received for batch in found for received in batch][:limit]

    def replay(
        self,
        handlers: Sequence[Handler],
        limits: Limits,
        clock: Clock,
        wait: Callable[[float], object],
        progress: Callable[[int, int], None],
        give_up: Collection[str] = (),
    ) -> tuple[int, int]:
        """Handle every open dead letter again; return how many are done and how many are open again, at the end of the topic.

        Those whose record first stood at a place named in ``give_up`` are passed over for good. What fails again is stored again before
        its old place is left, so a stop at any moment loses none. ``progress`` is told how many are done, and of how many. Raises
        ``Unavailable``.
        """
        desks = {handler.name: Desk(handler, limits, clock, wait) for handler in handlers}
        mended = failed = 0
        with self._consumer() as consumer, KafkaPublisher(self._brokers) as publisher:
            ranges = self._open_ranges(consumer)
            total = sum(end - begin for begin, end in ranges.values())
            for batch in read(consumer, self._brokers.prefix, ranges):
                for received in batch:
                    told = {name: value.decode(errors="replace") for name, value in received.headers}
                    desk = desks.get(told.get("dead-line", ""))
                    given_up = told.get("dead-source") in give_up
                    letters = [] if given_up else desk.work_off([received]) if desk else [as_it_was(received)]
                    publisher.publish(letters)
                    with kafka_errors("keep the place of the replay"):
                        place = TopicPartition(self._brokers.prefix + received.topic, received.partition)
                        consumer.commit({place: OffsetAndMetadata(received.offset + 1, "", -1)})
                    failed += len(letters)
                    mended += not letters
                    progress(mended + failed, total)
        return mended, failed

    @contextmanager
    def _consumer(self) -> Iterator[KafkaConsumer]:
        with open_consumer(self._brokers, group=self._brokers.prefix + REPLAY_GROUP) as consumer:
            yield consumer

    def _open_ranges(self, consumer: KafkaConsumer) -> dict[TopicPartition, tuple[int, int]]:
        ranges = whole(consumer, self._brokers.prefix + DEAD_LETTERS.name)
        with kafka_errors("tell the place of the replay"):
            return {place: (max(begin, consumer.committed(place) or 0), end) for place, (begin, end) in ranges.items()}


def backfill(
    brokers: Brokers,
    topic: str,
    since: datetime | None,
    handler: Handler,
    limits: Limits,
    clock: Clock,
    wait: Callable[[float], object],
    progress: Callable[[int, int], None],
) -> tuple[int, int]:
    """Feed a handler with what stands on ``topic`` now, from ``since`` on; return how many records, and how many became dead letters.

    For what was lost behind the topic, such as decisions after a database was restored from a backup: handlers pass over what was done.
    No group's place moves. Raises ``Unavailable``.
    """
    desk = Desk(handler, limits, clock, wait)
    done = dead = 0
    with open_consumer(brokers, group=None) as consumer, KafkaPublisher(brokers) as publisher:
        ranges = whole(consumer, brokers.prefix + topic, since)
        total = sum(end - begin for begin, end in ranges.values())
        for batch in read(consumer, brokers.prefix, ranges):
            letters = desk.work_off(batch)
            publisher.publish(letters)
            done, dead = done + len(batch), dead + len(letters)
            progress(done, total)
    return done, dead


@contextmanager
def open_consumer(brokers: Brokers, group: str | None) -> Iterator[KafkaConsumer]:
    """A consumer that follows no group's assignment and commits only when it is told to."""
    brokers.reach()
    with kafka_errors("be reached"):
        consumer = KafkaConsumer(**brokers.options(), group_id=group, enable_auto_commit=False, max_poll_records=AT_ONCE)
    try:
        yield consumer
    finally:
        consumer.close()


def whole(consumer: KafkaConsumer, topic: str, since: datetime | None = None) -> dict[TopicPartition, tuple[int, int]]:
    """For each partition the first offset (of records at or after ``since``) and the one after the last. Raises ``Unavailable``."""
    with kafka_errors(f"tell about the topic {topic}"):
        partitions = consumer.partitions_for_topic(topic)
        if not partitions:
            raise Unavailable(f"there is no topic {topic}. Make the topics with `tipstream topics`.")
        places = [TopicPartition(topic, number) for number in sorted(partitions)]
        begins, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
        if since is not None:
            found = consumer.offsets_for_times(dict.fromkeys(places, int(since.timestamp() * 1000)))
            begins = {place: found[place].offset if found.get(place) else ends[place] for place in places}
    return {place: (begins[place], ends[place]) for place in places}


def read(consumer: KafkaConsumer, prefix: str, ranges: Mapping[TopicPartition, tuple[int, int]]) -> Iterator[list[Received]]:
    """The records of these ranges, in order in each partition, in batches. Raises ``Unavailable``."""
    left = {place: end for place, (begin, end) in ranges.items() if begin < end}
    if not left:
        return
    with kafka_errors("give the records"):
        consumer.assign(list(left))
        for place in left:
            consumer.seek(place, ranges[place][0])
    while left:
        with kafka_errors("give the records"):
            polled = consumer.poll(POLL_MS)
            batch = [record for place, records in polled.items() for record in records if record.offset < ranges[place][1]]
            left = {place: end for place, end in left.items() if consumer.position(place) < end}
        for _, records in groupby(batch, key=lambda record: record.topic):
            yield [_received(record, prefix) for record in records]


def _received(record: Any, prefix: str) -> Received:
    headers = tuple((str(name), bytes(value)) for name, value in record.headers or ())
    return Received(record.topic.removeprefix(prefix), record.partition, record.offset, record.key or b"", record.value, headers)
