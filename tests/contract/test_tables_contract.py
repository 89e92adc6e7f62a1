"""Each reader of partners' files, and readers that each break one rule."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook

from infra.spreadsheets import XlsxReader
from infra.xml_records import XmlReader
from ingest.ports import Row, Table
from ingest.tables.table_csv import CsvReader
from ingest.tables.table_ndjson import NdjsonReader
from tests.contract.saboteurs import caught, expected
from tests.contract.tables_suite import HEAD, TablesSuite
from triage.domain.errors import InvalidInput


class CsvTables(TablesSuite):
    adapter, number_of_first = CsvReader, 2

    def written(self, rows: Sequence[Sequence[object]]) -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([HEAD, *rows])
        return text.getvalue().encode()


class TestCsvTables(CsvTables):
    pass


class TestXlsxTables(TablesSuite):
    adapter, number_of_first = XlsxReader, 2

    def written(self, rows: Sequence[Sequence[object]]) -> bytes:
        book, file = Workbook(write_only=True), io.BytesIO()
        sheet = book.create_sheet()
        for row in (HEAD, *rows):
            sheet.append(list(row))
        book.save(file)
        return file.getvalue()


class TestNdjsonTables(TablesSuite):
    adapter = NdjsonReader

    def written(self, rows: Sequence[Sequence[object]]) -> bytes:
        return "\n".join(json.dumps(dict(zip(HEAD, row, strict=True))) for row in rows).encode()


class TestXmlTables(TablesSuite):
    adapter = XmlReader

    def written(self, rows: Sequence[Sequence[object]]) -> bytes:
        records = ("".join(f"<{name}>{escape(str(cell))}</{name}>" for name, cell in zip(HEAD, row, strict=True)) for row in rows)
        return f"<all>{''.join(f'<row>{record}</row>' for record in records)}</all>".encode()


class LeavesOutRepeats(CsvReader):
    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:
        table, seen = super().open(file, sheet, record), dict[str, Row]()
        return replace(table, rows=(row for row in table.rows if seen.setdefault(str(sorted(row.cells.items()))[:40], row) is row))


class ReadsNumbers(CsvReader):
    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:
        table = super().open(file, sheet, record)
        plain = ({name: str(int(text)) if text.isdigit() else text for name, text in row.cells.items()} for row in table.rows)
        return replace(table, rows=(Row(number, cells) for number, cells in enumerate(plain, 2)))


class TakesAnything(CsvReader):
    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:
        try:
            return super().open(file, sheet, record)
        except InvalidInput:
            return Table(HEAD, iter(()))


class ReadsAllAtOnce(CsvReader):
    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:
        table = super().open(file, sheet, record)
        return replace(table, rows=(row for rows in [table.rows] for row in list(rows)))


BREAKS = {
    LeavesOutRepeats: "test_gives_every_row_once",
    ReadsNumbers: "test_cells_are_text",
    TakesAnything: "test_refuses_what_is_no_such_file",
    ReadsAllAtOnce: "test_needs_little",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, CsvTables, BREAKS) == expected(BREAKS)
