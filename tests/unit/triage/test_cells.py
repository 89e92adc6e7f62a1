"""No text begins a formula in a spreadsheet, and no cell holds what a spreadsheet cannot."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from triage.cells import safe_cell

FORMULA_SIGNS = "=+-@\t\r\n|%＝＋－＠"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x.example","y")',
        "+1",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\ufeff=1",
        "＝1",
        "%0a=1",
        "\x00=1",
        "\u202e=1",
    ],
)
def test_what_begins_a_formula_is_text(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "a white van", "exit 14 = mile 14", "555-0100", "¿Qué vio?", "車", "two\nlines"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    assert safe_cell(text).lstrip()[:1] not in set(FORMULA_SIGNS)


@given(st.text())
def test_twice_is_once(text: str) -> None:
    assert safe_cell(safe_cell(text)) == safe_cell(text)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_csv_reader_gets_the_cell_back(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow([safe_cell(text), "next"])
    file.seek(0)
    assert list(csv.reader(file)) == [[safe_cell(text), "next"]]


@pytest.mark.parametrize("text", ["\x00a\x0b", "=1", "\ud800", "\uffff"])
def test_a_workbook_takes_the_cell(text: str) -> None:
    book = Workbook()
    book.active.append([safe_cell(text)])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    cell = load_workbook(file).active["A1"]
    assert cell.data_type != "f"
