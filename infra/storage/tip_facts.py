"""Facts about tips, for trends."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from infra.storage import tables
from triage.domain.case import Case, QueueEntry
from triage.domain.tip import Tip
from triage.domain.trend import TipFact
from triage.ports import TipFacts


class SqlTipFacts(TipFacts):
    """Read from the records of tips, queue entries, cases and acts; who may read a case is looked at here, after it was read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def between(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipFact]:
        tip, entry, case, holds, act = tables.tips.c, tables.queue.c, tables.cases.c, tables.case_tips.c, tables.acts.c
        looks = select(act.tip_id, func.min(act.at).label("at")).where(act.at >= since).group_by(act.tip_id).subquery()
        wanted = frozenset(desks)
        statement = (
            select(tip.document, entry.document, case.document, looks.c.at)
            .join(tables.queue, entry.tip_id == tip.id)
            .join(tables.case_tips, holds.tip_id == tip.id)
            .join(tables.cases, case.id == holds.case_id)
            .outerjoin(looks, looks.c.tip_id == tip.id)
            .where(tip.received_at >= since, tip.received_at < until)
            .order_by(tip.received_at.desc(), tip.id.desc())
        )
        facts: list[TipFact] = []
        for row in self._connection.execute(statement):
            if len(facts) == limit:
                break
            if not wanted.isdisjoint(row[2].readers):
                facts.append(_fact(row[0], row[1], row[2], row[3]))
        return facts


def _fact(tip: Tip, entry: QueueEntry, case: Case, looked_at: datetime | None) -> TipFact:
    return TipFact(
        received_at=tip.received_at,
        partner=tip.partner,
        channel=tip.channel.value,
        language=tip.language.partition("-")[0].lower(),
        county=case.county,
        state=case.state,
        categories=case.categories,
        urgency=entry.urgency,
        desk=entry.desk,
        due_at=entry.due_at,
        looked_at=looked_at,
    )
