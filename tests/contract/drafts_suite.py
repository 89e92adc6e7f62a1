"""What every store of unfinished reports must do. Subclass and say how to open a partner storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.domain.draft import Draft, DraftKind
from ingest.ports import PartnerStorage
from tests.builders import NOON

MOMENT = timedelta(microseconds=1)
OPEN = Draft("rep_1", DraftKind.OPEN, "prairie-haul", "tip_1", b"\x01sealed\x00", NOON + timedelta(hours=72), sandbox=True)
FORM = Draft("f0", DraftKind.FORM, "oak-school", "", b"\xff", NOON + timedelta(minutes=60))


class DraftsSuite:
    def open(self, folder: Path) -> AbstractContextManager[PartnerStorage]:
        """Open the storage that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[PartnerStorage]:
        with self.open(tmp_path) as storage:
            yield storage

    def test_put_replaces(self, storage: PartnerStorage) -> None:
        changed = replace(FORM, sealed=b"more", expires_at=NOON + timedelta(minutes=90))
        with storage.writing() as work:
            for draft in (OPEN, FORM, changed):
                work.drafts.put(draft)
        with storage.reading() as work:
            assert work.drafts.get(OPEN.id, NOON) == OPEN
            assert work.drafts.get(FORM.id, NOON) == changed
            assert work.drafts.get("rep_unknown", NOON) is None

    def test_forgets_in_time(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            work.drafts.put(FORM)
        with storage.reading() as work:
            assert work.drafts.get(FORM.id, FORM.expires_at - MOMENT) == FORM
            assert work.drafts.get(FORM.id, FORM.expires_at) is None

    def test_forgets_what_was_removed(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            work.drafts.put(OPEN)
            work.drafts.put(FORM)
            work.drafts.remove(FORM.id)
            work.drafts.remove("rep_unknown")
        with storage.reading() as work:
            assert work.drafts.get(FORM.id, NOON) is None
            assert work.drafts.get(OPEN.id, NOON) == OPEN

    def test_says_what_it_forgot(self, storage: PartnerStorage) -> None:
        later = replace(OPEN, id="rep_2", tip_id="tip_2", expires_at=OPEN.expires_at + MOMENT)
        with storage.writing() as work:
            for draft in (OPEN, FORM, later):
                work.drafts.put(draft)
            assert work.drafts.forget(OPEN.expires_at) == ["tip_1"]
            assert work.drafts.forget(OPEN.expires_at) == []
        with storage.reading() as work:
            assert work.drafts.get(FORM.id, NOON) is work.drafts.get(OPEN.id, NOON) is None
            assert work.drafts.get(later.id, NOON) == later
