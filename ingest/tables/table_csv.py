"""CSV: any of the usual delimiters, UTF-8, UTF-16 with its mark, or Windows-1252."""

from __future__ import annotations

import codecs
import csv
import io
import string
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from ingest.ports.tables import COLUMN_LIMIT, Row, Table, TableReader
from triage.domain.errors import FieldError, InvalidInput

DELIMITERS = ",;\t|"
"""In order of preference where two divide a file alike."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TRIED = 20
_CHUNK = 1 << 20


class CsvReader(TableReader):
    """CSV by the standard library. The first row holds the names of the columns."""

    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:  # noqa: ARG002  # a CSV file has neither
        encoding = encoding_of(file)
        delimiter = _delimiter(file, encoding)
        records = csv.reader(_text(file, encoding), delimiter=delimiter)
        try:
            names = next(records, [])
        except csv.Error as error:
            raise _not_csv() from error
        columns = column_names(names)
        return Table(columns, _rows(records, columns), "utf-8" if encoding == "utf-8-sig" else encoding)


def encoding_of(file: BinaryIO) -> str:
    """The encoding: what its mark says, else UTF-8 if all of it is, else Windows-1252. Raises ``InvalidInput`` if it is none of them."""
    file.seek(0)
    start = file.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    file.seek(0)
    if b"\0" in file.read(_CHUNK):  # no text has it
        raise _not_csv()
    for encoding in ("utf-8", "cp1252"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _not_csv()


def column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns, each one once: an empty one gets its letter, a repeated one a number. Raises ``InvalidInput``."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if not cells:
        raise InvalidInput([FieldError("", "no_columns", "The first row must hold the names of the columns. Add a row with names.")])
    if len(cells) > COLUMN_LIMIT:
        raise InvalidInput([FieldError("", "too_many_columns", f"Send {COLUMN_LIMIT} columns or fewer.")])
    names: dict[str, None] = {}
    for position, cell in enumerate(cells):
        name = said = " ".join(cell.split())[:100] or f"Column {letter(position)}"
        number = 1
        while name in names:
            number += 1
            name = f"{said} ({number})"
        names[name] = None
    return tuple(names)


def letter(position: int) -> str:
    """What a spreadsheet calls the column at a position from 0: A, B ... Z, AA ..."""
    first, last = divmod(position, 26)
    return (letter(first - 1) if first else "") + string.ascii_uppercase[last]


def row_of(number: int, cells: Sequence[str], columns: Sequence[str]) -> Row | None:
    """The row; None for one without content."""
    filled = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if cell.strip()}
    if any(cell.strip() for cell in cells[len(columns) :]):
        message = "This row has more cells than there are columns. Put text with delimiters or line breaks in double quotes."
        return Row(number, error=FieldError("", "too_many_cells", message))
    return Row(number, filled) if filled else None


def _rows(records: Iterator[list[str]], columns: Sequence[str]) -> Iterator[Row]:
    number = 1
    try:
        for number, cells in enumerate(records, 2):
            if row := row_of(number, cells, columns):
                yield row
    except (csv.Error, UnicodeDecodeError):
        message = "This row cannot be read: a double quote is opened and not closed, or a cell is longer than 131,072 characters."
        yield Row(number + 1, error=FieldError("", "not_csv", message))


def _delimiter(file: BinaryIO, encoding: str) -> str:
    """The one that divides the first rows into most columns, and most evenly."""
    file.seek(0)
    lines = list(islice(_lines(file, encoding), _TRIED))

    def evenness(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
        except csv.Error:
            return (0, 0)
        return (sum(width == widths[0] for width in widths) if widths and widths[0] > 1 else 0, widths[0] if widths else 0)

    return max(DELIMITERS, key=evenness)


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    text = _text(file, encoding)
    try:
        while line := text.readline(_CHUNK):
            yield line
    except UnicodeDecodeError as error:
        raise _not_csv() from error


class _Lent(io.TextIOWrapper):
    """Text of a file that stays open when this is let go: it is the caller's."""

    def close(self) -> None:
        """Nothing."""


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    file.seek(0)
    return _Lent(file, encoding, newline="")


def _not_csv() -> InvalidInput:
    message = "This file is not CSV text in UTF-8 or Windows-1252. Save it as CSV (UTF-8), or send the workbook as XLSX."
    return InvalidInput([FieldError("", "not_csv", message)])
