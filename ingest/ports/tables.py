"""Reading a partner's file row by row, whatever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from triage.domain.errors import FieldError

COLUMN_LIMIT = 500
"""Columns of one file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``number`` is where people find it: the row of the sheet, the line, or the how-manieth record.

    ``cells`` are column -> text, without empty ones. ``value`` is the whole of a row that is a submission already. A row that cannot be
    read has an ``error`` instead, whose path is the column if it is one cell's fault.
    """

    number: int
    cells: Mapping[str, str] = field(default_factory=dict)
    value: object = None
    error: FieldError | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An open file: its columns in order, its rows (to be read once), and the encoding that it was read in, where it has one.

    ``ready`` says that its rows are submissions already, so that they need no mapping.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str = ""
    ready: bool = False


class TableReader(ABC):
    """Reads one kind of file.

    1. *gives every row once*, in order, with its number; rows without content are passed over, and still counted in the numbers.
    2. *cells are text*: numbers, days and formulas as they were written; nothing is computed.
    3. *refuses what is no such file*, or would unpack to more than it should: ``InvalidInput`` with a code and how to mend it, when the
       file is opened; what shows later becomes the error of a row, and the file ends there.
    4. *needs little*: memory does not grow with the number of rows.
    """

    @abstractmethod
    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:
        """Open a file that can seek; it stays open while the rows are read. ``sheet`` names one of a workbook (the first if empty),
        ``record`` the element that repeats in an XML file."""
