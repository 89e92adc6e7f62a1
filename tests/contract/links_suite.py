"""What every store of links must do. Subclass and say how to open a storage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.builders import a_tip
from tests.contract.samples import AT, a_case, later
from tests.contract.tips_suite import RecordsSuite
from triage.domain.case import CaseKind, CaseStatus
from triage.domain.decision import LinkKey, LinkKind, LinkMatch
from triage.domain.errors import Unavailable
from triage.ports import Storage, UnitOfWork

PLATE = LinkKey(LinkKind.PLATE, "NE:ABC123", joins=True)
PHONE = LinkKey(LinkKind.PHONE, "+13085550123")
EMAIL = LinkKey(LinkKind.EMAIL, "+13085550123")
"""The same value as the phone, in another kind."""

WORDS = tuple(range(1000, 1064))


def alike(equal: int, other: int = 0) -> tuple[int, ...]:
    """A fingerprint of which the first ``equal`` values are those of ``WORDS``."""
    return WORDS[:equal] + tuple(5_000_000 + 100 * other + place for place in range(64 - equal))


def store(
    work: UnitOfWork, number: int, at: datetime, keys: Iterable[LinkKey] = (), fingerprint: tuple[int, ...] = (), **case: Any
) -> None:
    """A tip in a case of its own, with what ties it to others."""
    tip = replace(a_tip(number), id=f"tip_{number}", received_at=at)
    work.tips.add(tip)
    work.links.add(tip, keys, fingerprint)
    work.cases.add(a_case(f"case_{number}", (tip.id,), **case))


def match(key: LinkKey, number: int, at: datetime, **given: Any) -> LinkMatch:
    """How the tip of ``store`` comes back."""
    return replace(LinkMatch(key, f"tip_{number}", f"case_{number}", "trafficking", True, at), **given)


class LinksSuite(RecordsSuite):
    def test_finds_earlier_tips_by_shared_key(self, storage: Storage) -> None:
        with storage.writing() as work:
            store(work, 1, later(hours=3), [PLATE, PHONE])
            store(work, 2, later(hours=2), [replace(PLATE, joins=False)], desk="cargo", status=CaseStatus.CLOSED, kind=CaseKind.HOLD)
            store(work, 3, AT, [PHONE])
            store(work, 4, later(microseconds=-1), [PHONE])
            store(work, 5, later(hours=1), [EMAIL, LinkKey(LinkKind.PLATE, "NE:ABC124")])
        with storage.reading() as work:
            assert work.links.find("tip_9", [PHONE, PLATE], since=AT, limit=50) == [
                match(PLATE, 1, later(hours=3)),
                match(PHONE, 3, AT),
                match(replace(PLATE, joins=False), 2, later(hours=2), desk="cargo", case_open=False, case_kind=CaseKind.HOLD),
                match(PHONE, 1, later(hours=3)),
            ]
            assert work.links.find("tip_9", [PHONE, PLATE], since=AT, limit=1) == [match(PLATE, 1, later(hours=3))]
            assert work.links.find("tip_9", [], since=AT, limit=50) == []

    def test_finds_by_any_number_of_keys(self, storage: Storage) -> None:
        many = [LinkKey(LinkKind.PHONE, f"+1308555{number:04d}") for number in range(1200)]
        with storage.writing() as work:
            store(work, 1, AT, many[-1:])
        with storage.reading() as work:
            assert work.links.find("tip_9", many, since=AT, limit=50) == [match(many[-1], 1, AT)]

    def test_leaves_out_the_asking_tip(self, storage: Storage) -> None:
        with storage.writing() as work:
            for number in (1, 2):
                store(work, number, AT, [PLATE], WORDS)
            assert [m.tip_id for m in work.links.find("tip_1", [PLATE], since=AT, limit=50)] == ["tip_2"]
            assert [m.tip_id for m in work.links.similar("tip_1", WORDS, AT, 0.6, 50)] == ["tip_2"]

    def test_finds_near_duplicates(self, storage: Storage) -> None:
        text = LinkKey(LinkKind.TEXT, "")
        with storage.writing() as work:
            store(work, 1, AT, fingerprint=alike(48, 1), desk="cargo", status=CaseStatus.CLOSED)
            store(work, 2, later(hours=1), fingerprint=WORDS)
            store(work, 3, later(hours=2), fingerprint=alike(32, 3))
            store(work, 4, later(hours=3), fingerprint=alike(47, 4))
            store(work, 5, later(hours=4))
            store(work, 6, later(microseconds=-1), fingerprint=WORDS)
        with storage.reading() as work:
            assert work.links.similar("tip_9", WORDS, since=AT, threshold=0.75, limit=50) == [
                match(text, 2, later(hours=1), similarity=1.0),
                match(text, 1, AT, similarity=0.75, desk="cargo", case_open=False),
            ]
            assert work.links.similar("tip_9", (), since=AT, threshold=0.0, limit=50) == []

    def test_follows_a_tip_to_another_case(self, storage: Storage) -> None:
        with storage.writing() as work:
            store(work, 1, AT, [PLATE], WORDS)
            store(work, 2, AT, desk="cargo")
        with storage.writing() as work:
            work.cases.update(a_case("case_1", (), version=2))
            work.cases.update(a_case("case_2", ("tip_2", "tip_1"), desk="cargo", version=2))
        with storage.reading() as work:
            found = work.links.find("tip_9", [PLATE], since=AT, limit=50) + work.links.similar(
                "tip_9", WORDS, since=AT, threshold=0.6, limit=50
            )
            assert [(m.tip_id, m.case_id, m.desk) for m in found] == [("tip_1", "case_2", "cargo")] * 2

    def test_lets_two_workers_see_each_others_tips(self, storage: Storage) -> None:
        with storage.writing() as first:
            first.links.lock([PLATE, PHONE])
            store(first, 1, AT, [PLATE])
            with pytest.raises(Unavailable), storage.writing() as second:
                second.links.lock([PHONE, PLATE])
        with storage.writing() as second:
            second.links.lock([PHONE, PLATE])
            assert [m.tip_id for m in second.links.find("tip_2", [PLATE], since=AT, limit=50)] == ["tip_1"]
