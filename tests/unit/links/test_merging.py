"""Two cases made one and parted again: nothing is lost, nothing opens to anybody, and what was done meanwhile stays done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.world import VIN, World, a_viewer
from triage.domain.access import Role, Viewer
from triage.domain.assessment import Urgency
from triage.domain.case import Case, CaseStatus, EntryState
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from triage.domain.events import EventType
from triage.domain.links import Merge
from triage.domain.share import Share, ShareMode, SharePart
from triage.domain.work import CaseActKind
from triage.links.merging import Merging, why_not
from triage.merged import case_ids, merges_into

ANA = a_viewer("trafficking", "violent")
BO = a_viewer("trafficking", user="usr_bo")
DAY = timedelta(days=1)
CHIEF = a_viewer("trafficking", role=Role.SUPERVISOR, user="usr_chief")


def merging(world: World) -> Merging:
    return Merging(world.storage, world.policy, world.clock, world.ids)


def merge(world: World, one: str, two: str, viewer: Viewer = ANA) -> Merge:
    """The case of ``two`` goes into that of ``one``."""
    into, merged = world.case(one), world.case(two)
    return merging(world).merge(viewer, into.id, into.version, merged.id, merged.version, "one driver")


def part(world: World, merge: Merge, viewer: Viewer = ANA) -> Merge:
    return merging(world).unmerge(viewer, merge.id, *(of(world, id).version for id in (merge.into, merge.merged)))


def of(world: World, case_id: str) -> Case:
    with world.storage.reading() as work:
        found = work.cases.get(case_id)
    assert found
    return found


def change(world: World, tip: str, **fields: Any) -> None:
    with world.storage.writing() as work:
        case = work.cases.of_tip(tip)
        assert case
        work.cases.update(replace(case, version=case.version + 1, **fields))


def everything(world: World, tips: list[str]) -> Mapping[str, Any]:
    """All that must be the same before a merge and after the cases were parted; cases without version and time of change."""
    with world.storage.reading() as work:
        cases = {id: work.cases.get(id) for id in work.cases.ids("", 100)}
        return {
            "cases": {id: replace(case, version=1, updated_at=case.opened_at) for id, case in cases.items() if case},
            "places": {tip: (case.id if (case := work.cases.of_tip(tip)) else "") for tip in tips},
            "entries": {tip: work.queue.get(tip) for tip in tips},
            "tips": work.tips.get_many(tips),
            "readings": work.assessments.get_many(tips),
            "decisions": work.decisions.get_many(tips),
            "threads": {tip: work.messages.of_tip(tip) for tip in tips},
            "pictures": {tip: work.attachments.of_tip(tip) for tip in tips},
            "senders": {tip: work.senders.get(tip) for tip in tips},
            "outcomes": work.outcomes.get_many(tips),
            "notices": {tip: work.notices.of_tip(tip) for tip in tips},
            "acts": {tip: work.acts.of_tip(tip) for tip in tips},
            "verdicts": {tip: work.verdicts.of(tip) for tip in tips},
            "tasks": {id: work.tasks.of(id) for id in cases},
            "files": {id: work.files.get(id) for id in cases},
            "shares": {id: work.shares.of(id) for id in cases},
        }


def audit(world: World, *objects: str) -> dict[str, list[Any]]:
    return {object: world.audit(object) for object in objects}


def test_every_tip_goes_with_its_place_in_the_queue(world: World) -> None:
    one, two, three = world.arrive(), world.arrive(vin=VIN, urgency=Urgency.P1), world.arrive(vin=VIN)
    world.casework.claim(BO, two, world.version(two))
    before = {tip: world.entry(tip) for tip in (two, three)}
    merged = merge(world, one, two)
    assert world.case(one).tips == (one, two, three)
    assert world.case(one).id == world.case(two).id == world.case(three).id == merged.into
    for tip, entry in before.items():
        assert world.entry(tip) == replace(entry, case_id=merged.into)
    assert world.case(one).urgency is Urgency.P1
    left = of(world, merged.merged)
    assert (left.tips, left.status, left.outcome) == ((), CaseStatus.CLOSED, f"merged:{merged.into}")
    with world.storage.reading() as work:
        assert case_ids(work, merged.into) == (merged.into, merged.merged)
        for case, other in ((merged.into, merged.merged), (merged.merged, merged.into)):
            (act,) = work.case_acts.of(case)
            assert (act.kind, act.by, act.target, act.note) == (CaseActKind.MERGE, "usr_ana", other, "one driver")
            assert world.audit(f"case:{case}")[-1].action == "case.merge"
            assert "driver" not in str(world.audit(f"case:{case}"))
    assert {event.key for event in world.events(EventType.CASE_CHANGED)[-2:]} == {merged.into, merged.merged}
    assert len(world.events(EventType.TIP_PROGRESSED)) == 1, "the senders learn of the claim, and nothing of the merge"


def test_parted_cases_are_as_they_were(world: World) -> None:
    one, two = world.arrive(urgency=Urgency.P2), world.arrive("labor_trafficking", urgency=Urgency.P1)
    before = everything(world, [one, two])
    merged = merge(world, one, two)
    undone = part(world, merged)
    assert everything(world, [one, two]) == before
    assert (undone.undone_by, undone.undone_at) == ("usr_ana", world.clock.now())
    with world.storage.reading() as work:
        assert case_ids(work, merged.into) == (merged.into,)
        assert not merges_into(work, merged.into)
        assert [act.kind for act in work.case_acts.of(merged.merged)] == [CaseActKind.MERGE, CaseActKind.UNMERGE]
    with pytest.raises(Conflict, match="parted already"):
        part(world, merged)


def test_a_case_that_nobody_touched_keeps_the_target_that_it_had(world: World) -> None:
    first = world.arrive(vin=VIN)
    world.clock.forward(hours=1)
    second, other = world.arrive(vin=VIN), world.arrive()
    world.casework.accept(BO, first, world.version(first))  # the case still names the target of its first tip
    due = world.case(first).due_at
    assert due != world.entry(second).due_at
    for one, two in ((first, other), (other, first)):
        part(world, merge(world, one, two))
        assert world.case(first).due_at == due


def test_what_was_done_meanwhile_stays_done(world: World) -> None:
    one, two, three = world.arrive(), world.arrive(), world.arrive()
    merged = merge(world, one, two)
    world.casework.accept(BO, two, world.version(two))
    world.casework.decline(BO, one, world.version(one), "unfounded")
    assert world.case(one).status is CaseStatus.ACTIVE
    part(world, merged)
    assert (world.case(two).status, world.entry(two).state) == (CaseStatus.ACTIVE, EntryState.DONE)
    assert (world.case(one).status, world.case(one).outcome) == (CaseStatus.CLOSED, "declined:unfounded")
    again = merge(world, two, three)
    world.casework.set_urgency(ANA, three, world.version(three), Urgency.P0)
    part(world, again)
    assert (world.case(three).urgency, world.case(two).urgency) == (Urgency.P0, Urgency.P2)


def test_tips_that_came_later_stay(world: World) -> None:
    one, two = world.arrive(), world.arrive(vin=VIN)
    merged = merge(world, one, two)
    later = world.arrive(vin=VIN, urgency=Urgency.P1)
    assert world.case(later).id == merged.into
    part(world, merged)
    assert world.case(one).tips == (one, later)
    assert world.case(two).tips == (two,)
    assert (world.case(one).urgency, world.case(two).urgency) == (Urgency.P1, Urgency.P2)


def test_cases_merged_one_after_the_other_are_parted_in_the_other_order(world: World) -> None:
    one, two, three = world.arrive(), world.arrive(), world.arrive()
    before = everything(world, [one, two, three])
    first = merge(world, two, three)
    second = merge(world, one, two)
    with world.storage.reading() as work:
        assert set(case_ids(work, second.into)) == {first.into, first.merged, second.into}
    with pytest.raises(Conflict, match="moved one of the tips"):
        part(world, first)
    part(world, second)
    assert world.case(three).id == first.into
    part(world, first)
    assert everything(world, [one, two, three]) == before


def test_a_tip_that_a_person_has_moved_since_keeps_the_cases_together(world: World) -> None:
    one, two, other = world.arrive(), world.arrive(), world.arrive()
    merged = merge(world, one, two)
    world.casework.duplicate_of(ANA, two, world.version(two), other)
    with pytest.raises(Conflict, match="moved one of the tips"):
        part(world, merged)
    assert world.case(two).id == world.case(other).id


def test_a_case_that_went_elsewhere_is_not_parted(world: World) -> None:
    one, two = world.arrive(), world.arrive()
    merged = merge(world, one, two)
    world.casework.transfer(ANA, one, world.version(one), "violent", "theirs")
    with pytest.raises(Conflict, match="another desk"):
        part(world, merged)
    with pytest.raises(NotFound):
        part(world, merged, BO)


def test_living_shares_go_with_their_tips_and_come_back(world: World) -> None:
    one, two = world.arrive(), world.arrive()
    now, case = world.clock.now(), world.case(two)
    parts, desks = (SharePart.TEXT,), ("cargo", "violent", "child")
    for tip in (one, two):
        change(world, tip, joint=("violent", "child"))
    with world.storage.writing() as work:
        for number, desk in enumerate(desks):
            mode = ShareMode.JOINT if desk != "cargo" else ShareMode.INFO
            for owner, tip in (("one", one), ("two", two)):
                of = world.case(tip).id
                if owner == "two" or mode is ShareMode.JOINT:
                    work.shares.put(
                        Share(f"shr_{owner}{number}", of, "trafficking", desk, mode, (tip,), parts, "why", "usr_ana", now, now + DAY)
                    )
        ended = Share("shr_over", case.id, "trafficking", "cargo", ShareMode.INFO, (two,), parts, "why", "usr_ana", now - DAY, now)
        work.shares.put(ended)
    merged = merge(world, one, two)
    with world.storage.writing() as work:
        assert {share.id for share in work.shares.of(merged.into)} == {"shr_one1", "shr_one2", "shr_two0", "shr_two1", "shr_two2"}
        assert work.shares.of(merged.merged) == [ended]
        recalled = work.shares.get("shr_two1")
        assert recalled
        work.shares.put(replace(recalled, recalled_by="usr_ana", recalled_at=now))
    world.casework.claim(ANA, one, world.version(one))
    part(world, merged)
    assert world.case(one).joint == ("violent", "child")
    assert world.case(two).joint == ("child",), "what was recalled meanwhile stays recalled"
    with world.storage.reading() as work:
        assert {share.id for share in work.shares.of(case.id)} == {"shr_two0", "shr_two1", "shr_two2", "shr_over"}


def test_a_restriction_since_holds_for_both_when_they_are_parted(world: World) -> None:
    one, two = world.arrive(), world.arrive()
    merged = merge(world, one, two)
    change(world, one, restricted_to=("usr_ana",))
    with pytest.raises(NotFound):
        part(world, merged, BO)
    part(world, merged)
    assert world.case(one).restricted_to == world.case(two).restricted_to == ("usr_ana",)


def test_cases_that_may_not_become_one_say_why(world: World) -> None:
    one, two = world.arrive(), world.arrive()
    assert merges(world, one, one) == "these tips are in one case already."
    for fields, words in (
        ({"restricted_to": ("usr_ana",)}, "restricted to the same people"),
        ({"restricted_to": (), "joint": ("cargo",)}, "shared jointly"),
        ({"joint": (), "status": CaseStatus.CLOSED}, "closed"),
        ({"status": CaseStatus.NEW, "desk": "violent"}, "two desks"),
    ):
        change(world, two, **fields)
        assert words in merges(world, one, two)
        assert words in merges(world, two, one)
    with pytest.raises(NotFound):
        merge(world, one, two, BO)
    change(world, two, desk="trafficking")
    assert merges(world, one, two) == ""


def merges(world: World, one: str, two: str) -> str:
    """Why they cannot be merged; that the act agrees is checked too."""
    reason = why_not(ANA, world.policy, world.case(one), world.case(two))
    if reason:
        with pytest.raises(Conflict) as refusal:
            merge(world, one, two)
        assert str(refusal.value) == reason
    return reason


def test_referrals_and_what_is_with_oversight_open_to_no_further_desk(world: World) -> None:
    care, threat = (world.arrive() for _ in range(2))
    for tip in (care, threat):
        world.casework.refer(ANA, tip, world.version(tip), "care")
    viewer = a_viewer(world.case(care).desk)
    assert world.case(care).kind.value == "referral"
    change(world, threat, also=("violent",))
    assert "read along" in why_not(viewer, world.policy, world.case(care), world.case(threat))
    change(world, threat, also=())
    assert not why_not(viewer, world.policy, world.case(care), world.case(threat))
    one, two = world.arrive(flags=("public_official_implicated",)), world.arrive(flags=("public_official_implicated",))
    assert world.case(one).desk == "oversight"
    change(world, one, also=("victim-services",))
    assert "read along" in why_not(a_viewer("oversight"), world.policy, world.case(one), world.case(two))


def test_a_case_and_a_referral_are_never_made_one(world: World) -> None:
    one, care = world.arrive(), world.arrive()
    world.casework.refer(ANA, care, world.version(care), "care")
    both = a_viewer("trafficking", world.case(care).desk)
    assert "one is a case, the other a referral" in why_not(both, world.policy, world.case(one), world.case(care))


def test_reading_along_does_not_give_the_right(world: World) -> None:
    one, two = world.arrive(), world.arrive()
    for tip in (one, two):
        change(world, tip, also=("victim-services",))
    merged = merge(world, one, two)
    with pytest.raises(NotAllowed):
        part(world, merged, a_viewer("victim-services"))
    with pytest.raises(NotFound):
        part(world, replace(merged, id="mrg_unknown"))


def test_who_read_along_in_one_case_reads_both_until_they_are_parted(world: World) -> None:
    one, two = world.arrive(), world.arrive()
    change(world, one, also=("victim-services",))
    change(world, two, also=("violent",))
    merged = merge(world, one, two)
    assert world.case(one).also == ("victim-services", "violent")
    world.casework.claim(ANA, one, world.version(one))
    part(world, merged)
    assert (world.case(one).also, world.case(two).also) == (("victim-services",), ("violent",))


def test_both_cases_must_be_as_the_viewer_saw_them(world: World) -> None:
    one, two = world.arrive(), world.arrive()
    into, other = world.case(one), world.case(two)
    for tip in (one, two):
        world.casework.claim(ANA, tip, world.version(tip))
        with pytest.raises(StaleVersion):
            merging(world).merge(ANA, into.id, into.version, other.id, other.version)
        into = world.case(one)
    with pytest.raises(InvalidInput):
        merging(world).merge(ANA, into.id, into.version, other.id, world.version(two), "x" * 2001)
    assert world.case(one).id != world.case(two).id
