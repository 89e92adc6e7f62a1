"""What every store of field maps and import runs must do. Subclass and say how to open a storage of partner works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.field_map import FieldMap, FileKind, ImportRun, ImportState
from ingest.ports import PartnerStorage
from tests.contract.samples import AT, later


def a_map(number: int = 1, **given: Any) -> FieldMap:
    """A mapping with every field given."""
    sound: dict[str, Any] = {
        "partner": "inn",
        "name": f"Ñight log {number}",
        "columns": {"narrative": ("What", "Más"), "place.town": ("Town",)},
        "constants": {"place.state": "NE"},
        "values": {"life_threat": {"Rot": "yes"}},
        "key": "No",
        "record": "Report",
    }
    return FieldMap(**{**sound, "id": f"map_{number}", **given})


def a_run(number: int = 1, **given: Any) -> ImportRun:
    """A run with every field given."""
    sound: dict[str, Any] = {
        "partner": "inn",
        "by": "staff:stf_1",
        "begun_at": later(minutes=number),
        "file_sha256": "a" * 64,
        "rows": 4,
        "accepted": 1,
        "repeated": 1,
        "refused_rows": 2,
        "refused": ((2, "What", "required", "Say more."), (5, "", "not_csv", "Broken.")),
        "done_at": later(hours=1),
        "state": ImportState.STOPPED,
        "seen_at": AT,
        "kind": FileKind.XLSX,
        "sheet": "Log",
        "field_map": a_map(),
    }
    return ImportRun(**{**sound, "id": f"imp_{number}", **given})


class ImportsSuite:
    def open(self, folder: Path) -> AbstractContextManager[PartnerStorage]:
        """Open the storage that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[PartnerStorage]:
        with self.open(tmp_path) as storage:
            yield storage

    def test_put_replaces(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            for each in (a_map(1, name="old"), a_map(1)):
                work.imports.put_map(each)
            for run in (a_run(1, rows=0, state=ImportState.RUNNING, field_map=None, done_at=None), a_run(1)):
                work.imports.put_run(run)
        with storage.reading() as work:
            assert work.imports.maps("inn") == [a_map(1)]
            assert work.imports.runs("inn", 9) == [a_run(1)]

    def test_lists_a_partners(self, storage: PartnerStorage) -> None:
        last = a_map(9, name="Z")
        same_time = a_run(5, begun_at=later(minutes=3))
        with storage.writing() as work:
            for each in (last, a_map(2), a_map(1), a_map(3, partner="bank")):
                work.imports.put_map(each)
            for run in (a_run(1), a_run(3), same_time, a_run(2), a_run(4, partner="bank")):
                work.imports.put_run(run)
        with storage.reading() as work:
            assert work.imports.maps("inn") == [last, a_map(1), a_map(2)]
            assert work.imports.runs("inn", 9) == [same_time, a_run(3), a_run(2), a_run(1)]
            assert work.imports.runs("inn", 2) == [same_time, a_run(3)]
            assert (work.imports.maps("school"), work.imports.runs("school", 9)) == ([], [])

    def test_finds_a_run(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            work.imports.put_run(a_run(1))
            work.imports.put_run(a_run(2))
        with storage.reading() as work:
            assert [work.imports.get_run(name) for name in ("imp_2", "imp_1", "imp_3")] == [a_run(2), a_run(1), None]

    def test_forgets_a_removed_map(self, storage: PartnerStorage) -> None:
        with storage.writing() as work:
            for number in (1, 2):
                work.imports.put_map(a_map(number))
            work.imports.remove_map("map_1")
            work.imports.remove_map("map_unknown")
        with storage.reading() as work:
            assert work.imports.maps("inn") == [a_map(2)]
