"""What happened, as facts in one order. The set of types is closed; each has a schema version.

No payload holds text of a tip or a contact detail: ids, levels and desks only. Unknown fields of a payload are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventType(StrEnum):
    """Name, and when it is appended."""

    TIP_RECEIVED = "tip.received"  # accepted and committed; key: tip
    TIP_RECEIVED_URGENT = "tip.received.urgent"  # the same, where somebody may be in danger now: read before others; key: tip
    TIP_RECEIVED_BULK = "tip.received.bulk"  # the same of an import or a flood: read after others; key: tip
    TIP_DECIDED = "tip.decided"  # read, linked, routed, in a case; key: tip
    CASE_CHANGED = "case.changed"  # anything that its search document shows; key: case
    QUEUE_ENTERED = "queue.entered"  # a tip came to a desk's queue; key: desk
    NOTICE_SENT = "notice.sent"  # a desk was told about another desk's tip; key: desk
    ALERT_RAISED = "alert.raised"  # an immediate or urgent tip waits; key: desk
    TIP_AMENDED = "tip.amended"  # the sender came back and added or took back something; key: tip
    TIP_PROGRESSED = "tip.progressed"  # a step that its sender may know of (``Progress``); key: tip


RECEIVED = (EventType.TIP_RECEIVED_URGENT, EventType.TIP_RECEIVED, EventType.TIP_RECEIVED_BULK)
"""The events that bring a tip to its reading, one for each tip, in the order in which they are to be handled."""

SCHEMA_VERSIONS: Mapping[EventType, int] = dict.fromkeys(EventType, 1)
"""The version that is written now; older ones are upcast when read."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    ``key`` groups the events that must stay in order. ``trace`` follows one tip from acceptance to queue.
    ``payload`` is small and flat: text values only.
    """

    id: str
    type: EventType
    key: str
    at: datetime
    trace: str
    payload: Mapping[str, str]
    version: int = 1
