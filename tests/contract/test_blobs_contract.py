"""Large bytes on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.blobs import DiskBlobs
from infra.storage.blobs import SqlBlobs
from tests.contract.blobs_suite import BlobsSuite
from tests.contract.on_postgres import OnPostgres
from tests.contract.on_sqlite import OnSqlite
from tests.contract.saboteurs import caught, expected
from triage.domain.errors import Unavailable


class DiskSuite(BlobsSuite):
    adapter: type[DiskBlobs] = DiskBlobs

    @contextmanager
    def open(self, folder: Path) -> Iterator[DiskBlobs]:
        yield self.adapter(folder / "blobs")


class TestDiskBlobs(DiskSuite):
    def test_only_the_product_can_read_the_files(self, blobs: DiskBlobs, tmp_path: Path) -> None:
        blobs.put("att_01HZ", b"x")
        [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "blobs").stat().st_mode) == 0o700

    def test_puts_all_or_none(self, blobs: DiskBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What fails half-way leaves nothing that is found, and the old bytes as they were."""
        blobs.put("att_01HZ", b"old")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(Unavailable):
            blobs.put("att_01HZ", b"new")
        monkeypatch.undo()
        assert blobs.get("att_01HZ") == b"old"
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["att_01HZ"]


class TestSqliteBlobs(OnSqlite, BlobsSuite):
    adapter = SqlBlobs


class TestPostgresBlobs(OnPostgres, BlobsSuite):
    adapter = SqlBlobs


class AddsToTheOld(DiskBlobs):
    def put(self, name: str, content: bytes) -> None:
        super().put(name, (self.get(name) or b"") + content)


class ForgetsOnly(DiskBlobs):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.gone: set[str] = set()

    def names(self, prefix: str) -> list[str]:
        return [name for name in super().names(prefix) if name not in self.gone]

    def destroy(self, name: str) -> None:
        if self.get(name) is None:
            super().destroy(name)
        self.gone.add(name)


class TakesAnyName(DiskBlobs):
    def _path(self, name: str) -> Path:
        return self._folder / "a" / name.replace("/", "_").replace("\0", "_").replace("..", "_")[-100:].rjust(1, "_")


class ListsAllKinds(DiskBlobs):
    def names(self, prefix: str) -> list[str]:
        return sorted(path.name for path in self._folder.glob("*/*"))


BREAKS = {
    AddsToTheOld: "test_gives_back_what_was_put",
    ForgetsOnly: "test_destroys_for_good",
    TakesAnyName: "test_takes_plain_names_only",
    ListsAllKinds: "test_lists_what_is_there",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, DiskSuite, BREAKS) == expected(BREAKS)
