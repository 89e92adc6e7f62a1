"""Tips of a task force: who reads them, and that the decision can be made again."""

from __future__ import annotations

import pytest

from tests.builders import taxonomy
from tests.sharing import ANA, CAM, CHI, SharingWorld
from tests.world import VIN
from triage.domain.errors import NotAllowed, NotFound
from triage.domain.share import ShareMode
from triage.domain.tip import Place
from triage.explain import explain

SARPY = Place(county="Sarpy", state="NE")


def test_members_read_along_and_the_owner_decides(world: SharingWorld) -> None:
    tip = world.arrive("cargo_theft", place=SARPY)
    assert world.case(tip).desk == "cargo"
    (notice,) = [one for one in world.reading.queue(ANA, "trafficking").notices if one.tip_id == tip]
    assert notice.rule == "task-force:east-corridor"
    assert world.reading.tip(ANA, tip).may_act is False
    with pytest.raises(NotAllowed):
        world.casework.claim(ANA, tip, world.version(tip))
    with pytest.raises(NotFound):
        world.reading.tip(CHI, tip)
    world.casework.claim(CAM, tip, world.version(tip))


def test_a_decision_under_a_task_force_can_be_made_again(world: SharingWorld) -> None:
    tip = world.arrive("cargo_theft", place=SARPY)
    with world.storage.reading() as work:
        found = explain(work, taxonomy(), tip)
    assert found.differences == ()
    assert any(step.rule == "task-force:east-corridor" and step.matched for step in found.record.routing.steps)


def test_what_left_the_task_force_is_not_listed_with_its_members(world: SharingWorld) -> None:
    tip = world.arrive("cargo_theft", place=SARPY)
    assert [row.entry.tip_id for row in world.forces.page(ANA, "east-corridor").told] == [tip]
    world.casework.transfer(CAM, tip, world.version(tip), "child", "Theirs")
    assert world.reading.tip(ANA, tip)  # whoever was told reads along still
    assert world.forces.page(ANA, "east-corridor").told == ()


def test_what_names_an_official_is_told_to_no_member(world: SharingWorld) -> None:
    tip = world.arrive("cargo_theft", place=SARPY, flags=["public_official_implicated"])
    assert set(world.case(tip).desks) <= {"oversight", "victim-services", "care"}
    page = world.forces.page(ANA, "east-corridor")
    assert (page.rows, page.told) == ((), ())


def test_a_recall_leaves_what_the_task_force_gave_meanwhile(world: SharingWorld) -> None:
    tip = world.arrive("cargo_theft", vin=VIN, place=Place(county="Dawes", state="NE"))
    share = world.share(CAM, tip, "trafficking", mode=ShareMode.JOINT)
    joined = world.arrive("cargo_theft", vin=VIN, place=SARPY)
    assert world.case(joined).id == share.case_id
    world.sharing.recall(CAM, share.id)
    assert world.case(tip).joint == ()
    assert world.reading.tip(ANA, tip)


@pytest.mark.parametrize("id", ["east-corridor", "no-such"])
def test_only_members_see_a_task_force(world: SharingWorld, id: str) -> None:
    with pytest.raises(NotFound):
        world.forces.page(CHI, id)
    assert world.forces.all(CHI) == []
