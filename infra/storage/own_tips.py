"""A partner's own tips, and what became of them in numbers."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, exists, func, literal, or_, select

from infra.storage import tables
from ingest.domain.partner_yield import OwnTip, PartnerYield
from ingest.ports import OwnTips
from triage.domain.case import Act, ActKind, Case, CaseKind, CaseStatus, QueueEntry
from triage.domain.sender import Outcome
from triage.domain.tip import Tip

_BY_FORM = exists().where(
    tables.audit.c.object == literal("tip:").concat(tables.tips.c.id),
    tables.audit.c.action == "tip.received",
    tables.audit.c.actor == "public",
)
"""Whether a tip was sent by a public form: who sent it stands nowhere but in the audit log."""


class SqlOwnTips(OwnTips):
    """Read from the tables of the desk side; only counts and heads leave it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self, slug: str, before: tuple[datetime, str] | None, limit: int, since: datetime | None = None, reference: str = ""
    ) -> list[OwnTip]:
        tip = tables.tips.c
        statement = select(tip.document).where(tip.partner == slug, ~_BY_FORM)
        if before:
            at, tip_id = before
            statement = statement.where(or_(tip.received_at < at, and_(tip.received_at == at, tip.id < tip_id)))
        if since:
            statement = statement.where(tip.received_at >= since)
        if reference:
            statement = statement.where(tip.partner_reference == reference)
        found = self._connection.scalars(statement.order_by(tip.received_at.desc(), tip.id.desc()).limit(limit))
        return [_head(one) for one in found]

    def count(self, slug: str, since: datetime) -> int:
        tip = tables.tips.c
        return self._connection.scalar(select(func.count()).where(tip.partner == slug, tip.received_at >= since, ~_BY_FORM)) or 0

    def has(self, slug: str, tip_id: str) -> bool:
        tip = tables.tips.c
        return self._connection.scalar(select(tip.id).where(tip.id == tip_id, tip.partner == slug, ~_BY_FORM)) is not None

    def written_about(self, slug: str, limit: int) -> list[OwnTip]:
        tip, message = tables.tips.c, tables.messages.c
        mine = select(tip.document).join(tables.messages, message.tip_id == tip.id).where(tip.partner == slug, ~_BY_FORM).group_by(tip.id)
        return [_head(one) for one in self._connection.scalars(mine.order_by(func.max(message.at).desc(), tip.id.desc()).limit(limit))]

    def yields(self, slug: str, since: datetime, until: datetime, by_form: bool = False) -> PartnerYield:
        tip, case, holds = tables.tips.c, tables.cases.c, tables.case_tips.c
        whose = _BY_FORM if by_form else ~_BY_FORM
        mine = select(tip.id).where(tip.partner == slug, tip.received_at >= since, tip.received_at < until, whose)
        received = {row.id: row.received_at for row in self._connection.execute(select(tip.id, tip.received_at).where(tip.id.in_(mine)))}
        first, accepted = self._acts(mine)
        entries: list[QueueEntry] = self._documents(tables.queue, mine)
        due = {entry.tip_id: entry.due_at for entry in entries}
        of_tips = select(holds.tip_id, case.document).join(tables.cases, case.id == holds.case_id).where(holds.tip_id.in_(mine))
        cases: dict[str, Case] = {row.tip_id: row.document for row in self._connection.execute(of_tips)}
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


def _head(tip: Tip) -> OwnTip:
    return OwnTip(tip.id, tip.received_at, tip.channel.value, tip.partner_role, tip.partner_reference)
