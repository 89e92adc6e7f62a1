"""A sender adds something: whoever holds the tip is told once, and a tip that was put off comes back."""

from __future__ import annotations

from ingest.visit import amend
from tests.world import World, a_viewer
from triage.domain.alert import Alert, AlertKind

ANA = a_viewer("trafficking")


def told(world: World, user: str = "usr_ana") -> list[Alert]:
    with world.storage.reading() as work:
        return work.alerts.of_user(user, 10)


def add(world: World, tip: str, words: str) -> None:
    amend(tip, words, world.storage, world.clock, world.ids)


def test_whoever_claimed_it_is_told_once_for_each_thing(world: World) -> None:
    tip = world.arrive()
    add(world, tip, "he is back")
    assert told(world) == []  # nobody holds it; it stands in the queue
    world.casework.claim(ANA, tip, 1)
    for words in ("he is back", "in a blue truck", "in a blue truck"):  # the first and the last are a second press of the button
        add(world, tip, words)
    (alert,) = told(world)
    assert (alert.kind, alert.tip_id, alert.case_id, alert.about) == (AlertKind.ANSWER, tip, world.case(tip).id, "")


def test_the_owner_of_its_case_is_told_after_the_decision(world: World) -> None:
    tip = world.arrive()
    world.casework.accept(ANA, tip, 1)
    add(world, tip, "he is back")
    assert len(told(world)) == 1


def test_a_tip_that_was_put_off_comes_back(world: World) -> None:
    tip = world.arrive()
    world.casework.snooze(ANA, tip, 1, 24, "waits for the sender")
    assert world.reading.queue(ANA, "trafficking").total == 0
    add(world, tip, "it was row 4")
    assert world.reading.queue(ANA, "trafficking").total == 1
