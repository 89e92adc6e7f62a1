"""openpyxl without NumPy, which it loads where it is installed and needs for nothing but cells that hold NumPy's own numbers.

The web process reads and writes spreadsheets and must not load what only readers of text need: it would start later and be 30 MB larger.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """While this runs, a package that is not loaded yet cannot be found."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # how Python marks a module that must not be looked for
    try:
        yield
    finally:
        del sys.modules[name]


with _hidden("numpy"):
    from openpyxl import Workbook, load_workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

__all__ = ["Alignment", "Font", "Workbook", "WriteOnlyCell", "load_workbook"]
