"""When a person says that a highlight is wrong: kept as codes alone, for whoever maintains the rules and models that made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.access import Viewer
from triage.domain.assessment import Assessment, Finding
from triage.domain.audit import AuditRow
from triage.domain.errors import NotFound
from triage.ports import Clock, Ids, Storage

ACTION = "finding.wrong"
LIMIT = 200
"""Rows of one tip that are looked at."""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody (by name; the id where the account is gone) has called a finding wrong."""

    finding: Finding
    who: str
    at: datetime


def in_order(reading: Assessment | None) -> list[Finding]:
    """The findings in the order of the text, in which the pages number them from 1."""
    return sorted(reading.findings, key=lambda one: (one.start, one.end, one.indicator)) if reading else []


def call_wrong(storage: Storage, clock: Clock, ids: Ids, viewer: Viewer, tip_id: str, number: int) -> Finding:
    """The viewer says that the finding with this number is wrong. Said again by the same person it is kept once.

    The audit row names the indicator, the rule or model and its version, and the span. Raises ``NotFound`` for a tip that the viewer may
    not read, and for a finding that it does not have.
    """
    with storage.writing() as work:
        case, reading = work.cases.of_tip(tip_id), work.assessments.get_many([tip_id]).get(tip_id)
        if case is None:
            raise NotFound("tip", tip_id)
        viewer.check_reads("tip", tip_id, case.readers)
        findings = in_order(reading)
        if not 0 < number <= len(findings):
            raise NotFound("highlight", str(number))
        finding, actor, object = findings[number - 1], f"user:{viewer.user}", _object(tip_id)
        detail = _detail(finding) | {"desk": case.desk}
        if any(row.actor == actor and row.detail == detail for row in work.audit.of_object(object, LIMIT)):
            return finding
        work.audit.append([AuditRow(ids.new("aud"), clock.now(), actor, ACTION, object, viewer.purpose, detail)])
    return finding


def called_wrong(storage: Storage, tip_id: str, findings: Sequence[Finding]) -> list[Called]:
    """Which of the findings were called wrong, by whom and when, oldest first. Who asks must be allowed to read the tip."""
    with storage.reading() as work:
        rows = [row for row in work.audit.of_object(_object(tip_id), LIMIT) if row.action == ACTION]
        users = {row.actor: work.users.by_id(row.actor.removeprefix("user:")) for row in rows}
    names = {actor: user.display_name if user else actor.removeprefix("user:") for actor, user in users.items()}
    return [Called(one, names[row.actor], row.at) for row in rows for one in findings if _detail(one).items() <= row.detail.items()]


def _object(tip_id: str) -> str:
    return f"findings:{tip_id}"


def _detail(finding: Finding) -> dict[str, str]:
    return {
        "indicator": finding.indicator,
        "by": finding.by,
        "version": finding.version,
        "start": str(finding.start),
        "end": str(finding.end),
    }
