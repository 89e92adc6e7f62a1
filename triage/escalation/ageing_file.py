"""The ageing report as CSV, ids and times only; and checking such a file against an audit chain, by whoever holds one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from triage.cells import csv_file
from triage.domain.errors import FieldError, InvalidInput
from triage.escalation.ageing import MARKS, Ageing, Mark, TipAge, judged
from triage.ports import AuditChain

HEAD = (
    "tip",
    "level",
    "desk",
    "policy",
    *(f"{name}{part}" for name in MARKS for part in ("", "_row", "_hash")),
    "due",
    "verdict",
    "by_seconds",
    "made",
)


def ageing_file(report: Ageing) -> bytes:
    """The tips of the report, one a row. ``<time>_row`` and ``<time>_hash`` are the position and the hash of the audit row it rests on."""
    return csv_file([HEAD, *(_row(tip, report.made) for tip in report.tips)])


def _row(tip: TipAge, made: datetime) -> tuple[object, ...]:
    marks = [getattr(tip.marks, name) for name in MARKS]
    cells = [cell for mark in marks for cell in _cells(mark)]
    by = round(tip.by.total_seconds())
    return (tip.tip_id, tip.level.value, tip.desk, tip.policy, *cells, _time(tip.due), tip.verdict.value, by, _time(made))


def _cells(mark: Mark | None) -> tuple[str, str, str]:
    return (_time(mark.at), str(mark.position), mark.hash) if mark else ("", "", "")


def _time(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def faults(content: bytes, chain: AuditChain) -> Iterator[str]:
    """What in the file is not so in the chain, line by line: a row with another hash, time or tip; a verdict that does not follow.

    That the chain itself is whole is another check (``first_break``). Raises ``InvalidInput`` for a file that is no such report.
    """
    for number, line in enumerate(_lines(content), start=2):
        try:
            yield from (f"line {number} ({line['tip']}): {fault}" for fault in _line_faults(line, chain))
        except (ValueError, TypeError):
            yield f"line {number}: this is no line of a report"


def _line_faults(line: Mapping[str, str], chain: AuditChain) -> Iterator[str]:
    for name in MARKS:
        if line[name] and (fault := _mark_fault(line, name, chain)):
            yield f"{name} {fault}"
    acted = datetime.fromisoformat(line["acted"]) if line["acted"] else None
    verdict, by = judged(acted, datetime.fromisoformat(line["due"]), datetime.fromisoformat(line["made"]))
    if line["verdict"] != verdict or abs(by - timedelta(seconds=int(line["by_seconds"]))) > timedelta(seconds=1):
        yield "the verdict does not follow from the times"


def _mark_fault(line: Mapping[str, str], name: str, chain: AuditChain) -> str:
    position = int(line[f"{name}_row"])
    found = chain.rows(position - 1, 1)
    if not found or found[0].position != position:
        return f"rests on row {position}, which the chain does not have"
    (sealed,) = found
    if sealed.hash != line[f"{name}_hash"]:
        return f"rests on row {position}, which has another hash"
    if sealed.row.object != f"tip:{line['tip']}":
        return f"rests on row {position}, which is about something else"
    return "" if _time(sealed.row.at) == line[name] else f"is another time than row {position} says"


def _lines(content: bytes) -> Iterator[Mapping[str, str]]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    if tuple(rows.fieldnames or ()) != HEAD:
        raise InvalidInput([FieldError("file", "not_a_report", "This is no ageing report: its first line is another.")])
    yield from rows
