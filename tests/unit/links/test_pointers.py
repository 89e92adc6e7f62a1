"""Desks learn that another one works on the same thing, and nothing else; both sides are written down."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.crypto import HmacBlinder, KeyRing
from tests.builders import a_tip, an_assessment, an_entity
from tests.world import World, a_viewer
from triage.domain.alert import AlertKind
from triage.domain.case import Case, CaseKind
from triage.domain.errors import InvalidInput, NotFound
from triage.domain.links import Pointer
from triage.domain.tip import Vehicle
from triage.links.pointers import Deconfliction, Told, renew_pointers
from triage.links.things import KINDS, things, typed

KEYS = random.Random(3)
BLINDER = HmacBlinder(KeyRing(KEYS.randbytes(32), KEYS.randbytes(32), KEYS.randbytes(32)))
ANA = a_viewer("trafficking")
CARL = a_viewer("cargo", user="usr_carl")
PLATE = an_entity("plate", "KPR412", attributes={"basis": "cue"})
PHONE = an_entity("phone", "+14025550143")


def arrive(world: World, *entities: Any, label: str = "sex_trafficking", **given: Any) -> str:
    tip = world.arrive(label, read={"entities": entities}, **given)
    renew(world, tip)
    return tip


def renew(world: World, *tips: str) -> None:
    renew_pointers(world.storage, world.policy, BLINDER, [world.case(tip).id for tip in tips])


def change(world: World, tip: str, **fields: Any) -> Case:
    with world.storage.writing() as work:
        case = work.cases.of_tip(tip)
        assert case
        work.cases.update(changed := replace(case, version=case.version + 1, **fields))
    renew(world, tip)
    return changed


def pointers(world: World, tip: str) -> list[Pointer]:
    with world.storage.reading() as work:
        return work.pointers.beside(world.case(tip).id)


def asking(world: World) -> Deconfliction:
    return Deconfliction(world.storage, world.policy, BLINDER, world.clock, world.ids)


def told(world: World, tip: str, viewer: Any = ANA) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.desk.id, one.kinds) for one in asking(world).of_tip(viewer, tip)]


def alerts(world: World, user: str) -> list[Any]:
    with world.storage.reading() as work:
        return work.alerts.of_user(user, 50)


def test_a_desk_learns_who_else_holds_the_same_thing_and_how_to_reach_them(world: World) -> None:
    mine = arrive(world, PLATE, PHONE)
    theirs = arrive(world, an_entity("plate", "KPR4I2", attributes={"state": "NE"}), label="cargo_theft")
    arrive(world, an_entity("phone", "+14025550199"), label="cargo_theft")
    (found,) = asking(world).of_tip(ANA, mine)
    assert found == Told(world.policy.desks["cargo"], ("plate",))
    assert "555" in found.desk.contact
    row, other = world.audit(f"tip:{mine}")[-1], world.audit(f"case:{world.case(theirs).id}")[-1]
    assert (row.actor, row.action, dict(row.detail)) == ("user:usr_ana", "deconfliction.asked", {"desks": "1"})
    assert (other.actor, other.action, dict(other.detail)) == (
        "system:deconfliction",
        "deconfliction.named",
        {"desk": "trafficking", "kinds": "plate"},
    )
    assert told(world, theirs, CARL) == [("trafficking", ("plate",))]


def test_a_desk_that_may_read_the_other_case_needs_no_pointer(world: World) -> None:
    mine = arrive(world, PLATE)
    theirs = arrive(world, PLATE, label="cargo_theft")
    assert told(world, mine, a_viewer("trafficking", "cargo")) == []
    change(world, theirs, also=("trafficking",))
    assert told(world, mine) == []


def test_whoever_holds_the_other_case_is_told_once_without_a_word_of_the_tip(world: World) -> None:
    mine, theirs = arrive(world, PLATE), arrive(world, PLATE, label="cargo_theft")
    world.casework.claim(CARL, theirs, world.version(theirs))
    for _ in range(2):
        asking(world).of_tip(ANA, mine)
    (alert,) = alerts(world, "usr_carl")
    assert (alert.kind, alert.case_id, alert.tip_id, alert.about) == (
        AlertKind.POINTER,
        world.case(theirs).id,
        theirs,
        "trafficking:plate",
    )
    assert mine not in str(alert)
    assert "KPR412" not in str(alert)


@pytest.mark.parametrize("restricted", [True, False])
def test_silent_pointers_tell_the_holder_alone(world: World, restricted: bool) -> None:
    mine, theirs = arrive(world, PLATE), arrive(world, PLATE, label="cargo_theft")
    if restricted:
        change(world, theirs, restricted_to=("usr_carl",), owner="usr_carl")
    else:
        change(world, theirs, desk="oversight", owner="usr_carl")
    assert [pointer.silent for pointer in pointers(world, theirs)] == [True]
    assert told(world, mine) == []
    assert [alert.kind for alert in alerts(world, "usr_carl")] == [AlertKind.POINTER]
    assert world.audit(f"case:{world.case(theirs).id}")[-1].action == "deconfliction.named"
    assert world.audit(f"tip:{mine}")[-1].detail["desks"] == "0"
    assert asking(world).ask(ANA, "trafficking", "plate", "KPR 412").told == ()


def test_who_asks_from_a_restricted_case_is_not_named(world: World) -> None:
    mine, theirs = arrive(world, PLATE), arrive(world, PLATE, label="cargo_theft")
    change(world, theirs, owner="usr_carl")
    change(world, mine, restricted_to=("usr_ana",))
    assert told(world, mine) == [("cargo", ("plate",))]
    assert alerts(world, "usr_carl") == []
    assert "desk" not in world.audit(f"case:{world.case(theirs).id}")[-1].detail
    with pytest.raises(NotFound):
        told(world, mine, a_viewer("trafficking", user="usr_bo"))


def test_an_owner_who_may_no_longer_know_of_a_restricted_case_is_not_told(world: World) -> None:
    mine, theirs = arrive(world, PLATE), arrive(world, PLATE, label="cargo_theft")
    change(world, theirs, owner="usr_carl", restricted_to=("usr_dora",))
    told(world, mine)
    assert alerts(world, "usr_carl") == []


def test_referrals_holds_and_closed_cases_point_nowhere(world: World) -> None:
    mine = arrive(world, PHONE)
    hold = arrive(world, PHONE, label="not_actionable")
    theirs = arrive(world, PHONE, label="cargo_theft")
    assert pointers(world, hold) == []
    assert told(world, hold, a_viewer(world.case(hold).desk)) == []
    assert told(world, mine) == [("cargo", ("phone",))]
    world.casework.decline(CARL, theirs, world.version(theirs), "unfounded")
    renew(world, theirs)
    assert pointers(world, theirs) == []
    world.casework.claim(CARL, theirs, world.version(theirs))
    world.casework.refer(CARL, theirs, world.version(theirs), "care")
    renew(world, theirs)
    assert pointers(world, theirs) == []
    assert told(world, mine) == []
    assert told(world, theirs, a_viewer("care")) == []


def test_how_a_case_stands_now_counts_even_where_its_pointers_are_older(world: World) -> None:
    mine, theirs = arrive(world, PLATE), arrive(world, PLATE, label="cargo_theft")
    assert told(world, mine) == [("cargo", ("plate",))]
    for fields in ({"restricted_to": ("usr_carl",)}, {"restricted_to": (), "desk": "oversight"}, {"desk": "care"}, {"kind": CaseKind.HOLD}):
        with world.storage.writing() as work:
            case = work.cases.of_tip(theirs)
            assert case
            work.cases.update(replace(case, version=case.version + 1, **fields))
        assert told(world, mine) == []


def test_pointers_follow_the_case_and_are_written_once(world: World) -> None:
    tip = arrive(world, PLATE, PHONE)
    first = pointers(world, tip)
    assert sorted(pointer.kind for pointer in first) == ["phone", "plate"]
    assert {(pointer.at.day, pointer.at.hour) for pointer in first} == {(1, 0)}
    renew(world, tip)
    assert pointers(world, tip) == first
    world.casework.transfer(ANA, tip, world.version(tip), "cargo", "a load")
    renew(world, tip)
    assert {pointer.desk for pointer in pointers(world, tip)} == {"cargo"}


def test_what_is_typed_finds_the_same(world: World) -> None:
    viewer = replace(ANA, purpose="a stop on I-80")
    theirs = arrive(
        world,
        PLATE,
        PHONE,
        an_entity("handle", "snapchat:rico_77"),
        an_entity("wallet", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        an_entity("vin", "1M8GDM9AXKP042788"),
        an_entity("trailer", "R53219"),
        an_entity("address", "1203 W 25th Street Apt 4", attributes={"part": "street"}),
        label="cargo_theft",
    )
    asked = {
        "plate": "kpr-4i2",
        "phone": "(402) 555-0143",
        "handle": "@Rico_77",
        "wallet": " 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "vin": "1m8gdm9axkp042788",
        "trailer": "r 53219",
        "address": "1203 West 25th St",
    }
    assert set(asked) == set(KINDS)
    for kind, text in asked.items():
        answer = asking(world).ask(viewer, "trafficking", kind, text)
        assert [(one.desk.id, one.kinds) for one in answer.told] == [("cargo", (kind,))], kind
        row = world.audit("desk:trafficking")[-1]
        assert (row.action, row.purpose, row.detail["kind"], row.detail["desks"]) == ("deconfliction.asked", "a stop on I-80", kind, "1")
        assert text not in str(row)
    assert asking(world).ask(replace(CARL, purpose="same"), "cargo", "plate", "KPR412").own == (world.case(theirs).id,)
    assert asking(world).ask(viewer, "trafficking", "plate", "ZZZ999").told == ()


def test_who_asks_says_why_for_which_desk_and_about_a_whole_thing(world: World) -> None:
    for viewer, desk, kind, text, path in (
        (replace(ANA, purpose=" "), "trafficking", "plate", "KPR412", "purpose"),
        (ANA, "cargo", "plate", "KPR412", "desk"),
        (ANA, "trafficking", "name", "Rico", "kind"),
        (ANA, "trafficking", "plate", "KPR", "thing"),
        (ANA, "trafficking", "phone", "555", "thing"),
        (ANA, "trafficking", "address", "25th Street", "thing"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            asking(world).ask(viewer, desk, kind, text)
        assert [error.path for error in refusal.value.errors] == [path]
        assert text not in str(refusal.value)
    assert not world.audit("desk:trafficking")


def test_a_desk_of_care_that_asks_is_not_named(world: World) -> None:
    theirs = arrive(world, PHONE, label="cargo_theft")
    change(world, theirs, owner="usr_carl")
    answer = asking(world).ask(a_viewer("care"), "care", "phone", "402-555-0143")
    assert [one.desk.id for one in answer.told] == ["cargo"]
    assert alerts(world, "usr_carl") == []
    assert "desk" not in world.audit(f"case:{world.case(theirs).id}")[-1].detail


def test_nothing_of_the_reporters_or_a_shops_is_a_thing() -> None:
    own = [an_entity("phone", "+14025550143", role=role) for role in ("reporter", "business")]
    part = an_entity("phone", "555", partial=True)
    tip = a_tip(vehicles=(Vehicle(plate="12-AB 345", state="NE"), Vehicle(plate="12A?")))
    assert things(tip, an_assessment(tip, entities=[*own, part])) == {("plate", "12A8345")}


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_typed_things_have_one_form(kind: str, text: str) -> None:
    value = typed(kind, text)
    assert typed(kind, value) == value
