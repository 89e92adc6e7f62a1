"""A desk side with tips in it, on the embedded store: what tests about acts, reads and the console begin with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from infra.crypto import KeyRing, KeyRingSealer
from infra.storage.blobs import SqlBlobs
from infra.storage.database import Database
from infra.storage.event_log import SqlEventLog
from infra.storage.partner_work import SqlPartnerStorage
from infra.storage.unit_of_work import SqlStorage
from infra.vault import SealedVault
from tests.builders import CountedIds, StillClock, a_tip, an_assessment, an_entity, example_files, example_policy, received
from triage.cases import Casework
from triage.decide import decide
from triage.domain.access import Role, Viewer
from triage.domain.assessment import Band, Entity, Urgency
from triage.domain.audit import AuditRow
from triage.domain.case import Case, QueueEntry
from triage.domain.decision import PartnerFacts
from triage.domain.events import Event, EventType
from triage.ports import Storage
from triage.reading import Reading

VIN = "1M8GDM9AXKP042788"
PARTNER = PartnerFacts("prairie-haul", "trucking", "Buffalo", "NE")
_POLICY = example_policy()


def a_viewer(*desks: str, role: Role = Role.ANALYST, user: str = "usr_ana") -> Viewer:
    """Somebody who works at these desks."""
    return Viewer(user, user.removeprefix("usr_"), role, frozenset(desks), "triage")


class World:
    """The store, a clock that stands still, and the acts and reads on them."""

    def __init__(self, database: Database) -> None:
        self.storage: Storage = SqlStorage(database)
        self.log = SqlEventLog(database)
        self.policy = _POLICY
        self.clock = StillClock()
        self.ids = CountedIds()
        self.side, self.blobs = SqlPartnerStorage(database), SqlBlobs(database)
        self.sealer = KeyRingSealer(KeyRing(b"c" * 32, b"r" * 32, b"s" * 32), self.clock)
        self.vault = SealedVault(self.side, self.blobs, self.sealer)
        self.casework = Casework(self.storage, self.policy, self.clock, self.ids)
        self.reading = Reading(self.storage, self.policy, self.clock, self.ids)
        self._arrived = 0
        with self.storage.writing() as work:
            work.policies.add(self.policy.version, example_files())

    def arrive(
        self,
        *labels: str,
        urgency: Urgency = Urgency.P2,
        band: Band = Band.POSSIBLE,
        vin: str = "",
        flags: Iterable[str] = (),
        read: dict[str, Any] | None = None,
        **tip_fields: Any,
    ) -> str:
        """A tip comes in and is decided about; those that share a VIN at one desk join one case. Returns its id."""
        self._arrived += 1
        tip = a_tip(self._arrived, received_at=self.clock.now(), **tip_fields)
        entities: list[Entity] = [an_entity("vin", vin, valid=True)] if vin else []
        given: dict[str, Any] = {"urgency": urgency, "band": band, "flags": flags, "entities": entities, **(read or {})}
        assessment = an_assessment(tip, labels or ("sex_trafficking",), **given)
        with self.storage.writing() as work:
            work.tips.add(tip)
            decide(work, self.policy, self.clock, self.ids, received(tip, self._arrived), tip, assessment, PARTNER)
        return tip.id

    def case(self, tip_id: str) -> Case:
        """The case that holds the tip."""
        with self.storage.reading() as work:
            found = work.cases.of_tip(tip_id)
        assert found is not None
        return found

    def entry(self, tip_id: str) -> QueueEntry:
        """The tip's queue entry."""
        with self.storage.reading() as work:
            found = work.queue.get(tip_id)
        assert found is not None
        return found

    def version(self, tip_id: str) -> int:
        """The version of the tip's case."""
        return self.case(tip_id).version

    def events(self, *types: EventType) -> list[Event]:
        """Every event of these types, oldest first."""
        return [logged.event for logged in self.log.read("test", types, 10_000)]

    def audit(self, object: str) -> list[AuditRow]:
        """What the audit log says about an object."""
        with self.storage.reading() as work:
            return work.audit.of_object(object, 100)
