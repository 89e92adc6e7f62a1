"""Which reader a partner's file needs: its first bytes say, whatever its name is."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Mapping
from typing import BinaryIO

from ingest.domain.field_map import FieldMap, FileKind
from ingest.ports.tables import Table, TableReader
from triage.domain.errors import FieldError, InvalidInput

Readers = Mapping[FileKind, TableReader]
"""A reader for each kind of file."""

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CHUNK = 1 << 20


def kind_of(file: BinaryIO) -> FileKind:
    """What the file is. Raises ``InvalidInput`` for an empty one and for an old or locked workbook."""
    file.seek(0)
    start = file.read(512)
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(_OLD_OFFICE):
        message = "This is an old workbook (XLS) or one with a password. Save it as XLSX without a password."
        raise InvalidInput([FieldError("", "not_xlsx", message)])
    if not text:
        raise InvalidInput([FieldError("", "empty", "There is nothing in this file.")])
    if start.startswith(_ZIP):
        return FileKind.XLSX
    return {b"<": FileKind.XML, b"{": FileKind.NDJSON}.get(text[:1], FileKind.CSV)


def open_table(file: BinaryIO, readers: Readers, sheet: str = "", field_map: FieldMap | None = None) -> Table:
    """The table in the file; the mapping names the record of an XML file. Raises ``InvalidInput``."""
    return readers[kind_of(file)].open(file, sheet, field_map.record if field_map else "")


def digest_of(file: BinaryIO) -> str:
    """SHA-256 of the file's bytes, in hex."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
