"""Sharing a case: what the receiver sees, who may share what with whom, and that it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import an_entity
from tests.sharing import ANA, BO, CAM, CHI, JPEG, LIA, OVE, VIC, SharingWorld
from tests.world import a_viewer
from triage.correspondence import Correspondence
from triage.domain.access import Role, Viewer
from triage.domain.assessment import Urgency
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from triage.domain.events import EventType
from triage.domain.policy import Policy
from triage.domain.sender import SenderState
from triage.domain.share import ShareMode, SharePart
from triage.domain.tip import Consent, SourceBasis
from triage.domain.work import CaseActKind
from triage.sharing.sweeping import sweep


def problems(act: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        act()
    return {error.path: error.code for error in caught.value.errors}


def test_the_receiver_sees_exactly_what_was_previewed(world: SharingWorld) -> None:
    tip = world.arrive()
    world.picture(tip)
    case = world.case(tip)
    _, _, preview = world.sharing.preview(ANA, case.id, case.version, world.wish(tip))
    share = world.share(ANA, tip)
    received = world.sharing.read(CHI, share.id)
    assert received.projection == preview
    assert received.case_id == ""
    assert preview.tips[0].text == "A white van has stood behind the fuel desk since noon."


def test_a_share_is_state_act_audit_row_event_and_notice(world: SharingWorld) -> None:
    tip = world.arrive()
    before = world.case(tip)
    share = world.share(ANA, tip)
    with world.storage.reading() as work:
        acts, notices = work.case_acts.of(before.id), work.notices.of_desk("child", 10)
        assert work.shares.of(before.id) == [share]
    assert [(act.kind, act.by, act.target, act.note) for act in acts] == [(CaseActKind.SHARE, "usr_ana", "child", share.why)]
    assert world.case(tip).version == before.version + 1
    row = next(row for row in world.audit(f"case:{before.id}") if row.action == "case.share")
    assert share.why not in str(row.detail), "what people write stays with the act"
    assert [(notice.share, notice.tip_id) for notice in notices] == [(share.id, tip)]
    assert [event.payload["rule"] for event in world.events(EventType.NOTICE_SENT) if event.key == "child"] == [f"share:{share.id}"]


def test_a_look_is_on_record_on_both_sides(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip)
    world.sharing.read(CHI, share.id)
    for object in (f"share:{share.id}", f"case:{share.case_id}", f"tip:{tip}"):
        row = world.audit(object)[-1]
        assert (row.action, row.actor, row.detail["share"]) == ("share.read", "user:usr_chi", share.id)
    assert any(row.action == "share.list" for row in (world.sharing.received(CHI), world.audit("desk:child"))[1])


@pytest.mark.parametrize("viewer", [CAM, VIC, LIA, ANA, replace(CHI, desks=frozenset()), a_viewer(role=Role.ADMIN, user="usr_admin")])
def test_nobody_but_the_receivers_people_reads_it(world: SharingWorld, viewer: Viewer) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip)
    with pytest.raises(NotFound):
        world.sharing.read(viewer, share.id)
    if viewer.desks:
        assert world.sharing.received(viewer) == []
    else:
        with pytest.raises(NotFound):
            world.sharing.received(viewer)
    with pytest.raises(NotFound):
        world.reading.tip(CHI, tip)  # the share opens the projection, not the tip
    with pytest.raises(NotFound):
        world.reading.case(CHI, share.case_id)


def test_only_people_of_the_owning_desk_share_and_recall(world: SharingWorld) -> None:
    tip = world.arrive(urgency=Urgency.P0)  # intake reads along
    case, watch = world.case(tip), a_viewer("intake")
    assert "intake" in case.also
    with pytest.raises(NotAllowed):
        world.sharing.share(watch, case.id, case.version, world.wish(tip))
    with pytest.raises(NotFound):
        world.sharing.share(CAM, case.id, case.version, world.wish(tip))
    share = world.share(ANA, tip)
    with pytest.raises(NotAllowed):
        world.sharing.recall(watch, share.id)
    with pytest.raises(NotFound):
        world.sharing.recall(CHI, share.id)
    assert world.sharing.of_case(watch, world.case(tip)) == []


def test_a_recall_has_effect_at_once(world: SharingWorld) -> None:
    tip = world.arrive()
    share, other = world.share(ANA, tip), world.share(ANA, tip, "cargo")
    world.sharing.recall(BO, share.id)
    with pytest.raises(NotFound):
        world.sharing.read(CHI, share.id)
    assert world.sharing.received(CHI) == []
    assert world.reading.queue(CHI, "child").notices == ()
    assert world.sharing.read(CAM, other.id).share.id == other.id
    with pytest.raises(Conflict):
        world.sharing.recall(ANA, share.id)
    assert "case.recall" in [row.action for row in world.audit(f"case:{share.case_id}")]


def test_the_queue_of_the_receiver_tells_of_it(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip)
    (notice,) = world.reading.queue(CHI, "child").notices
    assert (notice.share, notice.reason) == (
        share.id,
        "Human trafficking task force shares a case with Crimes against children, until 2026-12-01",
    )
    assert world.reading.queue(CAM, "cargo").notices == ()


def test_it_ends_by_itself_with_its_last_day(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip, until=world.clock.now().date())
    world.clock.forward(hours=11, minutes=59)
    assert world.sharing.read(CHI, share.id)
    world.clock.forward(minutes=1)
    with pytest.raises(NotFound):
        world.sharing.read(CHI, share.id)
    assert world.sharing.received(CHI) == []
    assert world.reading.queue(CHI, "child").notices == ()


def test_what_is_wrong_with_a_wish_is_said_at_once(world: SharingWorld) -> None:
    tip, other = world.arrive(), world.arrive("cargo_theft")
    today = world.clock.now().date()
    bad = {"to": "nobody", "tips": (), "parts": (), "why": " ", "until": today + timedelta(days=181)}
    found = problems(lambda: world.share(ANA, tip, **bad))
    assert set(found) == {"to", "tips", "parts", "why", "until"}
    assert problems(lambda: world.share(ANA, tip, tips=(tip, other))) == {"tips": "required"}
    assert problems(lambda: world.share(ANA, tip, until=today - timedelta(days=1))) == {"until": "out_of_range"}
    assert problems(lambda: world.share(ANA, tip, to="trafficking")) == {"to": "unknown"}
    assert problems(lambda: world.share(ANA, tip, to="liaison")) == {"to": "unknown"}
    assert problems(lambda: world.share(ANA, tip, to="foreign-police", mode=ShareMode.JOINT)) == {"mode": "outside"}
    with world.storage.reading() as work:
        assert work.shares.newest(10) == []


def test_a_page_that_is_older_than_the_case_shares_nothing(world: SharingWorld) -> None:
    tip = world.arrive()
    case = world.case(tip)
    world.casework.claim(ANA, tip, case.version)
    with pytest.raises(StaleVersion):
        world.sharing.share(ANA, case.id, case.version, world.wish(tip))


# --- who may be shown what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["trafficking", "intake", "cargo", "foreign-police", "neighbor-patrol"])
def test_what_is_with_oversight_never_comes_back_by_a_share(world: SharingWorld, to: str) -> None:
    tip = world.arrive("drug_trafficking", flags=["public_official_implicated"])
    assert world.case(tip).desk == "oversight"
    assert problems(lambda: world.share(OVE, tip, to)) == {"to": "refused"}
    assert problems(lambda: world.share(OVE, tip, to, mode=ShareMode.JOINT)).keys() <= {"to", "mode"}
    assert world.share(OVE, tip, "victim-services")


def test_a_tip_about_an_official_goes_on_by_oversights_word_alone(world: SharingWorld) -> None:
    tip = world.arrive("drug_trafficking", flags=["public_official_implicated"])
    world.casework.transfer(OVE, tip, world.version(tip), "trafficking", "An agency that is not concerned")
    assert problems(lambda: world.share(ANA, tip, "violent")) == {"to": "refused"}
    assert problems(lambda: world.casework.transfer(ANA, tip, world.version(tip), "violent", "Theirs")) == {"desk": "names_own"}
    other = world.arrive("threat_of_violence")
    reader = a_viewer("trafficking", "threat")
    assert problems(lambda: world.casework.duplicate_of(reader, tip, world.version(tip), other)) == {"desk": "names_own"}
    world.casework.transfer(ANA, tip, world.version(tip), "oversight", "Back to you")
    assert world.case(tip).desk == "oversight"


def test_a_transfer_to_oversight_ends_what_was_shared(world: SharingWorld) -> None:
    tip = world.arrive()
    info, joint = world.share(ANA, tip), world.share(ANA, tip, "cargo", mode=ShareMode.JOINT)
    world.casework.transfer(ANA, tip, world.version(tip), "oversight", "It is about one of us")
    for viewer, share in ((CHI, info), (CAM, joint)):
        with pytest.raises(NotFound):
            world.sharing.read(viewer, share.id)
        with pytest.raises(NotFound):
            world.reading.case(viewer, share.case_id)
    with pytest.raises(NotFound):
        world.sharing.recall(ANA, info.id)


def test_a_share_ends_when_the_case_goes_to_another_desk(world: SharingWorld) -> None:
    tip = world.arrive()
    share, joint = world.share(ANA, tip), world.share(ANA, tip, "cargo", mode=ShareMode.JOINT)
    world.casework.transfer(ANA, tip, world.version(tip), "violent", "Theirs")
    for viewer, one in ((CHI, share), (CAM, joint)):
        with pytest.raises(NotFound):
            world.sharing.read(viewer, one.id)
    assert world.reading.queue(CHI, "child").notices == ()
    with pytest.raises(NotFound):
        world.reading.tip(CAM, tip)


def test_referrals_and_holds_stay_away_from_police(world: SharingWorld) -> None:
    care = world.arrive("mental_health_crisis")
    hold = world.arrive("not_actionable")
    carer, watch = a_viewer("care", user="usr_cara"), a_viewer("intake")
    assert problems(lambda: world.share(carer, care, "violent")) == {"to": "refused"}
    assert problems(lambda: world.share(watch, hold, "foreign-police")) == {"to": "refused"}
    assert world.share(carer, care, "victim-services")
    assert world.share(watch, hold, "care")


@pytest.mark.parametrize(
    ("consent", "flags", "later", "allowed"),
    [
        (Consent(), ["self_report"], None, False),
        (Consent(police=True), ["self_report"], None, True),
        (Consent(), ["self_report", "consent_yes"], None, True),
        (Consent(police=True), ["self_report", "consent_no"], None, False),
        (Consent(police=True), ["self_report"], Consent(), False),
        (Consent(), ["self_report"], Consent(police=True), True),
    ],
)
def test_a_victims_word_goes_to_police_only_as_the_victim_agreed(
    world: SharingWorld, consent: Consent, flags: list[str], later: Consent | None, allowed: bool
) -> None:
    tip = world.arrive("property_crime_suspicious", flags=flags, consent=consent)
    if later is not None:
        with world.storage.writing() as work:
            work.senders.put(SenderState(tip, consent=later))
    if allowed:
        assert world.share(CAM, tip, "violent")
    else:
        assert problems(lambda: world.share(CAM, tip, "violent")) == {"to": "refused"}
        assert problems(lambda: world.share(CAM, tip, "foreign-police")) == {"to": "refused"}
    assert world.share(CAM, tip, "victim-services")


def test_consent_that_is_taken_back_ends_the_reading(world: SharingWorld) -> None:
    tip = world.arrive("cargo_theft", consent=Consent(police=True), source_basis=SourceBasis.HAPPENED_TO_ME)
    share = world.share(CAM, tip, "violent")
    vio = a_viewer("violent", user="usr_vio")
    assert world.sharing.read(vio, share.id)
    with world.storage.writing() as work:
        work.senders.put(SenderState(tip, consent=Consent()))
    with pytest.raises(NotFound):
        world.sharing.read(vio, share.id)


# --- joint work --------------------------------------------------------------------------------------------------------------


def test_a_joint_desk_reads_along_while_the_share_lives(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip, "cargo", mode=ShareMode.JOINT, tips=(), parts=())
    assert share.parts == tuple(SharePart)
    assert world.reading.tip(CAM, tip).may_act is False
    assert world.sharing.read(CAM, share.id).case_id == share.case_id
    with pytest.raises(NotAllowed):
        world.casework.claim(CAM, tip, world.version(tip))
    world.sharing.recall(ANA, share.id)
    with pytest.raises(NotFound):
        world.reading.tip(CAM, tip)


def test_a_recall_leaves_what_a_rule_gave(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip, "child", mode=ShareMode.JOINT)
    case = world.case(tip)
    with world.storage.writing() as work:
        work.cases.update(replace(case, also=(*case.also, "child"), version=case.version + 1))  # a rule tells the desk too
    world.sharing.recall(ANA, share.id)
    assert world.reading.tip(CHI, tip)


def test_of_two_joint_shares_the_other_one_holds(world: SharingWorld) -> None:
    tip = world.arrive()
    first = world.share(ANA, tip, "cargo", mode=ShareMode.JOINT)
    assert problems(lambda: world.share(ANA, tip, "cargo", mode=ShareMode.JOINT)) == {"to": "reads_already"}
    world.sharing.recall(ANA, first.id)
    second = world.share(ANA, tip, "cargo", mode=ShareMode.JOINT)
    assert world.reading.tip(CAM, tip)
    world.sharing.recall(ANA, second.id)
    with pytest.raises(NotFound):
        world.reading.tip(CAM, tip)


def test_the_clocks_end_joint_work_that_is_over(world: SharingWorld) -> None:
    tip, other = world.arrive(), world.arrive()
    share = world.share(ANA, tip, "cargo", mode=ShareMode.JOINT, until=world.clock.now().date())
    world.share(ANA, other, "cargo", mode=ShareMode.JOINT)
    assert sweep(world.storage, world.policy, world.clock, world.ids) == 0
    world.clock.forward(hours=13)
    before = world.version(tip)
    assert sweep(world.storage, world.policy, world.clock, world.ids) == 1
    assert sweep(world.storage, world.policy, world.clock, world.ids) == 0
    assert world.version(tip) == before + 1
    with pytest.raises(NotFound):
        world.reading.tip(CAM, tip)
    assert world.reading.tip(CAM, other)
    row = world.audit(f"case:{share.case_id}")[-1]
    assert (row.actor, row.action, row.detail["target"]) == ("system:clocks", "case.recall", "cargo")
    assert world.events(EventType.CASE_CHANGED)[-1].payload == {"case": share.case_id, "version": str(before + 1)}


def test_a_joint_desk_never_sees_how_to_reach_the_sender(world: SharingWorld) -> None:
    tip = world.arrive(consent=Consent(police=True, support=True))
    letters = Correspondence(world.storage, world.policy, world.vault, world.clock, world.ids)
    for desk in ("intake", "cargo"):
        world.share(ANA, tip, desk, mode=ShareMode.JOINT)
        reader = replace(a_viewer(desk), purpose="to call back")
        assert world.reading.tip(reader, tip)
        with pytest.raises(NotAllowed):
            letters.contact(reader, tip)


def test_a_bureau_never_sees_how_to_reach_the_sender(world: SharingWorld) -> None:
    tip = world.arrive(consent=Consent(police=True))
    case = world.case(tip)
    with world.storage.writing() as work:
        work.cases.update(replace(case, also=("liaison",), version=case.version + 1))
    letters = Correspondence(world.storage, world.policy, world.vault, world.clock, world.ids)
    with pytest.raises(NotAllowed):
        letters.contact(replace(LIA, purpose="to call back"), tip)
    assert problems(lambda: world.casework.transfer(ANA, tip, world.version(tip), "liaison", "Theirs")) == {"desk": "bureau"}


# --- pictures ----------------------------------------------------------------------------------------------------------------


def test_a_picture_is_opened_one_by_one_and_only_if_it_was_chosen(world: SharingWorld) -> None:
    tip = world.arrive()
    picture = world.picture(tip)
    without = world.share(ANA, tip, parts=(SharePart.TEXT,))
    share = world.share(ANA, tip)
    world.clock.forward(minutes=1)
    later = world.picture(tip, 2)
    assert world.sharing.picture(CHI, share.id, picture.id)[1] == JPEG
    assert world.audit(f"tip:{tip}")[-1].detail == {"attachment": picture.id, "share": share.id}
    for viewer, id, wanted in ((CHI, share.id, later.id), (CHI, without.id, picture.id), (CAM, share.id, picture.id)):
        with pytest.raises(NotFound):
            world.sharing.picture(viewer, id, wanted)
    world.sharing.recall(ANA, share.id)
    with pytest.raises(NotFound):
        world.sharing.picture(CHI, share.id, picture.id)


# --- agencies outside --------------------------------------------------------------------------------------------------------


def test_a_policy_without_the_desk_that_shares_refuses(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip)
    desks = {id: desk for id, desk in world.policy.desks.items() if id != "trafficking"}
    world.sharing._policy = replace(world.policy, desks=desks)
    with pytest.raises(NotFound):
        world.sharing.read(CHI, share.id)


def test_an_unread_tip_is_not_shared(world: SharingWorld) -> None:
    from triage.sharing.rules import Held, refusal

    tip = world.arrive(read={"entities": [an_entity("phone", "+14025550143", role="reporter")]})
    policy: Policy = world.policy
    with world.storage.reading() as work:
        held = Held(work.tips.get_many([tip])[tip], None, work.senders.get(tip))
    for desk in policy.desks.values():
        assert "not read" in refusal(policy, world.case(tip), [held], desk.nature)
