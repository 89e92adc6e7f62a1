"""The vault over each store, and vaults that each break one rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from infra.blobs import DiskBlobs
from infra.crypto import KeyRing, KeyRingSealer
from infra.storage.blobs import SqlBlobs
from infra.storage.partner_work import SqlPartnerStorage
from infra.vault import SealedVault
from tests.builders import StillClock
from tests.contract.on_postgres import OnPostgres
from tests.contract.on_sqlite import OnSqlite
from tests.contract.saboteurs import caught, expected
from tests.contract.vault_suite import Opened, VaultSuite
from triage.domain.tip import Contact


class OnDisk(OnSqlite):
    adapter = SealedVault

    @contextmanager
    def open(self, folder: Path) -> Iterator[Opened]:
        sealer = KeyRingSealer(KeyRing(b"c" * 32, b"r" * 32, b"s" * 32), StillClock())
        with self.database_in(folder) as database:
            side, blobs = SqlPartnerStorage(database), DiskBlobs(folder / "blobs")
            yield Opened(self.adapter(side, blobs, sealer), side, blobs, sealer)


class InTable(OnPostgres):
    adapter = SealedVault

    @contextmanager
    def open(self, folder: Path) -> Iterator[Opened]:
        sealer = KeyRingSealer(KeyRing(b"c" * 32, b"r" * 32, b"s" * 32), StillClock())
        with self.database_in(folder) as database:
            side, blobs = SqlPartnerStorage(database), SqlBlobs(database)
            yield Opened(self.adapter(side, blobs, sealer), side, blobs, sealer)


class SqliteVault(OnDisk, VaultSuite):
    pass


class TestSqliteVault(SqliteVault):
    pass


class TestPostgresVault(InTable, VaultSuite):
    pass


class CutsTheEnd(SealedVault):
    def picture(self, attachment_id: str) -> bytes | None:
        found = super().picture(attachment_id)
        return found and found[:-1]


class InventsAContact(SealedVault):
    def contact(self, tip_id: str) -> Contact | None:
        return super().contact(tip_id) or Contact()


class DestroysNothing(SealedVault):
    def destroy_picture(self, attachment_id: str) -> None:
        """Says that it did."""


class HidesWhatDoesNotOpen(SealedVault):
    def picture(self, attachment_id: str) -> bytes | None:
        with suppress(ValueError):
            return super().picture(attachment_id)
        return None


BREAKS = {
    CutsTheEnd: "test_opens_what_was_sealed",
    InventsAContact: "test_has_nothing_it_was_not_given",
    DestroysNothing: "test_destroys_for_good",
    HidesWhatDoesNotOpen: "test_opens_nothing_under_another_id",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteVault, BREAKS) == expected(BREAKS)
