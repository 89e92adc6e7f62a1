"""What every source of facts about tips must do. Subclass and say how to open a storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.builders import a_tip
from tests.contract.samples import AT, a_case, an_act, an_entry, later
from tests.contract.tips_suite import RecordsSuite
from triage.domain.case import CaseKind, CaseStatus, EntryState
from triage.domain.sender import Outcome, Useful
from triage.domain.tip import Geo, Place, Tip
from triage.domain.trend import Result
from triage.ports import Storage

LONG_AGO, FAR_OFF = later(days=-99), later(days=99)


def keep(
    storage: Storage,
    number: int,
    at: datetime = AT,
    desk: str = "cargo",
    also: tuple[str, ...] = (),
    state: EntryState = EntryState.WAITING,
    **given: Any,
) -> Tip:
    """A tip with its case, for which more can be ``given``, and its queue entry."""
    where = Place(road="I-80", exit="exit 126", county="Keith", state="NE")
    tip = replace(a_tip(number), received_at=at, language="es-MX", place=where, geo=Geo(41.1, -101.7, 30))
    with storage.writing() as work:
        work.tips.add(tip)
        work.cases.add(a_case(f"case_{number}", (tip.id,), desk=desk, also=also, categories=("cargo_theft",), **given))
        work.queue.put(an_entry(tip.id, case_id=f"case_{number}", desk=desk, state=state))
    return tip


class TipFactsSuite(RecordsSuite):
    def test_gives_those_of_the_time(self, storage: Storage) -> None:
        for number in range(1, 6):
            keep(storage, number, later(hours=number))
        with storage.reading() as work:
            found = work.facts.between({"cargo"}, later(hours=2), later(hours=5), 10)
            assert [fact.received_at for fact in found] == [later(hours=4), later(hours=3), later(hours=2)]
            assert work.facts.between({"cargo"}, later(hours=2), later(hours=5), 2) == found[:2]
            (fact,) = work.facts.between({"cargo"}, later(hours=2), later(hours=3), 10)
        assert (fact.language, fact.desk, fact.categories, fact.county) == ("es", "cargo", ("cargo_theft",), "Keith")
        assert (fact.channel, fact.partner, fact.due_at) == (a_tip(1).channel.value, a_tip(1).partner, later(hours=1))

    def test_gives_those_of_the_desks_alone(self, storage: Storage) -> None:
        keep(storage, 1, desk="cargo")
        keep(storage, 2, desk="violent", also=("cargo",))
        keep(storage, 3, desk="child")
        with storage.reading() as work:
            assert {fact.desk for fact in work.facts.between({"cargo"}, LONG_AGO, FAR_OFF, 10)} == {"cargo", "violent"}
            assert {fact.desk for fact in work.facts.between({"child", "violent"}, LONG_AGO, FAR_OFF, 10)} == {"violent", "child"}
            assert work.facts.between((), LONG_AGO, FAR_OFF, 10) == []

    def test_tells_the_first_look(self, storage: Storage) -> None:
        looked, _ = keep(storage, 1), keep(storage, 2, later(hours=1))
        with storage.writing() as work:
            for number, minutes in ((1, 9), (2, 6), (3, 30)):
                work.acts.add(replace(an_act(number), tip_id=looked.id, at=later(minutes=minutes)))
            work.acts.add(replace(an_act(4), tip_id=looked.id, at=later(minutes=1), by="system:clocks", note='says "by":"usr_1"'))
            work.acts.add(replace(an_act(5), tip_id=looked.id, at=later(minutes=5), note='"by":"system:clocks"'))
        with storage.reading() as work:
            assert [fact.looked_at for fact in work.facts.between({"cargo"}, LONG_AGO, FAR_OFF, 10)] == [None, later(minutes=5)]

    def test_tells_what_came_of_it(self, storage: Storage) -> None:
        keep(storage, 1, later(hours=4), status=CaseStatus.NEW, outcome="")
        keep(storage, 2, later(hours=3), kind=CaseKind.REFERRAL)
        keep(storage, 3, later(hours=2), status=CaseStatus.CLOSED, outcome="declined:no_indicator")
        told = keep(storage, 4, later(hours=1), status=CaseStatus.CLOSED, outcome="accepted")
        with storage.writing() as work:
            work.outcomes.put(Outcome(told.id, Useful.PARTLY, AT, "usr_1"))
        with storage.reading() as work:
            found = work.facts.between({"cargo"}, LONG_AGO, FAR_OFF, 10)
        assert [fact.result for fact in found] == [Result.OPEN, Result.ACCEPTED, Result.DECLINED, Result.ACCEPTED]
        assert [fact.kind for fact in found] == [CaseKind.CASE, CaseKind.REFERRAL, CaseKind.CASE, CaseKind.CASE]
        assert [fact.useful for fact in found] == ["", "", "", "partly"]
        assert {(fact.roads, fact.place) for fact in found} == {(("I-80",), "NE/Keith")}

    def test_pins_what_is_open(self, storage: Storage) -> None:
        open_ = keep(storage, 1, later(hours=3))
        claimed = keep(storage, 2, later(hours=2), desk="violent", also=("cargo",), state=EntryState.CLAIMED)
        keep(storage, 3, later(hours=2), state=EntryState.DONE)
        keep(storage, 4, later(hours=2), desk="child")
        keep(storage, 5, later(hours=9))
        keep(storage, 6, later(hours=2), restricted_to=("usr_9",))
        with storage.reading() as work:
            pins = work.facts.pins({"cargo", "user:usr_1"}, AT, later(hours=5), 10)
            assert work.facts.pins({"cargo"}, AT, later(hours=5), 1) == pins[:1]
            assert work.facts.pins((), AT, later(hours=5), 10) == []
        assert [pin.tip_id for pin in pins] == [open_.id, claimed.id]
        assert (pins[1].desk, pins[1].case_id, pins[1].place, pins[1].geo) == ("violent", "case_2", "NE/Keith", claimed.geo)
