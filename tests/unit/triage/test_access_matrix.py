"""Who may do and see what: every role, at every kind of desk, with every act and every look."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from tests.world import World
from triage.domain.access import Role, User, Viewer
from triage.domain.assessment import Urgency
from triage.domain.case import ActKind
from triage.domain.errors import NotAllowed, NotFound, TipstreamError

DESKS = {"owner": "trafficking", "reads along": "victim-services", "elsewhere": "cargo", "oversight": "oversight"}
"""The desks of the test by how they stand to the tip; a tip that needs a note and has a target of every kind."""

ACTS: dict[ActKind, Callable[[World, Viewer, str, str], object]] = {
    ActKind.CLAIM: lambda w, v, tip, other: w.casework.claim(v, tip, 1),
    ActKind.ASSIGN: lambda w, v, tip, other: w.casework.assign(v, tip, 1, "usr_bo"),
    ActKind.RELEASE: lambda w, v, tip, other: w.casework.release(v, tip, 1),
    ActKind.ACCEPT: lambda w, v, tip, other: w.casework.accept(v, tip, 1),
    ActKind.DECLINE: lambda w, v, tip, other: w.casework.decline(v, tip, 1, "unfounded", "as seen"),
    ActKind.DUPLICATE: lambda w, v, tip, other: w.casework.duplicate_of(v, tip, 1, other),
    ActKind.REFER: lambda w, v, tip, other: w.casework.refer(v, tip, 1, "care"),
    ActKind.TRANSFER: lambda w, v, tip, other: w.casework.transfer(v, tip, 1, "violent", "theirs"),
    ActKind.OPEN_CASE: lambda w, v, tip, other: w.casework.open_case(v, tip, 1, "it is one"),
    ActKind.SET_URGENCY: lambda w, v, tip, other: w.casework.set_urgency(v, tip, 1, Urgency.P0),
    ActKind.SNOOZE: lambda w, v, tip, other: w.casework.snooze(v, tip, 1, 4, "waits"),
}
LOOKS: dict[str, Callable[[World, Viewer, str], object]] = {
    "tip": lambda w, v, tip: w.reading.tip(v, tip),
    "case": lambda w, v, tip: w.reading.case(v, w.case(tip).id),
}


def viewer(role: Role, place: str, active: bool = True) -> Viewer:
    """A signed-in account of this role at this desk."""
    desks = frozenset({DESKS[place]} if place in DESKS else ())
    return Viewer.of(User("usr_ana", "ana", "Ana", role, desks, "", active), "triage")


def outcome(of: Callable[[], object]) -> type[TipstreamError] | None:
    """Which refusal it meets, if one of access; what is impossible for other reasons is allowed here."""
    try:
        of()
    except (NotFound, NotAllowed) as refusal:
        return type(refusal)
    except TipstreamError:
        return None
    return None


def works_cases(role: Role) -> bool:
    return role in (Role.ANALYST, Role.SUPERVISOR)


def expected_for_act(role: Role, place: str) -> type[TipstreamError] | None:
    if works_cases(role) and place == "owner":
        return None
    return NotAllowed if works_cases(role) and place == "reads along" else NotFound


PLACES = [*DESKS, "no desk"]


def test_the_matrix_covers_every_act() -> None:
    assert set(ACTS) == set(ActKind) - {ActKind.UNDO, ActKind.PROPOSE}  # one's own acts alone, tests/unit/triage/test_undoing.py; a decline


@pytest.mark.parametrize(("role", "place"), list(product(Role, PLACES)))
def test_only_the_owning_desk_acts(world: World, role: Role, place: str) -> None:
    other = world.arrive(urgency=Urgency.P1)
    for kind, act in ACTS.items():
        tip = world.arrive(urgency=Urgency.P1)
        seen = outcome(lambda act=act, tip=tip: act(world, viewer(role, place), tip, other))  # type: ignore[misc]
        assert seen is expected_for_act(role, place), kind


@pytest.mark.parametrize(("role", "place"), list(product(Role, PLACES)))
def test_only_owner_and_notified_desks_read(world: World, role: Role, place: str) -> None:
    tip = world.arrive(urgency=Urgency.P1)
    readable = works_cases(role) and place in ("owner", "reads along")
    for name, look in LOOKS.items():
        seen = outcome(lambda look=look: look(world, viewer(role, place), tip))  # type: ignore[misc]
        assert seen is (None if readable else NotFound), name
    for place_of_queue, desk in DESKS.items():
        seen = outcome(lambda desk=desk: world.reading.queue(viewer(role, place), desk))  # type: ignore[misc]
        assert seen is (None if works_cases(role) and place == place_of_queue else NotFound), desk


@pytest.mark.parametrize("place", PLACES)
def test_what_names_an_official_is_for_oversight_alone(world: World, place: str) -> None:
    tip = world.arrive(urgency=Urgency.P2, flags=["public_official_implicated"])
    seen = outcome(lambda: world.reading.tip(viewer(Role.SUPERVISOR, place), tip))
    assert seen is (None if place == "oversight" else NotFound)


def test_an_inactive_account_reads_nothing(world: World) -> None:
    tip = world.arrive()
    assert outcome(lambda: world.reading.tip(viewer(Role.SUPERVISOR, "owner", active=False), tip)) is NotFound
