"""Values for the suites, full enough that a lost field shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import a_tip, an_assessment
from triage.domain.access import Role, User
from triage.domain.assessment import Assertion, Assessment, Band, Entity, Experiencer, Finding, Urgency
from triage.domain.audit import AuditRow
from triage.domain.case import Act, ActKind, Case, CaseKind, CaseStatus, EntryState, Message, Notice, QueueEntry
from triage.domain.decision import (
    DecisionRecord,
    Jurisdiction,
    JurisdictionBasis,
    LinkKey,
    LinkKind,
    LinkMatch,
    PartnerFacts,
    Routing,
    RoutingStep,
)
from triage.domain.events import Event, EventType
from triage.domain.query import SavedSearch
from triage.domain.tip import (
    Answer,
    Channel,
    Consent,
    Geo,
    Person,
    PersonRole,
    Place,
    SourceBasis,
    Tip,
    Vehicle,
    WhenBucket,
)

AT = datetime(2026, 11, 1, 12, 30, 15, 123457, tzinfo=UTC)
"""Its microseconds are no multiple of anything."""


def later(**by: float) -> datetime:
    """A time after ``AT``."""
    return AT + timedelta(**by)


def full_tip() -> Tip:
    """A tip with every field given."""
    return Tip(
        id="tip_full",
        received_at=AT,
        partner="prairie-haul",
        channel=Channel.WEB_FORM,
        narrative='Two lines:\r\n\t"¿Qué pasó?" \\ 👩‍🚒 \x00 ’ \u2028 end ',
        language="es",
        life_threat=Answer.NOT_SURE,
        place=Place("Pump 4", "I-80", "Exit 12", "1 Main St", "Ogallala", "Keith", "NE"),
        geo=Geo(41.128049, -101.71961899999999, 12.5),
        when_bucket=WhenBucket.LAST_24_HOURS,
        when_text="around noon",
        persons=(Person(PersonRole.MAY_NEED_HELP, "a girl in a grey coat"), Person()),
        minor_possible=Answer.YES,
        vehicles=(Vehicle("ABC?23", "NE", "white van", "none"), Vehicle()),
        identifiers=("@someone", "someone.example"),
        source_basis=SourceBasis.SAW,
        partner_role="driver",
        partner_reference="PH-2026/77",
        has_contact=True,
        consent=Consent(police=False, support=True),
    )


def full_assessment() -> Assessment:
    """An assessment with every kind of content."""
    finding = Finding("confined", 3, 17, Assertion.HEARSAY, "rule:confined", "7", Experiencer.VICTIM)
    entity = Entity("plate", 20, 27, "abc-123", "ABC123", True, True, "suspect", {"state": "NE"})
    return an_assessment(
        a_tip(7),
        labels={"sex_trafficking": 1 / 3},
        urgency=Urgency.P1,
        flags=("minor",),
        entities=(entity,),
        findings=(finding,),
        fingerprint=tuple(range(2**32 - 64, 2**32)),
        band=Band.POSSIBLE,
    )


def full_decision() -> DecisionRecord:
    """A decision record with every field given."""
    key = LinkKey(LinkKind.PLATE, "NE:ABC123", joins=True)
    match = LinkMatch(key, "tip_1", "case_1", "trafficking", False, AT, 0.875, CaseKind.REFERRAL)
    routing = Routing(
        "trafficking",
        CaseKind.CASE,
        "r1",
        "because",
        (RoutingStep("r0", False, "no"), RoutingStep("r1", True, "yes")),
        (("oversight", "n1", "an official"),),
    )
    return DecisionRecord(
        tip_id="tip_7",
        event_id="evt_7",
        decided_at=AT,
        tip_digest="a" * 64,
        assessment_digest="b" * 64,
        model="m1",
        policy_version="p1",
        partner=PartnerFacts("prairie-haul", "trucking", "Keith", "NE"),
        keys=(key,),
        matches=(match,),
        jurisdiction=Jurisdiction("Keith", "NE", JurisdictionBasis.TEXT, "a town"),
        routing=routing,
        urgency=Urgency.P0,
        life_threat=True,
        band=Band.LIKELY,
        due_at=later(minutes=15),
        case_id="case_7",
        joined=True,
        join_reason="the same plate as tip_1",
        suggested=(match, match),
        alike=21,
        campaign=True,
    )


def a_case(id: str = "case_1", tips: tuple[str, ...] = ("tip_1",), **given: Any) -> Case:
    """A case with every field given."""
    sound: dict[str, Any] = {
        "kind": CaseKind.CASE,
        "desk": "trafficking",
        "also": ("oversight", "child"),
        "status": CaseStatus.ACTIVE,
        "urgency": Urgency.P1,
        "life_threat": True,
        "band": Band.POSSIBLE,
        "categories": ("sex_trafficking",),
        "county": "Keith",
        "state": "NE",
        "opened_at": AT,
        "updated_at": later(microseconds=1),
        "due_at": later(hours=1),
        "owner": "usr_1",
        "outcome": "open",
    }
    return Case(id=id, tips=tips, **{**sound, **given})


def an_entry(tip_id: str = "tip_1", **given: Any) -> QueueEntry:
    """A waiting entry of the trafficking desk, due in an hour."""
    sound: dict[str, Any] = {
        "case_id": "case_1",
        "desk": "trafficking",
        "urgency": Urgency.P2,
        "life_threat": False,
        "band": Band.LIKELY,
        "entered_at": AT,
        "due_at": later(hours=1),
        "state": EntryState.WAITING,
        "claimed_by": "",
        "alike": 21,
        "campaign": "tip_0",
    }
    return QueueEntry(tip_id=tip_id, **{**sound, **given})


def a_notice(number: int = 1, **given: Any) -> Notice:
    """A notice to the oversight desk."""
    sound: dict[str, Any] = {
        "tip_id": "tip_1",
        "case_id": "case_1",
        "desk": "oversight",
        "rule": "n1",
        "reason": "an official is named",
        "at": later(minutes=number),
    }
    return Notice(id=f"ntc_{number}", **{**sound, **given})


def an_act(number: int = 1, **given: Any) -> Act:
    """Somebody declined the tip."""
    sound: dict[str, Any] = {
        "tip_id": "tip_1",
        "case_id": "case_1",
        "kind": ActKind.DECLINE,
        "by": "usr_1",
        "at": later(minutes=number),
        "reason": "unfounded",
        "note": "asked the school",
        "target": "",
        "before": "new",
    }
    return Act(id=f"act_{number}", **{**sound, **given})


def a_message(number: int = 1, **given: Any) -> Message:
    """A line of the desk in the thread."""
    sound: dict[str, Any] = {"tip_id": "tip_1", "at": later(minutes=number), "from_source": False, "text": "Which door?", "by": "usr_1"}
    return Message(id=f"msg_{number}", **{**sound, **given})


def an_audit_row(id: str = "aud_1", object: str = "tip:tip_1", **given: Any) -> AuditRow:
    """Somebody looked at a tip."""
    sound: dict[str, Any] = {"at": AT, "actor": "user:usr_1", "action": "tip.read", "purpose": "triage", "detail": {"desk": "cargo"}}
    return AuditRow(id=id, object=object, **{**sound, **given})


def an_event(number: int = 1, **given: Any) -> Event:
    """A tip was received."""
    sound: dict[str, Any] = {
        "type": EventType.TIP_RECEIVED,
        "key": f"tip_{number}",
        "at": later(seconds=number),
        "trace": f"trace_{number}",
        "payload": {"tip": f"tip_{number}", "later field": "kept"},
        "version": 3,
    }
    return Event(id=f"evt_{number}", **{**sound, **given})


def a_user(number: int = 1, **given: Any) -> User:
    """An analyst at two desks."""
    sound: dict[str, Any] = {
        "name": f"Ánalyst{number}",
        "display_name": "Ana List",
        "role": Role.ANALYST,
        "desks": frozenset({"cargo", "child"}),
        "password_hash": "$argon2id$v=19$x",
        "active": True,
    }
    return User(id=f"usr_{number}", **{**sound, **given})


def a_search(number: int = 1, **given: Any) -> SavedSearch:
    """A search that the first analyst keeps."""
    sound: dict[str, Any] = {
        "user": "usr_1",
        "name": "Vans",
        "text": "white van Ω -test",
        "desks": ("child", "cargo"),
        "created_at": later(minutes=number),
    }
    return SavedSearch(id=f"ssr_{number}", **{**sound, **given})
