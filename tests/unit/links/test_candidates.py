"""Which other tips are offered as ties, for which reasons, in which order; and what people's answers change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON, an_entity
from tests.world import VIN, World, a_viewer
from triage.domain.decision import LinkKind
from triage.domain.errors import InvalidInput, NotAllowed, NotFound
from triage.domain.links import LinkVerdict, Verdict
from triage.domain.tip import Place, Vehicle
from triage.hints import part_of, street_address
from triage.links.answers import Answering
from triage.links.candidates import LEARNED_FOR, Candidate
from triage.links.reasons import PRIOR_ANSWERS, PRIORS, Reason, learned, weight

ANA = a_viewer("trafficking", "violent")
PRINT, ALIKE, OTHER = tuple(range(64)), (*range(60), 1, 1, 1, 1), (*range(32), *range(900, 932))
KEARNEY = Place(town="Kearney", state="NE")
BUFFALO: dict[str, Any] = {"place": KEARNEY}
GRAND_ISLAND: dict[str, Any] = {"place": Place(town="Grand Island", state="NE")}


def a_vehicle(colour: str = "white", **said: str) -> Any:
    return an_entity("vehicle", " ".join((colour, *said.values())), attributes={"colour": colour, **said})


def found(world: World, tip: str, viewer: Any = ANA) -> dict[str, Candidate]:
    return {other.tip.id: other for other in world.reading.tip(viewer, tip).similar}


def kinds(world: World, one: str, other: str) -> tuple[str, ...]:
    candidate = found(world, one).get(other)
    return tuple(reason.kind.value for reason in candidate.reasons) if candidate else ()


def answering(world: World) -> Answering:
    return Answering(world.storage, world.policy, world.clock, world.ids)


def arrive(world: World, *entities: Any, fingerprint: tuple[int, ...] = (), label: str = "sex_trafficking", **tip: Any) -> str:
    return world.arrive(label, read={"entities": entities, "fingerprint": fingerprint}, **tip)


PLATE = an_entity("plate", "KPR412", attributes={"basis": "cue"})
SAME_THINGS = {
    "plate": (PLATE, an_entity("plate", "KPR4I2", attributes={"basis": "cue"})),  # misread: I for 1
    "partial_plate": (PLATE, an_entity("plate", "PR4", partial=True)),
    "phone": (an_entity("phone", "+14025550143"),) * 2,
    "handle": (an_entity("handle", "snapchat:rico_77"),) * 2,
    "email": (an_entity("email", "rico@example.org"),) * 2,
    "wallet": (an_entity("wallet", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),) * 2,
    "vin": (an_entity("vin", VIN),) * 2,
    "trailer": (an_entity("trailer", "53219"),) * 2,
    "usdot": (an_entity("usdot", "1234567"),) * 2,
    "address": (
        an_entity("address", "1203 W 25th Street Apt 4", attributes={"part": "street"}),
        an_entity("address", "1203 west 25th St.", attributes={"part": "street"}),
    ),
    "site": (an_entity("place", "Sunset Motel", attributes={"kind": "site"}),) * 2,
    "vehicle": (a_vehicle(make="ford", body="van"), a_vehicle(body="cargo van")),
}


@pytest.mark.parametrize("kind", SAME_THINGS)
def test_a_tie_names_what_the_two_tips_share(world: World, kind: str) -> None:
    one, two = (arrive(world, entity, **BUFFALO) for entity in SAME_THINGS[kind])
    stranger = arrive(world, an_entity("plate", "ZZX987"), **BUFFALO)
    assert kinds(world, one, two) == kinds(world, two, one) == (kind,)
    assert stranger not in found(world, one)


@pytest.mark.parametrize("kind", SAME_THINGS)
def test_what_is_the_reporters_own_ties_nothing(world: World, kind: str) -> None:
    one, two = (
        arrive(world, an_entity(e.type, e.value, e.raw, role="reporter", attributes=e.attributes), **BUFFALO) for e in SAME_THINGS[kind]
    )
    assert not found(world, one)
    assert not found(world, two)


def test_nearly_the_same_words_tie(world: World) -> None:
    one, two, other = (arrive(world, fingerprint=words) for words in (PRINT, ALIKE, OTHER))
    assert kinds(world, one, two) == ("text",)
    assert other not in found(world, one)


def test_a_place_and_a_vehicle_tie_in_one_county_alone_and_a_vehicle_within_hours(world: World) -> None:
    things = (a_vehicle(make="ford"), an_entity("place", "Sunset Motel", attributes={"kind": "site"}))
    one, elsewhere, nowhere = arrive(world, *things, **BUFFALO), arrive(world, *things, **GRAND_ISLAND), arrive(world, *things)
    world.clock.forward(hours=13)
    later = arrive(world, *things, **BUFFALO)
    assert set(found(world, one)) == {later}
    assert kinds(world, one, later) == ("site",)
    assert not {elsewhere, nowhere} & found(world, later).keys()


def test_a_partial_plate_in_the_form_ties_to_a_whole_one(world: World) -> None:
    whole = arrive(world, vehicles=(Vehicle(plate="KPR-412", state="NE"),))
    part = arrive(world, vehicles=(Vehicle(plate="KPR 4??", state="NE"),))
    wrong = arrive(world, vehicles=(Vehicle(plate="KPR 5??", state="NE"),))
    assert kinds(world, part, whole) == kinds(world, whole, part) == ("partial_plate",)
    assert wrong not in found(world, whole)


@given(st.text(alphabet="ACEFHJKMNPRTUVWXY0123456789", min_size=5, max_size=8), st.data())
def test_every_part_of_a_plate_fits_it(plate: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(plate) - 3))
    end = data.draw(st.integers(start + 3, len(plate)))
    gap = data.draw(st.integers(start, end))
    part = plate[start:end] if gap in (start, end) else f"{plate[start:gap]}*{plate[gap + 1 : end]}"
    assert part_of(("part", part), ("whole", plate)) == part_of(("whole", plate), ("part", part)) == part
    assert not part_of(("part", part + "#"), ("whole", plate))
    assert not part_of(("whole", plate), ("whole", plate))


def test_addresses_are_compared_without_rooms_and_long_words() -> None:
    assert street_address("1203 West 25th Street, Apt. 4") == "1203 w 25th st"
    for none in ("25th Street", "room 12", "2701 Hwy", ""):
        assert not street_address(none)


def test_weak_ties_join_no_case_and_change_no_decision(world: World) -> None:
    one = arrive(world, a_vehicle(make="ford"), PLATE, **BUFFALO)
    two = arrive(world, a_vehicle(make="ford"), an_entity("plate", "PR4", partial=True), **BUFFALO)
    assert world.case(one).id != world.case(two).id
    with world.storage.reading() as work:
        record = work.decisions.get_many([two])[two]
    assert {key.kind for key in record.keys} <= {LinkKind.PLATE}
    assert not record.matches


def test_the_weightiest_tie_comes_first(world: World) -> None:
    one = arrive(world, an_entity("phone", "+14025550143"), a_vehicle(make="ford"), fingerprint=PRINT, **BUFFALO)
    weak = arrive(world, a_vehicle(make="ford"), **BUFFALO)
    strong = arrive(world, an_entity("phone", "+14025550143"), fingerprint=ALIKE)
    fair = arrive(world, fingerprint=ALIKE)
    assert list(found(world, one)) == [strong, fair, weak]
    assert [other.strength for other in found(world, one).values()] == ["strong", "fair", "weak"]


def test_a_rejected_tie_comes_back_only_with_a_new_reason(world: World) -> None:
    one, two = (arrive(world, an_entity("phone", "+14025550143"), **BUFFALO) for _ in range(2))
    assert found(world, one)[two].asks
    answering(world).answer(ANA, two, one, Verdict.DIFFERENT, "a motel's front desk")
    for tip, other in ((one, two), (two, one)):
        candidate = found(world, tip)[other]
        assert (candidate.asks, candidate.rejected) == (False, True)
    with world.storage.writing() as work:  # as it was said when nothing but the place was known
        work.verdicts.put(LinkVerdict(one, two, Verdict.DIFFERENT, ("site",), "usr_ana", world.clock.now()))
    candidate = found(world, one)[two]
    assert (candidate.asks, candidate.rejected, candidate.new) == (True, False, (LinkKind.PHONE,))


def test_the_same_is_asked_about_no_more_and_unsure_only_with_a_new_reason(world: World) -> None:
    one, two, three = (arrive(world, an_entity("phone", "+14025550143")) for _ in range(3))
    answering(world).answer(ANA, one, two, Verdict.SAME)
    answering(world).answer(ANA, one, three, Verdict.UNSURE)
    assert [other.asks for other in found(world, one).values()] == [False, False]
    assert not any(other.rejected for other in found(world, one).values())


def test_answers_teach_what_a_reason_weighs(world: World) -> None:
    phone = an_entity("phone", "+14025550143")
    tips = [arrive(world, phone) for _ in range(6)]
    before = found(world, tips[0])[tips[5]].weight
    for other in tips[1:5]:
        answering(world).answer(ANA, tips[0], other, Verdict.DIFFERENT)
    world.clock.at += LEARNED_FOR
    assert found(world, tips[0])[tips[5]].weight == pytest.approx(before * PRIOR_ANSWERS / (PRIOR_ANSWERS + 4))


@given(st.lists(st.tuples(st.sampled_from(Verdict), st.sets(st.sampled_from(LinkKind), min_size=1)), max_size=40))
def test_learned_weights_stay_between_what_was_said_and_the_judgement(answers: list[tuple[Verdict, set[LinkKind]]]) -> None:
    said = [LinkVerdict("tip_1", "tip_2", verdict, tuple(kinds), "usr_ana", NOON) for verdict, kinds in answers]
    weights = learned(said)
    for kind, prior in PRIORS.items():
        counted = [verdict is Verdict.SAME for verdict, kinds in answers if kind in kinds and verdict is not Verdict.UNSURE]
        if not counted:
            assert weights[kind] == pytest.approx(prior)
        else:
            share = sum(counted) / len(counted)
            assert min(share, prior) - 1e-9 <= weights[kind] <= max(share, prior) + 1e-9
    some = [Reason(kind, "x") for kind in PRIORS]
    assert 0 < weight(some[:1], weights) <= weight(some, weights) <= 1


def test_what_a_viewer_may_not_read_is_no_candidate_and_no_answer_is_taken(world: World) -> None:
    phone = an_entity("phone", "+14025550143")
    one, hidden = arrive(world, phone), arrive(world, phone, label="cargo_theft")
    assert hidden not in found(world, one)
    with pytest.raises(NotFound):
        answering(world).compare(ANA, one, hidden)
    with pytest.raises(NotFound):
        answering(world).answer(ANA, hidden, one, Verdict.SAME)
    with pytest.raises(InvalidInput, match="one and the same"):
        answering(world).answer(ANA, one, one, Verdict.SAME)


def test_only_people_of_one_of_the_two_desks_answer(world: World) -> None:
    one, two = (world.arrive("sex_trafficking", flags=("minor_involved",)) for _ in range(2))
    also = world.case(one).also
    assert also, "the example policy tells another desk"
    with pytest.raises(NotAllowed):
        answering(world).answer(a_viewer(*also), one, two, Verdict.SAME)


def test_both_looks_and_the_answer_are_written_down_in_codes(world: World) -> None:
    phone = an_entity("phone", "+14025550143")
    one, two = arrive(world, phone), arrive(world, phone)
    answering(world).compare(ANA, one, two)
    answering(world).answer(ANA, one, two, Verdict.UNSURE, "the number of a taxi?")
    for tip, other in ((one, two), (two, one)):
        compared, answered = world.audit(f"tip:{tip}")[-2:]
        assert (compared.action, compared.actor, compared.purpose) == ("tip.read", "user:usr_ana", "triage")
        assert (answered.action, dict(answered.detail)) == ("tip.link", {"verdict": "unsure", "reasons": "phone", "other": other})
        assert "taxi" not in str(world.audit(f"tip:{tip}"))


def test_an_answer_about_a_restricted_case_does_not_name_it_elsewhere(world: World) -> None:
    phone = an_entity("phone", "+14025550143")
    one, secret = arrive(world, phone), arrive(world, phone)
    with world.storage.writing() as work:
        case = work.cases.of_tip(secret)
        assert case
        work.cases.update(replace(case, restricted_to=("usr_ana",), version=case.version + 1))
    answering(world).answer(ANA, one, secret, Verdict.SAME)
    assert "other" not in world.audit(f"tip:{one}")[-1].detail
    bo = a_viewer("trafficking", user="usr_bo")
    assert secret not in found(world, one, bo)


def test_the_next_pair_follows_until_every_one_was_answered(world: World) -> None:
    phone = an_entity("phone", "+14025550143")
    first, *others = (arrive(world, phone) for _ in range(4))
    asked, at = answering(world), others[0]
    for _ in others:
        compared = asked.compare(ANA, first, at)
        assert len(compared.around) == 3
        asked.answer(ANA, first, at, Verdict.DIFFERENT)
        at = compared.next
    assert asked.compare(ANA, first, others[0]).next == at == ""
