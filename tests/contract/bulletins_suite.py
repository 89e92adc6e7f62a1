"""What every store of bulletins and their receipts must do. Subclass and say how to open a storage of partner works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.bulletin import Bulletin, BulletinKind, ReadReceipt
from ingest.ports import PartnerStorage
from tests.contract.samples import AT, later


def a_bulletin(number: int = 1, **given: Any) -> Bulletin:
    """A bulletin with every field given."""
    sound: dict[str, Any] = {
        "kind": BulletinKind.TRAINING,
        "title": f"Card {number} – «señales»",
        "text": "First.\n\nSecond.",
        "by": "usr_1",
        "at": later(minutes=number),
        "partners": ("north-clinic",),
        "sectors": ("hotel", "trucking"),
        "withdrawn_at": later(days=1),
    }
    return Bulletin(**{**sound, "id": f"bul_{number}", **given})


def a_receipt(staff: str = "stf_1", bulletin: str = "bul_1", **given: Any) -> ReadReceipt:
    """Somebody of the clinic has read the bulletin."""
    return ReadReceipt(**{"bulletin": bulletin, "staff": staff, "partner": "north-clinic", "at": AT, **given})


class BulletinsSuite:
    def open(self, folder: Path) -> AbstractContextManager[PartnerStorage]:
        """Open the storage that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[PartnerStorage]:
        with self.open(tmp_path) as storage:
            yield storage

    def test_put_replaces(self, storage: PartnerStorage) -> None:
        changed = a_bulletin(1, title="Other words", partners=(), withdrawn_at=None)
        with storage.writing() as work:
            work.bulletins.put(a_bulletin(1))
            work.bulletins.put(a_bulletin(2))
            assert work.bulletins.get("bul_1") == a_bulletin(1)
            work.bulletins.put(changed)
        with storage.reading() as work:
            assert work.bulletins.get("bul_1") == changed
            assert work.bulletins.get("bul_2") == a_bulletin(2)
            assert work.bulletins.get("bul_9") is None

    def test_lists_newest_first(self, storage: PartnerStorage) -> None:
        twins = [a_bulletin(number, at=AT) for number in (3, 4)]
        with storage.writing() as work:
            for bulletin in (a_bulletin(2, withdrawn_at=None), *twins, a_bulletin(5)):
                work.bulletins.put(bulletin)
        with storage.reading() as work:
            assert work.bulletins.all(10) == [a_bulletin(5), a_bulletin(2, withdrawn_at=None), twins[1], twins[0]]
            assert work.bulletins.all(1) == [a_bulletin(5)]

    def test_keeps_the_first_reading(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            work.bulletins.put(a_bulletin(1))
            work.bulletins.put(a_bulletin(2))
            work.bulletins.mark_read(a_receipt("stf_2", at=later(minutes=1)))
            work.bulletins.mark_read(a_receipt("stf_1", at=later(minutes=2)))
            work.bulletins.mark_read(a_receipt("stf_2", at=later(minutes=3)))
            work.bulletins.mark_read(a_receipt("stf_1", "bul_2", at=later(minutes=4)))
        with storage.reading() as work:
            first, second = a_receipt("stf_2", at=later(minutes=1)), a_receipt("stf_1", at=later(minutes=2))
            assert work.bulletins.receipts("bul_1") == [first, second]
            assert work.bulletins.receipts("bul_9") == []

    def test_says_what_a_person_has_read(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            for number in (1, 2, 3):
                work.bulletins.put(a_bulletin(number))
            for staff, bulletin in (("stf_1", "bul_1"), ("stf_1", "bul_3"), ("stf_2", "bul_2")):
                work.bulletins.mark_read(a_receipt(staff, bulletin))
        with storage.reading() as work:
            assert work.bulletins.read_by("stf_1") == {"bul_1", "bul_3"}
            assert work.bulletins.read_by("stf_9") == frozenset()
