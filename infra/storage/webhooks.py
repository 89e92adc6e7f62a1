"""Webhooks and their deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from infra.storage import tables
from infra.storage.database import insert_new, put
from ingest.domain.webhook import Delivery, DeliveryState, Webhook
from ingest.ports import Webhooks


class SqlWebhooks(Webhooks):
    """Webhooks and deliveries in tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, webhook: Webhook) -> None:
        row = {
            "id": webhook.id,
            "partner": webhook.partner,
            "created_at": webhook.created_at,
            "active": webhook.disabled_at is None,
            "document": webhook,
        }
        put(self._connection, tables.webhooks, [row])

    def get(self, webhook_id: str) -> Webhook | None:
        table = tables.webhooks.c
        webhook: Webhook | None = self._connection.scalar(select(table.document).where(table.id == webhook_id))
        return webhook

    def of_partner(self, slug: str) -> list[Webhook]:
        table = tables.webhooks.c
        return list(self._connection.scalars(select(table.document).where(table.partner == slug).order_by(table.created_at, table.id)))

    def at_work(self) -> list[Webhook]:
        table = tables.webhooks.c
        return list(self._connection.scalars(select(table.document).where(table.active.is_(True)).order_by(table.created_at, table.id)))

    def remove(self, webhook_id: str) -> None:
        self._connection.execute(delete(tables.deliveries).where(tables.deliveries.c.webhook == webhook_id))
        self._connection.execute(delete(tables.webhooks).where(tables.webhooks.c.id == webhook_id))

    def add_delivery(self, delivery: Delivery, once: str) -> bool:
        row = {"id": delivery.id, "once": once, "webhook": delivery.webhook, "at": delivery.at, **_changing(delivery)}
        return insert_new(self._connection, tables.deliveries, [row], ["once"]) == 1

    def put_delivery(self, delivery: Delivery) -> None:
        self._connection.execute(update(tables.deliveries).where(tables.deliveries.c.id == delivery.id).values(_changing(delivery)))

    def get_delivery(self, delivery_id: str) -> Delivery | None:
        table = tables.deliveries.c
        delivery: Delivery | None = self._connection.scalar(select(table.document).where(table.id == delivery_id))
        return delivery

    def turns(self, now: datetime, limit: int) -> list[tuple[str, datetime]]:
        delivery, webhook = tables.deliveries.c, tables.webhooks.c
        first = func.min(delivery.due_at)
        statement = (
            select(delivery.webhook, first)
            .join(tables.webhooks, webhook.id == delivery.webhook)
            .where(delivery.waiting.is_(True), delivery.due_at <= now, webhook.active.is_(True))
            .group_by(delivery.webhook)
            .order_by(first, delivery.webhook)
            .limit(limit)
        )
        return [(webhook_id, since) for webhook_id, since in self._connection.execute(statement)]

    def next_due(self, webhook_id: str, now: datetime) -> Delivery | None:
        table = tables.deliveries.c
        due = (table.webhook == webhook_id, table.waiting.is_(True), table.due_at <= now)
        statement = select(table.document).where(*due).order_by(table.due_at, table.id).limit(1)
        delivery: Delivery | None = self._connection.scalar(statement)
        return delivery

    def deliveries(self, webhook_id: str, limit: int) -> list[Delivery]:
        table = tables.deliveries.c
        newest_first = (table.at.desc(), table.id.desc())
        return list(
            self._connection.scalars(select(table.document).where(table.webhook == webhook_id).order_by(*newest_first).limit(limit))
        )

    def forget_deliveries(self, before: datetime) -> int:
        table = tables.deliveries.c
        return self._connection.execute(delete(tables.deliveries).where(table.waiting.is_(False), table.at < before)).rowcount


def _changing(delivery: Delivery) -> Mapping[str, object]:
    """The columns that change while it is tried."""
    return {"waiting": delivery.state is DeliveryState.WAITING, "due_at": delivery.due_at, "document": delivery}
