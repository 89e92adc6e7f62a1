"""The form in which an event travels: one JSON object, the same on every topic. Its schema is published.

Old versions are upcast when read, so that handlers know only the newest. Fields that a newer release added are kept in ``payload``
and skipped elsewhere.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from triage.domain.errors import TipstreamError
from triage.domain.events import SCHEMA_VERSIONS, Event, EventType

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One event on a topic. ``position`` is its place in the log of the installation that sent it."""

    id: _Id
    type: EventType
    key: str
    at: datetime
    trace: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    position: Annotated[int, msgspec.Meta(ge=0)]
    payload: dict[str, str]


class BadEnvelope(TipstreamError):
    """The bytes on a topic are no event that this release knows; names the place, never the content."""


_decoder = msgspec.json.Decoder(Envelope)


def envelope_of(event: Event, position: int) -> Envelope:
    """The event in the form in which it travels."""
    return Envelope(
        id=event.id,
        type=event.type,
        key=event.key,
        at=event.at,
        trace=event.trace,
        version=event.version,
        position=position,
        payload=dict(event.payload),
    )


def encode(event: Event, position: int) -> bytes:
    """The event as bytes."""
    return msgspec.json.encode(envelope_of(event, position))


def decode(value: bytes | None) -> tuple[Event, int]:
    """The event and its position. Raises ``BadEnvelope``."""
    if value is None:
        raise BadEnvelope("there is no value (a tombstone), where an event was expected")
    try:
        sent = _decoder.decode(value)
    except msgspec.ValidationError as error:
        raise BadEnvelope(f"it does not fit the schema at {_place(error)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadEnvelope("it is not JSON in UTF-8") from None
    if sent.version > SCHEMA_VERSIONS[sent.type]:
        raise BadEnvelope(
            f"{sent.type} has version {sent.version} and this release knows {SCHEMA_VERSIONS[sent.type]}: upgrade the workers"
        )
    return Event(sent.id, sent.type, sent.key, sent.at, sent.trace, sent.payload, sent.version), sent.position


def _place(error: msgspec.ValidationError) -> str:
    """The path in msgspec's message (``... - at `$.id` ``), which holds field names of the schema only."""
    return str(error).rpartition(" - at ")[2].strip("`") if " - at " in str(error) else "$"
