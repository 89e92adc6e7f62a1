"""The fields of the tantivy index, and how a case document becomes an engine's document and comes back.

Every ``Field`` has two columns: one that is searched, with folded values (for plates, phones and handles every ending of the value), and
``<field>_value`` with the values as they are, which is counted for facets. Change ``FORMAT`` with anything here, in ``fold`` or in
``analysis``: an index of another format is not read but has to be rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
from tantivy import Document, Schema, SchemaBuilder

from infra.search.fold import clean, endings, keyword, look_alike
from triage.domain.document import CaseDocument
from triage.domain.query import Field

FORMAT = 2

PARTS = frozenset({Field.PLATE, Field.PHONE, Field.HANDLE})
"""The fields of which a part matches."""

VALUES: Mapping[Field, Callable[[CaseDocument], tuple[str, ...]]] = {
    Field.CATEGORY: lambda document: document.categories,
    Field.URGENCY: lambda document: (document.urgency,),
    Field.COUNTY: lambda document: (document.county,),
    Field.STATE: lambda document: (document.state,),
    Field.PARTNER: lambda document: document.partners,
    Field.SECTOR: lambda document: document.sectors,
    Field.DESK: lambda document: (document.desk,),
    Field.STATUS: lambda document: (document.status,),
    Field.KIND: lambda document: (document.kind,),
    Field.BAND: lambda document: (document.band,),
    Field.FLAG: lambda document: document.flags,
    Field.INDICATOR: lambda document: document.indicators,
    Field.LANGUAGE: lambda document: document.languages,
    Field.PLATE: lambda document: document.plates,
    Field.PHONE: lambda document: document.phones,
    Field.HANDLE: lambda document: document.handles,
    Field.TIP: lambda document: document.tips,
    Field.CASE: lambda document: (document.case_id,),
    Field.HAS: lambda document: tuple(
        name for name, values in (("plate", document.plates), ("phone", document.phones), ("handle", document.handles)) if any(values)
    ),
}
"""Where a document holds the values of a field."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 60 * 60 * 1_000_000


def build_schema() -> Schema:
    """The fields; ``id``, ``version`` and ``sequence`` (which put brought the document, counted from 1) serve the adapter alone."""
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", fast=True)
    builder.add_integer_field("sequence", indexed=True, fast=True)
    builder.add_integer_field("received", indexed=True, fast=True)
    builder.add_text_field("readers", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="text", index_option="position")
    builder.add_text_field("english", tokenizer_name="english", index_option="basic")
    builder.add_text_field("spanish", tokenizer_name="spanish", index_option="basic")
    builder.add_bytes_field("document", stored=True)
    for field in Field:
        builder.add_text_field(field.value, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(f"{field.value}_value", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def to_engine(document: CaseDocument, sequence: int) -> Document:
    """The engine's document for a case document."""
    document = replace(document, text=clean(document.text), title=clean(document.title))
    made = Document()
    made.add_text("id", document.case_id)
    made.add_integer("version", document.version)
    made.add_integer("sequence", sequence)
    made.add_integer("received", microseconds(document.received_at))
    for desk in document.readers:
        made.add_text("readers", desk)
    for name in ("text", "english", "spanish"):
        made.add_text(name, document.text)
    made.add_bytes("document", msgspec.json.encode(document))
    for field, values in VALUES.items():
        for value in filter(None, values(document)):
            made.add_text(f"{field}_value", value)
            for term in endings(look_alike(value)) if field in PARTS else [keyword(value)]:
                made.add_text(field, term)
    return made


def from_engine(document: Document) -> CaseDocument:
    """The case document that an engine's document was made from."""
    return msgspec.json.decode(document["document"][0], type=CaseDocument)


def microseconds(at: datetime) -> int:
    """The time since 1970 in microseconds."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def first_microsecond(day: date) -> int:
    """When the day begins, in UTC."""
    return (day.toordinal() - _EPOCH.date().toordinal()) * _DAY


def last_microsecond(day: date) -> int:
    """When the day ends, in UTC."""
    return first_microsecond(day) + _DAY - 1
