"""Webhooks on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete

from infra.storage import tables
from infra.storage.webhooks import SqlWebhooks
from ingest.domain.webhook import Delivery, Webhook
from tests.contract.on_postgres import OnPostgresPartnerPart
from tests.contract.on_sqlite import OnSqlitePartnerPart
from tests.contract.saboteurs import caught, expected
from tests.contract.webhooks_suite import WebhooksSuite


class SqliteWebhooks(OnSqlitePartnerPart, WebhooksSuite):
    part, adapter = "webhooks", SqlWebhooks


class TestSqliteWebhooks(SqliteWebhooks):
    pass


class TestPostgresWebhooks(OnPostgresPartnerPart, WebhooksSuite):
    part, adapter = "webhooks", SqlWebhooks


class FindsAny(SqlWebhooks):
    def get(self, webhook_id: str) -> Webhook | None:
        return super().get(webhook_id) or (super().get("whk_7") if webhook_id == "whk_unknown" else None)


class ListsEverybodys(SqlWebhooks):
    def of_partner(self, slug: str) -> list[Webhook]:
        return super().of_partner(slug) or self.at_work()


class WorksTheDisabled(SqlWebhooks):
    def at_work(self) -> list[Webhook]:
        return [*self.of_partner("north-clinic"), *self.of_partner("prairie-haul")]


class AddsAgain(SqlWebhooks):
    def add_delivery(self, delivery: Delivery, once: str) -> bool:
        return super().add_delivery(delivery, f"{once} {uuid4()}")


class KeepsTheFirst(SqlWebhooks):
    def put_delivery(self, delivery: Delivery) -> None:
        if delivery.tries == 0:
            super().put_delivery(delivery)


class HurriesAll(SqlWebhooks):
    def turns(self, now: datetime, limit: int) -> list[tuple[str, datetime]]:
        return super().turns(datetime.max.replace(tzinfo=now.tzinfo), limit)


class GivesTheNewest(SqlWebhooks):
    def next_due(self, webhook_id: str, now: datetime) -> Delivery | None:
        due = [each for each in self.deliveries(webhook_id, 100) if each.due_at <= now and each.state == "waiting"]
        return due[0] if due else None


class ListsOldestFirst(SqlWebhooks):
    def deliveries(self, webhook_id: str, limit: int) -> list[Delivery]:
        found = super().deliveries(webhook_id, limit)
        return found[::-1] if len(found) == 3 else found


class ForgetsWhatWaits(SqlWebhooks):
    def forget_deliveries(self, before: datetime) -> int:
        return self._connection.execute(delete(tables.deliveries).where(tables.deliveries.c.at < before)).rowcount


class RemovesAll(SqlWebhooks):
    def remove(self, webhook_id: str) -> None:
        self._connection.execute(delete(tables.deliveries))
        self._connection.execute(delete(tables.webhooks).where(tables.webhooks.c.id == webhook_id))


BREAKS = {
    FindsAny: "test_put_replaces",
    ListsEverybodys: "test_lists_a_partners",
    WorksTheDisabled: "test_lists_those_at_work",
    AddsAgain: "test_adds_a_delivery_once",
    KeepsTheFirst: "test_keeps_a_delivery_as_it_became",
    HurriesAll: "test_names_whose_turn_it_is",
    GivesTheNewest: "test_gives_what_is_due_next",
    ListsOldestFirst: "test_lists_the_newest_deliveries",
    ForgetsWhatWaits: "test_forgets_old_ones",
    RemovesAll: "test_removes_a_webhook_with_its_deliveries",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteWebhooks, BREAKS) == expected(BREAKS)
