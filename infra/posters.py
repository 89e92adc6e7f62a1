"""Posters with a QR code, drawn by segno and fpdf2: vectors only, one page."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import segno

from ingest.domain.poster import Paper, Poster
from ingest.ports.posters import Posters

WIDTH, HEIGHT = 612.0, 792.0
"""The sheet that is drawn, in points: US letter. Other papers show it scaled to their width."""
A4 = (595.28, 841.89)

_MARGIN = 54.0
_QUIET = 4
"""Light modules around a code (ISO/IEC 18004)."""
_CODE = 340.0
_LETTER_WIDTH = 0.56
"""How wide a letter of Helvetica is at most on average, in ems: lines are broken by it, alike in SVG and PDF."""
_RED = "#a3161c"
_PLAIN = str.maketrans("‘’“”–—…\u00a0", "''\"\"--. ")


@dataclass(frozen=True, slots=True)
class _Line:
    """A centred line of text: the height of its baseline from the top, and the size of its letters, in points."""

    text: str
    y: float
    size: float
    bold: bool = False
    color: str = "#000000"


class DrawnPosters(Posters):
    """Draws posters on a sheet of US letter."""

    def svg(self, poster: Poster) -> str:
        lines, top = _lay_out(poster)
        modules, scale = _modules(poster.url)
        left = (WIDTH - _CODE) / 2
        path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in _runs(modules))
        drawn = "\n".join(
            f'<text x="{WIDTH / 2:g}" y="{line.y:g}" font-size="{line.size:g}" font-weight="{"bold" if line.bold else "normal"}" '
            f'fill="{line.color}">{escape(line.text)}</text>'
            for line in lines
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="8.5in" height="11in" '
            f'lang="{poster.language}" font-family="Helvetica, Arial, sans-serif" text-anchor="middle">\n'
            f"<title>{escape(poster.title)}</title>\n"
            f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#ffffff"/>\n'
            f'<path transform="translate({left:g} {top:g}) scale({scale:.6f})" fill="#000000" d="{path}"/>\n'
            f"{drawn}\n</svg>\n"
        )

    def pdf(self, poster: Poster, paper: Paper) -> bytes:
        from fpdf import FPDF  # noqa: PLC0415  # half a second to load, for whoever asks for a PDF alone

        size = (WIDTH, HEIGHT) if paper is Paper.LETTER else A4
        factor = size[0] / WIDTH
        down = (size[1] - HEIGHT * factor) / 2
        pdf = FPDF(unit="pt", format=size)
        pdf.set_auto_page_break(False)
        pdf.set_title(_latin(poster.title))
        pdf.set_lang(poster.language)
        pdf.add_page()
        lines, top = _lay_out(poster)
        modules, scale = _modules(poster.url)
        left = (WIDTH - _CODE) / 2
        pdf.set_fill_color(0, 0, 0)
        for x, y, length in _runs(modules):
            pdf.rect((left + x * scale) * factor, down + (top + y * scale) * factor, length * scale * factor, scale * factor, style="F")
        for line in lines:
            pdf.set_font("helvetica", "B" if line.bold else "", line.size * factor)
            pdf.set_text_color(line.color)
            text = _latin(line.text)
            pdf.text((size[0] - pdf.get_string_width(text)) / 2, down + line.y * factor, text)
        return bytes(pdf.output())


def _lay_out(poster: Poster) -> tuple[list[_Line], float]:
    """The lines of the sheet, from the top down, and where the code begins."""
    lines: list[_Line] = []
    y = _MARGIN

    def write(text: str, size: float, bold: bool = False, color: str = "#000000", one_line: bool = False) -> None:
        nonlocal y
        room = WIDTH - 2 * _MARGIN
        if one_line:
            size = min(size, room / (_LETTER_WIDTH * max(1, len(text))))
        for part in [text] if one_line else textwrap.wrap(text, int(room / (_LETTER_WIDTH * size))):
            y += size * 1.2
            lines.append(_Line(part, y, size, bold, color))

    write(poster.title, 20)
    y += 6
    write(poster.heading, 40, bold=True)
    y += 14
    top = y
    y += _CODE + 4
    write(poster.scan, 15)
    y += 4
    write(poster.address, 22, bold=True, one_line=True)
    y += 18
    for sentence in poster.sentences:
        write(sentence, 22)
    y += 10
    write(poster.danger, 30, bold=True, color=_RED)
    return lines, top


def _modules(url: str) -> tuple[tuple[bytearray, ...], float]:
    """The code of an address, with room for a scratch or a stain (level Q), and the size of one module in points."""
    matrix = segno.make(url, error="q", micro=False).matrix
    return matrix, _CODE / (len(matrix) + 2 * _QUIET)


def _runs(matrix: tuple[bytearray, ...]) -> Iterator[tuple[int, int, int]]:
    """The dark modules as horizontal bars: column, row and length, the quiet zone counted in."""
    for row, modules in enumerate(matrix):
        column = 0
        while column < len(modules):
            start = column
            while column < len(modules) and modules[column]:
                column += 1
            if column > start:
                yield start + _QUIET, row + _QUIET, column - start
            column = max(column, start + 1)


def _latin(text: str) -> str:
    """The text in the letters that the fonts of every PDF reader hold (Latin-1); accents beyond them go, other scripts become ``?``."""
    found = []
    for letter in text.translate(_PLAIN):
        if ord(letter) < 256:
            found.append(letter)
        else:
            base = "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) < 256)
            found.append(base or ("" if unicodedata.combining(letter) else "?"))
    return "".join(found)
