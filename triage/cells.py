"""Text for a cell of a spreadsheet: what people wrote must never be run as a formula by whoever opens the file.

Spreadsheet programs take a cell for a formula by its first sign, in CSV files whatever stands around it (CWE-1236; OWASP, "CSV
Injection"). Every export of text, CSV or XLSX, sends it through ``safe_cell``; numbers and dates are written as such and need none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_BEGINS_FORMULA = re.compile(r"[\s\u200b-\u200f\ufeff]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""``=``, ``+``, ``-``, ``@`` (also in full width), after whatever programs trim; ``|`` and ``%`` begin commands in old ones; tab and line
breaks, because programs look behind them."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What XLSX cannot hold (XML 1.0), what turns text around, and breaks of lines that are none of ours."""


def safe_cell(text: str) -> str:
    """The text with an apostrophe before it where it would begin a formula, and a space for every sign that a cell cannot hold.

    Spreadsheet programs show such a text as it was typed. Safe to use twice.
    """
    clean = _CONTROLS.sub(" ", text)
    return f"'{clean}" if _BEGINS_FORMULA.match(text) or _BEGINS_FORMULA.match(clean) else clean


def csv_file(rows: Iterable[Sequence[object]]) -> bytes:
    """The rows as CSV in UTF-8, every text of them safe; begins with a byte order mark, without which spreadsheet programs misread it."""
    out = io.StringIO()
    csv.writer(out).writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
