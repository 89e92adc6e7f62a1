"""Sharing with agencies outside: by a bureau that speaks for them, or by the sharing desk itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sharing import ANA, BO, CAM, CHI, LIA, SharingWorld
from tests.unit.sharing.test_shares import problems
from triage.domain.errors import Conflict, InvalidInput, NotFound
from triage.domain.share import PassedOn, SharePart


def test_the_bureau_speaks_for_a_foreign_agency(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip, "foreign-police", parts=(SharePart.TEXT,))
    assert [one.id for one, _ in world.sharing.received(LIA)] == [share.id]
    assert world.sharing.read(LIA, share.id).projection.tips[0].text
    with pytest.raises(NotFound):
        world.sharing.read(ANA, share.id)
    with pytest.raises(NotFound):
        world.sharing.pass_on(CHI, share.id, True, "N-1")
    with pytest.raises(InvalidInput):
        world.sharing.pass_on(LIA, share.id, True, " ")
    passed = world.sharing.pass_on(LIA, share.id, True, "N-2026/17")
    assert (passed.passed, passed.passed_by, passed.reference, passed.passed_at) == (
        PassedOn.SENT,
        "usr_lia",
        "N-2026/17",
        world.clock.now(),
    )
    with pytest.raises(Conflict):
        world.sharing.pass_on(LIA, share.id, False, "No")
    assert world.audit(f"case:{share.case_id}")[-1].action == "case.sent_on"
    notice = world.reading.queue(ANA, "trafficking").notices[0]
    assert (notice.tip_id, notice.rule) == (tip, f"share-answer:{share.id}")


def test_a_recalled_request_is_sent_no_more(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip, "foreign-police")
    world.sharing.recall(ANA, share.id)
    for act in (lambda: world.sharing.pass_on(LIA, share.id, True, "N-1"), lambda: world.sharing.export(LIA, share.id, "json")):
        with pytest.raises(NotFound):
            act()


def test_the_sharing_desk_itself_sends_to_a_neighbour_without_a_bureau(world: SharingWorld) -> None:
    tip = world.arrive()
    share = world.share(ANA, tip, "neighbor-patrol")
    assert world.sharing.received(CAM) == []
    assert [one.id for one, _ in world.sharing.received(BO)] == [share.id]
    assert world.sharing.pass_on(BO, share.id, False, "They have it already").passed is PassedOn.REFUSED


def test_an_export_needs_a_purpose_and_an_agency_outside(world: SharingWorld) -> None:
    tip = world.arrive()
    share, inside = world.share(ANA, tip, "foreign-police"), world.share(ANA, tip)
    asking = replace(LIA, purpose=" ")
    assert problems(lambda: world.sharing.export(asking, share.id, "json")) == {"purpose": "required"}
    assert problems(lambda: world.sharing.export(LIA, share.id, "exe")) == {"form": "unknown"}
    with pytest.raises(NotFound):
        world.sharing.export(CHI, inside.id, "json")
    world.sharing.export(replace(LIA, purpose="Request 17"), share.id, "json")
    row = world.audit(f"share:{share.id}")[-1]
    assert (row.action, row.purpose, row.detail["form"]) == ("share.export", "Request 17", "json")
