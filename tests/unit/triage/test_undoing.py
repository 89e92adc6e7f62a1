"""Taking an act back: everything is as it was, for whoever did it, at once, and never over somebody else's work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.world import VIN, World, a_viewer
from triage.domain.access import Role, User, Viewer
from triage.domain.assessment import Urgency
from triage.domain.case import Act, ActKind, Case, QueueEntry
from triage.domain.errors import Conflict, NotFound
from triage.domain.events import EventType
from triage.undoing import undo

ANA = a_viewer("trafficking", "violent", "victim-services", "care")
BO = a_viewer("trafficking", user="usr_bo", role=Role.SUPERVISOR)


def a_colleague(world: World) -> str:
    """Somebody else at the desk, by id."""
    with world.storage.writing() as work:
        work.users.put(User("usr_cy", "cy", "Cy", Role.ANALYST, frozenset({"trafficking"}), ""))
    return "usr_cy"


ACTS: dict[str, Callable[[World, str, str], Act]] = {
    "assign": lambda w, tip, other: w.casework.assign(ANA, tip, w.version(tip), a_colleague(w)),
    "claim": lambda w, tip, _: w.casework.claim(ANA, tip, w.version(tip)),
    "accept": lambda w, tip, _: w.casework.accept(ANA, tip, w.version(tip)),
    "decline": lambda w, tip, _: w.casework.decline(ANA, tip, w.version(tip), "unfounded", "looked into"),
    "duplicate": lambda w, tip, other: w.casework.duplicate_of(ANA, tip, w.version(tip), other),
    "refer": lambda w, tip, _: w.casework.refer(ANA, tip, w.version(tip), "victim-services"),
    "transfer": lambda w, tip, _: w.casework.transfer(ANA, tip, w.version(tip), "violent", "theirs"),
    "snooze": lambda w, tip, _: w.casework.snooze(ANA, tip, w.version(tip), 4, "waits"),
    "set_urgency": lambda w, tip, _: w.casework.set_urgency(ANA, tip, w.version(tip), Urgency.P1),
}


def picture(world: World, *tips: str) -> tuple[dict[str, Case], dict[str, QueueEntry]]:
    """Cases and entries of the tips, without what changes with every write."""
    cases = {tip: world.case(tip) for tip in tips}
    same = {tip: replace(case, version=0, updated_at=case.opened_at) for tip, case in cases.items()}
    return same, {tip: world.entry(tip) for tip in tips}


def take_back(world: World, act: Act, viewer: Viewer = ANA) -> Act:
    return undo(world.storage, world.clock, world.ids, viewer, act.id)


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("several", [False, True], ids=["alone", "several"])
def test_everything_is_as_it_was(world: World, name: str, several: bool) -> None:
    vin = VIN if several else ""
    tips = (world.arrive(vin=vin), world.arrive(vin=vin), world.arrive())
    before, versions = picture(world, *tips), {tip: world.version(tip) for tip in tips}
    act = ACTS[name](world, tips[0], tips[2])
    changed = picture(world, *tips)
    assert changed != before
    world.clock.forward(seconds=10)
    undone = take_back(world, act)
    assert picture(world, *tips) == before
    assert all(world.version(tip) >= version for tip, version in versions.items())
    assert (undone.kind, undone.target, undone.tip_id) == (ActKind.UNDO, act.id, tips[0])
    assert [row.action for row in world.audit(f"tip:{tips[0]}")][-1] == "tip.undo"
    told = {event.key: event.payload["version"] for event in world.events(EventType.CASE_CHANGED)}
    assert all(told[world.case(tip).id] == str(world.version(tip)) for tip in tips)
    with pytest.raises(NotFound):
        take_back(world, act)


@pytest.mark.parametrize("name", ACTS)
def test_after_it_everything_can_be_done_anew(world: World, name: str) -> None:
    tip, other = world.arrive(), world.arrive()
    take_back(world, ACTS[name](world, tip, other))
    ACTS["decline"](world, tip, other)
    assert world.case(tip).outcome == "declined:unfounded"


def test_an_undone_decision_keeps_no_case_open(world: World) -> None:
    first, second = world.arrive(vin=VIN), world.arrive(vin=VIN)
    take_back(world, ACTS["accept"](world, first, second))
    ACTS["decline"](world, first, second)
    ACTS["decline"](world, second, first)
    assert world.case(first).outcome == "declined:unfounded"


def test_it_is_too_late_after_ten_seconds(world: World) -> None:
    tip = world.arrive()
    act = ACTS["decline"](world, tip, "")
    world.clock.forward(seconds=10.1)
    before = picture(world, tip)
    with pytest.raises(Conflict, match="10 seconds"):
        take_back(world, act)
    assert picture(world, tip) == before


def test_only_whoever_did_it_takes_it_back(world: World) -> None:
    act = ACTS["accept"](world, world.arrive(), "")
    for other in (BO, a_viewer("violent", user="usr_cy")):
        with pytest.raises(NotFound):
            take_back(world, act, other)


def test_nothing_is_taken_back_over_somebody_elses_work(world: World) -> None:
    tip = world.arrive()
    act = ACTS["claim"](world, tip, "")
    world.casework.set_urgency(BO, tip, world.version(tip), Urgency.P1)
    before = picture(world, tip)
    with pytest.raises(Conflict, match="somebody changed"):
        take_back(world, act)
    assert picture(world, tip) == before


def test_a_referral_of_its_own_is_left_empty_and_closed(world: World) -> None:
    tip, other = world.arrive(vin=VIN), world.arrive(vin=VIN)
    referral = ACTS["refer"](world, tip, other).case_id
    take_back(world, next(act for act in acts_of(world, tip) if act.kind is ActKind.REFER))
    with world.storage.reading() as work:
        left = work.cases.get(referral)
    assert left is not None
    assert (left.tips, left.outcome.partition(":")[0]) == ((), "undone")
    assert world.case(tip).id == world.case(other).id


def acts_of(world: World, tip: str) -> list[Act]:
    with world.storage.reading() as work:
        return work.acts.of_tip(tip)
