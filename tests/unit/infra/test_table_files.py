"""Tables as files: every cell is text, every page says who took it out."""

from __future__ import annotations

import csv
import io
import re
import zlib

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.table_files import DrawnTables
from triage.domain.table import Table
from triage.search.export import as_csv

NOTES = ("3 cases", "taken out by ana on 2026-11-28 for: a briefing")
HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "\t=1", "plain")


def a_table(rows: tuple[tuple[str, ...], ...]) -> Table:
    return Table("Cases", NOTES, ("Case", "First words"), rows)


@pytest.fixture(scope="module")
def many() -> Table:
    return a_table(tuple((f"case_{number}", HOSTILE[number % len(HOSTILE)]) for number in range(200)))


def test_no_cell_of_a_workbook_is_a_formula(many: Table) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(DrawnTables().xlsx(many))).active
    rows = list(sheet.iter_rows(min_row=len(NOTES) + 3))
    assert [row[0].value for row in rows] == [row[0] for row in many.rows]
    assert {cell.data_type for row in rows for cell in row} == {"s"}
    assert "briefing" in sheet.oddFooter.center.text


def test_every_page_of_a_pdf_is_marked(many: Table) -> None:
    pdf = DrawnTables().pdf(many)
    pages = len(re.findall(rb"/Type /Page\b", pdf))
    texts = [zlib.decompress(stream) for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)]
    assert pages > 2
    assert sum(b"taken out by ana" in text for text in texts) == pages
    assert sum(text.count(b"case_") for text in texts) == len(many.rows)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_any_text_stays_text(text: str) -> None:
    table = a_table((("case_1", text),))
    row = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"))))[-1]
    assert not re.match(r"\s*[=+\-@]", row[1])
    assert DrawnTables().xlsx(table)
    assert DrawnTables().pdf(table).startswith(b"%PDF")
