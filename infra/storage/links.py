"""What ties tips to one another: shared keys, and near-duplicate wording by MinHash bands (locality-sensitive hashing)."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, and_, or_, select

from infra.storage import tables
from infra.storage.database import insert_new, take_locks
from triage.domain.case import CaseKind, CaseStatus
from triage.domain.decision import LinkKey, LinkKind, LinkMatch
from triage.domain.tip import Tip
from triage.linking import likeness
from triage.ports import Links

ROWS_PER_BAND = 4
"""With 64 values that is 16 bands: texts of likeness 0.7 share one in 98.8 % of cases, 0.8 in 99.98 %, 0.3 in 12 %
(1 - (1 - s^4)^16; Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4)."""


class SqlLinks(Links):
    """Link keys and fingerprints in tables; the case of a match is looked up when it is asked for, so that it is where the tip is now.

    Keys are found by kind and value; a match carries a key that joins only if it does on both sides. A tip in no case is no match.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, keys: Iterable[LinkKey]) -> None:
        take_locks(self._connection, {f"{key.kind.value}:{key.value}" for key in keys})

    def add(self, tip: Tip, keys: Iterable[LinkKey], fingerprint: tuple[int, ...]) -> None:
        at = tip.received_at
        rows = [{"tip_id": tip.id, "kind": key.kind.value, "value": key.value, "joins": key.joins, "at": at} for key in keys]
        insert_new(self._connection, tables.link_keys, rows, ["tip_id", "kind", "value"])
        if fingerprint:
            whole = {"tip_id": tip.id, "at": at, "minhash": fingerprint}
            insert_new(self._connection, tables.fingerprints, [whole], ["tip_id"])
            parts = [{"bucket": bucket, "at": at, "tip_id": tip.id} for bucket in buckets(fingerprint)]
            insert_new(self._connection, tables.fingerprint_bands, parts, ["bucket", "at", "tip_id"])

    def find(self, tip_id: str, keys: Iterable[LinkKey], since: datetime, limit: int) -> list[LinkMatch]:
        asked = {(key.kind.value, key.value): key for key in sorted(keys)}  # of a key asked for twice the one that joins comes last
        if not asked:
            return []
        stored = tables.link_keys.c
        values = {kind: [value for of_kind, value in asked if of_kind == kind] for kind, _ in asked}
        shared = or_(*(and_(stored.kind == kind, stored.value.in_(of_kind)) for kind, of_kind in values.items()))
        statement = (
            _placed(stored.tip_id, stored.kind, stored.value, stored.joins, stored.at)
            .where(shared, stored.tip_id != tip_id, stored.at >= since)
            .order_by(stored.joins.desc(), stored.at, stored.tip_id, stored.kind, stored.value)
            .limit(limit)
        )
        found = []
        for row in self._connection.execute(statement):
            key = asked[row.kind, row.value]
            found.append(_match(replace(key, joins=key.joins and row.joins), row))
        return sorted(found, key=lambda match: not match.key.joins)  # stable: each group stays in order

    def similar(self, tip_id: str, fingerprint: tuple[int, ...], since: datetime, threshold: float, limit: int) -> list[LinkMatch]:
        if not fingerprint:
            return []
        stored, bands = tables.fingerprints.c, tables.fingerprint_bands.c
        shares_a_band = select(bands.tip_id).where(bands.bucket.in_(buckets(fingerprint)), bands.at >= since)
        statement = _placed(stored.tip_id, stored.minhash, stored.at).where(
            stored.tip_id.in_(shares_a_band), stored.tip_id != tip_id, stored.at >= since
        )
        key = LinkKey(LinkKind.TEXT, "")
        matches = [_match(key, row, likeness(fingerprint, row.minhash)) for row in self._connection.execute(statement)]
        return sorted((m for m in matches if m.similarity >= threshold), key=lambda m: (-m.similarity, m.at, m.tip_id))[:limit]


def buckets(fingerprint: tuple[int, ...]) -> set[int]:
    """One signed 64-bit number a band, from the band's place and its values; equal bands of two texts give equal numbers."""
    found = set()
    for start in range(0, len(fingerprint), ROWS_PER_BAND):
        values = fingerprint[start : start + ROWS_PER_BAND]
        digest = hashlib.blake2b(struct.pack(f"<{len(values) + 1}I", start, *values), digest_size=8).digest()
        found.add(int.from_bytes(digest, "big", signed=True))
    return found


def _placed(*columns: Column[Any]) -> Select[Any]:
    """The columns, of which the first is a tip's id, and where that tip's case stands."""
    case_tips, cases = tables.case_tips, tables.cases
    return (
        select(*columns, case_tips.c.case_id, cases.c.kind.label("case_kind"), cases.c.desk, cases.c.status)
        .join(case_tips, case_tips.c.tip_id == columns[0])
        .join(cases, cases.c.id == case_tips.c.case_id)
    )


def _match(key: LinkKey, row: Row[Any], similarity: float = 1.0) -> LinkMatch:
    """The match that a row of ``_placed`` with a time is."""
    still_open = row.status != CaseStatus.CLOSED
    return LinkMatch(key, row.tip_id, row.case_id, row.desk, still_open, row.at, similarity, CaseKind(row.case_kind))
