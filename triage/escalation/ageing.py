"""How long tips waited, told so that somebody outside can check it: every time comes from a row of the sealed audit log.

Of each tip that a desk was given: when it was received, brought to the desk, first read, first acted on, claimed and decided, and whether
somebody acted by its target. The target, the level and the desk are those of the first decision (``DecisionRecord``); reading alone
keeps no target. Times of rows that are not sealed yet are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from triage.domain.access import Role, Viewer
from triage.domain.assessment import Urgency
from triage.domain.audit import AuditRow, SealedRow
from triage.domain.case import ActKind
from triage.domain.decision import DecisionRecord
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.domain.policy import Policy
from triage.ports import AuditChain, Clock, Ids, Storage

MOST = 20_000
"""Tips of one report at most, the newest."""
LONGEST = timedelta(days=366)
"""The longest period of one report."""

_ACTS = frozenset(f"tip.{kind.value}" for kind in ActKind if kind is not ActKind.UNDO)
_DECIDED = frozenset(f"tip.{kind.value}" for kind in (ActKind.ACCEPT, ActKind.DECLINE, ActKind.DUPLICATE))
_OPENS = frozenset(f"tip.{kind.value}" for kind in (ActKind.UNDO, ActKind.CLAIM, ActKind.TRANSFER, ActKind.REFER))
"""After one of these an earlier decision ends the tip's time in the queue no more."""


class Verdict(StrEnum):
    """What became of a target."""

    KEPT = "kept"
    MISSED = "missed"
    OPEN = "open"  # nobody has acted, and there is time


@dataclass(frozen=True, slots=True)
class Mark:
    """A time, and the row of the audit chain that says so."""

    at: datetime
    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The times of a tip; None for what has not happened."""

    received: Mark | None = None
    routed: Mark | None = None
    read: Mark | None = None
    acted: Mark | None = None
    claimed: Mark | None = None
    decided: Mark | None = None


MARKS = tuple(one.name for one in fields(Marks))


@dataclass(frozen=True, slots=True)
class TipAge:
    """One tip. ``by`` is how much before its target somebody acted, negative for after it; of an open one the time that is left."""

    tip_id: str
    level: Urgency
    desk: str
    policy: str
    marks: Marks
    due: datetime
    verdict: Verdict
    by: timedelta


@dataclass(frozen=True, slots=True)
class Sum:
    """What tips of one level, or of all, have in common: how many, how many targets were kept and missed, and the median minutes from
    being received until they were routed, read and acted on; None where that happened to none.
    """

    level: Urgency | None
    tips: int
    kept: int
    missed: int
    to_route: float | None
    to_read: float | None
    to_act: float | None


@dataclass(frozen=True, slots=True)
class Ageing:
    """A report. ``cut`` says that older tips were left out."""

    desk: str
    since: datetime
    until: datetime
    made: datetime
    tips: tuple[TipAge, ...]
    sums: tuple[Sum, ...]
    cut: bool


class AgeingReports:
    """Makes reports for whoever supervises a desk. Each is written down."""

    def __init__(self, storage: Storage, chain: AuditChain, policy: Policy, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._chain = chain
        self._policy = policy
        self._clock = clock
        self._ids = ids

    def report(self, viewer: Viewer, desk: str, since: datetime, until: datetime) -> Ageing:
        """Every tip that came to the desk in the period and that the viewer may read, newest first.

        Raises ``NotFound`` for a desk that the viewer does not supervise, ``InvalidInput`` for a period that is none.
        """
        if viewer.role is not Role.SUPERVISOR or desk not in viewer.desks or desk not in self._policy.desks:
            raise NotFound("report", desk)
        if not timedelta() < until - since <= LONGEST:
            raise InvalidInput([FieldError("until", "period", f"Choose a period of 1 to {LONGEST.days} days.")])
        now = self._clock.now()
        with self._storage.reading() as work:
            facts = work.facts.between(viewer.scope, since, until, MOST)
            decided = work.decisions.get_many([fact.tip_id for fact in facts])
        records = [record for fact in facts if (record := decided.get(fact.tip_id)) is not None and record.routing.desk == desk]
        rows = self._chain.of_objects([f"tip:{record.tip_id}" for record in records])
        tips = tuple(_age(record, rows.get(f"tip:{record.tip_id}", []), now) for record in records)
        detail = {"tips": str(len(tips)), "since": since.isoformat(), "until": until.isoformat()}
        row = AuditRow(self._ids.new("aud"), now, viewer.actor, "ageing.read", f"desk:{desk}", viewer.purpose, detail)
        with self._storage.writing() as work:
            work.audit.append([row])
        return Ageing(desk, since, until, now, tips, tuple(sums(tips)), len(facts) >= MOST)


def marks_of(rows: Iterable[SealedRow]) -> Marks:
    """What the rows about a tip, in order, say."""
    found: dict[str, Mark] = {}
    for sealed in rows:
        row, mark = sealed.row, Mark(sealed.row.at, sealed.position, sealed.hash)
        person = row.actor.startswith("user:")
        if row.action == "tip.received":
            found.setdefault("received", mark)
        elif row.action == "tip.decide":
            found.setdefault("routed", mark)
        elif row.action == "tip.read" and person:
            found.setdefault("read", mark)
        if row.action in _ACTS and person:
            found.setdefault("acted", mark)
        if row.action == f"tip.{ActKind.CLAIM.value}":
            found.setdefault("claimed", mark)
        if row.action in _OPENS:
            found.pop("decided", None)
        elif row.action in _DECIDED:
            found["decided"] = mark
    return Marks(**found)


def judged(acted: datetime | None, due: datetime, now: datetime) -> tuple[Verdict, timedelta]:
    """Whether the target was kept, and by how much."""
    if acted is None:
        return (Verdict.OPEN if now <= due else Verdict.MISSED), due - now
    return (Verdict.KEPT if acted <= due else Verdict.MISSED), due - acted


def sums(tips: Sequence[TipAge]) -> list[Sum]:
    """All tips together, then those of each level that has some."""
    groups = [(None, tips), *((level, [tip for tip in tips if tip.level is level]) for level in Urgency)]
    return [_sum(level, group) for level, group in groups if group or level is None]


def _age(record: DecisionRecord, rows: Sequence[SealedRow], now: datetime) -> TipAge:
    marks = marks_of(rows)
    verdict, by = judged(marks.acted.at if marks.acted else None, record.due_at, now)
    return TipAge(record.tip_id, record.urgency, record.routing.desk, record.policy_version, marks, record.due_at, verdict, by)


def _sum(level: Urgency | None, tips: Sequence[TipAge]) -> Sum:
    counted = [tip.verdict for tip in tips]
    to_route, to_read, to_act = (
        _minutes(tips, what) for what in (lambda marks: marks.routed, lambda marks: marks.read, lambda marks: marks.acted)
    )
    return Sum(level, len(tips), counted.count(Verdict.KEPT), counted.count(Verdict.MISSED), to_route, to_read, to_act)


def _minutes(tips: Iterable[TipAge], what: Callable[[Marks], Mark | None]) -> float | None:
    """The median of the minutes from being received, or routed where the log says nothing of the receipt."""
    spells = []
    for tip in tips:
        start, end = tip.marks.received or tip.marks.routed, what(tip.marks)
        if start is not None and end is not None:
            spells.append((end.at - start.at).total_seconds() / 60)
    return median(spells) if spells else None
