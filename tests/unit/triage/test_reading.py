"""The looks: what they show, to whom, and that each is written down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.world import VIN, World, a_viewer
from triage.domain.access import Role, User
from triage.domain.assessment import Band, Urgency
from triage.domain.case import Message
from triage.domain.errors import NotFound
from triage.links.candidates import CANDIDATE_LIMIT
from triage.reading import CASE_LIMIT, LANE_LIMIT, QueueRow

ANA = a_viewer("trafficking")


def ids(rows: object) -> list[str]:
    return [row.entry.tip_id for row in rows]  # type: ignore[attr-defined]


def test_life_threats_stand_apart_and_first(world: World) -> None:
    calm, urgent, threat = world.arrive(), world.arrive(urgency=Urgency.P1), world.arrive(urgency=Urgency.P0)
    page = world.reading.queue(ANA, "trafficking")
    assert (ids(page.lane), ids(page.rows), page.total) == ([threat], [urgent, calm], 2)
    assert [(desk.id, *counts) for desk, *counts in page.desks] == [("trafficking", 3, 1)]


def test_pages_leave_nothing_out(world: World) -> None:
    tips = [world.arrive(urgency=Urgency.P0)] + [world.arrive() for _ in range(5)]
    pages = [world.reading.queue(ANA, "trafficking", offset, 2) for offset in (0, 2, 4)]
    assert [ids(page.lane) for page in pages] == [tips[:1]] * 3
    assert [tip for page in pages for tip in ids(page.rows)] == tips[1:]


def test_life_threats_beyond_the_lane_lead_the_list(world: World) -> None:
    threats = [world.arrive(urgency=Urgency.P0) for _ in range(LANE_LIMIT + 1)]
    calm = world.arrive()
    page = world.reading.queue(ANA, "trafficking")
    assert ids(page.lane) + ids(page.rows) == [*threats, calm]


def test_a_look_is_written_down_with_its_purpose(world: World) -> None:
    tip = world.arrive()
    viewer = replace(ANA, purpose="weekly review")
    case = world.case(tip).id
    for look, object in (
        (lambda: world.reading.queue(viewer, "trafficking"), "desk:trafficking"),
        (lambda: world.reading.tip(viewer, tip), f"tip:{tip}"),
        (lambda: world.reading.case(viewer, case), f"case:{case}"),
    ):
        before = len(world.audit(object))
        look()
        (row,) = world.audit(object)[before:]
        assert (row.actor, row.purpose, row.action.endswith(".read")) == ("user:usr_ana", "weekly review", True)


def test_a_refused_look_shows_and_writes_nothing(world: World) -> None:
    tip = world.arrive()
    before = world.audit(f"tip:{tip}")
    with pytest.raises(NotFound):
        world.reading.tip(a_viewer("cargo"), tip)
    assert world.audit(f"tip:{tip}") == before


def test_unknown_and_forbidden_look_the_same(world: World) -> None:
    tip, messages = world.arrive(), []
    for wanted in (tip, "tip_none"):
        with pytest.raises(NotFound) as refusal:
            world.reading.tip(a_viewer("cargo"), wanted)
        messages.append(str(refusal.value).replace(wanted, "?"))
    assert messages[0] == messages[1]


def test_a_tip_page_holds_everything(world: World) -> None:
    with world.storage.writing() as work:
        work.users.put(User("usr_ana", "ana", "Ana Ruiz", Role.ANALYST, frozenset({"trafficking"}), ""))
    tip = world.arrive(urgency=Urgency.P1)
    act = world.casework.claim(ANA, tip, 1)
    message = Message("msg_1", tip, world.clock.now(), True, "She is back.")
    with world.storage.writing() as work:
        work.messages.add(message)
    page = world.reading.tip(ANA, tip)
    assert (page.tip.id, page.case.version, page.entry.claimed_by, page.acts, page.messages) == (tip, 2, "usr_ana", (act,), (message,))
    assert page.decision is not None
    assert page.assessment is not None
    assert page.names == {"usr_ana": "Ana Ruiz"}
    assert [notice.desk for notice in page.notices] == ["victim-services"]
    assert page.may_act
    assert not world.reading.tip(a_viewer("victim-services"), tip).may_act


def test_similar_tips_show_with_reasons_where_they_may_be_read(world: World) -> None:
    first = world.arrive(vin=VIN)
    elsewhere = world.arrive("cargo_theft", vin=VIN)
    page = world.reading.tip(ANA, first)
    assert page.similar == ()
    both = world.reading.tip(a_viewer("trafficking", "cargo"), first)
    assert [(other.tip.id, [reason.value for reason in other.reasons]) for other in both.similar] == [(elsewhere, [VIN])]


def test_the_list_of_similar_tips_is_short(world: World) -> None:
    tips = [world.arrive(vin=VIN) for _ in range(CANDIDATE_LIMIT + 2)]
    assert len(world.reading.tip(ANA, tips[0]).similar) == CANDIDATE_LIMIT


def test_notices_are_listed_while_their_tip_may_be_read(world: World) -> None:
    tip = world.arrive(urgency=Urgency.P1)
    services = a_viewer("victim-services")
    assert [notice.tip_id for notice in world.reading.queue(services, "victim-services").notices] == [tip]
    world.casework.refer(ANA, tip, 1, "care")
    assert world.reading.queue(services, "victim-services").notices == ()


def test_a_large_case_shows_its_newest_tips(world: World) -> None:
    tips = [world.arrive(vin=VIN) for _ in range(CASE_LIMIT + 2)]
    page = world.reading.case(ANA, world.case(tips[0]).id)
    assert (ids(page.rows), page.earlier) == (tips[2:], 2)


def test_a_case_page_lists_its_tips_and_acts(world: World) -> None:
    first, second = world.arrive(vin=VIN), world.arrive(vin=VIN)
    act = world.casework.accept(ANA, second, 2)
    page = world.reading.case(ANA, world.case(first).id)
    assert (ids(page.rows), page.acts) == ([first, second], (act,))


def test_a_handover_says_what_the_next_shift_must_know(world: World) -> None:
    viewer, other = a_viewer("trafficking"), a_viewer("trafficking", user="usr_bo")
    late, threat = world.arrive(), world.arrive(urgency=Urgency.P0)
    world.clock.forward(days=2)
    held, asleep, gone, calm = (world.arrive() for _ in range(4))
    second = world.arrive(band=Band.LIKELY)
    world.casework.claim(viewer, held, 1)
    world.casework.snooze(viewer, asleep, 1, 12, "waits")
    world.casework.snooze(viewer, gone, 1, 24, "waits")
    world.casework.decline(other, second, 1, "unfounded", "nothing there")
    found = world.reading.handover(viewer, "trafficking")

    def tips(rows: tuple[QueueRow, ...]) -> set[str]:
        return {row.tip.id for row in rows}

    assert (tips(found.threats), tips(found.late), tips(found.held)) == ({threat}, {threat, late}, {held})
    assert (tips(found.second), tips(found.back), found.total) == ({second}, {asleep}, 5)
    assert calm not in tips((*found.threats, *found.late, *found.held, *found.second, *found.back))
    assert world.audit("desk:trafficking")[-1].action == "handover.read"
    with pytest.raises(NotFound):
        world.reading.handover(a_viewer("cargo"), "trafficking")
