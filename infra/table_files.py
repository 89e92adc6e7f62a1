"""Tables as XLSX (openpyxl) and PDF (fpdf2), marked on every page with who took them out and why."""

from __future__ import annotations

import io

from infra.openpyxl_alone import Alignment, Font, Workbook, WriteOnlyCell
from triage.cells import safe_cell
from triage.domain.table import Table
from triage.ports import TableFiles

_WIDTHS = (28, 12, 12, 9, 10, 16, 30, 14, 20, 17, 60)
"""Of columns, in characters; a table with more of them has the last one's."""


class DrawnTables(TableFiles):
    """Files made in memory: a table is small."""

    def xlsx(self, table: Table) -> bytes:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Cases")
        for number in range(len(table.head)):
            sheet.column_dimensions[chr(ord("A") + number)].width = _WIDTHS[min(number, len(_WIDTHS) - 1)]
        sheet.freeze_panes = f"A{len(table.notes) + 3}"
        sheet.oddFooter.center.text = safe_cell(" | ".join(table.notes)).replace("&", "&&")
        for text in (table.title, *table.notes):
            sheet.append([_cell(sheet, text)])
        sheet.append([_cell(sheet, text, bold=True) for text in table.head])
        for row in table.rows:
            sheet.append([_cell(sheet, text) for text in row])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def pdf(self, table: Table) -> bytes:
        from fpdf import FPDF  # noqa: PLC0415  # half a second to load, for whoever asks for a PDF alone

        class Marked(FPDF):
            def footer(self) -> None:
                self.set_y(-28)
                self.set_font("helvetica", "", 7)
                self.cell(0, 9, _latin(" | ".join(table.notes)), align="C")
                self.ln(9)
                self.cell(0, 9, f"page {self.page_no()} of {{nb}}", align="C")

        pdf = Marked(orientation="landscape", unit="pt", format="letter")
        pdf.set_margins(28, 28)
        pdf.set_auto_page_break(True, 40)
        pdf.set_title(_latin(table.title))
        pdf.set_lang("en")
        pdf.add_page()
        pdf.set_font("helvetica", "B", 13)
        pdf.cell(0, 18, _latin(table.title), new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", "", 9)
        for note in table.notes:
            pdf.multi_cell(0, 12, _latin(note), new_x="LMARGIN", new_y="NEXT")
        pdf.ln(6)
        pdf.set_font("helvetica", "", 7)
        widths = tuple(_WIDTHS[min(number, len(_WIDTHS) - 1)] for number in range(len(table.head)))
        with pdf.table(col_widths=widths, line_height=9, text_align="LEFT", repeat_headings=1) as drawn:
            for row in (table.head, *table.rows):
                drawn.row([_latin(text) for text in row])
        return bytes(pdf.output())


def _cell(sheet: object, text: str, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, safe_cell(text))
    cell.data_type = "s"  # never a formula, whatever it begins with
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _latin(text: str) -> str:
    """What the fonts of every PDF reader can show; other signs become question marks."""
    return safe_cell(text).encode("latin-1", "replace").decode("latin-1")
