"""Reports as PDF (fpdf2), marked on every page with who took them out and why."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING

from triage.domain.report import Report, Section
from triage.ports import Reports

if TYPE_CHECKING:
    from fpdf import FPDF

_PLAIN = str.maketrans("‘’‚“”„–—…•›·\u00a0\u2028\u2029", '\'\'""""--.->- \n\n')
_MARGIN = 42
_WIDTH = 612 - 2 * _MARGIN
_LETTER = 7.0
"""How wide a wide letter of a table is, in points."""
_LINES_A_ROW = 55
_NARROWEST, _WIDEST = 8, 40
"""Of columns, in letters."""


class DrawnReports(Reports):
    """Drawn in memory, on US letter."""

    def pdf(self, report: Report) -> bytes:
        from fpdf import FPDF  # noqa: PLC0415  # half a second to load, for whoever asks for a PDF alone

        mark = _latin(report.mark)

        class Marked(FPDF):
            def footer(self) -> None:
                self.set_y(-34)
                self.set_font("helvetica", "", 7)
                self.multi_cell(0, 9, mark, align="C", new_x="LMARGIN", new_y="NEXT")
                self.cell(0, 9, f"page {self.page_no()} of {{nb}}", align="C")

        pdf = Marked(unit="pt", format="letter")
        pdf.set_margins(_MARGIN, _MARGIN)
        pdf.set_auto_page_break(True, 56)
        pdf.set_title(_latin(report.title))
        pdf.set_lang("en")
        pdf.add_page()
        self._write(pdf, report.title, 16, bold=True)
        for note in report.notes:
            self._write(pdf, note, 9)
        for section in report.sections:
            self._section(pdf, section)
        return bytes(pdf.output())

    def _section(self, pdf: FPDF, section: Section) -> None:
        pdf.ln(8)
        self._write(pdf, section.title, 12, bold=True)
        for line in section.lines:
            self._write(pdf, line, 9.5)
        widths = _widths(section)
        for tall, rows in groupby(section.rows, key=lambda row: _is_tall(row, widths)):
            if tall:  # it would not fit on one page as a row
                for line in (f"{head}: {text}" for row in rows for head, text in zip(section.head, row, strict=True) if text):
                    self._write(pdf, line, 8)
                continue
            pdf.set_font("helvetica", "", 8)
            with pdf.table(col_widths=widths, line_height=10, text_align="LEFT", repeat_headings=1) as drawn:
                for row in (section.head, *rows):
                    drawn.row([_latin(text) for text in row])

    @staticmethod
    def _write(pdf: FPDF, text: str, size: float, bold: bool = False) -> None:
        pdf.set_font("helvetica", "B" if bold else "", size)
        pdf.multi_cell(0, size * 1.35, _latin(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _widths(section: Section) -> tuple[int, ...]:
    """How wide each column is beside the others: by its longest text, within bounds."""
    return tuple(min(_WIDEST, max(_NARROWEST, *map(len, column))) for column in zip(section.head, *section.rows, strict=True))


def _is_tall(row: tuple[str, ...], widths: tuple[int, ...]) -> bool:
    """Whether the row could be higher than a page, if all of its letters were wide ones."""
    for text, width in zip(row, widths, strict=True):
        letters_a_line = max(1, int(_WIDTH * width / sum(widths) / _LETTER))
        if sum(1 + len(line) // letters_a_line for line in text.splitlines()) > _LINES_A_ROW:
            return True
    return False


def _latin(text: str) -> str:
    """The text in the letters that the fonts of every PDF reader hold (Latin-1); accents beyond them go, other scripts become ``?``."""
    found = []
    for letter in text.translate(_PLAIN):
        if letter == "\n" or " " <= letter <= "ÿ":
            found.append(letter)
        elif letter.isspace() or ord(letter) < 256:
            found.append(" ")
        else:
            base = "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) < 256)
            found.append(base or ("" if unicodedata.combining(letter) else "?"))
    return "".join(found)
