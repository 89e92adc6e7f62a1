"""How the columns of a partner's file become a submission, and what became of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FileKind(StrEnum):
    """What a partner's file is."""

    CSV = "csv"
    NDJSON = "ndjson"  # a JSON object on each line
    XLSX = "xlsx"
    XML = "xml"  # NIEM and the like, by a mapping


@dataclass(frozen=True, slots=True)
class FieldMap:
    """A mapping kept for next time. ``columns``: path in a submission (``place.town``) -> columns of the file, joined in this order;
    ``constants``: path -> value.

    ``values``: path -> value in the file -> value of ours, for fields with a closed list. ``key`` is the column that holds a number of its
    own for each row; without one the whole row tells it from others. ``record`` is the element that repeats, in an XML file.
    """

    id: str
    partner: str
    name: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    key: str = ""
    record: str = ""


class ImportState(StrEnum):
    """Where an import stands."""

    WAITING = "waiting"  # the file is here; nothing of it was taken yet
    RUNNING = "running"
    STOPPED = "stopped"  # something was out of reach; it can go on, and nothing is taken twice
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One file that was imported: who, when, which file (the SHA-256 of its bytes), how many rows, and what became of them.

    ``refused`` holds up to a thousand of the rows that were not taken, as (row, column, code, message); never what they held.
    ``seen_at`` is when it last said how far it is. A file that came over the portal is kept sealed as the blob of the run's id until it is
    done; ``sheet`` and ``field_map`` are what was chosen for it.
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
    state: ImportState = ImportState.DONE
    seen_at: datetime | None = None
    kind: FileKind = FileKind.CSV
    sheet: str = ""
    field_map: FieldMap | None = None
