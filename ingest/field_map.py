"""How the columns of a partner's file become a submission, and what became of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FieldMap:
    """A mapping kept for next time. ``columns``: path in a submission (``place.town``) -> column of the file; ``constants``: path -> value.

    ``values``: path -> value in the file -> value of ours, for fields with a closed list.
    """

    id: str
    partner: str
    name: str
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One file that was imported: who, when, which file (the SHA-256 of its bytes), how many rows, and what became of them.

    ``refused`` holds up to a thousand of the rows that were not taken, as (row, column, code, message); never what they held.
    """

    id: str
    partner: str
    by: str
    begun_at: datetime
    file_sha256: str
    rows: int = 0
    accepted: int = 0
    repeated: int = 0
    refused_rows: int = 0
    refused: tuple[tuple[int, str, str, str], ...] = ()
    done_at: datetime | None = None
