"""NDJSON: a JSON object on each line, either a submission as the API takes it, or fields of the partner's own to be mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import BinaryIO

import msgspec

from ingest.ports.tables import COLUMN_LIMIT, Row, Table, TableReader
from ingest.schema import BODY_LIMIT
from ingest.submission import Submission
from triage.domain.errors import FieldError, InvalidInput

_LOOKED_AT = 50
_KNOWN = frozenset(Submission.__struct_fields__)


class NdjsonReader(TableReader):
    """Line by line; no line is held that is longer than a submission may be. Its columns are the fields of the first lines, dotted."""

    def open(self, file: BinaryIO, sheet: str = "", record: str = "") -> Table:  # noqa: ARG002  # NDJSON has neither
        first = list(islice(_rows(file), _LOOKED_AT))
        readable = [row for row in first if row.error is None]
        if first and not readable:
            message = "None of the first lines is a JSON object. Write one object on each line, in UTF-8."
            raise InvalidInput([FieldError("", "not_ndjson", message)])
        ready = all(isinstance(row.value, Mapping) and "narrative" in row.value and row.value.keys() <= _KNOWN for row in readable)
        columns = dict.fromkeys(name for row in readable for name in row.cells)
        return Table(tuple(islice(columns, COLUMN_LIMIT)), _rows(file), "utf-8", ready)


def _rows(file: BinaryIO) -> Iterator[Row]:
    file.seek(0)
    number = 0
    while line := file.readline(BODY_LIMIT + 1):
        number += 1
        if len(line) > BODY_LIMIT:
            while line and not line.endswith(b"\n"):
                line = file.readline(BODY_LIMIT)
            message = f"This line is longer than {BODY_LIMIT // 1024} kB. Shorten its text."
            yield Row(number, error=FieldError("", "too_large", message))
        elif line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _row(number, line.removeprefix(b"\xef\xbb\xbf"))


def _row(number: int, line: bytes) -> Row:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Row(number, error=FieldError("", "not_json", "This line is not JSON. Write one JSON object in UTF-8."))
    if not isinstance(value, dict):
        return Row(number, error=FieldError("", "not_json", "Write a JSON object in braces, with named fields."))
    return Row(number, dict(_flat(value)), value)


def _flat(tree: Mapping[str, object], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The texts of the fields by dotted name; a list becomes one text of lines."""
    for name, value in tree.items():
        match value:
            case dict() if depth < 10:
                yield from _flat(value, f"{prefix}{name}.", depth + 1)
            case list():
                if lines := "\n".join(text for item in value if (text := _text(item))):
                    yield f"{prefix}{name}", lines
            case _:
                if text := _text(value):
                    yield f"{prefix}{name}", text


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool() | int() | float():
            return msgspec.json.encode(value).decode()
    return msgspec.json.encode(value).decode()
