"""What every store of large bytes must do. Subclass and say how to open one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from triage.ports import Blobs

LARGE = bytes(range(256)) * 8192


class BlobsSuite:
    def open(self, folder: Path) -> AbstractContextManager[Blobs]:
        """Open the store that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def blobs(self, tmp_path: Path) -> Iterator[Blobs]:
        with self.open(tmp_path) as blobs:
            yield blobs

    def test_gives_back_what_was_put(self, blobs: Blobs, tmp_path: Path) -> None:
        blobs.put("att_01HZ", LARGE)
        blobs.put("att_02HZ", b"")
        blobs.put("att_03HZ", b"first")
        blobs.put("att_03HZ", b"second")
        with self.open(tmp_path) as again:
            assert [again.get(name) for name in ("att_01HZ", "att_02HZ", "att_03HZ", "att_04HZ")] == [LARGE, b"", b"second", None]

    def test_destroys_for_good(self, blobs: Blobs) -> None:
        blobs.put("att_01HZ", LARGE)
        blobs.put("att_11HZ", b"stays")
        blobs.destroy("att_01HZ")
        blobs.destroy("att_09HZ")
        assert [blobs.get("att_01HZ"), blobs.get("att_11HZ")] == [None, b"stays"]

    def test_takes_plain_names_only(self, blobs: Blobs) -> None:
        for name in ("", "att_", "../att_1", "att_1/../../x", "/etc/passwd", "att_1\0", "att_1.jpg", "ATT_1", "att_" + "x" * 41):
            for call in (lambda name=name: blobs.put(name, b"x"), lambda name=name: blobs.get(name), lambda name=name: blobs.destroy(name)):
                with pytest.raises(ValueError):
                    call()

    def test_lists_what_is_there(self, blobs: Blobs) -> None:
        assert blobs.names("att") == []
        for name in ("att_2B", "att_1C", "imp_1A", "att_3A"):
            blobs.put(name, b"x")
        blobs.destroy("att_3A")
        assert blobs.names("att") == ["att_1C", "att_2B"]
        assert blobs.names("imp") == ["imp_1A"]
