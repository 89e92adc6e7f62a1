"""The readers of partners' files, one for each kind."""

from __future__ import annotations

from infra.spreadsheets import XlsxReader
from infra.xml_records import XmlReader
from ingest.domain.field_map import FileKind
from ingest.tables.opening import Readers
from ingest.tables.table_csv import CsvReader
from ingest.tables.table_ndjson import NdjsonReader


def table_readers() -> Readers:
    """All of them."""
    return {FileKind.CSV: CsvReader(), FileKind.NDJSON: NdjsonReader(), FileKind.XLSX: XlsxReader(), FileKind.XML: XmlReader()}
