"""From events of the log to records on topics.

What comes to a desk's topic carries a copy of the tip for the systems of its task force. In the copy, what tells who the sender is, is
replaced by tokens; and only the desks that may read the case get it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from streams.envelope import Envelope, encode, envelope_of
from streams.ports import Logged, Record
from streams.topics import QUEUES, topic_of
from triage.domain.assessment import READ_LIMIT, Assessment
from triage.domain.case import Case
from triage.domain.tip import Tip
from triage.ports import Storage, UnitOfWork
from triage.redaction import redact


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """A tip as its desk may see it. ``text`` is the redacted copy; ``due_at`` the target for the first human look."""

    kind: str
    status: str
    band: str
    categories: tuple[str, ...]
    indicators: tuple[str, ...]
    flags: tuple[str, ...]
    county: str
    state: str
    partner: str
    language: str
    received_at: datetime
    due_at: datetime
    text: str


class QueueEnvelope(Envelope, frozen=True, kw_only=True):
    """An event on a desk's topic. ``details`` is null where the desk may no longer read the case."""

    details: Details | None


_QUEUE_TYPES = frozenset(QUEUES.types)


class Records:
    """Makes the records of events, reading what the desks' topics need from the storage, once for a batch."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def of(self, batch: Sequence[Logged]) -> list[Record]:
        """A record an event, in order. Raises ``Unavailable``."""
        details = self._details([logged for logged in batch if logged.event.type in _QUEUE_TYPES])
        return [self._record(logged, details) for logged in batch]

    def _record(self, logged: Logged, details: Mapping[int, Details]) -> Record:
        event = logged.event
        if event.type in _QUEUE_TYPES:
            fields = msgspec.structs.asdict(envelope_of(event, logged.position))
            value = msgspec.json.encode(QueueEnvelope(**fields, details=details.get(logged.position)))
        else:
            value = encode(event, logged.position)
        headers = (("id", event.id.encode()), ("type", event.type.encode()), ("trace", event.trace.encode()))
        return Record(topic_of(event), event.key.encode(), value, headers)

    def _details(self, batch: Sequence[Logged]) -> dict[int, Details]:
        if not batch:
            return {}
        with self._storage.reading() as uow:
            return _read_details(uow, batch)


def _read_details(uow: UnitOfWork, batch: Sequence[Logged]) -> dict[int, Details]:
    """The details by position, of those events whose desk may read the case now."""
    tip_ids = list({logged.event.payload["tip"] for logged in batch})
    tips, readings = uow.tips.get_many(tip_ids), uow.assessments.get_many(tip_ids)
    cases = uow.cases.get_many(list({logged.event.payload["case"] for logged in batch}))
    made: dict[tuple[str, str], Details] = {}  # the same for every desk that is told about a tip
    found = {}
    for logged in batch:
        payload = logged.event.payload
        case, tip, reading = cases.get(payload["case"]), tips.get(payload["tip"]), readings.get(payload["tip"])
        if case is None or tip is None or reading is None or payload["desk"] not in case.readers or tip.id not in case.tips:
            continue
        if (tip.id, case.id) not in made:
            made[tip.id, case.id] = _details_of(case, tip, reading)
        found[logged.position] = made[tip.id, case.id]
    return found


def _details_of(case: Case, tip: Tip, reading: Assessment) -> Details:
    return Details(
        kind=case.kind.value,
        status=case.status.value,
        band=reading.band.value,
        categories=reading.labels,
        indicators=tuple(dict.fromkeys(finding.indicator for finding in reading.findings)),
        flags=tuple(reading.flags),
        county=case.county,
        state=case.state,
        partner=tip.partner,
        language=reading.language,
        received_at=tip.received_at,
        due_at=case.due_at,
        text=redact(tip.text[:READ_LIMIT], reading.entities),
    )
