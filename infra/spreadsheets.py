"""Workbooks (XLSX), row by row. What a file unpacks to is looked up in its directory before anything of it is unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO

from infra.openpyxl_alone import load_workbook
from ingest.ports.tables import COLUMN_LIMIT, Row, Table, TableReader
from ingest.tables.table_csv import column_names, row_of
from triage.domain.errors import FieldError, InvalidInput

UNPACKED_LIMIT = 512 * 1024 * 1024
"""Bytes that all parts may have unpacked; 200,000 rows of 20 columns have about 200 MB."""

TEXTS_LIMIT = 64 * 1024 * 1024
"""Bytes of the table of texts, the one part that has to be held whole."""

RATIO_LIMIT = 250
"""Times that a part may grow when it is unpacked; honest sheets grow 5 to 60 times."""

PARTS_LIMIT = 2_000
_SMALL = 1024 * 1024  # a part below this size harms nobody, however well it packs


class XlsxReader(TableReader):
    """Workbooks by openpyxl in its read-only mode; external links are not followed, macros are not looked at, formulas stay text."""

    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:  # noqa: ARG002  # a workbook has no element to name
        _check_size(file)
        file.seek(0)
        try:
            book = load_workbook(file, read_only=True, keep_links=False)
            found = book.worksheets[0] if not sheet else next((each for each in book.worksheets if each.title == sheet), None)
        except Exception as error:  # whatever hostile or broken bytes make the parser stumble over
            raise _not_xlsx() from error
        if found is None:
            names = ", ".join(each.title for each in islice(book.worksheets, 10))
            raise InvalidInput([FieldError("sheet", "no_such_sheet", f"There is no sheet of that name. The sheets are: {names}.")])
        found.reset_dimensions()  # what a file says about its size need not be so
        cells = _cells(found)
        try:
            columns = column_names(next(cells, ()))
        except _Broken as error:
            raise _not_xlsx() from error
        return Table(columns, _rows(cells, columns))


class _Broken(Exception):
    """The sheet cannot be read on."""


def _check_size(file: BinaryIO) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _not_xlsx() from error
    if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise _too_large()
    for part in parts:
        grows_too_much = part.file_size > _SMALL and part.file_size > RATIO_LIMIT * max(part.compress_size, 1)
        holds_too_much = part.filename.endswith("sharedStrings.xml") and part.file_size > TEXTS_LIMIT
        if grows_too_much or holds_too_much:
            raise _too_large()


def _cells(sheet: Any) -> Iterator[list[str]]:
    try:
        for cells in sheet.iter_rows(values_only=True, max_col=COLUMN_LIMIT + 1):
            yield [_text(cell) for cell in cells]
    except Exception as error:  # as above
        raise _Broken from error


def _rows(cells: Iterator[list[str]], columns: Sequence[str]) -> Iterator[Row]:
    number = 1
    try:
        for number, texts in enumerate(cells, 2):
            if row := row_of(number, texts, columns):
                yield row
    except _Broken:
        yield Row(number + 1, error=FieldError("", "not_xlsx", "The sheet is broken from here on. Open it, save it anew, and send that."))


def _text(cell: object) -> str:
    """A cell as people see it; a formula as it was written."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return cell.isoformat(" ", "minutes").removesuffix(" 00:00")
        case date() | time():
            return cell.isoformat()
    return str(cell)


def _not_xlsx() -> InvalidInput:
    message = "This file is not a workbook that can be read. Save it as XLSX without a password, or as CSV (UTF-8)."
    return InvalidInput([FieldError("", "not_xlsx", message)])


def _too_large() -> InvalidInput:
    message = "This workbook would unpack to more than it should. Save the sheet as CSV (UTF-8) and send that, or send it in parts."
    return InvalidInput([FieldError("", "unpacks_too_large", message)])
