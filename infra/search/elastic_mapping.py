"""The fields of the Elasticsearch indices, and how a case document becomes an engine's document and comes back.

The columns are those of the embedded index (``infra.search.fields``). Words and stems come from ``infra.search.analysis``, the folding
from ``infra.search.fold``: the engine's own stemmers and Unicode tables change from version to version, and what is found, what is marked
and what a saved search matches must not. The engine splits them at spaces and makes the endings of plates, phones and handles. Nothing
outside these fields is taken (``dynamic: strict``).

| column | holds |
|---|---|
| ``document`` | the case document itself, which is stored and never searched |
| ``words`` | the words of the text in their places, for phrases and beginnings |
| ``stems`` | ``e:`` and each English stem, ``s:`` and each Spanish one |
| ``category``, ``plate``, ... | for each ``Field`` its folded values, for questions |
| ``category_value``, ... | its values as they are, for facets |
| ``id``, ``readers``, ``received`` | the case, the desks that may find it, microseconds since 1970 |
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import msgspec

from infra.search.analysis import Analysis
from infra.search.fields import FORMAT, PARTS, VALUES, microseconds
from infra.search.fold import clean, keyword, look_alike
from triage.domain.document import CaseDocument
from triage.domain.query import Field

SETTINGS: dict[str, Any] = {
    "number_of_shards": 1,  # so that facets are exact; one shard holds some millions of cases
    "auto_expand_replicas": "0-1",
    "refresh_interval": "-1",  # every put refreshes
    "analysis": {
        "analyzer": {
            "tipstream_words": {"type": "custom", "tokenizer": "whitespace"},
            "tipstream_endings": {"type": "custom", "tokenizer": "keyword", "filter": ["reverse", "tipstream_beginnings", "reverse"]},
            "tipstream_whole": {"type": "custom", "tokenizer": "keyword"},
        },
        "filter": {"tipstream_beginnings": {"type": "edge_ngram", "min_gram": 1, "max_gram": 200}},
    },
}

_EXACT = {"type": "keyword", "doc_values": False, "norms": False}
_PART = {
    "type": "text",
    "analyzer": "tipstream_endings",
    "search_analyzer": "tipstream_whole",
    "norms": False,
    "index_options": "docs",
}
_FACET = {"type": "keyword", "index": False}

COLUMNS: dict[str, Any] = {
    "id": {"type": "keyword"},
    "readers": _EXACT,
    "received": {"type": "long"},
    "words": {"type": "text", "analyzer": "tipstream_words", "norms": False},
    "stems": {"type": "text", "analyzer": "tipstream_words", "norms": False, "index_options": "docs"},
    **{field.value: _PART if field in PARTS else _EXACT for field in Field},
    **{f"{field}_value": _FACET for field in Field},
}

MAPPING: dict[str, Any] = {
    "dynamic": "strict",
    "_source": {"includes": ["document"]},
    "properties": {"document": {"type": "object", "enabled": False}, **COLUMNS},
}

_FIELDS = tuple((field.value, f"{field}_value", look_alike if field in PARTS else keyword, values) for field, values in VALUES.items())


def format_name() -> str:
    """The name of this format, part of every index's name: another mapping has another one, so that no version misreads an index."""
    mapping = msgspec.json.encode([SETTINGS, MAPPING], order="sorted")
    return f"v{FORMAT}-{hashlib.sha256(mapping).hexdigest()[:8]}"


def to_engine(document: CaseDocument, analysis: Analysis) -> bytes:
    """The engine's document, as JSON, for a case document."""
    document = replace(document, text=clean(document.text), title=clean(document.title))
    return msgspec.json.encode({"document": document, **columns(document, analysis)})


def columns(document: CaseDocument, analysis: Analysis) -> dict[str, Any]:
    """What of a case document is searched."""
    places = analysis.places(document.text)
    stems = list(map(analysis.stems, filter(None, set(places))))
    made: dict[str, Any] = {
        "id": document.case_id,
        "readers": document.readers,
        "received": microseconds(document.received_at),
        "words": " ".join([word or "-" for word in places]),  # a dash, which is in no word, keeps the place of what is not indexed
        "stems": " ".join({f"e:{english} s:{spanish}" for english, spanish in stems}),
    }
    for asked, counted, fold, values in _FIELDS:
        if given := [value for value in values(document) if value]:
            made[counted] = given
            made[asked] = list(map(fold, given))
    return made


def from_engine(source: dict[str, Any]) -> CaseDocument:
    """The case document that an engine's document was made from."""
    return msgspec.convert(source["document"], CaseDocument)
