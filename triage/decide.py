"""The decision about a tip: link, locate, route, open or join a case, start its clock; all in one transaction, once per tip.

``conclude`` is pure, so that a decision can be replayed from its record; ``decide`` gathers what it needs and writes what follows.

Tips that arrive at several workers at the same moment see one another: before anything is read, the tips and keys of the whole
batch are held, always tips before keys and each in sorted order, so that two batches cannot wait for each other there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime

from triage.apart import HELPING
from triage.domain.assessment import Assessment, Band, Urgency
from triage.domain.audit import AuditRow
from triage.domain.case import Case, CaseKind, CaseStatus, Notice, QueueEntry
from triage.domain.decision import DecisionRecord, Jurisdiction, LinkKey, LinkMatch, PartnerFacts, Routing
from triage.domain.errors import Unavailable
from triage.domain.events import Event, EventType
from triage.domain.policy import MOST_ALIKE, Policy
from triage.domain.tip import Answer, Tip
from triage.hints import hint_keys
from triage.jurisdiction import resolve_jurisdiction
from triage.linking import SIMILAR_AT, alike, choose_case, link_keys
from triage.ports import Clock, Ids, UnitOfWork
from triage.routing import route

ALERT_FROM = Urgency.P1
"""Tips at this level or above raise an alert at the owning desk."""

MOST_MATCHES = MOST_ALIKE
"""Matches kept of each sort: a campaign of thousands of alike tips must not swell every record."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows from a tip, its assessment, the policy, the partner and the matches; nothing else."""

    jurisdiction: Jurisdiction
    routing: Routing
    urgency: Urgency
    life_threat: bool
    band: Band
    due_at: datetime
    joins: LinkMatch | None
    suggested: tuple[LinkMatch, ...]
    alike: int
    campaign: bool


def conclude(policy: Policy, tip: Tip, assessment: Assessment, partner: PartnerFacts, matches: tuple[LinkMatch, ...]) -> Conclusion:
    """Compute the decision. Same inputs, same answer."""
    life_threat = tip.life_threat is Answer.YES or assessment.urgency is Urgency.P0
    urgency = Urgency.P0 if life_threat else assessment.urgency
    jurisdiction = resolve_jurisdiction(policy, tip, assessment, partner)
    routing = route(policy, tip, assessment, partner, jurisdiction, urgency, life_threat)
    # Joining would open what one person told a helping desk to whoever reads along because another one agreed; people decide there.
    helps = policy.desks[routing.desk].nature in HELPING
    joins, suggested = choose_case(matches, routing.desk, CaseKind.REFERRAL if helps else routing.kind)
    others = len(alike(matches))
    return Conclusion(
        jurisdiction=jurisdiction,
        routing=routing,
        urgency=urgency,
        life_threat=life_threat,
        band=assessment.band,
        due_at=policy.due(urgency, routing.desk, tip.received_at),
        joins=joins,
        suggested=suggested,
        alike=others,
        campaign=others >= policy.campaign_from,
    )


@dataclass(frozen=True, slots=True)
class ReadTip:
    """A tip that waits for its decision: the event that brought it, what was read in it, who sent it."""

    event: Event
    tip: Tip
    assessment: Assessment
    partner: PartnerFacts


def decide(
    uow: UnitOfWork, policy: Policy, clock: Clock, ids: Ids, event: Event, tip: Tip, assessment: Assessment, partner: PartnerFacts
) -> DecisionRecord:
    """Decide about one tip; as ``decide_all``."""
    (record,) = decide_all(uow, policy, clock, ids, [ReadTip(event, tip, assessment, partner)])
    return record


def decide_all(uow: UnitOfWork, policy: Policy, clock: Clock, ids: Ids, read: Sequence[ReadTip]) -> list[DecisionRecord]:
    """Decide about each tip inside ``uow``, in this order, and return the records; of a tip that was decided before its first one.

    Raise ``Unavailable``, with nothing decided, where another unit of work stands in the way; trying again helps.
    """
    keys = [link_keys(one.tip, one.assessment) for one in read]
    uow.hold(f"tip:{one.tip.id}" for one in read)
    uow.links.lock(key for of_one in keys for key in of_one)
    earlier = uow.decisions.get_many([one.tip.id for one in read])
    return [earlier.get(one.tip.id) or _decide(uow, policy, clock, ids, one, of_one) for one, of_one in zip(read, keys, strict=True)]


def _decide(uow: UnitOfWork, policy: Policy, clock: Clock, ids: Ids, read: ReadTip, keys: tuple[LinkKey, ...]) -> DecisionRecord:
    """Decide about a tip that has no decision yet, with its keys held."""
    event, tip, assessment, partner = read.event, read.tip, read.assessment, read.partner
    matches = _matches(uow, policy, tip, assessment, keys)
    end = conclude(policy, tip, assessment, partner, matches)
    now = clock.now()
    case = _case(uow, ids, tip, assessment, end, now)
    record = DecisionRecord(
        tip_id=tip.id,
        event_id=event.id,
        decided_at=now,
        tip_digest=digest(tip),
        assessment_digest=digest(assessment),
        model=assessment.model,
        policy_version=policy.version,
        partner=partner,
        keys=keys,
        matches=matches,
        jurisdiction=end.jurisdiction,
        routing=end.routing,
        urgency=end.urgency,
        life_threat=end.life_threat,
        band=end.band,
        due_at=end.due_at,
        case_id=case.id,
        joined=end.joins is not None,
        join_reason=f"the same {end.joins.key.kind} as {end.joins.tip_id}" if end.joins else "",
        suggested=end.suggested,
        alike=end.alike,
        campaign=end.campaign,
    )
    uow.assessments.add(assessment)
    uow.links.add(tip, (*keys, *hint_keys(tip, assessment, end.jurisdiction)), assessment.fingerprint)
    uow.decisions.add(record)
    entry = QueueEntry(tip.id, case.id, case.desk, end.urgency, end.life_threat, end.band, now, end.due_at)
    uow.queue.put(replace(entry, alike=end.alike, campaign=_campaign(uow, matches)) if end.campaign else entry)
    notices = [Notice(ids.new("ntc"), tip.id, case.id, desk, rule, reason, now) for desk, rule, reason in end.routing.notify]
    for notice in notices:
        uow.notices.add(notice)
    uow.audit.append(
        [AuditRow(ids.new("aud"), now, "system:worker", "tip.decide", f"tip:{tip.id}", detail={"case": case.id, "desk": case.desk})]
    )
    uow.events.append(_events(ids, event.trace, case, record, notices, now))
    return record


def digest(value: Tip | Assessment) -> str:
    """SHA-256 over the canonical JSON of a value: fields in order of definition, no spaces, times in ISO 8601."""
    return hashlib.sha256(json.dumps(value, separators=(",", ":"), default=_as_json).encode()).hexdigest()


def _as_json(value: object) -> object:
    if is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


def _matches(uow: UnitOfWork, policy: Policy, tip: Tip, assessment: Assessment, keys: tuple[LinkKey, ...]) -> tuple[LinkMatch, ...]:
    """Earlier tips with a shared key or nearly the same text. No key joins a restricted case: a new tip is for all of the desk to see."""
    found = uow.links.find(tip.id, keys, tip.received_at - policy.link_window, MOST_MATCHES)
    if assessment.fingerprint:
        found += uow.links.similar(tip.id, assessment.fingerprint, tip.received_at - policy.similar_window, SIMILAR_AT, MOST_MATCHES)
    joinable = sorted({match.case_id for match in found if match.key.joins and match.case_open})
    cases = uow.cases.get_many(joinable) if joinable else {}
    restricted = {case.id for case in cases.values() if case.restricted_to}
    return tuple(replace(match, key=replace(match.key, joins=False)) if match.case_id in restricted else match for match in found)


def _campaign(uow: UnitOfWork, matches: tuple[LinkMatch, ...]) -> str:
    """What the tips of one campaign have in common: the id of the first of them that was found."""
    first = alike(matches)[0].tip_id
    entry = uow.queue.get(first)
    return entry.campaign if entry and entry.campaign else first


def _case(uow: UnitOfWork, ids: Ids, tip: Tip, assessment: Assessment, end: Conclusion, now: datetime) -> Case:
    """Open the tip's case, or let it join one."""
    also = tuple(desk for desk, _, _ in end.routing.notify)
    joined = _joined(uow, end.joins) if end.joins else None
    if joined is None:
        case = Case(
            id=ids.new("case"),
            kind=end.routing.kind,
            desk=end.routing.desk,
            also=also,
            status=CaseStatus.NEW,
            urgency=end.urgency,
            life_threat=end.life_threat,
            band=end.band,
            categories=assessment.labels,
            county=end.jurisdiction.county,
            state=end.jurisdiction.state,
            opened_at=now,
            updated_at=now,
            due_at=end.due_at,
            tips=(tip.id,),
        )
        uow.cases.add(case)
        return case
    case = replace(
        joined,
        also=tuple(dict.fromkeys((*joined.also, *also))),
        urgency=min(joined.urgency, end.urgency, key=lambda level: level.rank),
        life_threat=joined.life_threat or end.life_threat,
        band=min(joined.band, end.band, key=lambda band: band.rank),
        categories=tuple(dict.fromkeys((*joined.categories, *assessment.labels))),
        county=joined.county or end.jurisdiction.county,
        state=joined.state or end.jurisdiction.state,
        updated_at=now,
        due_at=min(joined.due_at, end.due_at),
        tips=(*joined.tips, tip.id),
        version=joined.version + 1,
    )
    uow.cases.update(case)
    return case


def _joined(uow: UnitOfWork, match: LinkMatch) -> Case | None:
    """The case of the match, held from now on. Raise ``Unavailable`` if somebody closed, moved or merged it since the match was found."""
    case = uow.cases.get(match.case_id)
    if case is not None and (
        case.restricted_to or case.status is CaseStatus.CLOSED or case.desk != match.desk or match.tip_id not in case.tips
    ):
        raise Unavailable(f"case {case.id} changed while a tip was about to join it. Try again.")
    return case


def _events(ids: Ids, trace: str, case: Case, record: DecisionRecord, notices: list[Notice], now: datetime) -> list[Event]:
    """What others must learn, in order. A campaign has raised its alerts by its first tips; more of it raise none, but for life threats."""

    def event(type: EventType, key: str, payload: Mapping[str, str]) -> Event:
        return Event(ids.new("evt"), type, key, now, trace, payload)

    tip = {"tip": record.tip_id, "case": case.id, "desk": case.desk, "urgency": str(record.urgency)}
    events = [
        event(EventType.TIP_DECIDED, record.tip_id, tip),
        event(EventType.CASE_CHANGED, case.id, {"case": case.id, "version": str(case.version)}),
        event(EventType.QUEUE_ENTERED, case.desk, {**tip, "life_threat": str(record.life_threat).lower()}),
    ]
    events += [event(EventType.NOTICE_SENT, n.desk, {"tip": n.tip_id, "case": n.case_id, "desk": n.desk, "rule": n.rule}) for n in notices]
    if record.life_threat or (record.urgency.at_least(ALERT_FROM) and not record.campaign):
        events.append(event(EventType.ALERT_RAISED, case.desk, tip))
    return events
