"""The lines of the pipeline: read and decide, index, deliver. Each is a ``Handler``; hosts feed them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ingest.ports import Partners
from models.ports import TipText
from streams.handler import Handler
from streams.tracing import about
from triage.decide import ReadTip, decide_all
from triage.document_builder import case_document
from triage.domain.assessment import Assessment
from triage.domain.decision import PartnerFacts
from triage.domain.document import CaseDocument
from triage.domain.errors import NotFound
from triage.domain.events import Event, EventType
from triage.domain.policy import Policy
from triage.domain.tip import Tip
from triage.ports import CaseIndex, Clock, Ids, Notifier, Storage, UnitOfWork

Assess = Callable[[Sequence[TipText]], list[Assessment]]
"""Reads texts in a batch; ``models.assess.Assessor.assess``."""


LINES = {
    EventType.TIP_RECEIVED_URGENT: "decide-urgent",
    EventType.TIP_RECEIVED: "decide",
    EventType.TIP_RECEIVED_BULK: "decide-bulk",
}
"""The lines that read and decide, by the event that brings tips to them, the first to be worked off first."""


class ReadAndDecide(Handler):
    """Reads every received tip of one lane and decides about it. Tips that were decided before are passed over.

    ``type`` is one of ``RECEIVED``: each has a line of its own, so that what waits in one lane is in nobody's way in another.
    """

    name = "decide"
    types: tuple[EventType, ...] = (EventType.TIP_RECEIVED,)

    def __init__(
        self,
        storage: Storage,
        partners: Partners,
        policy: Policy,
        assess: Assess,
        clock: Clock,
        ids: Ids,
        type: EventType = EventType.TIP_RECEIVED,
    ) -> None:
        self.name = LINES[type]
        self.types = (type,)
        self._storage = storage
        self._partners = partners
        self._policy = policy
        self._assess = assess
        self._clock = clock
        self._ids = ids

    def handle(self, events: Sequence[Event]) -> None:
        """Read outside of any transaction, then decide about all in one."""
        new = self._undecided(events)
        if not new:
            return
        tips = [tip for _, tip in new]
        facts = self._facts(tips)
        readings = self._assess([TipText(tip.id, tip.text, tip.received_at, tip.language) for tip in tips])
        read = [ReadTip(event, tip, assessment, facts[tip.partner]) for (event, tip), assessment in zip(new, readings, strict=True)]
        with self._storage.writing() as uow:
            decide_all(uow, self._policy, self._clock, self._ids, read)

    def _undecided(self, events: Sequence[Event]) -> list[tuple[Event, Tip]]:
        wanted = {event.payload["tip"]: event for event in events}
        with self._storage.reading() as uow:
            decided = uow.decisions.get_many(list(wanted))
            tips = uow.tips.get_many([tip_id for tip_id in wanted if tip_id not in decided])
        missing = [tip_id for tip_id in wanted if tip_id not in decided and tip_id not in tips]
        if missing:
            raise NotFound("tip", missing[0])
        return [(event, tips[tip_id]) for tip_id, event in wanted.items() if tip_id in tips]

    def _facts(self, tips: Sequence[Tip]) -> Mapping[str, PartnerFacts]:
        facts = {}
        for slug in {tip.partner for tip in tips}:
            partner = self._partners.get(slug)
            facts[slug] = PartnerFacts(slug, partner.sector, partner.county, partner.state) if partner else PartnerFacts(slug, "", "", "")
        return facts


class Index(Handler):
    """Brings the search documents of changed cases into the index, and tells people whose kept searches find them.

    Both are one line: a topic has one reader in a worker, and what is told about can be found.
    """

    name = "index"
    types = (EventType.CASE_CHANGED,)

    def __init__(
        self, storage: Storage, partners: Partners, index: CaseIndex, tell: Callable[[Sequence[CaseDocument]], None] = lambda _: None
    ) -> None:
        self._storage = storage
        self._partners = partners
        self._index = index
        self._tell = tell

    def handle(self, events: Sequence[Event]) -> None:
        """Each changed case once, as it stands now: its document carries the version, so an older one never wins."""
        with self._storage.reading() as uow:
            documents = documents_of(uow, self._partners, list(dict.fromkeys(event.payload["case"] for event in events)))
        self._index.put(documents)
        self._tell(documents)


class Deliver(Handler):
    """Tells people that an immediate or urgent tip waits."""

    name = "deliver"
    types = (EventType.ALERT_RAISED,)

    def __init__(self, notifier: Notifier, public_url: str) -> None:
        self._notifier = notifier
        self._public_url = public_url

    def handle(self, events: Sequence[Event]) -> None:
        """One alert an event; a repeated alert is better than a lost one."""
        for event in events:
            tip = event.payload["tip"]
            with about(event.trace):
                self._notifier.alert(event.payload["desk"], event.payload["urgency"], tip, f"{self._public_url}/desk/tip/{tip}")


def documents_of(uow: UnitOfWork, partners: Partners, case_ids: Sequence[str]) -> list[CaseDocument]:
    """The search documents of these cases."""
    cases = uow.cases.get_many(case_ids)
    tip_ids = [tip_id for case in cases.values() for tip_id in case.tips]
    tips = uow.tips.get_many(tip_ids)
    readings = uow.assessments.get_many(tip_ids)
    sectors = {partner.slug: partner.sector for partner in partners.all()}
    return [case_document(cases[case_id], tips, readings, sectors) for case_id in case_ids if case_id in cases]
