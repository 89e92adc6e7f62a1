"""Giving a tip to a colleague."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.world import World, a_viewer
from triage.domain.access import Role, User
from triage.domain.alert import AlertKind
from triage.domain.assessment import Urgency
from triage.domain.case import EntryState
from triage.domain.errors import Conflict, InvalidInput
from triage.undoing import undo

ANA = a_viewer("trafficking")
CHIEF = a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_chief")


@pytest.fixture
def staffed(world: World) -> World:
    """A world in which Bo and Di work at the desk, Cy at another one, and Eve no more."""
    people = (("bo", "trafficking", True), ("cy", "cargo", True), ("di", "trafficking", True), ("eve", "trafficking", False))
    with world.storage.writing() as work:
        for name, desk, active in people:
            work.users.put(User(f"usr_{name}", name, name.title(), Role.ANALYST, frozenset({desk}), "", active))
    return world


def told(world: World, user: str) -> Iterable[tuple[AlertKind, str, str]]:
    with world.storage.reading() as work:
        return [(alert.kind, alert.tip_id, alert.about) for alert in work.alerts.of_user(user, 10)]


def test_whoever_is_given_a_tip_holds_it_and_is_told(staffed: World) -> None:
    tip = staffed.arrive()
    staffed.casework.assign(ANA, tip, 1, "usr_bo", "you know the lot")
    assert (staffed.entry(tip).state, staffed.entry(tip).claimed_by) == (EntryState.CLAIMED, "usr_bo")
    assert told(staffed, "usr_bo") == [(AlertKind.GIVEN, tip, "tip")]
    row = staffed.audit(f"tip:{tip}")[-1]
    assert (row.action, row.detail["target"]) == ("tip.assign", "usr_bo")
    with pytest.raises(Conflict):
        staffed.casework.accept(ANA, tip, 2)
    staffed.casework.accept(a_viewer("trafficking", user="usr_bo"), tip, 2)
    page = staffed.reading.tip(ANA, tip)
    assert page.names["usr_bo"] == "Bo"
    assert page.colleagues == (("usr_bo", "Bo"), ("usr_di", "Di"))


@pytest.mark.parametrize("person", ["usr_cy", "usr_eve", "usr_ana", "usr_nobody", ""])
def test_only_a_colleague_can_be_given_it(staffed: World, person: str) -> None:
    tip = staffed.arrive()
    with pytest.raises(InvalidInput):
        staffed.casework.assign(ANA, tip, 1, person)
    assert staffed.entry(tip).state is EntryState.WAITING


def test_nobody_who_may_not_read_a_restricted_case_can(staffed: World) -> None:
    tip = staffed.arrive()
    case = staffed.case(tip)
    with staffed.storage.writing() as work:
        work.cases.update(replace(case, restricted_to=("usr_ana", "usr_di"), version=case.version + 1))
    with pytest.raises(InvalidInput):
        staffed.casework.assign(ANA, tip, 2, "usr_bo")
    staffed.casework.assign(ANA, tip, 2, "usr_di")
    assert staffed.entry(tip).claimed_by == "usr_di"


def test_what_somebody_else_holds_is_given_on_by_a_supervisor_alone(staffed: World) -> None:
    tip = staffed.arrive()
    staffed.casework.assign(ANA, tip, 1, "usr_bo")
    with pytest.raises(Conflict):
        staffed.casework.assign(ANA, tip, 2, "usr_di")
    staffed.casework.assign(CHIEF, tip, 2, "usr_di")
    assert staffed.entry(tip).claimed_by == "usr_di"
    with pytest.raises(InvalidInput):
        staffed.casework.assign(CHIEF, tip, 3, "usr_di")


def test_a_threat_to_life_is_given_to_nobody(staffed: World) -> None:
    tip = staffed.arrive(urgency=Urgency.P0)
    with pytest.raises(InvalidInput, match="nobody who may not be there"):
        staffed.casework.assign(CHIEF, tip, 1, "usr_bo")


def test_taken_back_the_colleague_hears_no_more_of_it(staffed: World) -> None:
    tip = staffed.arrive()
    act = staffed.casework.assign(ANA, tip, 1, "usr_bo")
    undo(staffed.storage, staffed.clock, staffed.ids, ANA, act.id)
    assert (staffed.entry(tip).state, told(staffed, "usr_bo")) == (EntryState.WAITING, [])
