"""The same act on many tips: each wholly done or left as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import StillClock
from tests.world import VIN, World, a_viewer
from triage.bulk import KINDS, LIMIT, Done, Pick, act_on_all, undo_all
from triage.domain.access import Viewer
from triage.domain.assessment import Band, Urgency
from triage.domain.case import Act, ActKind, EntryState, QueueEntry
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion, Unavailable

ANA = a_viewer("trafficking", "violent")
BO = a_viewer("trafficking", user="usr_bo")

Do = Callable[[str, int], Act]


def acts(world: World, viewer: Viewer = ANA, target: str = "") -> dict[ActKind, Do]:
    """Each act that can be done in bulk."""
    work = world.casework
    return {
        ActKind.CLAIM: lambda tip, version: work.claim(viewer, tip, version),
        ActKind.RELEASE: lambda tip, version: work.release(viewer, tip, version),
        ActKind.SNOOZE: lambda tip, version: work.snooze(viewer, tip, version, 4, "a call back"),
        ActKind.TRANSFER: lambda tip, version: work.transfer(viewer, tip, version, "violent", "shots"),
        ActKind.REFER: lambda tip, version: work.refer(viewer, tip, version, "care"),
        ActKind.DECLINE: lambda tip, version: work.decline(viewer, tip, version, "no_indicator", "looked into"),
        ActKind.DUPLICATE: lambda tip, version: work.duplicate_of(viewer, tip, version, target),
    }


def bulk(world: World, kind: ActKind, *tips: str, viewer: Viewer = ANA, target: str = "") -> tuple[Done, ...]:
    picks = [Pick(tip, world.version(tip)) for tip in tips]
    return act_on_all(world.storage, viewer, picks, kind, acts(world, viewer, target)[kind])


def kept(world: World, tip: str) -> tuple[QueueEntry, list[Act]]:
    with world.storage.reading() as work:
        return world.entry(tip), work.acts.of_tip(tip)


@pytest.mark.parametrize(
    ("kind", "state", "desk"),
    [
        (ActKind.CLAIM, EntryState.CLAIMED, "trafficking"),
        (ActKind.SNOOZE, EntryState.WAITING, "trafficking"),
        (ActKind.TRANSFER, EntryState.WAITING, "violent"),
        (ActKind.REFER, EntryState.WAITING, "care"),
        (ActKind.DECLINE, EntryState.DONE, "trafficking"),
    ],
)
def test_tips_of_one_case_and_of_others_go_through(world: World, kind: ActKind, state: EntryState, desk: str) -> None:
    tips = [world.arrive(vin=VIN), world.arrive(vin=VIN), world.arrive(), world.arrive(vin=VIN)]
    done = bulk(world, kind, *tips)
    assert [one.error for one in done] == [None] * 4
    assert {(world.entry(tip).state, world.entry(tip).desk) for tip in tips} == {(state, desk)}
    assert [one.tip_id for one in done if one.along] == ([tips[1], tips[3]] if kind is ActKind.TRANSFER else [])


def test_duplicates_of_one_all_join_its_case(world: World) -> None:
    first, *others = [world.arrive() for _ in range(4)]
    done = bulk(world, ActKind.DUPLICATE, first, *others, target=first)
    assert [isinstance(one.error, InvalidInput) for one in done] == [True, False, False, False]
    assert set(world.case(first).tips) == {first, *others}
    assert world.entry(first).state is EntryState.WAITING


def test_what_needs_a_persons_eye_is_not_declined_in_bulk(world: World) -> None:
    tips = [world.arrive(urgency=Urgency.P0), world.arrive(band=Band.LIKELY), world.arrive()]
    before = [kept(world, tip) for tip in tips]
    done = bulk(world, ActKind.DECLINE, *tips)
    assert [type(one.error) for one in done] == [Conflict, Conflict, type(None)]
    assert [kept(world, tip) for tip in tips[:2]] == before[:2]
    assert all(one.error is None for one in bulk(world, ActKind.CLAIM, *tips[:2]))


def test_each_refusal_says_why_and_stops_no_other(world: World) -> None:
    held, moved, cargo, mine = world.arrive(), world.arrive(), world.arrive("cargo_theft"), world.arrive()
    picks = [*(Pick(tip, world.version(tip)) for tip in (held, moved, cargo)), Pick("tip_none", 1), Pick(mine, 1)]
    world.casework.claim(BO, held, world.version(held))
    world.casework.set_urgency(BO, moved, world.version(moved), Urgency.P1)
    picks[0] = Pick(held, world.version(held))
    done = act_on_all(world.storage, ANA, picks, ActKind.DECLINE, acts(world)[ActKind.DECLINE])
    assert [type(one.error) for one in done] == [Conflict, StaleVersion, NotFound, NotFound, type(None)]
    along = world.arrive(urgency=Urgency.P1)  # victim services read along, and do not decide
    (refused,) = bulk(world, ActKind.CLAIM, along, viewer=a_viewer("victim-services"))
    assert isinstance(refused.error, NotAllowed)


def test_a_version_that_somebody_else_left_is_no_ones_own(world: World) -> None:
    one, other = world.arrive(vin=VIN), world.arrive(vin=VIN)
    seen = world.version(one)

    def claims(tip: str, version: int) -> Act:
        act = world.casework.claim(ANA, tip, version)
        if tip == one:
            world.casework.set_urgency(BO, other, world.version(other), Urgency.P1)
        return act

    done = act_on_all(world.storage, ANA, [Pick(one, seen), Pick(other, seen)], ActKind.CLAIM, claims)
    assert [type(each.error) for each in done] == [type(None), StaleVersion]


def test_only_so_many_at_once_and_not_none(world: World) -> None:
    for picks in ([], [Pick(f"tip_{number}", 1) for number in range(LIMIT + 1)]):
        with pytest.raises(InvalidInput):
            act_on_all(world.storage, ANA, picks, ActKind.CLAIM, acts(world)[ActKind.CLAIM])


def test_a_store_out_of_reach_ends_it_at_once(world: World) -> None:
    tips, tried = [world.arrive() for _ in range(3)], []

    def fails(tip: str, version: int) -> Act:
        tried.append(tip)
        if len(tried) == 2:
            raise Unavailable("the store is away")
        return world.casework.claim(ANA, tip, version)

    done = act_on_all(world.storage, ANA, [Pick(tip, 1) for tip in tips], ActKind.CLAIM, fails)
    assert [one.tip_id for one in done] == tips
    assert [type(one.error) for one in done] == [type(None), Unavailable, Unavailable]
    assert tried == tips[:2]


@pytest.mark.parametrize("kind", [ActKind.CLAIM, ActKind.DECLINE, ActKind.REFER, ActKind.TRANSFER, ActKind.SNOOZE, ActKind.DUPLICATE])
def test_the_whole_is_undone_at_once(world: World, kind: ActKind) -> None:
    tips = [world.arrive(vin=VIN), world.arrive(vin=VIN), world.arrive()]
    target = world.arrive()
    before = [(kept(world, tip)[0], world.case(tip).id) for tip in tips]
    done = bulk(world, kind, *tips, target=target)
    taken = undo_all(world.storage, world.clock, world.ids, ANA, [one.act.id for one in done if one.act])
    assert all(act for _, act in taken)
    assert [(kept(world, tip)[0], world.case(tip).id) for tip in tips] == before


def test_what_is_too_late_to_undo_stays(world: World) -> None:
    tips = [world.arrive() for _ in range(2)]
    ids = [one.act.id for one in bulk(world, ActKind.CLAIM, *tips) if one.act]
    assert undo_all(world.storage, world.clock, world.ids, BO, ids) == ((ids[1], None), (ids[0], None))
    world.clock.forward(seconds=11)
    assert undo_all(world.storage, world.clock, world.ids, ANA, ids) == ((ids[1], None), (ids[0], None))
    assert all(world.entry(tip).state is EntryState.CLAIMED for tip in tips)


TIPS = st.lists(
    st.tuples(
        st.sampled_from([Urgency.P0, Urgency.P2]),
        st.sampled_from(Band),
        st.booleans(),  # shares a case
        st.sampled_from(["free", "mine", "hers", "done", "stale", "elsewhere"]),
    ),
    min_size=1,
    max_size=6,
)


@given(made=TIPS, kind=st.sampled_from(KINDS))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_tip_is_wholly_done_or_unchanged(world: World, made: list[tuple[Urgency, Band, bool, str]], kind: ActKind) -> None:
    vin = world.ids.new("vin")[-17:]
    target, picks = world.arrive(), []
    for urgency, band, shares, fate in made:
        label = "cargo_theft" if fate == "elsewhere" else "sex_trafficking"
        tip = world.arrive(label, urgency=urgency, band=band, vin=vin if shares else "")
        picks.append((tip, fate))
    for tip, fate in picks:
        if fate in ("mine", "hers"):
            world.casework.claim(ANA if fate == "mine" else BO, tip, world.version(tip))
        elif fate == "done":
            world.casework.accept(ANA, tip, world.version(tip))
    asked = [Pick(tip, world.version(tip) - (fate == "stale")) for tip, fate in picks]
    before = {pick.tip_id: (*kept(world, pick.tip_id), world.case(pick.tip_id).id) for pick in asked}
    done = act_on_all(world.storage, ANA, asked, kind, acts(world, target=target)[kind])
    assert [one.tip_id for one in done] == [pick.tip_id for pick in asked]
    for one in done:
        entry, acted = kept(world, one.tip_id)
        held_in = world.case(one.tip_id)
        assert one.tip_id in held_in.tips
        assert held_in.id == entry.case_id
        if one.error:
            assert one.act is None
            assert acted == before[one.tip_id][1]
            if kind is not ActKind.TRANSFER:  # a transfer of another tip takes the whole case along
                assert (entry, held_in.id) == (before[one.tip_id][0], before[one.tip_id][2])
        elif not one.along:
            assert acted[:-1] == before[one.tip_id][1]
            assert acted[-1] == one.act
            assert acted[-1].kind is kind
            assert world.audit(f"tip:{one.tip_id}")[-1].detail["act"] == acted[-1].id


def test_the_time_that_undoing_takes_does_not_count(world: World) -> None:
    class Slow(StillClock):
        def now(self) -> datetime:
            at = super().now()
            self.forward(seconds=6)
            return at

    tips = [world.arrive() for _ in range(4)]
    ids = [one.act.id for one in bulk(world, ActKind.CLAIM, *tips) if one.act]
    taken = undo_all(world.storage, Slow(world.clock.now()), world.ids, ANA, ids)
    assert all(act for _, act in taken)
