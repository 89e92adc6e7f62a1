"""A partner's own tips, and what became of them in numbers."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, func, or_, select

from infra.storage import tables
from ingest.partner_yield import OwnTip, PartnerYield
from ingest.ports import OwnTips
from triage.domain.case import Act, ActKind, Case, CaseKind, CaseStatus, QueueEntry
from triage.domain.sender import Outcome


class SqlOwnTips(OwnTips):
    """Read from the tables of the desk side; only counts and heads leave it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, slug: str, before: tuple[datetime, str] | None, limit: int) -> list[OwnTip]:
        tip = tables.tips.c
        statement = select(tip.document).where(tip.partner == slug)
        if before:
            at, tip_id = before
            statement = statement.where(or_(tip.received_at < at, and_(tip.received_at == at, tip.id < tip_id)))
        found = self._connection.scalars(statement.order_by(tip.received_at.desc(), tip.id.desc()).limit(limit))
        return [OwnTip(one.id, one.received_at, one.channel.value, one.partner_role, one.partner_reference) for one in found]

    def count(self, slug: str, since: datetime) -> int:
        tip = tables.tips.c
        return self._connection.scalar(select(func.count()).where(tip.partner == slug, tip.received_at >= since)) or 0

    def yields(self, slug: str, since: datetime, until: datetime) -> PartnerYield:
        tip, case, holds = tables.tips.c, tables.cases.c, tables.case_tips.c
        mine = select(tip.id).where(tip.partner == slug, tip.received_at >= since, tip.received_at < until)
        received = dict(self._connection.execute(select(tip.id, tip.received_at).where(tip.id.in_(mine))).tuples())
        first, accepted = self._acts(mine)
        entries: list[QueueEntry] = self._documents(tables.queue, mine)
        due = {entry.tip_id: entry.due_at for entry in entries}
        of_tips = select(holds.tip_id, case.document).join(tables.cases, case.id == holds.case_id).where(holds.tip_id.in_(mine))
        cases: dict[str, Case] = dict(self._connection.execute(of_tips).tuples())
        outcomes: list[Outcome] = self._documents(tables.outcomes, mine)
        minutes = [(first[tip_id] - at).total_seconds() / 60 for tip_id, at in received.items() if tip_id in first]
        return PartnerYield(
            received=len(received),
            read=len(first),
            read_in_time=sum(tip_id in due and at <= due[tip_id] for tip_id, at in first.items()),
            closed=sum(case.status is CaseStatus.CLOSED for case in cases.values()),
            in_cases=sum(tip_id in accepted and case.kind is not CaseKind.HOLD for tip_id, case in cases.items()),
            minutes_to_read=median(minutes) if minutes else None,
            rated=Counter(outcome.useful for outcome in outcomes),
            led_to=Counter(outcome.code for outcome in outcomes if outcome.code),
        )

    def _acts(self, mine: Select[tuple[str]]) -> tuple[dict[str, datetime], set[str]]:
        """When a person first did something with each tip, and which tips a person accepted."""
        first: dict[str, datetime] = {}
        accepted = set()
        act: Act
        for act in self._connection.scalars(select(tables.acts.c.document).where(tables.acts.c.tip_id.in_(mine))):
            first[act.tip_id] = min(first.get(act.tip_id, act.at), act.at)
            if act.kind is ActKind.ACCEPT:
                accepted.add(act.tip_id)
        return first, accepted

    def _documents(self, table: Table, mine: Select[tuple[str]]) -> list[Any]:
        return list(self._connection.scalars(select(table.c.document).where(table.c.tip_id.in_(mine))))
