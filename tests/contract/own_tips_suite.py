"""What every reader of a partner's own tips must do. Subclass and say how to open a partner storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.partner_yield import OwnTip, PartnerYield
from ingest.ports import PartnerStorage
from tests.builders import NOON, a_tip
from tests.contract.samples import a_case, a_message, an_act, an_audit_row, an_entry
from triage.domain.case import ActKind, CaseKind, CaseStatus, EntryState
from triage.domain.sender import Outcome, OutcomeCode, Useful
from triage.domain.tip import Channel, Tip

OWN, OTHER = "prairie-haul", "oak-school"
MINUTE = timedelta(minutes=1)


def head(tip: Tip) -> OwnTip:
    """The tip as it stands in a list."""
    return OwnTip(tip.id, tip.received_at, tip.channel.value, tip.partner_role, tip.partner_reference)


class OwnTipsSuite:
    def open(self, folder: Path) -> AbstractContextManager[PartnerStorage]:
        """Open the storage that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[PartnerStorage]:
        with self.open(tmp_path) as storage:
            yield storage

    def keep(self, storage: PartnerStorage, *tips: Tip, actor: str = "partner:prairie-haul") -> None:
        """Keep tips that ``actor`` has sent."""
        with storage.writing() as work:
            for tip in tips:
                work.tips.add(tip)
                work.audit.append([an_audit_row(f"aud_{tip.id}", f"tip:{tip.id}", actor=actor, action="tip.received")])

    def minutes(self, *minutes: float, **given: Any) -> list[Tip]:
        """Tips received that many minutes after noon, numbered from 1."""
        return [a_tip(number, received_at=NOON + minute * MINUTE, **given) for number, minute in enumerate(minutes, 1)]

    def test_lists_ones_own(self, storage: PartnerStorage) -> None:
        first, twin, late = self.minutes(0, 0, 1, channel=Channel.BULK, partner_role="driver", partner_reference="R-1")
        self.keep(storage, first, late, twin, a_tip(9, partner=OTHER), a_tip(8, partner=OWN + "~sandbox"))
        with storage.reading() as work:
            assert work.own.page(OWN, None, 10) == [head(late), head(twin), head(first)]
            assert work.own.page(OWN, None, 2) == [head(late), head(twin)]
            assert work.own.page("nobody", None, 10) == []

    def test_goes_on_after_a_cursor(self, storage: PartnerStorage) -> None:
        tips = self.minutes(0, 1, 1, 1, 2, 3)
        self.keep(storage, *tips)
        with storage.reading() as work:
            seen: list[OwnTip] = []
            before = None
            while page := work.own.page(OWN, before, 2):
                seen += page
                before = (page[-1].received_at, page[-1].id)
        assert seen == [head(tip) for tip in reversed(tips)]

    def test_narrows(self, storage: PartnerStorage) -> None:
        tips = [
            a_tip(n, received_at=NOON + n * MINUTE, partner_reference=reference)
            for n, reference in enumerate(("R-1", "r-1", "R-1", "R-11"))
        ]
        self.keep(storage, *tips)
        with storage.reading() as work:
            assert work.own.page(OWN, None, 10, NOON + 2 * MINUTE) == [head(tips[3]), head(tips[2])]
            assert work.own.page(OWN, None, 10, None, "R-1") == [head(tips[2]), head(tips[0])]
            assert work.own.page(OWN, (tips[2].received_at, tips[2].id), 10, NOON, "R-1") == [head(tips[0])]

    def test_counts_what_came_since(self, storage: PartnerStorage) -> None:
        self.keep(storage, *self.minutes(0, 1, 2), a_tip(9, partner=OTHER))
        with storage.reading() as work:
            assert [work.own.count(OWN, NOON + n * MINUTE) for n in range(4)] == [3, 2, 1, 0]

    def test_counts_what_became_of_them(self, storage: PartnerStorage) -> None:
        tips = self.minutes(0, 1, 2, 3)
        outside = [a_tip(8, received_at=NOON - MINUTE), a_tip(9, received_at=NOON + 4 * MINUTE), a_tip(7, partner=OTHER)]
        self.keep(storage, *tips, *outside)
        ids = [tip.id for tip in tips]
        with storage.writing() as work:
            for tip in (*tips, *outside):
                due = tip.received_at + 10 * MINUTE
                work.queue.put(an_entry(tip.id, case_id=f"case_{tip.id}", due_at=due, state=EntryState.DONE))
            for tip, after in ((tips[0], 4), (tips[1], 20), (tips[2], 6), (outside[0], 1), (outside[2], 1)):
                at = tip.received_at + after * MINUTE
                work.acts.add(an_act(int(tip.id[-1]), tip_id=tip.id, kind=ActKind.ACCEPT, at=at))
            work.acts.add(an_act(90, tip_id=ids[0], kind=ActKind.CLAIM, at=NOON + 50 * MINUTE))
            work.cases.add(a_case(f"case_{ids[0]}", (ids[0],), status=CaseStatus.CLOSED))
            work.cases.add(a_case(f"case_{ids[1]}", (ids[1],)))
            work.cases.add(a_case(f"case_{ids[2]}", (ids[2],), kind=CaseKind.HOLD))
            work.cases.add(a_case(f"case_{outside[0].id}", (outside[0].id, outside[2].id), status=CaseStatus.CLOSED))
            work.outcomes.put(Outcome(ids[0], Useful.YES, NOON, "usr_1", OutcomeCode.HELPED))
            work.outcomes.put(Outcome(ids[1], Useful.YES, NOON, "usr_1"))
            work.outcomes.put(Outcome(outside[0].id, Useful.NO, NOON, "usr_1", OutcomeCode.NO_CONCERN))
        with storage.reading() as work:
            found = work.own.yields(OWN, NOON, NOON + 4 * MINUTE)
            assert found == PartnerYield(4, 3, 2, 1, 2, 6.0, {Useful.YES: 2}, {OutcomeCode.HELPED: 1})
            assert work.own.yields(OWN, NOON + 3 * MINUTE, NOON + 4 * MINUTE) == PartnerYield(received=1)
            assert work.own.yields("nobody", NOON, NOON + 4 * MINUTE) == PartnerYield()

    def test_keeps_what_people_sent_by_the_form_from_the_partner(self, storage: PartnerStorage) -> None:
        ours, theirs = a_tip(1), a_tip(2, partner_reference="R-1")
        self.keep(storage, ours)
        self.keep(storage, theirs, actor="public")
        with storage.writing() as work:
            work.messages.add(a_message(tip_id=theirs.id))
            work.audit.append([an_audit_row("aud_2", f"tip:{ours.id}", actor="public", action="tip.amended")])
        with storage.reading() as work:
            assert work.own.page(OWN, None, 10) == [head(ours)]
            assert work.own.page(OWN, None, 10, None, "R-1") == []
            assert work.own.count(OWN, NOON) == 1
            assert not work.own.has(OWN, theirs.id)
            assert work.own.written_about(OWN, 10) == []
            assert [work.own.yields(OWN, NOON, NOON + MINUTE, by_form).received for by_form in (False, True)] == [1, 1]

    def test_knows_its_own(self, storage: PartnerStorage) -> None:
        self.keep(storage, a_tip(1), a_tip(2, partner=OTHER), a_tip(3, partner=OWN + "~sandbox"))
        with storage.reading() as work:
            assert [work.own.has(OWN, a_tip(number).id) for number in (1, 2, 3, 4)] == [True, False, False, False]

    def test_lists_what_was_written_about(self, storage: PartnerStorage) -> None:
        quiet, early, late = self.minutes(0, 1, 2)
        self.keep(storage, quiet, early, late, a_tip(9, partner=OTHER))
        with storage.writing() as work:
            work.messages.add(a_message(1, tip_id=late.id))
            work.messages.add(a_message(2, tip_id=a_tip(9).id))
            work.messages.add(a_message(3, tip_id=early.id))
            work.messages.add(a_message(0, tip_id=early.id))
        with storage.reading() as work:
            assert work.own.written_about(OWN, 10) == [head(early), head(late)]
            assert work.own.written_about(OWN, 1) == [head(early)]
