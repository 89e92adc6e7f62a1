"""Reading partners' files: whatever was written comes out again, and what would harm is refused."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from infra.spreadsheets import XlsxReader
from infra.tables import table_readers
from infra.xml_records import XmlReader
from ingest.domain.field_map import FieldMap, FileKind
from ingest.ports.tables import COLUMN_LIMIT, Row
from ingest.schema import BODY_LIMIT
from ingest.tables.opening import kind_of, open_table
from ingest.tables.table_csv import DELIMITERS, CsvReader, letter
from ingest.tables.table_ndjson import NdjsonReader
from triage.domain.errors import InvalidInput

SIGNS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")
CELL = st.text(SIGNS, max_size=40)


def cells_of(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> list[Mapping[str, str]]:
    """What the rows must come out as."""
    filled = [{name: cell.strip() for name, cell in zip(columns, row, strict=True) if cell.strip()} for row in rows]
    return [row for row in filled if row]


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=12),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_written_as_csv_is_read_again(rows: list[list[str]], delimiter: str, encoding: str, line_end: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(("One", "Two", "Three"))
    writer.writerows(rows)
    table = CsvReader().open(io.BytesIO(text.getvalue().encode(encoding)))
    if table.columns == ("One", "Two", "Three"):
        assert [row.cells for row in table.rows] == cells_of(rows, table.columns)
    else:  # only where a cell of the first rows divides the file more evenly than the delimiter itself
        assert any(other in "".join(map("".join, rows)) for other in DELIMITERS)


@given(
    st.lists(st.dictionaries(st.text(SIGNS, min_size=1, max_size=8), CELL | st.booleans() | st.integers(-9, 9), max_size=4), max_size=10)
)
def test_whatever_is_written_as_ndjson_is_read_again(objects: list[dict[str, object]]) -> None:
    file = io.BytesIO("\n".join(json.dumps(each) for each in objects).encode())
    assert [row.value for row in NdjsonReader().open(file).rows] == objects


@given(st.binary(max_size=300))
def test_no_bytes_do_harm(content: bytes) -> None:
    for reader in table_readers().values():
        with suppress(InvalidInput):
            list(reader.open(io.BytesIO(content), record="r").rows)


def test_windows_text_is_read_and_said() -> None:
    table = CsvReader().open(io.BytesIO("Qué;Dónde\nUna niña lloraba – “sola”;Ogallala\n".encode("cp1252")))
    assert table.encoding == "cp1252"
    assert [row.cells for row in table.rows] == [{"Qué": "Una niña lloraba – “sola”", "Dónde": "Ogallala"}]


def test_names_of_columns_are_made_whole_and_rows_have_the_numbers_of_the_sheet() -> None:
    table = CsvReader().open(io.BytesIO(b"What,,What,\nA,B,C\n,,\nD,E,F,G\nH\n"))
    assert table.columns == ("What", "Column B", "What (2)")
    rows = list(table.rows)
    assert [row.number for row in rows] == [2, 4, 5]
    assert rows[1].error is not None
    assert rows[1].error.code == "too_many_cells"
    assert [letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_an_open_quote_ends_the_file_with_a_word() -> None:
    rows = list(CsvReader().open(io.BytesIO(b'What\nfirst\n"' + b"x" * 200_000)).rows)
    assert rows[0] == Row(2, {"What": "first"})
    assert [(row.number, row.error and row.error.code) for row in rows[1:]] == [(3, "not_csv")]


@pytest.mark.parametrize(
    ("content", "code"), [(b"\n1,2\n", "no_columns"), (b"," * COLUMN_LIMIT + b"x\n", "too_many_columns"), (b"\x81\x8d", "not_csv")]
)
def test_a_file_without_columns_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        CsvReader().open(io.BytesIO(content))
    assert [error.code for error in raised.value.errors] == [code]


def test_a_line_that_is_too_long_or_no_object_is_one_bad_row() -> None:
    long = b'{"narrative": "' + b"x" * BODY_LIMIT + b'"}'
    table = NdjsonReader().open(io.BytesIO(b'{"narrative": "a"}\n' + long + b"\n[1]\nnot json\n\n" + b'{"narrative": "b"}'))
    assert table.ready
    assert [(row.number, row.error.code if row.error else row.value) for row in table.rows] == [
        (1, {"narrative": "a"}),
        (2, "too_large"),
        (3, "not_json"),
        (4, "not_json"),
        (6, {"narrative": "b"}),
    ]


def test_fields_of_the_partners_own_become_dotted_columns() -> None:
    table = NdjsonReader().open(io.BytesIO(b'{"incident": {"text": "a", "tags": ["x", "y"]}, "n": 1}\n'))
    assert not table.ready
    assert [row.cells for row in table.rows] == [{"incident.text": "a", "incident.tags": "x\ny", "n": "1"}]


def workbook(*rows: Sequence[object], more: Mapping[str, Sequence[Sequence[object]]] | None = None) -> io.BytesIO:
    """A workbook whose first sheet holds the rows."""
    book = Workbook(write_only=True)
    for title, content in {"Log": rows, **(more or {})}.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file


def test_cells_of_a_workbook_are_text_and_formulas_are_not_computed() -> None:
    written = [
        "=1+1",
        '=WEBSERVICE("http://x.test")',
        3.0,
        2.5,
        True,
        datetime.fromisoformat("2026-01-02T03:04"),
        datetime.fromisoformat("2026-01-02"),
        time(3, 4),
        date(2026, 1, 2),
    ]
    table = XlsxReader().open(workbook([f"c{n}" for n in range(9)], written))
    [row] = table.rows
    assert list(row.cells.values()) == [
        "=1+1", '=WEBSERVICE("http://x.test")', "3", "2.5", "yes", "2026-01-02 03:04", "2026-01-02", "03:04:00", "2026-01-02",
    ]  # fmt: skip


def test_a_sheet_is_found_by_its_name() -> None:
    file = workbook(["A"], ["1"], more={"Other": [["B"], ["2"]]})
    assert [row.cells for row in XlsxReader().open(file, "Other").rows] == [{"B": "2"}]
    with pytest.raises(InvalidInput, match="Log, Other"):
        XlsxReader().open(file, "Third")


def zipped(name: str, content: bytes, times: int = 1) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(times):
            archive.writestr(name if times == 1 else f"{number}/{name}", content)
    return file


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (zipped("xl/worksheets/sheet1.xml", bytes(8_000_000)), "unpacks_too_large"),
        (zipped("x", b"", 2_001), "unpacks_too_large"),
        (zipped("nothing.txt", b"no workbook"), "not_xlsx"),
        (io.BytesIO(b"PK\x03\x04 and nothing else"), "not_xlsx"),
    ],
    ids=["bomb", "parts", "zip", "broken"],
)
def test_a_workbook_that_is_a_bomb_or_none_is_refused(file: io.BytesIO, code: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        XlsxReader().open(file)
    assert [error.code for error in raised.value.errors] == [code]


def test_a_directory_that_lies_about_sizes_unpacks_no_more_than_it_says() -> None:
    file = workbook(["A"], *[["x" * 50] for _ in range(5_000)])
    content = bytearray(file.getvalue())
    with zipfile.ZipFile(file) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    size = sheet.file_size.to_bytes(4, "little")
    content = content.replace(size, (900).to_bytes(4, "little"))
    rows: list[Row] = []
    with suppress(InvalidInput):
        rows = list(XlsxReader().open(io.BytesIO(bytes(content))).rows)
    assert len(rows) < 100
    assert not rows or rows[-1].error


SAR = """<?xml version="1.0"?>
<d:Doc xmlns:d="urn:d" xmlns:n="urn:n"><d:Head>x</d:Head>
<n:Report n:id="7"><n:Act><n:Text>one</n:Text><n:Text>two</n:Text></n:Act></n:Report>
<n:Report><n:Act><n:Text>three</n:Text><n:Report>inner</n:Report></n:Act></n:Report></d:Doc>"""


def test_records_of_an_xml_file_are_read_by_their_ways() -> None:
    table = XmlReader().open(io.BytesIO(SAR.encode()), record="Report")
    assert [(row.number, row.cells) for row in table.rows] == [
        (1, {"@id": "7", "Act/Text": "one\ntwo"}),
        (2, {"Act/Text": "three", "Act/Report": "inner"}),
    ]
    assert table.columns == ("@id", "Act/Text", "Act/Report")


@pytest.mark.parametrize(
    "content",
    ['<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', "<r>&a;</r>", "<a>" * 70, "no xml", "<a>only</a>"],
    ids=["doctype", "entity", "deep", "text", "no record"],
)
def test_xml_that_could_do_harm_or_holds_no_record_is_refused(content: str) -> None:
    with pytest.raises(InvalidInput):
        XmlReader().open(io.BytesIO(content.encode()), record="r")
    with pytest.raises(InvalidInput, match="record"):
        XmlReader().open(io.BytesIO(b"<r>x</r>"))


def test_a_file_is_known_by_its_first_bytes() -> None:
    assert kind_of(workbook(["A"])) is FileKind.XLSX
    assert kind_of(io.BytesIO(b"\xef\xbb\xbf  {")) is FileKind.NDJSON
    assert kind_of(io.BytesIO(b"<r/>")) is FileKind.XML
    assert kind_of(io.BytesIO(b"A,B")) is FileKind.CSV
    for content in (b"", b" \n", b"\xd0\xcf\x11\xe0 old"):
        with pytest.raises(InvalidInput):
            kind_of(io.BytesIO(content))
    by_map = FieldMap("", "", "", {"narrative": ("Act/Text",)}, record="Report")
    assert len(list(open_table(io.BytesIO(SAR.encode()), table_readers(), field_map=by_map).rows)) == 2
