"""Acts that take a tip to another desk: referring and transferring."""

from __future__ import annotations

import pytest

from tests.world import VIN, World, a_viewer
from triage.domain.access import Role
from triage.domain.assessment import Urgency
from triage.domain.case import CaseKind, CaseStatus, EntryState
from triage.domain.errors import InvalidInput
from triage.domain.events import EventType

ANA = a_viewer("trafficking", "violent")
BO = a_viewer("trafficking", user="usr_bo")
CHIEF = a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_chief")


def test_a_lone_tips_case_becomes_the_referral(world: World) -> None:
    tip = world.arrive(urgency=Urgency.P1)
    case = world.case(tip)
    assert case.also == ("victim-services",)
    world.casework.refer(ANA, tip, 1, "care", note="asked for a bed")
    now = world.case(tip)
    assert (now.id, now.kind, now.desk, now.also, now.status) == (case.id, CaseKind.REFERRAL, "care", (), CaseStatus.NEW)
    assert (world.entry(tip).desk, world.entry(tip).state) == ("care", EntryState.WAITING)


def test_one_tip_of_several_gets_a_referral_of_its_own(world: World) -> None:
    first, second = world.arrive(vin=VIN, urgency=Urgency.P3), world.arrive(vin=VIN, urgency=Urgency.P1)
    world.casework.refer(ANA, second, 2, "victim-services")
    kept, referral = world.case(first), world.case(second)
    assert (kept.kind, kept.tips, kept.urgency, kept.desk) == (CaseKind.CASE, (first,), Urgency.P3, "trafficking")
    assert (referral.kind, referral.tips, referral.urgency, referral.desk) == (CaseKind.REFERRAL, (second,), Urgency.P1, "victim-services")
    assert referral.county == kept.county == "Buffalo"


def test_referring_the_last_open_tip_closes_what_is_left(world: World) -> None:
    first, second = world.arrive(vin=VIN), world.arrive(vin=VIN)
    world.casework.decline(ANA, first, 2, "unfounded")
    world.casework.refer(ANA, second, 3, "care")
    assert (world.case(first).status, world.case(first).outcome) == (CaseStatus.CLOSED, "declined:unfounded")


def test_where_life_is_at_risk_the_referring_desk_reads_on(world: World) -> None:
    tip = world.arrive(urgency=Urgency.P0)
    world.casework.refer(ANA, tip, 1, "care")
    assert "trafficking" in world.case(tip).also


def test_an_enforcement_desk_gets_no_referral(world: World) -> None:
    with pytest.raises(InvalidInput):
        world.casework.refer(ANA, world.arrive(), 1, "violent")


def test_a_transfer_takes_the_case_and_starts_the_clock_anew(world: World) -> None:
    first, second = world.arrive(vin=VIN), world.arrive(vin=VIN)
    world.casework.accept(ANA, first, 2)
    world.casework.claim(ANA, second, 3)
    world.clock.forward(hours=3)
    world.casework.transfer(ANA, second, 4, "violent", "shots were fired")
    case, moved, done = world.case(second), world.entry(second), world.entry(first)
    assert (case.desk, case.status, case.owner, case.id) == ("violent", CaseStatus.NEW, "", world.case(first).id)
    assert (moved.desk, moved.state, moved.claimed_by) == ("violent", EntryState.WAITING, "")
    assert moved.due_at == world.clock.now() + world.policy.clocks[Urgency.P2]
    assert (done.desk, done.state) == ("violent", EntryState.DONE)
    entered = [event.payload for event in world.events(EventType.QUEUE_ENTERED)]
    assert [(e["tip"], e["desk"]) for e in entered[-1:]] == [(second, "violent")]


def test_an_urgent_tip_alerts_the_desk_that_it_comes_to(world: World) -> None:
    tip = world.arrive(urgency=Urgency.P1)
    world.casework.transfer(ANA, tip, 1, "violent", "shots were fired")
    assert [event.key for event in world.events(EventType.ALERT_RAISED)] == ["trafficking", "violent"]


def test_with_oversight_only_desks_apart_read_along(world: World) -> None:
    tip = world.arrive(urgency=Urgency.P0)
    assert set(world.case(tip).also) >= {"victim-services", "intake"}
    world.casework.transfer(ANA, tip, 1, "oversight", "names a deputy")
    assert world.case(tip).also == ("victim-services",)


@pytest.mark.parametrize("desk", ["trafficking", "care", "nowhere"])
def test_some_transfers_are_refused(world: World, desk: str) -> None:
    with pytest.raises(InvalidInput):
        world.casework.transfer(ANA, world.arrive(), 1, desk, "it is theirs")


def test_a_transfer_needs_a_reason(world: World) -> None:
    with pytest.raises(InvalidInput):
        world.casework.transfer(ANA, world.arrive(), 1, "violent", " ")


def test_a_hold_reaches_enforcement_only_after_a_person_opened_a_case(world: World) -> None:
    watch, tip = a_viewer("intake"), world.arrive("not_actionable")
    assert world.case(tip).kind is CaseKind.HOLD
    with pytest.raises(InvalidInput, match="Open a case"):
        world.casework.transfer(watch, tip, 1, "trafficking", "it is about a person held")
    with pytest.raises(InvalidInput):
        world.casework.open_case(watch, tip, 1, "")
    world.casework.open_case(watch, tip, 1, "it is about a person held")
    world.casework.transfer(watch, tip, 2, "trafficking", "it is about a person held")
    assert (world.case(tip).kind, world.case(tip).desk) == (CaseKind.CASE, "trafficking")
