"""The clocks keep the pointers of cases, and make them anew when the key or what desks are for has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event as Signal

import pytest

from infra.app import Core, open_core
from infra.crypto import HmacBlinder, KeyRing
from infra.pointers_app import ROLE, PointerLine
from infra.prepare import prepare
from infra.settings import read_settings
from infra.storage.leader import make_leader
from infra.worker_app import open_handlers
from tests.builders import a_tip, received
from triage.domain.access import Role, Viewer
from triage.domain.events import Event, EventType
from triage.domain.links import Pointer
from triage.domain.policy import DeskNature
from triage.links.pointers import Deconfliction
from triage.links.things import things
from triage.ports import Blinder

CARGO = "Somebody cut the seal and stole a load of televisions from trailer 53219 at the yard. The thief drove a truck with plate KPR 412."
FORCED = "The man in the truck with plate KPR 412 took her passport, and she owes him a debt that she must work off."


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    settings = read_settings({}, data=tmp_path / "data")
    prepare(settings)
    with open_core(settings) as opened:
        yield replace(opened, settings=replace(settings, model_dir=str(tmp_path)))  # no model there: the rules read, and start at once


def follow(core: Core) -> int:
    """The clocks take one batch."""
    leader = make_leader(core.database, core.settings.data, ROLE)
    try:
        return PointerLine(core, leader, Signal()).run_once()
    finally:
        leader.release()


def pointers(core: Core, tip: str) -> list[Pointer]:
    with core.storage.reading() as work:
        case = work.cases.of_tip(tip)
        assert case
        return work.pointers.beside(case.id)


def test_desks_learn_of_one_another(core: Core) -> None:
    tips = [a_tip(number, narrative=text, received_at=core.clock.now()) for number, text in enumerate((FORCED, CARGO), 1)]
    with core.storage.writing() as work:
        for tip in tips:
            work.tips.add(tip)
    with open_handlers(core) as handlers:
        of_line = {handler.name: handler for handler in handlers}
        of_line["decide"].handle([received(tip, number) for number, tip in enumerate(tips, 1)])
    assert [follow(core), follow(core)] == [2, 0]
    with core.storage.reading() as work:
        desks = {tip.id: case.desk for tip in tips if (case := work.cases.of_tip(tip.id))}
        readings = work.assessments.get_many([tip.id for tip in tips])
    mine, theirs = (tip.id for tip in tips)
    assert len(set(desks.values())) == 2
    assert len(pointers(core, theirs)) == len(things(tips[1], readings[theirs])) > 0
    viewer = Viewer("usr_ana", "ana", Role.ANALYST, frozenset({desks[mine]}), "triage")
    asking = Deconfliction(core.storage, core.policy, core.blinder, core.clock, core.ids)
    assert [(one.desk.id, one.kinds) for one in asking.of_tip(viewer, mine)] == [(desks[theirs], ("plate",))]

    keys = KeyRing(b"c" * 32, b"r" * 32, b"s" * 32)
    rotated = replace(core, blinder=HmacBlinder(keys))
    before = {pointer.digest for pointer in pointers(core, theirs)}
    assert [follow(rotated), follow(rotated)] == [2, 0], "with another key, everything is followed once more"
    assert len(pointers(core, theirs)) == len(before)
    assert not before & {pointer.digest for pointer in pointers(core, theirs)}
    guarded = replace(core.policy.desks[desks[theirs]], nature=DeskNature.CARE)
    policy = replace(core.policy, desks={**core.policy.desks, guarded.id: guarded})
    assert follow(replace(rotated, policy=policy)) == 2
    assert pointers(core, theirs) == []


def test_a_case_at_fault_holds_up_no_other_and_is_written_with_its_next_change(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    tips = [a_tip(number, narrative=text, received_at=core.clock.now()) for number, text in enumerate((FORCED, CARGO), 1)]
    with core.storage.writing() as work:
        for tip in tips:
            work.tips.add(tip)
    with open_handlers(core) as handlers:
        {handler.name: handler for handler in handlers}["decide"].handle([received(tip, n) for n, tip in enumerate(tips, 1)])

    class Picky(Blinder):
        def digest(self, kind: str, value: str) -> str:
            if kind == "trailer":
                raise ValueError("no trailers today")
            return core.blinder.digest(kind, value)

    assert follow(replace(core, blinder=Picky())) == 2
    assert (len(pointers(core, tips[0].id)), len(pointers(core, tips[1].id))) == (1, 0)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"][-1] == "the pointers of a case could not be written"
    with core.storage.writing() as work:
        case = work.cases.of_tip(tips[1].id)
        assert case
        work.cases.update(replace(case, version=case.version + 1))
        work.events.append([Event("evt_z", EventType.CASE_CHANGED, case.id, core.clock.now(), "t", {"case": case.id, "version": "2"})])
    assert follow(core) == 1
    assert len(pointers(core, tips[1].id)) == 2
