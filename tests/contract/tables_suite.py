"""What every reader of partners' files must do. Subclass, name the reader, and say how a file of its kind is written."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Sequence

import pytest

from ingest.ports import Row, TableReader
from triage.domain.errors import InvalidInput

HEAD = ("No", "What", "Seen")


class TablesSuite:
    adapter: Callable[[], TableReader]
    number_of_first = 1
    """What the reader calls the first row after the names of the columns."""

    def written(self, rows: Sequence[Sequence[object]]) -> bytes:
        """A file with the columns of ``HEAD`` and these rows."""
        raise NotImplementedError

    def read(self, rows: Sequence[Sequence[object]]) -> list[Row]:
        table = type(self).adapter().open(io.BytesIO(self.written(rows)), record="row")
        assert table.columns == HEAD
        return list(table.rows)

    def test_gives_every_row_once(self) -> None:
        found = self.read([("1", "a", "x"), ("2", "ñ, «b»; c", ""), ("1", "a", "x")])
        assert [row.number - self.number_of_first for row in found] == [0, 1, 2]
        assert [dict(row.cells) for row in found] == [
            {"No": "1", "What": "a", "Seen": "x"},
            {"No": "2", "What": "ñ, «b»; c"},
            {"No": "1", "What": "a", "Seen": "x"},
        ]

    def test_cells_are_text(self) -> None:
        [row] = self.read([(7, "=1+1", "007")])
        assert dict(row.cells) == {"No": "7", "What": "=1+1", "Seen": "007"}

    @pytest.mark.parametrize("content", [b"\x00\x81\x8d\xff", b"PK\x03\x04\x00", b"\xff\xfe\x00\xd8"])
    def test_refuses_what_is_no_such_file(self, content: bytes) -> None:
        with pytest.raises(InvalidInput) as raised:
            type(self).adapter().open(io.BytesIO(content), record="row")
        assert raised.value.errors
        assert all(error.code and error.message for error in raised.value.errors)

    def test_needs_little(self) -> None:
        """Ten times the rows need no more memory: what is read is let go."""
        few, many = (self._peak([(1, "A white van stood there.", "x")] * count) for count in (300, 3_000))
        assert many < few + 256 * 1024

    def _peak(self, rows: Sequence[Sequence[object]]) -> int:
        file = io.BytesIO(self.written(rows))
        table = type(self).adapter().open(file, record="row")
        tracemalloc.start()
        try:
            for _ in table.rows:
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
