"""Deciding on the embedded store: one case, one queue entry, one record a tip; joins, suggestions, notices, events, replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.storage.database import Database
from infra.storage.event_log import SqlEventLog
from infra.storage.unit_of_work import SqlStorage
from tests.builders import CountedIds, StillClock, a_tip, an_assessment, an_entity, example_files, example_policy, received, taxonomy
from triage.decide import decide
from triage.domain.assessment import Assessment, Entity, Urgency
from triage.domain.case import CaseKind
from triage.domain.decision import DecisionRecord, PartnerFacts
from triage.domain.errors import NotFound
from triage.domain.events import EventType
from triage.domain.tip import Tip
from triage.explain import explain

POLICY = example_policy()
PARTNER = PartnerFacts("prairie-haul", "trucking", "Buffalo", "NE")
PLATE = an_entity("plate", "12AB34", attributes={"state": "NE"})
VIN = an_entity("vin", "1M8GDM9AXKP042788", valid=True)


class Desk:
    """Accepts and decides about tips, one after the other."""

    def __init__(self, database: Database) -> None:
        self.storage = SqlStorage(database)
        self.log = SqlEventLog(database)
        self.clock = StillClock()
        self.ids = CountedIds()
        with self.storage.writing() as uow:
            uow.policies.add(POLICY.version, example_files())

    def decide(self, tip: Tip, assessment: Assessment) -> DecisionRecord:
        with self.storage.writing() as uow:
            uow.tips.add(tip)
        with self.storage.writing() as uow:
            return decide(uow, POLICY, self.clock, self.ids, received(tip), tip, assessment, PARTNER)

    def about(self, number: int, *entities: Entity, labels: Sequence[str] = ("sex_trafficking",), days: float = 0) -> DecisionRecord:
        tip = a_tip(number, received_at=self.clock.now() + timedelta(days=days))
        return self.decide(tip, an_assessment(tip, labels, entities=entities))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_tip_gets_one_record_one_case_and_one_entry(desk: Desk) -> None:
    record = desk.about(1)
    with desk.storage.reading() as uow:
        case, entry = uow.cases.of_tip(record.tip_id), uow.queue.get(record.tip_id)
        assert case is not None
        assert entry is not None
        assert (case.id, case.desk, case.tips) == (record.case_id, "trafficking", (record.tip_id,))
        assert (entry.case_id, entry.desk, entry.due_at) == (case.id, "trafficking", record.due_at)
        assert uow.decisions.get_many([record.tip_id]) == {record.tip_id: record}


def test_a_second_delivery_changes_nothing(desk: Desk) -> None:
    first = desk.about(1, PLATE)
    before = desk.log.end()
    tip = a_tip(1)
    with desk.storage.writing() as uow:
        again = decide(uow, POLICY, desk.clock, desk.ids, received(tip), tip, an_assessment(tip, ["cargo_theft"]), PARTNER)
    assert again == first
    assert desk.log.end() == before


def test_a_full_plate_with_its_state_joins_the_older_case(desk: Desk) -> None:
    first, second = desk.about(1, PLATE), desk.about(2, VIN)
    third = desk.about(3, PLATE, VIN)
    assert third.joined
    assert third.case_id == first.case_id
    assert [match.case_id for match in third.suggested] == [second.case_id]
    with desk.storage.reading() as uow:
        case = uow.cases.get(first.case_id)
        assert case is not None
        assert case.tips == (first.tip_id, third.tip_id)
        assert case.version == 2


@pytest.mark.parametrize(
    ("labels", "days", "entity"),
    [(["cargo_theft"], 0, PLATE), (["sex_trafficking"], 31, PLATE), (["sex_trafficking"], 0, replace(PLATE, attributes={}))],
)
def test_another_desk_a_later_month_or_a_weak_key_does_not_join(desk: Desk, labels: list[str], days: float, entity: Entity) -> None:
    first = desk.about(1, PLATE)
    later = desk.about(2, entity, labels=labels, days=days)
    assert not later.joined
    assert later.case_id != first.case_id


def test_a_hold_joins_nothing_even_with_a_plate(desk: Desk) -> None:
    desk.about(1, PLATE, labels=["commercial_sex_only"])
    second = desk.about(2, PLATE, labels=["commercial_sex_only"])
    assert not second.joined
    assert second.routing.kind is CaseKind.HOLD


def test_a_joining_tip_raises_the_case_but_never_lowers_it(desk: Desk) -> None:
    calm, urgent, late = a_tip(1), a_tip(2), a_tip(3)
    record = desk.decide(calm, an_assessment(calm, urgency=Urgency.P3, entities=[PLATE]))
    desk.decide(urgent, an_assessment(urgent, urgency=Urgency.P0, entities=[PLATE]))
    desk.decide(late, an_assessment(late, urgency=Urgency.P3, entities=[PLATE]))
    with desk.storage.reading() as uow:
        case = uow.cases.get(record.case_id)
    assert case is not None
    assert (case.urgency, case.life_threat) == (Urgency.P0, True)


def test_desks_beside_are_told_and_may_read(desk: Desk) -> None:
    tip = a_tip(1)
    record = desk.decide(tip, an_assessment(tip, ["sex_trafficking", "child_sexual_exploitation"], flags=["minor_involved"]))
    with desk.storage.reading() as uow:
        case = uow.cases.get(record.case_id)
        assert case is not None
        assert case.readers == ("trafficking", "child")
        assert [notice.desk for notice in uow.notices.of_tip(tip.id)] == ["child"]


def test_events_tell_what_others_must_learn_and_no_text(desk: Desk) -> None:
    tip = a_tip(1, narrative="she hides in room 212")
    desk.decide(tip, an_assessment(tip, urgency=Urgency.P0))
    events = [logged.event for logged in desk.log.read("test", list(EventType), 50)]
    kinds = [event.type for event in events]
    assert kinds[:3] == [EventType.TIP_DECIDED, EventType.CASE_CHANGED, EventType.QUEUE_ENTERED]
    assert EventType.ALERT_RAISED in kinds
    assert "212" not in repr(events)


def test_a_decision_replays_to_the_same_answer(desk: Desk) -> None:
    desk.about(1, PLATE)
    record = desk.about(2, PLATE, VIN)
    with desk.storage.reading() as uow:
        explanation = explain(uow, taxonomy(), record.tip_id)
    assert explanation.record == record
    assert explanation.differences == ()


def test_a_tip_without_a_decision_is_not_found(desk: Desk) -> None:
    with desk.storage.reading() as uow, pytest.raises(NotFound):
        explain(uow, taxonomy(), "tip_none")


ENTITIES = [PLATE, VIN, an_entity("phone", "+14025550143"), an_entity("handle", "x:rico", role="suspect")]
LABELS = ["sex_trafficking", "cargo_theft", "not_actionable", "mental_health_crisis", "child_abuse_neglect"]


PLANS = st.lists(st.tuples(st.sets(st.sampled_from(range(len(ENTITIES)))), st.sampled_from(LABELS), st.sampled_from(Urgency)), max_size=8)


def test_every_tip_is_in_exactly_one_case_and_replays(database: Database) -> None:
    desk, serial = Desk(database), count(1)

    @settings(max_examples=20)
    @given(PLANS)
    def holds(plan: list[tuple[set[int], str, Urgency]]) -> None:
        records = []
        for chosen, label, urgency in plan:
            tip = a_tip(next(serial))
            records.append(desk.decide(tip, an_assessment(tip, [label], urgency, entities=[ENTITIES[i] for i in sorted(chosen)])))
        with desk.storage.reading() as uow:
            for record in records:
                case = uow.cases.of_tip(record.tip_id)
                assert case is not None
                assert case.tips.count(record.tip_id) == 1
                assert uow.queue.get(record.tip_id) is not None
                assert explain(uow, taxonomy(), record.tip_id).differences == ()

    holds()


def test_a_businesss_vin_does_not_join_even_when_it_was_named_first(desk: Desk) -> None:
    first = desk.about(1, replace(VIN, role="business"))
    second = desk.about(2, VIN)
    assert not second.joined
    assert [match.case_id for match in second.suggested] == [first.case_id]
