"""The audit chain: who did, read or searched what, when and why; each sealed row carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

GENESIS = "0" * 64
"""The hash before the first row."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act or look. ``actor`` is ``user:<id>``, ``partner:<slug>``, ``public`` or ``system:<process>``; ``object`` is ``tip:<id>`` etc.

    ``detail`` holds codes and counts, never text of a tip or a contact detail.
    """

    id: str
    at: datetime
    actor: str
    action: str
    object: str
    purpose: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)

    def canonical(self) -> bytes:
        """The bytes that are hashed: JSON with sorted keys and no spaces, time in ISO 8601 UTC with microseconds."""
        value = {
            "id": self.id,
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor,
            "action": self.action,
            "object": self.object,
            "purpose": self.purpose,
            "detail": dict(self.detail),
        }
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class SealedRow:
    """An audit row with its place in the chain (from 1) and its hash."""

    position: int
    row: AuditRow
    hash: str


def chain_hash(previous: str, row: AuditRow) -> str:
    """SHA-256 over the previous hash (hex) and the row's canonical bytes."""
    return hashlib.sha256(previous.encode() + row.canonical()).hexdigest()


def first_break(rows: Iterable[SealedRow]) -> int | None:
    """The position at which the chain does not hold, or None if it is whole. Rows come in order of position."""
    previous, expected = GENESIS, 1
    for sealed in rows:
        if sealed.position != expected or sealed.hash != chain_hash(previous, sealed.row):
            return expected
        previous, expected = sealed.hash, expected + 1
    return None
