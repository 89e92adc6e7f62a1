"""Writing many documents at once: each counts for itself, what can be tried again is, and an older version never wins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from infra.search.elastic_client import engine_answers
from triage.domain.errors import Unavailable

CHUNK = 500
CHUNK_BYTES = 4_000_000
"""A bulk holds at most so many documents and about so many bytes."""

_TRIES = 6
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0  # seconds, doubled from try to try
_BUSY = frozenset({429, 502, 503, 504})
_DONE = frozenset({200, 201, 409})  # 409: a newer version is there already

Row = tuple[str, bytes]
"""A document to write: its id, and the two lines of a bulk request."""


class _Item(msgspec.Struct, rename={"index": "_index"}):
    status: int
    index: str = ""
    error: dict[str, Any] | None = None


class _Answer(msgspec.Struct):
    items: list[dict[str, _Item]] = []


def versioned(id: str, version: int, source: bytes) -> Row:
    """Add or replace the document unless a newer one is there; the same version may be written again."""
    action = msgspec.json.encode({"index": {"_id": id, "version": version, "version_type": "external_gte"}})
    return id, action + b"\n" + source


def plain(id: str, source: bytes) -> Row:
    """Add or replace the document."""
    return id, msgspec.json.encode({"index": {"_id": id}}) + b"\n" + source


def removed(id: str) -> Row:
    """Remove the document; one that is not there is no error."""
    return id, msgspec.json.encode({"delete": {"_id": id}})


def write(
    client: Elasticsearch, target: str, rows: Iterable[Row], sleep: Callable[[float], None] = time.sleep, alias: bool = False
) -> frozenset[str]:
    """Write ``rows`` in bulks to the index ``target``, which is an existing ``alias`` if so said; return the indices that took them.

    A part of the rows may not be written where an index goes away meanwhile; it is then not among those returned. Raises ``Unavailable``
    that names the ids of what the engine refused, and why in its own word; trying again writes nothing twice.
    """
    took: set[str] = set()
    for chunk in _chunks(rows):
        waiting, wait = list(chunk), _FIRST_WAIT
        for attempt in range(1, _TRIES + 1):
            indices, waiting = _once(client, target, waiting, alias)
            took |= indices
            if not waiting:
                break
            if attempt == _TRIES:
                raise Unavailable(f"the search engine is too busy to take {len(waiting)} documents. Look at its health, then try again.")
            sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
        if not indices:
            return frozenset()
    return frozenset(took)


def _once(client: Elasticsearch, target: str, rows: Sequence[Row], alias: bool) -> tuple[set[str], list[Row]]:
    """Send the rows; return the indices that took some, and the rows to try again."""
    with engine_answers("documents cannot be put into the search engine"):
        lines: list[Any] = [lines for _, lines in rows]  # ready-made, which the client takes though its types do not say so
        answer = client.bulk(
            index=target,
            operations=lines,
            require_alias=alias,
            filter_path="items.*._index,items.*.status,items.*.error.type",
        )
    items = [next(iter(item.values())) for item in msgspec.convert(answer.body, _Answer).items]
    refused = {id: _why(item) for (id, _), item in zip(rows, items, strict=True) if item.status not in _DONE | _BUSY | {404}}
    if refused:
        raise Unavailable(f"the search engine refused {_named(refused)}. If its index is of another version, run 'tipstream reindex'.")
    again = [row for row, item in zip(rows, items, strict=True) if item.status in _BUSY]
    return {item.index for item in items if item.status in _DONE}, again


def _why(item: _Item) -> str:
    return str((item.error or {}).get("type", item.status))


def _named(refused: Mapping[str, str], most: int = 5) -> str:
    """The first refused ids, each with the engine's word for why."""
    named = ", ".join(f"{id} ({why})" for id, why in list(refused.items())[:most])
    return named + (f" and {len(refused) - most} more" if len(refused) > most else "")


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        if chunk and (len(chunk) == CHUNK or size + len(row[1]) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += len(row[1])
    if chunk:
        yield chunk
