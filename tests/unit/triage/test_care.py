"""Handing referrals on to services: what may be told, by whom, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from infra.storage.database import Database
from tests.builders import example_files, taxonomy
from tests.world import World, a_viewer
from triage.care.hand_offs import HandOffs
from triage.care.referrals import Referrals, numbers
from triage.domain.access import Viewer
from triage.domain.assessment import Urgency
from triage.domain.care import Basis, CarePart, HandOff, HandOffState
from triage.domain.case import CaseKind
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from triage.domain.events import EventType
from triage.domain.sender import SenderState
from triage.domain.tip import Answer, Consent, SourceBasis
from triage.domain.work import CaseActKind
from triage.policy_files.care import load_care

CARE = a_viewer("care", user="usr_cleo")
LEAST = ("need", "county", "language")
NEED = "homelessness_basic_needs"
PLACE = {"counties": ["Buffalo"]}


class Care(World):
    """A world with the directory of the example."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        directory = load_care(example_files(), self.policy, taxonomy())
        self.hand_offs = HandOffs(self.storage, self.policy, taxonomy(), directory, self.clock, self.ids)
        self.referrals = Referrals(self.storage, self.policy, taxonomy(), directory, self.clock, self.ids)

    def offer(self, tip: str, service: str = "platte-beds", parts: tuple[str, ...] = LEAST, viewer: Viewer = CARE) -> HandOff:
        return self.hand_offs.offer(viewer, tip, self.version(tip), service, parts)


@pytest.fixture
def care(database: Database) -> Care:
    return Care(database)


def test_a_need_becomes_a_referral_and_a_hand_off_is_kept_with_its_trail(care: Care) -> None:
    tip = care.arrive(NEED, language="es")
    assert care.case(tip).kind is CaseKind.REFERRAL
    before = care.version(tip)
    made = care.hand_offs.offer(CARE, tip, before, "platte-beds", LEAST, "Spoke with the night desk")
    assert (made.state, made.basis, made.parts, made.need) == (HandOffState.OFFERED, Basis.NOBODY_IDENTIFIED.value, LEAST, NEED)
    care.clock.forward(hours=2)
    taken = care.hand_offs.answer(CARE, made.id, HandOffState.OFFERED, HandOffState.ACCEPTED)
    met = care.hand_offs.answer(CARE, made.id, HandOffState.ACCEPTED, HandOffState.REACHED, "They have a bed")
    assert [step.state for step in met.steps] == [HandOffState.OFFERED, HandOffState.ACCEPTED, HandOffState.REACHED]
    assert taken.updated_by == "usr_cleo"
    assert care.hand_offs.of_tip(CARE, tip) == (met,)
    assert care.version(tip) == before + 3
    rows = [row for row in care.audit(f"tip:{tip}") if row.action.startswith("care.")]
    assert [row.action for row in rows] == ["care.offered", "care.accepted", "care.reached"]
    assert dict(rows[0].detail) == {
        "hand_off": made.id, "service": "platte-beds", "basis": "nobody_identified", "parts": "need,county,language", "desk": "care",
    }  # fmt: skip
    assert "night desk" not in str([row.detail for row in rows])
    with care.storage.reading() as work:
        acts = work.case_acts.of(care.case(tip).id)
    states = ("offered", "accepted", "reached")
    assert [(act.kind, act.target, act.before) for act in acts] == [(CaseActKind.HAND_OFF, tip, state) for state in states]
    assert len(care.events(EventType.CASE_CHANGED)) >= 3


def test_the_sender_is_told_nothing_by_itself(care: Care) -> None:
    tip = care.arrive(NEED)
    told = len(care.events(EventType.TIP_PROGRESSED))
    made = care.offer(tip)
    care.hand_offs.answer(CARE, made.id, HandOffState.OFFERED, HandOffState.REACHED)
    assert len(care.events(EventType.TIP_PROGRESSED)) == told


@pytest.mark.parametrize(
    ("agreed", "chosen", "said", "refused", "danger"),
    list(product((False, True), (None, False, True), (False, True), (False, True), (False, True))),
)
def test_what_may_be_told(care: Care, agreed: bool, chosen: bool | None, said: bool, refused: bool, danger: bool) -> None:
    """Without a word of consent nothing that identifies anybody, in every combination; in danger where and what, never who."""
    flags = [flag for flag, on in (("consent_yes", said), ("consent_no", refused)) if on]
    level = Urgency.P0 if danger else Urgency.P2
    answer = Answer.YES if danger else None
    tip = care.arrive(NEED, flags=flags, consent=Consent(support=agreed), has_contact=True, life_threat=answer, urgency=level)
    if chosen is not None:
        with care.storage.writing() as work:
            work.senders.put(SenderState(tip, consent=Consent(support=chosen)))
    threat = care.entry(tip).life_threat
    assert threat == danger
    form = chosen if chosen is not None else agreed and not refused
    text = said and not refused and chosen is None
    allowed = care.hand_offs.plan(CARE, tip).allowed
    basis = Basis.CONSENT if form or text else Basis.DANGER if danger else Basis.NOBODY_IDENTIFIED
    assert allowed.basis is basis
    assert (CarePart.CONTACT in allowed.parts) == form
    for part in (CarePart.PLACE, CarePart.ACCOUNT):
        assert (part in allowed.parts) == (form or text or danger)
    for more in CarePart:
        if more not in allowed.parts:
            with pytest.raises(InvalidInput, match="Nothing allows telling this"):
                care.offer(tip, parts=(*LEAST, more.value))
    assert care.offer(tip, parts=tuple(part.value for part in allowed.parts)).basis == basis.value


def test_contact_details_that_were_taken_back_are_not_offered(care: Care) -> None:
    tip = care.arrive(NEED, consent=Consent(support=True), has_contact=True)
    with care.storage.writing() as work:
        work.senders.put(SenderState(tip, withdrawn_at=care.clock.now()))
    assert CarePart.CONTACT not in care.hand_offs.plan(CARE, tip).allowed.parts


def test_only_the_owning_care_desk_hands_on(care: Care) -> None:
    tip = care.arrive(NEED)
    for stranger in (a_viewer("violent"), a_viewer("victim-services"), a_viewer("intake"), a_viewer()):
        with pytest.raises(NotFound):
            care.offer(tip, viewer=stranger)
        with pytest.raises(NotFound):
            care.hand_offs.of_tip(stranger, tip)
    police = care.arrive("violent_crime_or_fugitive")
    with pytest.raises(NotAllowed, match="only care and victim-services desks"):
        care.offer(police, viewer=a_viewer("violent"))
    beside = care.arrive("domestic_violence", NEED)
    assert "care" in care.case(beside).also
    with pytest.raises(NotAllowed, match="only people of the desk"):
        care.offer(beside)


def test_what_does_not_fit_is_refused_and_changes_nothing(care: Care) -> None:
    tip = care.arrive(NEED)
    with pytest.raises(InvalidInput, match="Choose one of the services"):
        care.offer(tip, "nobody")
    with pytest.raises(InvalidInput, match="Choose what the service is told"):
        care.offer(tip, parts=())
    with pytest.raises(StaleVersion):
        care.hand_offs.offer(CARE, tip, 0, "platte-beds", LEAST)
    with pytest.raises(InvalidInput, match="at most 2000"):
        care.hand_offs.offer(CARE, tip, care.version(tip), "platte-beds", LEAST, "x" * 2001)
    assert care.hand_offs.of_tip(CARE, tip) == ()
    made = care.offer(tip)
    with pytest.raises(Conflict, match="asked already"):
        care.offer(tip)
    care.offer(tip, "basic-needs-line")
    care.hand_offs.answer(CARE, made.id, HandOffState.OFFERED, HandOffState.DECLINED)
    care.offer(tip)  # who said no can be asked again
    with pytest.raises(Conflict, match="meanwhile"):
        care.hand_offs.answer(CARE, made.id, HandOffState.OFFERED, HandOffState.REACHED)
    with pytest.raises(Conflict, match="cannot follow"):
        care.hand_offs.answer(CARE, made.id, HandOffState.DECLINED, HandOffState.REACHED)
    with pytest.raises(NotFound):
        care.hand_offs.answer(CARE, "hof_none", HandOffState.OFFERED, HandOffState.REACHED)
    with pytest.raises(NotFound):
        care.hand_offs.answer(a_viewer("violent"), made.id, HandOffState.DECLINED, HandOffState.OFFERED)


def test_preparing_is_a_look_that_is_written_down(care: Care) -> None:
    tip = care.arrive(NEED)
    plan = care.hand_offs.prepare(CARE, tip, "platte-beds", LEAST)
    assert plan.needs == (NEED,)
    row = care.audit(f"tip:{tip}")[-1]
    assert (row.action, row.purpose, row.detail["parts"]) == ("care.prepared", "triage", "need,county,language")
    with pytest.raises(InvalidInput):
        care.hand_offs.prepare(CARE, tip, "platte-beds", ("contact",))


def test_the_list_shows_no_text_and_only_ones_own_desks(care: Care) -> None:
    tip = care.arrive(NEED, narrative="A family sleeps in a blue car behind the depot.", language="es", consent=Consent(support=True))
    survivor = care.arrive("sex_trafficking", flags=["self_report"])
    threat = care.arrive("mental_health_crisis", urgency=Urgency.P0, life_threat=Answer.YES)
    care.arrive("cargo_theft")
    page = care.referrals.page(CARE)
    assert [row.entry.tip_id for row in page.waiting] == [threat, tip]
    assert "blue car" not in repr(page)
    assert [row.allowed.basis for row in page.waiting] == [Basis.DANGER, Basis.CONSENT]
    assert [row.entry.tip_id for row in care.referrals.page(a_viewer("victim-services")).waiting] == [survivor]
    assert care.audit("desk:care")[-1].action == "referrals.read"
    for stranger in (a_viewer("violent"), a_viewer("intake"), a_viewer("oversight"), a_viewer()):
        with pytest.raises(NotFound):
            care.referrals.page(stranger)


def test_what_is_put_off_stands_last_and_a_restricted_one_is_for_its_people(care: Care) -> None:
    late = care.arrive(NEED, urgency=Urgency.P1)
    tip = care.arrive(NEED)
    care.casework.snooze(CARE, late, care.version(late), 4, "calls back")
    page = care.referrals.page(CARE)
    assert [(row.entry.tip_id, row.put_off) for row in page.waiting] == [(tip, False), (late, True)]
    made = care.offer(tip)
    care.clock.forward(days=4)
    with care.storage.writing() as work:
        case = work.cases.get(care.case(tip).id)
        assert case is not None
        work.cases.update(replace(case, version=case.version + 1, restricted_to=("usr_dora", "usr_ed")))
    page = care.referrals.page(CARE)
    assert tip not in [row.entry.tip_id for row in page.waiting]
    assert page.unanswered == ()
    with pytest.raises(NotFound):
        care.hand_offs.answer(CARE, made.id, HandOffState.OFFERED, HandOffState.REACHED)
    assert len(care.referrals.page(a_viewer("care", user="usr_dora")).unanswered) == 1


def test_what_nobody_answered_comes_up_after_the_days_of_the_policy(care: Care) -> None:
    tip = care.arrive(NEED)
    made = care.offer(tip)
    care.clock.forward(days=2)
    assert care.referrals.page(CARE).unanswered == ()
    care.clock.forward(days=1)
    assert care.referrals.page(CARE).unanswered == (made,)
    taken = care.hand_offs.answer(CARE, made.id, HandOffState.OFFERED, HandOffState.ACCEPTED)
    assert care.referrals.page(CARE).unanswered == ()
    care.clock.forward(days=3)
    assert care.referrals.page(CARE).unanswered == (taken,)
    care.hand_offs.answer(CARE, made.id, HandOffState.ACCEPTED, HandOffState.NOT_REACHED)
    care.clock.forward(days=30)
    assert care.referrals.page(CARE).unanswered == ()


def test_numbers_of_a_few_are_held_back(care: Care) -> None:
    one = care.offer(care.arrive(NEED))
    few = numbers([replace(one, id=str(n)) for n in range(10)])
    assert (few.total, set(few.by_need.values()), set(few.by_state.values())) == (None, {None}, {None})
    states = [HandOffState.REACHED] * 30 + [HandOffState.DECLINED] * 3 + [HandOffState.WITHDRAWN] * 12
    many = numbers([replace(one, id=str(n), state=state) for n, state in enumerate(states)])
    assert many.total == 45
    assert many.by_need == {NEED: 45}
    assert many.by_state == {"reached": 30, "withdrawn": None, "declined": None}  # the rest would give the small one away
    assert numbers([]).total == 0


def test_only_a_person_makes_it_a_case_and_the_desk_keeps_it(care: Care) -> None:
    tip = care.arrive(NEED)
    care.offer(tip)
    with pytest.raises(InvalidInput, match="Open a case from it first"):
        care.casework.transfer(CARE, tip, care.version(tip), "violent", "they ask for police")
    care.casework.open_case(CARE, tip, care.version(tip), "they ask for police")
    assert (care.case(tip).kind, care.case(tip).desk) == (CaseKind.CASE, "care")
    care.offer(tip, "basic-needs-line")  # the desk goes on helping
    with pytest.raises(NotFound):
        care.reading.tip(a_viewer("violent"), tip)
    care.casework.transfer(CARE, tip, care.version(tip), "violent", "they ask for police")
    assert care.case(tip).desk == "violent"


@pytest.mark.parametrize(
    ("flags", "given", "may"),
    [
        (["self_report"], {}, False),
        ([], {"source_basis": SourceBasis.HAPPENED_TO_ME}, False),
        (["self_report"], {"consent": Consent(police=True)}, True),
        (["self_report", "consent_yes"], {}, True),
        (["self_report", "consent_no"], {"consent": Consent(police=True)}, False),
        (["self_report", "minor_involved"], {}, True),
        ([], {}, True),
    ],
)
def test_an_adults_own_account_reaches_police_only_with_consent(care: Care, flags: list[str], given: dict[str, Any], may: bool) -> None:
    tip = care.arrive("domestic_violence", NEED, flags=flags, **given)
    if care.case(tip).desk != "victim-services":
        owner = a_viewer(care.case(tip).desk)
        care.casework.refer(owner, tip, care.version(tip), "victim-services")
    vic = a_viewer("victim-services")
    if care.case(tip).kind is CaseKind.REFERRAL:
        care.casework.open_case(vic, tip, care.version(tip), "asked for it")
    if may:
        care.casework.transfer(vic, tip, care.version(tip), "violent", "asked for it")
        assert care.case(tip).desk == "violent"
        return
    other = care.arrive("violent_crime_or_fugitive")
    for refused in (
        lambda: care.casework.transfer(vic, tip, care.version(tip), "violent", "asked for it"),
        lambda: care.casework.duplicate_of(a_viewer("victim-services", "violent"), tip, care.version(tip), other),
    ):
        with pytest.raises(InvalidInput, match="did not agree that police may know"):
            refused()
    assert care.case(tip).desk == "victim-services"
    with care.storage.writing() as work:
        work.senders.put(SenderState(tip, consent=Consent(police=True)))
    care.casework.transfer(vic, tip, care.version(tip), "violent", "asked for it")
    assert care.case(tip).desk == "violent"


def test_a_duplicate_opens_nothing_to_police(care: Care) -> None:
    """Neither a referral, nor a victim's own account, because the other tip's case is one in which police read along."""
    danger = care.arrive(NEED, urgency=Urgency.P0, life_threat=Answer.YES)
    assert care.case(danger).also
    tip = care.arrive(NEED)
    with pytest.raises(InvalidInput, match="they stay apart"):
        care.casework.duplicate_of(CARE, tip, care.version(tip), danger)
    vic = a_viewer("victim-services")
    agreed = care.arrive("sex_trafficking", flags=["self_report"], consent=Consent(police=True))
    assert "trafficking" in care.case(agreed).also
    own = care.arrive("sex_trafficking", flags=["self_report"])
    with pytest.raises(InvalidInput, match="did not agree that police may know"):
        care.casework.duplicate_of(vic, own, care.version(own), agreed)
    assert care.case(own).readers == ("victim-services",)
    second = care.arrive("sex_trafficking", flags=["self_report"])
    care.casework.duplicate_of(vic, second, care.version(second), own)
    assert care.case(second).readers == ("victim-services",)


def test_a_machine_joins_nothing_at_a_desk_that_helps(care: Care) -> None:
    """Two victims of the same truck: that one agreed to police opens nothing that the other one told."""
    vin = "1M8GDM9AXKP042788"
    agreed = care.arrive("sex_trafficking", flags=["self_report"], consent=Consent(police=True), vin=vin)
    own = care.arrive("sex_trafficking", flags=["self_report"], vin=vin)
    later = care.arrive("sex_trafficking", flags=["self_report"], consent=Consent(police=True), vin=vin)
    assert len({care.case(tip).id for tip in (agreed, own, later)}) == 3
    assert care.case(own).readers == ("victim-services",)
    with pytest.raises(NotFound):
        care.reading.tip(a_viewer("trafficking"), own)
    seen = care.reading.tip(a_viewer("victim-services"), own).similar
    assert {other.tip.id for other in seen} == {agreed, later}  # people see the tie and decide
    at_police = [care.arrive("sex_trafficking", vin=vin) for _ in range(2)]
    assert len({care.case(tip).id for tip in at_police}) == 1


def test_a_year_later_a_hand_off_counts_no_more(care: Care) -> None:
    tip = care.arrive(NEED)
    for service in ("platte-beds", "basic-needs-line"):
        care.offer(tip, service)
    assert care.referrals.page(CARE).numbers.total is None
    care.clock.at += timedelta(days=366)
    assert care.referrals.page(CARE).numbers.total == 0
