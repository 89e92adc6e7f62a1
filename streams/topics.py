"""The topics: one table for whoever makes, checks, writes or reads them. None is made by writing to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from triage.domain.events import Event, EventType


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, or with ``per_desk`` a family of them, one for each desk (``queues.<desk>``).

    ``key`` says what keeps records in order; ``retention`` how long a record stays, None for ever; a ``compacted`` topic keeps the newest
    record of each key beyond that. ``partitions`` is the most workers that can share the work.
    """

    name: str
    key: str
    partitions: int
    retention: timedelta | None
    types: tuple[EventType, ...]
    purpose: str
    compacted: bool = False
    per_desk: bool = False

    @property
    def configs(self) -> dict[str, str]:
        """The broker's settings of the topic."""
        clean_up = "compact,delete" if self.compacted and self.retention else "compact" if self.compacted else "delete"
        retention = -1 if self.retention is None else int(self.retention.total_seconds() * 1000)
        return {"cleanup.policy": clean_up, "retention.ms": str(retention), "max.message.bytes": "1048588"}


RECEIVED = Topic(
    "tips.received",
    key="tip",
    partitions=12,
    retention=timedelta(days=14),
    types=(EventType.TIP_RECEIVED, EventType.TIP_AMENDED),
    purpose="a tip was accepted or amended; workers read and decide",
)
URGENT = Topic(
    "tips.urgent",
    key="tip",
    partitions=12,
    retention=timedelta(days=14),
    types=(EventType.TIP_RECEIVED_URGENT,),
    purpose="a tip was accepted in which somebody may be in danger now; workers read it whatever else waits",
)
BULK = Topic(
    "tips.bulk",
    key="tip",
    partitions=12,
    retention=timedelta(days=14),
    types=(EventType.TIP_RECEIVED_BULK,),
    purpose="a tip of an import, a survey or a flood was accepted; workers read it beside the others",
)
ASSESSED = Topic(
    "tips.assessed",
    key="tip",
    partitions=12,
    retention=timedelta(days=14),
    types=(EventType.TIP_DECIDED, EventType.TIP_PROGRESSED),
    purpose="a tip was read, linked and routed, or came a step further that its sender may know of",
)
CHANGED = Topic(
    "cases.changed",
    key="case",
    partitions=12,
    retention=timedelta(days=14),
    types=(EventType.CASE_CHANGED,),
    purpose="a case changed; indexers bring its document up to date",
    compacted=True,
)
QUEUES = Topic(
    "queues",
    key="desk",
    partitions=1,
    retention=timedelta(days=30),
    types=(EventType.QUEUE_ENTERED, EventType.NOTICE_SENT),
    purpose="what came to this desk, for the systems of its task force",
    per_desk=True,
)
ALERTS = Topic(
    "alerts",
    key="desk",
    partitions=3,
    retention=timedelta(days=14),
    types=(EventType.ALERT_RAISED,),
    purpose="an immediate or urgent tip waits; ids and levels only",
)
DEAD_LETTERS = Topic(
    "dead-letters",
    key="as it came",
    partitions=1,
    retention=None,
    types=(),
    purpose="records that could not be handled, as they came, with the place where they stood",
)

TOPICS = (URGENT, RECEIVED, BULK, ASSESSED, CHANGED, QUEUES, ALERTS, DEAD_LETTERS)
"""All of them. Every event type goes to exactly one."""

_BY_TYPE = {type: topic for topic in TOPICS for type in topic.types}


def topic_of(event: Event) -> str:
    """The name of the topic that the event goes to."""
    topic = _BY_TYPE[event.type]
    return of_desk(event.payload["desk"]) if topic.per_desk else topic.name


def of_desk(desk: str) -> str:
    """The topic of a desk's queue."""
    return f"{QUEUES.name}.{desk}"


def named(desks: Iterable[str]) -> dict[str, Topic]:
    """Every topic of an installation with these desks, by its name."""
    found: dict[str, Topic] = {}
    for topic in TOPICS:
        found.update({of_desk(desk): topic for desk in desks} if topic.per_desk else {topic.name: topic})
    return found
