"""What single people are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from infra.storage import tables
from infra.storage.database import insert_new
from triage.domain.alert import Alert
from triage.ports import Alerts


class SqlAlerts(Alerts):
    """Alerts in a table, found by person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, alerts: Sequence[Alert]) -> None:
        rows = [
            {
                "id": alert.id,
                "once": f"{alert.user} {alert.kind} {alert.source} {alert.tip_id}",
                "user_id": alert.user,
                "source": alert.source,
                "seen": alert.seen_at is not None,
                "at": alert.at,
                "document": alert,
            }
            for alert in alerts
        ]
        insert_new(self._connection, tables.alerts, rows, ["once"])

    def of_user(self, user: str, limit: int) -> list[Alert]:
        alert = tables.alerts.c
        order = (alert.seen, alert.at.desc(), alert.id.desc())
        return list(self._connection.scalars(select(alert.document).where(alert.user_id == user).order_by(*order).limit(limit)))

    def unseen(self, user: str) -> int:
        alert = tables.alerts.c
        return self._connection.scalar(select(func.count()).where(alert.user_id == user, alert.seen.is_(False))) or 0

    def see(self, user: str, ids: Sequence[str], at: datetime) -> None:
        alert = tables.alerts.c
        mine = select(alert.document).where(alert.user_id == user, alert.id.in_(ids), alert.seen.is_(False))
        for found in list(self._connection.scalars(mine)):
            seen = {"seen": True, "document": replace(found, seen_at=at)}
            self._connection.execute(update(tables.alerts).where(alert.id == found.id).values(seen))

    def forget(self, user: str, source: str) -> None:
        alert = tables.alerts.c
        self._connection.execute(delete(tables.alerts).where(alert.user_id == user, alert.source == source))
