"""Reads the word lists beside this module. A list is a CSV file with a header; lines that begin with # say where it comes from."""

from __future__ import annotations

import csv
from importlib.resources import files


def lines(name: str) -> list[str]:
    """The lines of ``data/<name>.csv`` below its header, as they stand there.

    Raises ``FileNotFoundError`` when the installation lacks the file.
    """
    return _lines(name)[1:]


def rows(name: str) -> list[dict[str, str]]:
    """The rows of ``data/<name>.csv`` as mappings from column to cell.

    Raises ``FileNotFoundError`` when the installation lacks the file.
    """
    header, *body = csv.reader(_lines(name))
    return [dict(zip(header, cells, strict=True)) for cells in body]


def lexicon(name: str, column: str = "kind") -> dict[str, str]:
    """A mapping from each term of ``data/<name>.csv`` (column ``term``) to its cell in ``column``."""
    return {row["term"]: row[column] for row in rows(name)}


def vocabulary(text: str) -> frozenset[str]:
    """The words of ``text``: a short list that belongs beside the rule that uses it."""
    return frozenset(text.split())


def _lines(name: str) -> list[str]:
    text = (files("models.entities") / "data" / f"{name}.csv").read_text("utf8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
