"""XML exports (NIEM suspicious activity reports and the like), record by record. Names are taken without their namespace."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.ports.tables import COLUMN_LIMIT, Row, Table, TableReader
from triage.domain.errors import FieldError, InvalidInput

_LOOKED_AT = 50
_DEPTH = 60
"""Levels of elements inside each other; NIEM needs about ten."""


class XmlReader(TableReader):
    """XML by a pull parser that refuses document types and entities. ``record`` names the element that repeats.

    Columns are the ways from the record to its texts, such as ``Activity/ActivityDescriptionText``; an attribute ends in ``@name``. What
    stands several times becomes one text of lines.
    """

    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:  # noqa: ARG002  # XML has no sheets
        if not record:
            message = "An XML file needs a mapping that names the element which repeats. Write `record: <element>` into the mapping file."
            raise InvalidInput([FieldError("record", "no_record", message)])
        first = list(islice(_rows(file, record), _LOOKED_AT))
        if not first or first[0].error:
            message = f"This file is not XML with an element {record!r} in it. Check the file, and `record` in the mapping."
            raise InvalidInput([first[0].error if first and first[0].error else FieldError("record", "no_record", message)])
        columns = dict.fromkeys(name for row in first for name in row.cells)
        return Table(tuple(islice(columns, COLUMN_LIMIT)), _rows(file, record))


def _rows(file: BinaryIO, record: str) -> Iterator[Row]:
    """The records in order. Elements are let go as soon as they are over, so that memory does not grow."""
    file.seek(0)
    number, inside, path = 0, 0, list[Element]()
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                inside += bool(inside) or _name(element.tag) == record
                if len(path) > _DEPTH:
                    yield _broken(number + 1, "too_deep", f"Elements stand in each other more than {_DEPTH} deep. Export it anew.")
                    return
                continue
            path.pop()
            if inside:
                inside -= 1
                if inside:
                    continue
                number += 1
                cells: dict[str, str] = {}
                _collect(element, "", cells)
                if cells:
                    yield Row(number, cells)
            if path:
                path[-1].remove(element)
    except (ParseError, DefusedXmlException, UnicodeDecodeError, LookupError, ValueError):
        message = "The XML is broken from here on, or holds a document type or entities. Export it anew, without them."
        yield _broken(number + 1, "not_xml", message)


def _collect(element: Element, path: str, cells: dict[str, str]) -> None:
    """Add the texts and attributes of an element and what is in it; not deeper than ``_DEPTH``."""
    for name, text in element.attrib.items():
        _add(cells, f"{path}@{_name(name)}", text)
    _add(cells, path or "text", element.text)
    for child in element:
        _collect(child, f"{path}/{_name(child.tag)}" if path else _name(child.tag), cells)
        _add(cells, path or "text", child.tail)


def _add(cells: dict[str, str], column: str, text: str | None) -> None:
    if text and text.strip():
        cells[column] = f"{cells[column]}\n{text.strip()}" if column in cells else text.strip()


def _name(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _broken(number: int, code: str, message: str) -> Row:
    return Row(number, error=FieldError("", code, message))
