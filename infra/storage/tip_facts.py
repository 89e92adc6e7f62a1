"""Facts about tips, for trends and for the map."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Text, func, select, type_coerce

from infra.storage import tables
from triage.domain.case import Case, QueueEntry
from triage.domain.sender import Outcome
from triage.domain.tip import Tip
from triage.domain.trend import Result, TipFact, TipPin
from triage.ports import TipFacts
from triage.roads import roads_in

T = TypeVar("T")


class SqlTipFacts(TipFacts):
    """Read from the records of tips, queue entries, cases and acts; who may read a case is looked at here, after it was read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def between(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipFact]:
        act, tip = tables.acts.c, tables.tips.c
        by_person = type_coerce(act.document, Text).not_like('%"by":"system:%')  # inside a text of a document quotes are escaped
        looks = select(act.tip_id, func.min(act.at).label("at")).where(act.at >= since, by_person).group_by(act.tip_id).subquery()
        statement = (
            _of_the_time(since, until, looks.c.at, tables.outcomes.c.document)
            .outerjoin(looks, looks.c.tip_id == tip.id)
            .outerjoin(tables.outcomes, tables.outcomes.c.tip_id == tip.id)
        )
        return self._readable(statement, desks, limit, lambda row: _fact(row[0], row[1], row[2], row[3], row[4]))

    def pins(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipPin]:
        statement = _of_the_time(since, until).where(tables.queue.c.open)
        return self._readable(statement, desks, limit, lambda row: _pin(row[0], row[1], row[2]))

    def _readable(self, statement: Select[Any], desks: Collection[str], limit: int, make: Callable[[Sequence[Any]], T]) -> list[T]:
        wanted, found = frozenset(desks), list[T]()
        for row in self._connection.execute(statement):
            if len(found) == limit:
                break
            if not wanted.isdisjoint(row[2].readers):
                found.append(make(row))
        return found


def _of_the_time(since: datetime, until: datetime, *further: Any) -> Select[Any]:
    """Tips with their queue entries and cases, newest first."""
    tip = tables.tips.c
    columns: Sequence[Any] = (tip.document, tables.queue.c.document, tables.cases.c.document, *further)
    return (
        select(*columns)
        .join(tables.queue, tables.queue.c.tip_id == tip.id)
        .join(tables.case_tips, tables.case_tips.c.tip_id == tip.id)
        .join(tables.cases, tables.cases.c.id == tables.case_tips.c.case_id)
        .where(tip.received_at >= since, tip.received_at < until)
        .order_by(tip.received_at.desc(), tip.id.desc())
    )


def _fact(tip: Tip, entry: QueueEntry, case: Case, looked_at: datetime | None, outcome: Outcome | None) -> TipFact:
    return TipFact(
        tip_id=tip.id,
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
        roads=roads_in(f"{tip.place.road}\n{tip.place.exit}\n{tip.narrative}"),
        kind=case.kind,
        result=Result.of(case),
        useful=outcome.useful.value if outcome else "",
    )


def _pin(tip: Tip, entry: QueueEntry, case: Case) -> TipPin:
    return TipPin(
        tip_id=tip.id,
        case_id=case.id,
        desk=entry.desk,
        received_at=tip.received_at,
        due_at=entry.due_at,
        urgency=entry.urgency,
        life_threat=entry.life_threat,
        categories=case.categories,
        county=case.county,
        state=case.state,
        geo=tip.geo,
    )
