"""The acts: what each changes, what it refuses, the trail it leaves."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.storage.database import open_database
from tests.world import VIN, World, a_viewer
from triage.domain.access import Role, User
from triage.domain.assessment import Band, Urgency
from triage.domain.case import DECLINE_REASONS, Act, ActKind, CaseKind, CaseStatus, EntryState
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion, TipstreamError
from triage.domain.events import EventType
from triage.domain.policy import DeskNature
from triage.undoing import undo

ANA = a_viewer("trafficking", "violent")
BO = a_viewer("trafficking", user="usr_bo")
CHIEF = a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_chief")


def test_a_claim_holds_the_tip_until_it_is_released(world: World) -> None:
    tip = world.arrive()
    world.casework.claim(ANA, tip, 1)
    assert (world.entry(tip).state, world.entry(tip).claimed_by) == (EntryState.CLAIMED, "usr_ana")
    for act in (world.casework.claim, world.casework.accept, world.casework.release):
        with pytest.raises(Conflict):
            act(BO, tip, 2)
    world.casework.release(ANA, tip, 2)
    assert (world.entry(tip).state, world.entry(tip).claimed_by) == (EntryState.WAITING, "")


def test_a_supervisor_may_step_in(world: World) -> None:
    tip = world.arrive()
    world.casework.claim(ANA, tip, 1)
    world.casework.accept(CHIEF, tip, 2)
    assert world.entry(tip).state is EntryState.DONE


def test_accepting_makes_the_case_active_and_owned(world: World) -> None:
    tip = world.arrive()
    world.casework.accept(ANA, tip, 1, note="call the owner of the lot")
    assert (world.case(tip).status, world.case(tip).owner, world.case(tip).version) == (CaseStatus.ACTIVE, "usr_ana", 2)
    assert world.entry(tip).state is EntryState.DONE


def test_a_decided_tip_is_taken_up_again_by_a_claim(world: World) -> None:
    tip = world.arrive()
    world.casework.decline(ANA, tip, 1, "unfounded")
    assert (world.case(tip).status, world.case(tip).outcome) == (CaseStatus.CLOSED, "declined:unfounded")
    with pytest.raises(Conflict, match="decided already"):
        world.casework.accept(ANA, tip, 2)
    world.casework.claim(ANA, tip, 2)
    assert (world.case(tip).status, world.case(tip).outcome) == (CaseStatus.NEW, "")
    world.casework.accept(ANA, tip, 3)
    assert world.case(tip).status is CaseStatus.ACTIVE


AGAINST = pytest.mark.parametrize(("band", "urgency"), [(Band.LIKELY, Urgency.P2), (Band.POSSIBLE, Urgency.P0)])


@AGAINST
def test_declining_against_the_reading_needs_a_note_and_a_second_person(world: World, band: Band, urgency: Urgency) -> None:
    tip = world.arrive(band=band, urgency=urgency)
    with pytest.raises(InvalidInput) as refusal:
        world.casework.decline(ANA, tip, 1, "unfounded", note="  ")
    assert [error.path for error in refusal.value.errors] == ["note"]
    world.casework.claim(ANA, tip, 1)
    act = world.casework.decline(ANA, tip, 2, "unfounded", note="the lot was empty when the patrol came")
    assert (act.kind, world.entry(tip).state, world.case(tip).status) == (ActKind.PROPOSE, EntryState.WAITING, CaseStatus.NEW)
    with pytest.raises(Conflict, match="Somebody else must agree"):
        world.casework.decline(ANA, tip, 3, "unfounded", note="still")
    act = world.casework.decline(BO, tip, 3, "resolved", note="spoke to the patrol")
    assert (act.kind, act.by, act.before) == (ActKind.DECLINE, "usr_bo", "usr_ana")
    assert (world.case(tip).status, world.case(tip).outcome) == (CaseStatus.CLOSED, "declined:resolved")


@AGAINST
@pytest.mark.parametrize("otherwise", ["accept", "transfer"])
def test_the_second_person_may_decide_otherwise(world: World, band: Band, urgency: Urgency, otherwise: str) -> None:
    tip = world.arrive(band=band, urgency=urgency)
    world.casework.decline(ANA, tip, 1, "unfounded", note="nothing there")
    if otherwise == "accept":
        world.casework.accept(BO, tip, 2)
    else:
        world.casework.transfer(BO, tip, 2, "violent", "theirs")
    assert world.entry(tip).proposed_by == ""


def test_a_tip_that_reads_as_possible_takes_one_person(world: World) -> None:
    tip = world.arrive()
    assert world.casework.decline(ANA, tip, 1, "unfounded").kind is ActKind.DECLINE


def test_declining_one_tip_closes_no_case_that_another_keeps_open(world: World) -> None:
    first, second = world.arrive(vin=VIN), world.arrive(vin=VIN)
    world.casework.decline(ANA, first, 2, "unfounded")
    assert world.case(first).status is CaseStatus.NEW
    world.casework.decline(ANA, second, 3, "resolved")
    assert (world.case(first).status, world.case(first).outcome) == (CaseStatus.CLOSED, "declined:resolved")


def test_declining_a_further_tip_leaves_an_accepted_case_active(world: World) -> None:
    first, second = world.arrive(vin=VIN), world.arrive(vin=VIN)
    world.casework.accept(ANA, first, 2)
    world.casework.decline(ANA, second, 3, "unfounded")
    assert world.case(first).status is CaseStatus.ACTIVE


def test_what_is_put_off_comes_back_by_itself(world: World) -> None:
    tip, other = world.arrive(), world.arrive()
    due = world.entry(tip).due_at
    world.casework.claim(ANA, tip, 1)
    world.casework.snooze(ANA, tip, 2, 4, "the owner of the lot calls back")
    assert (world.entry(tip).state, world.entry(tip).due_at) == (EntryState.WAITING, due)
    page = world.reading.queue(ANA, "trafficking")
    assert ([row.tip.id for row in page.rows], [row.tip.id for row in page.put_off], page.total) == ([other], [tip], 1)
    world.clock.forward(hours=4)
    page = world.reading.queue(ANA, "trafficking")
    assert ({row.tip.id for row in page.rows}, page.put_off, page.total) == ({tip, other}, (), 2)


@pytest.mark.parametrize("wakes", ["claim", "decline", "transfer"])
def test_whoever_takes_it_up_wakes_it(world: World, wakes: str) -> None:
    tip = world.arrive()
    world.casework.snooze(ANA, tip, 1, 72, "waits")
    if wakes == "claim":
        world.casework.claim(ANA, tip, 2)
    elif wakes == "decline":
        world.casework.decline(ANA, tip, 2, "unfounded")
    else:
        world.casework.transfer(ANA, tip, 2, "violent", "theirs")
    assert world.entry(tip).snoozed_until is None


@pytest.mark.parametrize(("hours", "reason", "path"), [(0, "waits", "hours"), (73, "waits", "hours"), (4, " ", "reason")])
def test_putting_off_has_limits_and_a_reason(world: World, hours: int, reason: str, path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        world.casework.snooze(ANA, world.arrive(), 1, hours, reason)
    assert [error.path for error in refusal.value.errors] == [path]


def test_a_threat_to_life_is_not_put_off(world: World) -> None:
    with pytest.raises(InvalidInput, match="threat to life"):
        world.casework.snooze(ANA, world.arrive(urgency=Urgency.P0), 1, 1, "waits")


def test_an_unknown_reason_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput):
        world.casework.decline(ANA, world.arrive(), 1, "because")


def test_a_duplicate_moves_to_the_others_case(world: World) -> None:
    first, second = world.arrive(), world.arrive(urgency=Urgency.P1)
    own = world.case(second).id
    world.casework.duplicate_of(ANA, second, 1, first)
    assert world.case(second).tips == (first, second)
    assert world.case(first).urgency is Urgency.P1
    assert (world.entry(second).case_id, world.entry(second).state) == (world.case(first).id, EntryState.DONE)
    with world.storage.reading() as work:
        left = work.cases.get(own)
    assert left is not None
    assert (left.tips, left.status, left.outcome) == ((), CaseStatus.CLOSED, f"merged:{world.case(first).id}")


def test_a_duplicate_of_another_desks_tip_waits_there(world: World) -> None:
    here, there = world.arrive("sex_trafficking"), world.arrive("violent_crime_or_fugitive")
    assert world.entry(there).desk == "violent"
    world.casework.decline(ANA, there, 1, "unfounded")
    world.clock.forward(hours=1)
    world.casework.duplicate_of(ANA, here, 1, there)
    entry = world.entry(here)
    assert (entry.desk, entry.state, entry.entered_at) == ("violent", EntryState.WAITING, world.clock.now())
    assert world.case(here).status is CaseStatus.NEW


@pytest.mark.parametrize("other", ["itself", "unknown", "forbidden", "other kind"])
def test_some_duplicates_are_refused(world: World, other: str) -> None:
    tip, hold = world.arrive(), world.arrive("not_actionable")
    forbidden = world.arrive("cargo_theft")
    names = {"itself": tip, "unknown": "tip_none", "forbidden": forbidden, "other kind": hold}
    expected: Any = NotFound if other in ("unknown", "forbidden") else InvalidInput
    with pytest.raises(expected):
        world.casework.duplicate_of(a_viewer("trafficking", "intake"), tip, 1, names[other])


def test_two_tips_are_never_each_others_duplicates(world: World) -> None:
    first, second = world.arrive(), world.arrive()
    world.casework.duplicate_of(ANA, second, 1, first)
    with pytest.raises(InvalidInput, match="itself a duplicate"):
        world.casework.duplicate_of(ANA, first, 2, second)


def test_urgency_is_raised_freely_and_lowered_with_a_reason(world: World) -> None:
    tip = world.arrive(urgency=Urgency.P2)
    world.casework.set_urgency(ANA, tip, 1, Urgency.P1)
    assert (world.case(tip).urgency, world.entry(tip).urgency) == (Urgency.P1, Urgency.P1)
    assert world.entry(tip).due_at == world.clock.now() + world.policy.clocks[Urgency.P1]
    assert [event.payload["urgency"] for event in world.events(EventType.ALERT_RAISED)] == ["P1"]
    with pytest.raises(InvalidInput):
        world.casework.set_urgency(ANA, tip, 2, Urgency.P3)
    act = world.casework.set_urgency(ANA, tip, 2, Urgency.P3, "seen on video: nobody was there")
    assert (act.before, act.target, world.case(tip).urgency) == ("P1", "P3", Urgency.P3)


def test_raising_never_puts_the_target_off(world: World) -> None:
    tip = world.arrive(urgency=Urgency.P2)
    due = world.entry(tip).due_at
    world.clock.at = due - timedelta(minutes=1)
    world.casework.set_urgency(ANA, tip, 1, Urgency.P1)
    assert world.entry(tip).due_at == due


def test_a_raised_tip_lifts_only_what_its_case_shows(world: World) -> None:
    first, second = world.arrive(vin=VIN, urgency=Urgency.P3), world.arrive(vin=VIN, urgency=Urgency.P3)
    world.casework.set_urgency(ANA, first, 2, Urgency.P1)
    assert (world.case(first).urgency, world.entry(second).urgency) == (Urgency.P1, Urgency.P3)


def test_an_old_picture_changes_nothing(world: World) -> None:
    tip = world.arrive()
    world.casework.claim(ANA, tip, 1)
    with pytest.raises(StaleVersion):
        world.casework.accept(ANA, tip, 1)
    assert world.entry(tip).state is EntryState.CLAIMED


def test_a_refused_act_leaves_no_trace(world: World) -> None:
    tip = world.arrive(band=Band.LIKELY)
    events, audit = world.events(*EventType), world.audit(f"tip:{tip}")
    with pytest.raises(InvalidInput):
        world.casework.decline(ANA, tip, 1, "unfounded")
    assert (world.events(*EventType), world.audit(f"tip:{tip}")) == (events, audit)


def test_an_act_leaves_act_audit_row_and_event(world: World) -> None:
    tip = world.arrive()
    act = world.casework.transfer(ANA, tip, 1, "violent", "shots near the diner", note="call Ruth first")
    with world.storage.reading() as work:
        assert work.acts.of_tip(tip) == [act]
    row = world.audit(f"tip:{tip}")[-1]
    assert (row.actor, row.action, row.purpose) == ("user:usr_ana", "tip.transfer", "triage")
    assert not any(word in str(row.detail) for word in ("diner", "Ruth"))
    changed = world.events(EventType.CASE_CHANGED)[-1]
    assert (changed.key, changed.payload) == (act.case_id, {"case": act.case_id, "version": "2"})


def test_reading_along_gives_no_right_to_decide(world: World) -> None:
    tip = world.arrive(urgency=Urgency.P1)
    with pytest.raises(NotAllowed):
        world.casework.accept(a_viewer("victim-services"), tip, 1)
    with pytest.raises(NotFound):
        world.casework.accept(a_viewer("cargo"), tip, 1)


DESKS = ["trafficking", "violent", "care", "victim-services", "oversight", "intake", "cargo"]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(list(ActKind)),
        st.integers(0, 4),  # which tip
        st.integers(0, 4),  # which other tip
        st.sampled_from(DESKS),
        st.sampled_from(list(Urgency)),
        st.sampled_from(list(DECLINE_REASONS)),
        st.booleans(),  # somebody else acts
    ),
    max_size=20,
)


@settings(max_examples=20)
@given(moves=MOVES)
def test_every_tip_stays_in_one_case_with_one_entry(migrated: Path, moves: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(migrated, Path(folder) / "t.db")
        with open_database(f"sqlite:///{folder}/t.db") as database:
            world = World(database)
            tips = [
                world.arrive(vin=VIN),
                world.arrive(vin=VIN),
                world.arrive(),
                world.arrive("not_actionable"),
                world.arrive("homelessness_basic_needs"),
            ]
            everywhere = a_viewer(*world.policy.desks, role=Role.SUPERVISOR)
            with world.storage.writing() as work:
                work.users.put(User("usr_bo", "bo", "Bo", Role.ANALYST, everywhere.desks, ""))
            done: list[Act] = []
            for kind, which, other, desk, level, reason, other_person in moves:
                viewer = replace(everywhere, user="usr_bo", role=Role.ANALYST) if other_person else everywhere
                try:
                    done.append(_do(world, viewer, kind, tips[which], tips[other], desk, level, reason, done))
                except TipstreamError:
                    continue  # refused: the invariants below must hold all the same
                _check(world, tips)
            _check(world, tips)
            _check_trail(world, tips, done)


def _do(world: World, viewer: Any, kind: ActKind, tip: str, other: str, desk: str, level: Urgency, reason: str, done: list[Act]) -> Act:
    casework, version = world.casework, world.version(tip)
    acts = {
        ActKind.CLAIM: lambda: casework.claim(viewer, tip, version),
        ActKind.ASSIGN: lambda: casework.assign(viewer, tip, version, "usr_bo"),
        ActKind.RELEASE: lambda: casework.release(viewer, tip, version),
        ActKind.ACCEPT: lambda: casework.accept(viewer, tip, version),
        ActKind.DECLINE: lambda: casework.decline(viewer, tip, version, reason, "as seen"),
        ActKind.DUPLICATE: lambda: casework.duplicate_of(viewer, tip, version, other),
        ActKind.REFER: lambda: casework.refer(viewer, tip, version, desk),
        ActKind.TRANSFER: lambda: casework.transfer(viewer, tip, version, desk, "theirs"),
        ActKind.OPEN_CASE: lambda: casework.open_case(viewer, tip, version, "it is one"),
        ActKind.SET_URGENCY: lambda: casework.set_urgency(viewer, tip, version, level, "as seen"),
        ActKind.SNOOZE: lambda: casework.snooze(viewer, tip, version, 4, "the owner calls back"),
        ActKind.PROPOSE: lambda: casework.decline(viewer, tip, version, reason, "as seen"),
        ActKind.UNDO: lambda: undo(world.storage, world.clock, world.ids, viewer, done[-1].id if done else ""),
    }
    return acts[kind]()


def _check(world: World, tips: list[str]) -> None:
    with world.storage.reading() as work:
        cases = work.cases.get_many(work.cases.ids("", 100))
        entries = {tip: work.queue.get(tip) for tip in tips}
        listed = [entry.tip_id for desk in world.policy.desks for entry in work.queue.open(desk, 100)]
    assert sorted(tip for case in cases.values() for tip in case.tips) == sorted(tips)
    for case in cases.values():
        nature = world.policy.desks[case.desk].nature
        assert nature is not DeskNature.ENFORCEMENT or case.kind is CaseKind.CASE
        assert case.tips or case.status is CaseStatus.CLOSED
        held = [entry for tip in case.tips if (entry := entries[tip]) is not None]
        assert {(entry.case_id, entry.desk) for entry in held} <= {(case.id, case.desk)}
        assert all(entry.state is EntryState.DONE for entry in held) or case.status is not CaseStatus.CLOSED
        assert not held or case.urgency is min((entry.urgency for entry in held), key=lambda level: level.rank)
        assert case.status is CaseStatus.CLOSED or case.status is CaseStatus.ACTIVE or any(e.state is not EntryState.DONE for e in held)
    assert sorted(listed) == sorted(tip for tip, entry in entries.items() if entry and entry.state is not EntryState.DONE)


def _check_trail(world: World, tips: list[str], done: list[Act]) -> None:
    with world.storage.reading() as work:
        cases = work.cases.get_many(work.cases.ids("", 100))
        kept = sorted((act for tip in tips for act in work.acts.of_tip(tip)), key=lambda act: act.id)
    assert kept == done
    audited = sorted(row.detail["act"] for tip in tips for row in world.audit(f"tip:{tip}") if "act" in row.detail)
    assert audited == [act.id for act in done]
    told: dict[str, list[int]] = {}
    for event in world.events(EventType.CASE_CHANGED):
        told.setdefault(event.key, []).append(int(event.payload["version"]))
    assert told == {case.id: list(range(1, case.version + 1)) for case in cases.values()}
