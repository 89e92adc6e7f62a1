"""What a desk says to a sender, and what it may learn about them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.ports import Purpose
from ingest.receive import encode_contact
from tests.builders import an_entity
from tests.world import World, a_viewer
from triage.correspondence import MESSAGE_LIMIT, Correspondence, NeedsLook
from triage.domain.attachment import Attachment
from triage.domain.case import Message
from triage.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from triage.domain.events import EventType
from triage.domain.sender import OutcomeCode, Progress, SenderState, Useful
from triage.domain.tip import Consent, Contact
from triage.domain.undo import UNDO_FOR, has_left
from triage.pictures import DESTROY_REASONS, Pictures

ANA = a_viewer("trafficking")
CONTACT = Contact(phone="402-555-0143", leave_message=True)
JPEG = b"\xff\xd8\xff picture"


def letters(world: World) -> Correspondence:
    return Correspondence(world.storage, world.policy, world.vault, world.clock, world.ids)


def pictures(world: World) -> Pictures:
    return Pictures(world.storage, world.vault, world.clock, world.ids)


def thread(world: World, tip: str) -> list[Message]:
    with world.storage.reading() as work:
        return work.messages.of_tip(tip)


def steps(world: World) -> list[dict[str, str]]:
    return [dict(event.payload) for event in world.events(EventType.TIP_PROGRESSED)]


def choose(world: World, state: SenderState) -> None:
    with world.storage.writing() as work:
        work.senders.put(state)


def leave_contact(world: World, tip: str) -> None:
    with world.side.writing() as work:
        work.contacts.put(tip, world.sealer.seal_contact(tip, encode_contact(CONTACT)))


def add_picture(world: World, tip: str, number: int = 1) -> Attachment:
    picture = Attachment(f"att_{number}", tip, world.clock.now(), "a" * 64, "image/jpeg", len(JPEG), 8, 6)
    world.blobs.put(picture.id, world.sealer.seal(Purpose.PHOTO, picture.id, JPEG))
    with world.storage.writing() as work:
        work.attachments.put(picture)
    return picture


def test_a_message_is_kept_audited_and_told(world: World) -> None:
    tip = world.arrive()
    message = letters(world).write(ANA, tip, "  Which exit was it?\n")
    assert thread(world, tip) == [message]
    assert (message.text, message.from_source, message.by) == ("Which exit was it?", False, "usr_ana")
    row = world.audit(f"tip:{tip}")[-1]
    assert (row.action, row.actor, row.purpose) == ("tip.message", "user:usr_ana", "triage")
    assert dict(row.detail) == {"message": message.id, "looked_at": "0", "desk": "trafficking"}
    assert steps(world)[-1] == {"tip": tip, "step": Progress.MESSAGE.value, "message": message.id}


def test_a_second_press_sends_nothing_twice(world: World) -> None:
    tip = world.arrive()
    first = letters(world).write(ANA, tip, "Which exit?")
    assert letters(world).write(ANA, tip, "Which exit?") == first
    assert thread(world, tip) == [first]
    with world.storage.writing() as work:
        work.messages.add(Message("msg_own", tip, world.clock.now(), from_source=True, text="The second."))
    letters(world).write(ANA, tip, "Which exit?")
    assert len(thread(world, tip)) == 3


def test_what_should_not_leave_is_held_until_it_was_looked_at(world: World) -> None:
    entity = an_entity("person", "maria", "Maria", attributes={"name": "Maria"})
    tip = world.arrive(read={"entities": [entity]})
    text = "Was Maria in ABC 1234?"
    with pytest.raises(NeedsLook) as caught:
        letters(world).write(ANA, tip, text)
    assert [text[risk.start : risk.end] for risk in caught.value.risks] == ["Maria", "ABC 1234"]
    with pytest.raises(NeedsLook):  # a look at other words is no look at these
        letters(world).write(ANA, tip, text, looked_at="Was Maria there?")
    assert thread(world, tip) == []
    assert [row.action for row in world.audit(f"tip:{tip}")] == ["tip.decide"]
    letters(world).write(ANA, tip, text, looked_at=text)
    assert [message.text for message in thread(world, tip)] == [text]
    assert world.audit(f"tip:{tip}")[-1].detail["looked_at"] == "2"


def test_who_wants_no_messages_gets_none(world: World) -> None:
    tip = world.arrive()
    choose(world, SenderState(tip, stopped=True))
    with pytest.raises(Conflict, match="no more messages"):
        letters(world).write(ANA, tip, "Which exit?")
    assert thread(world, tip) == []


@pytest.mark.parametrize(("text", "code"), [(" \n", "required"), ("a" * (MESSAGE_LIMIT + 1), "too_long")])
def test_nothing_and_too_much_are_refused(world: World, text: str, code: str) -> None:
    tip = world.arrive()
    with pytest.raises(InvalidInput) as caught:
        letters(world).write(ANA, tip, text)
    assert caught.value.errors[0].code == code


@pytest.mark.parametrize("act", ["write", "release", "destroy"])
def test_only_people_of_the_desk_act_and_strangers_do_not_even_see(world: World, act: str) -> None:
    tip = world.arrive()
    picture, case = add_picture(world, tip), world.case(tip)
    with world.storage.writing() as work:
        work.cases.update(replace(case, also=("child",), version=case.version + 1))
    acts = {
        "write": lambda viewer: letters(world).write(viewer, tip, "Which exit?"),
        "release": lambda viewer: letters(world).release(viewer, tip, Useful.YES, OutcomeCode.HELPED),
        "destroy": lambda viewer: pictures(world).destroy(viewer, tip, picture.id, "intimate"),
    }
    with pytest.raises(NotAllowed):
        acts[act](a_viewer("child"))
    with pytest.raises(NotFound):
        acts[act](a_viewer("cargo"))
    assert [row.action for row in world.audit(f"tip:{tip}")] == ["tip.decide"]
    assert pictures(world).show(a_viewer("child"), tip, picture.id) == (picture, JPEG)


def test_an_outcome_is_released_changed_and_taken_back(world: World) -> None:
    tip = world.arrive()
    before = len(steps(world))
    letters(world).release(ANA, tip, Useful.PARTLY, None)
    assert len(steps(world)) == before  # how useful it was is told to nobody by an event
    letters(world).release(ANA, tip, Useful.YES, OutcomeCode.ACTED_ON)
    letters(world).release(ANA, tip, Useful.YES, OutcomeCode.ACTED_ON)
    letters(world).release(ANA, tip, Useful.NO, OutcomeCode.ACTED_ON)
    letters(world).release(ANA, tip, Useful.NO, OutcomeCode.HELPED)
    told = [step["outcome"] for step in steps(world)[before:]]
    assert told == ["acted_on", "helped"]
    taken_back = letters(world).release(ANA, tip, Useful.NO, None)
    with world.storage.reading() as work:
        assert work.outcomes.get_many([tip]) == {tip: taken_back}
    outcomes = [dict(row.detail) for row in world.audit(f"tip:{tip}") if row.action == "tip.outcome"]
    assert [row["outcome"] for row in outcomes] == ["none", "acted_on", "acted_on", "helped", "none"]


@pytest.mark.parametrize(
    ("desk", "consent", "allowed"),
    [
        ("trafficking", Consent(), False),
        ("trafficking", Consent(support=True), False),
        ("trafficking", Consent(police=True), True),
        ("victim-services", Consent(), False),
        ("victim-services", Consent(police=True), False),
        ("victim-services", Consent(support=True), True),
        ("intake", Consent(), True),
        ("oversight", Consent(), True),
    ],
)
def test_contact_details_are_for_those_whom_the_sender_agreed_to(world: World, desk: str, consent: Consent, allowed: bool) -> None:
    tip = world.arrive(has_contact=True, consent=consent)
    leave_contact(world, tip)
    case = world.case(tip)
    with world.storage.writing() as work:
        work.cases.update(replace(case, desk=desk, also=(), version=case.version + 1))
    viewer = replace(a_viewer(desk), purpose="call back about the time")
    if not allowed:
        with pytest.raises(NotAllowed, match="did not agree"):
            letters(world).contact(viewer, tip)
        assert "contact.read" not in [row.action for row in world.audit(f"tip:{tip}")]
        return
    assert letters(world).contact(viewer, tip) == CONTACT
    row = world.audit(f"tip:{tip}")[-1]
    assert (row.action, row.actor, row.purpose, row.detail["desk"]) == ("contact.read", "user:usr_ana", viewer.purpose, desk)


def test_a_later_choice_counts(world: World) -> None:
    tip = world.arrive(has_contact=True, consent=Consent(police=True))
    leave_contact(world, tip)
    choose(world, SenderState(tip, consent=Consent()))
    with pytest.raises(NotAllowed):
        letters(world).contact(ANA, tip)
    choose(world, SenderState(tip, consent=Consent(police=True)))
    assert letters(world).contact(ANA, tip) == CONTACT


def test_a_purpose_is_needed_and_strangers_see_nothing(world: World) -> None:
    tip = world.arrive(has_contact=True, consent=Consent(police=True, support=True))
    leave_contact(world, tip)
    with pytest.raises(InvalidInput):
        letters(world).contact(replace(ANA, purpose=" "), tip)
    with pytest.raises(NotFound):
        letters(world).contact(a_viewer("cargo"), tip)
    with pytest.raises(NotFound):
        letters(world).contact(ANA, "tip_unknown")


def test_what_was_taken_back_is_not_there(world: World) -> None:
    tip = world.arrive(has_contact=True, consent=Consent(police=True))
    assert letters(world).contact(ANA, tip) is None


def test_each_look_at_a_picture_is_written_down_before_it_is_opened(world: World) -> None:
    tip = world.arrive()
    picture = add_picture(world, tip)
    assert pictures(world).of_tip(ANA, tip).pictures == (picture,)
    assert pictures(world).show(ANA, tip, picture.id) == (picture, JPEG)
    row = world.audit(f"tip:{tip}")[-1]
    assert (row.action, dict(row.detail)) == ("picture.read", {"attachment": picture.id})
    world.blobs.destroy(picture.id)
    with pytest.raises(NotFound):
        pictures(world).show(ANA, tip, picture.id)
    assert [row.action for row in world.audit(f"tip:{tip}")].count("picture.read") == 2


def test_pictures_of_other_tips_and_for_strangers_do_not_exist(world: World) -> None:
    tip, other = world.arrive(), world.arrive("cargo_theft")
    picture, foreign = add_picture(world, tip, 1), add_picture(world, other, 2)
    for viewer, of, id in (
        (ANA, tip, foreign.id),
        (a_viewer("cargo"), tip, picture.id),
        (ANA, "tip_unknown", picture.id),
        (ANA, tip, "att_9"),
    ):
        with pytest.raises(NotFound):
            pictures(world).show(viewer, of, id)
        with pytest.raises(NotFound):
            pictures(world).destroy(viewer, of, id, "intimate")
    with pytest.raises(NotFound):
        pictures(world).of_tip(a_viewer("cargo"), tip)
    assert [row.action for row in world.audit(f"tip:{tip}")] == ["tip.decide"]


@pytest.mark.parametrize("reason", DESTROY_REASONS)
def test_a_destroyed_picture_leaves_its_fingerprint(world: World, reason: str) -> None:
    tip = world.arrive()
    picture = add_picture(world, tip)
    gone = pictures(world).destroy(ANA, tip, picture.id, reason)
    assert gone == replace(picture, destroyed_at=world.clock.now(), destroyed_by="usr_ana", reason=reason)
    assert world.blobs.get(picture.id) is None
    row = world.audit(f"tip:{tip}")[-1]
    assert dict(row.detail) == {"attachment": picture.id, "reason": reason, "sha256": "a" * 64, "desk": "trafficking"}
    with pytest.raises(NotFound):
        pictures(world).show(ANA, tip, picture.id)
    with pytest.raises(NotFound):
        pictures(world).destroy(ANA, tip, picture.id, reason)


def test_a_picture_is_destroyed_for_a_known_reason_only(world: World) -> None:
    tip = world.arrive()
    picture = add_picture(world, tip)
    with pytest.raises(InvalidInput):
        pictures(world).destroy(ANA, tip, picture.id, "because")
    assert world.blobs.get(picture.id) is not None


def test_a_message_is_taken_back_by_whoever_wrote_it_until_it_leaves(world: World) -> None:
    tip = world.arrive()
    written = letters(world).write(ANA, tip, "Which exit?")
    with pytest.raises(NotFound):
        letters(world).take_back(a_viewer("trafficking", user="usr_bo"), written.id)
    assert not has_left(written, world.clock.now())
    assert letters(world).take_back(ANA, written.id) == written
    assert thread(world, tip) == []
    with pytest.raises(NotFound):
        letters(world).take_back(ANA, written.id)
    assert [row.action for row in world.audit(f"tip:{tip}")][-2:] == ["tip.message", "tip.message_undone"]
    again = letters(world).write(ANA, tip, "Which exit?")
    world.clock.forward(seconds=UNDO_FOR.total_seconds())
    assert has_left(again, world.clock.now())
    with pytest.raises(Conflict, match="left already"):
        letters(world).take_back(ANA, again.id)
    assert thread(world, tip) == [again]
