"""What every store of the accounts of partners' staff must do. Subclass and say how to open a storage of partner works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.partner import Partner, Staff
from ingest.ports import PartnerStorage
from tests.contract.samples import AT, later
from triage.domain.errors import AlreadyExists, Conflict

HAULIER, CLINIC = Partner("prairie-haul", "Prairie Haul", "trucking"), Partner("north-clinic", "North Clinic", "hospital")


def a_person(number: int = 1, **given: Any) -> Staff:
    """Somebody at the clinic."""
    sound: dict[str, Any] = {"partner": "north-clinic", "display_name": "Nora N.", "password_hash": "$argon2id$x", "manager": True}
    return Staff(**{**sound, "id": f"stf_{number}", "name": f"Ñora{number}", **given})


class StaffSuite:
    def open(self, folder: Path) -> AbstractContextManager[PartnerStorage]:
        """Open the storage that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[PartnerStorage]:
        with self.open(tmp_path) as storage:
            with storage.writing() as work:
                work.partners.put(HAULIER)
                work.partners.put(CLINIC)
            yield storage

    def test_finds_by_name(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            work.staff.put(a_person(1))
            work.staff.put(a_person(2))
        with storage.reading() as work:
            assert work.staff.by_name("ñORA2") == a_person(2)
            assert work.staff.by_id("stf_1") == a_person(1)
            assert (work.staff.by_name("nobody"), work.staff.by_id("stf_9")) == (None, None)

    def test_a_name_is_taken_once_among_all_partners(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            work.staff.put(a_person(1))
        with pytest.raises(AlreadyExists, match="staff account"), storage.writing() as work:
            work.staff.put(a_person(2, name="ñora1", partner="prairie-haul"))
        with storage.reading() as work:
            assert (work.staff.by_id("stf_1"), work.staff.by_id("stf_2")) == (a_person(1), None)

    def test_put_replaces(self, storage: PartnerStorage) -> None:
        changed = replace(a_person(1), name="Renamed", active=False, manager=False)
        with storage.writing() as work:
            work.staff.put(a_person(1))
            work.staff.start_session("hash", "stf_1", later(hours=1))
            work.staff.put(changed)
        with storage.reading() as work:
            assert work.staff.by_id("stf_1") == work.staff.by_session("hash", AT) == changed
            assert work.staff.by_name(a_person(1).name) is None

    def test_lists_a_partners_people(self, storage: PartnerStorage) -> None:
        elsewhere = a_person(3, partner="prairie-haul", name="Anders")
        with storage.writing() as work:
            for person in (a_person(2), elsewhere, a_person(1)):
                work.staff.put(person)
        with storage.reading() as work:
            assert work.staff.of_partner("north-clinic") == [a_person(1), a_person(2)]
            assert work.staff.of_partner("nobody") == []

    def test_forgets_ended_sessions(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            work.staff.put(a_person(1))
            for token_hash in ("ended", "running"):
                work.staff.start_session(token_hash, "stf_1", later(hours=1))
            work.staff.end_session("ended")
        with storage.reading() as work:
            assert work.staff.by_session("ended", AT) is None
            assert work.staff.by_session("running", later(minutes=59)) == a_person(1)
            assert work.staff.by_session("running", later(hours=1)) is None
            assert work.staff.by_session("unknown", AT) is None

    def test_ends_all_sessions_of_a_person(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            for number in (1, 2):
                work.staff.put(a_person(number))
            for token_hash, staff_id in (("one", "stf_1"), ("two", "stf_1"), ("other", "stf_2")):
                work.staff.start_session(token_hash, staff_id, later(hours=1))
            work.staff.end_sessions("stf_1")
        with storage.reading() as work:
            assert (work.staff.by_session("one", AT), work.staff.by_session("two", AT)) == (None, None)
            assert work.staff.by_session("other", AT) == a_person(2)

    def test_refuses_an_account_at_no_partner(self, storage: PartnerStorage) -> None:
        with pytest.raises(Conflict), storage.writing() as work:
            work.staff.put(a_person(1, partner="nobody"))
