"""What every vault must do. Subclass and say how to open one, with something in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.ports import PartnerStorage, Purpose, Sealer
from ingest.receive import encode_contact
from tests.builders import a_tip
from triage.domain.tip import Contact
from triage.ports import Blobs, Vault

CONTACT = Contact("Ana", "402-555-0143", "ana@example.com", "evenings", True, "es")
PICTURE = b"\xff\xd8\xff" + bytes(range(256))


@dataclass(frozen=True)
class Opened:
    """A vault and what fills it."""

    vault: Vault
    side: PartnerStorage
    blobs: Blobs
    sealer: Sealer


class VaultSuite:
    def open(self, folder: Path) -> AbstractContextManager[Opened]:
        """Open the vault that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Iterator[Opened]:
        with self.open(tmp_path) as opened:
            for number in (1, 2):
                opened.blobs.put(f"att_{number}", opened.sealer.seal(Purpose.PHOTO, f"att_{number}", PICTURE + bytes([number])))
            with opened.side.writing() as work:
                work.tips.add(a_tip(id="tip_1"))
                work.tips.add(a_tip(id="tip_2"))
                work.contacts.put("tip_1", opened.sealer.seal_contact("tip_1", encode_contact(CONTACT)))
            yield opened

    def test_opens_what_was_sealed(self, opened: Opened) -> None:
        assert opened.vault.picture("att_2") == PICTURE + b"\x02"
        assert opened.vault.contact("tip_1") == CONTACT

    def test_has_nothing_it_was_not_given(self, opened: Opened) -> None:
        assert opened.vault.picture("att_9") is None
        assert [opened.vault.contact(tip) for tip in ("tip_2", "tip_9")] == [None, None]
        with opened.side.writing() as work:
            work.contacts.remove("tip_1")
        assert opened.vault.contact("tip_1") is None

    def test_destroys_for_good(self, opened: Opened) -> None:
        opened.vault.destroy_picture("att_1")
        opened.vault.destroy_picture("att_9")
        assert opened.vault.picture("att_1") is None
        assert opened.blobs.names("att") == ["att_2"]

    def test_opens_nothing_under_another_id(self, opened: Opened) -> None:
        opened.blobs.put("att_3", opened.sealer.seal(Purpose.PHOTO, "att_1", PICTURE))
        opened.blobs.put("att_4", opened.sealer.seal(Purpose.DRAFT, "att_4", PICTURE))
        with opened.side.writing() as work:
            work.contacts.put("tip_2", opened.sealer.seal_contact("tip_1", encode_contact(CONTACT)))
        for call in (lambda: opened.vault.picture("att_3"), lambda: opened.vault.picture("att_4"), lambda: opened.vault.contact("tip_2")):
            with pytest.raises(ValueError):
                call()
