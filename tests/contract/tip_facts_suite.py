"""What every source of facts about tips must do. Subclass and say how to open a storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.builders import a_tip
from tests.contract.samples import AT, a_case, an_act, an_entry, later
from tests.contract.tips_suite import RecordsSuite
from triage.domain.tip import Tip
from triage.ports import Storage

LONG_AGO, FAR_OFF = later(days=-99), later(days=99)


def keep(storage: Storage, number: int, at: datetime = AT, desk: str = "cargo", also: tuple[str, ...] = ()) -> Tip:
    """A tip with its case and queue entry."""
    tip = replace(a_tip(number), received_at=at, language="es-MX")
    with storage.writing() as work:
        work.tips.add(tip)
        work.cases.add(a_case(f"case_{number}", (tip.id,), desk=desk, also=also, categories=("cargo_theft",)))
        work.queue.put(an_entry(tip.id, case_id=f"case_{number}", desk=desk))
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
            for number, minutes in ((1, 9), (2, 4), (3, 30)):
                work.acts.add(replace(an_act(number), tip_id=looked.id, at=later(minutes=minutes)))
        with storage.reading() as work:
            assert [fact.looked_at for fact in work.facts.between({"cargo"}, LONG_AGO, FAR_OFF, 10)] == [None, later(minutes=4)]
