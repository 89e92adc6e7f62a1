"""What every store of webhooks must do. Subclass and say how to open a storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.partner import Partner
from ingest.domain.webhook import Delivery, DeliveryState, Webhook
from ingest.ports import PartnerStorage
from tests.contract.samples import AT, later
from triage.domain.sender import Progress

WAITING, SENT, FAILED = DeliveryState


def a_webhook(number: int = 1, **given: Any) -> Webhook:
    """A webhook of the haulier, made so many minutes later."""
    url = f"https://hooks.example.org/{number}?key=k"
    sound = Webhook(f"whk_{number}", "prairie-haul", url, (Progress.READ, Progress.MESSAGE), ("c2VjcmV0", "b2xk"), later(minutes=number))
    return replace(sound, **given)


def full_webhook() -> Webhook:
    """A webhook with every field given."""
    return a_webhook(7, sandbox=True, old_secret_until=later(days=1), failing_since=later(hours=1), disabled_at=later(days=5))


def a_delivery(number: int = 1, **given: Any) -> Delivery:
    """A delivery to the first webhook, due so many minutes later."""
    at = later(minutes=number)
    return replace(Delivery(f"msg_{number}", "whk_1", "prairie-haul", "tip_1", Progress.READ, at, '{"é":1}', at), **given)


class WebhooksSuite:
    def open(self, folder: Path) -> AbstractContextManager[PartnerStorage]:
        """Open the storage that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[PartnerStorage]:
        with self.open(tmp_path) as storage:
            with storage.writing() as work:
                for slug in ("prairie-haul", "north-clinic"):
                    work.partners.put(Partner(slug, slug, "trucking"))
            yield storage

    def keep(self, storage: PartnerStorage, *webhooks: Webhook, deliveries: tuple[Delivery, ...] = ()) -> None:
        with storage.writing() as work:
            for webhook in webhooks:
                work.webhooks.put(webhook)
            for delivery in deliveries:
                assert work.webhooks.add_delivery(delivery, f"once {delivery.id}")

    def test_put_replaces(self, storage: PartnerStorage) -> None:
        self.keep(storage, a_webhook(1), a_webhook(2), full_webhook())
        self.keep(storage, a_webhook(1, url="https://elsewhere.example.org/"))
        with storage.reading() as work:
            assert work.webhooks.get("whk_1") == a_webhook(1, url="https://elsewhere.example.org/")
            assert work.webhooks.get("whk_2") == a_webhook(2)
            assert work.webhooks.get("whk_7") == full_webhook()
            assert work.webhooks.get("whk_unknown") is None

    def test_lists_a_partners(self, storage: PartnerStorage) -> None:
        self.keep(storage, a_webhook(3), a_webhook(1), a_webhook(2, partner="north-clinic"), full_webhook())
        with storage.reading() as work:
            assert work.webhooks.of_partner("prairie-haul") == [a_webhook(1), a_webhook(3), full_webhook()]
            assert work.webhooks.of_partner("nobody") == []

    def test_lists_those_at_work(self, storage: PartnerStorage) -> None:
        self.keep(storage, a_webhook(2), a_webhook(1, partner="north-clinic"), a_webhook(3, disabled_at=AT))
        with storage.reading() as work:
            assert work.webhooks.at_work() == [a_webhook(1, partner="north-clinic"), a_webhook(2)]
        self.keep(storage, a_webhook(2, disabled_at=AT), a_webhook(3))
        with storage.reading() as work:
            assert work.webhooks.at_work() == [a_webhook(1, partner="north-clinic"), a_webhook(3)]

    def test_adds_a_delivery_once(self, storage: PartnerStorage) -> None:
        self.keep(storage, a_webhook(1), a_webhook(2))
        with storage.writing() as work:
            assert work.webhooks.add_delivery(a_delivery(1), "tip_1 read")
            assert not work.webhooks.add_delivery(a_delivery(2), "tip_1 read")
            assert work.webhooks.add_delivery(a_delivery(3), "tip_1 closed")
        with storage.writing() as work:
            assert not work.webhooks.add_delivery(a_delivery(4), "tip_1 closed")
        with storage.reading() as work:
            assert [work.webhooks.get_delivery(f"msg_{n}") for n in (1, 2, 3, 4)] == [a_delivery(1), None, a_delivery(3), None]

    def test_keeps_a_delivery_as_it_became(self, storage: PartnerStorage) -> None:
        ended = a_delivery(1, state=FAILED, tries=10, status=503, failure="timeout", due_at=later(days=3))
        a_test = a_delivery(2, tip_id="", step=None)
        self.keep(storage, a_webhook(1), deliveries=(a_delivery(1), a_test))
        with storage.writing() as work:
            work.webhooks.put_delivery(ended)
            work.webhooks.put_delivery(a_delivery(9))
        with storage.reading() as work:
            assert work.webhooks.get_delivery("msg_1") == ended
            assert work.webhooks.get_delivery("msg_2") == a_test
            assert work.webhooks.get_delivery("msg_9") is None

    def test_names_whose_turn_it_is(self, storage: PartnerStorage) -> None:
        hooks = (a_webhook(1), a_webhook(2), a_webhook(3, disabled_at=AT), a_webhook(4))
        other = (a_delivery(2, webhook="whk_2"), a_delivery(3, webhook="whk_3"), a_delivery(9, webhook="whk_4"))
        self.keep(storage, *hooks, deliveries=(a_delivery(4), a_delivery(5), a_delivery(1, webhook="whk_2", state=SENT), *other))
        with storage.reading() as work:
            assert work.webhooks.turns(later(minutes=8), 10) == [("whk_2", later(minutes=2)), ("whk_1", later(minutes=4))]
            assert work.webhooks.turns(later(minutes=8), 1) == [("whk_2", later(minutes=2))]
            assert work.webhooks.turns(later(minutes=1), 10) == []
            assert [name for name, _ in work.webhooks.turns(later(minutes=9), 10)] == ["whk_2", "whk_1", "whk_4"]

    def test_gives_what_is_due_next(self, storage: PartnerStorage) -> None:
        late = a_delivery(1, due_at=later(hours=1))
        self.keep(storage, a_webhook(1), a_webhook(2), deliveries=(a_delivery(3), a_delivery(2), late, a_delivery(4, webhook="whk_2")))
        with storage.reading() as work:
            assert work.webhooks.next_due("whk_1", later(minutes=30)) == a_delivery(2)
            assert work.webhooks.next_due("whk_1", later(minutes=1)) is None
        with storage.writing() as work:
            work.webhooks.put_delivery(a_delivery(2, state=SENT))
            work.webhooks.put_delivery(a_delivery(3, due_at=later(hours=2)))
            assert work.webhooks.next_due("whk_1", later(minutes=30)) is None
            assert work.webhooks.next_due("whk_1", later(hours=3)) == late

    def test_lists_the_newest_deliveries(self, storage: PartnerStorage) -> None:
        mine = tuple(a_delivery(number, state=SENT) for number in (2, 1, 3))
        self.keep(storage, a_webhook(1), a_webhook(2), deliveries=(*mine, a_delivery(4, webhook="whk_2")))
        with storage.reading() as work:
            assert [delivery.id for delivery in work.webhooks.deliveries("whk_1", 10)] == ["msg_3", "msg_2", "msg_1"]
            assert [delivery.id for delivery in work.webhooks.deliveries("whk_1", 2)] == ["msg_3", "msg_2"]

    def test_forgets_old_ones(self, storage: PartnerStorage) -> None:
        old = (a_delivery(1, state=SENT), a_delivery(2, state=FAILED), a_delivery(3))
        self.keep(storage, a_webhook(1), deliveries=(*old, a_delivery(5, state=SENT)))
        with storage.writing() as work:
            assert work.webhooks.forget_deliveries(later(minutes=5)) == 2
        with storage.reading() as work:
            assert [delivery.id for delivery in work.webhooks.deliveries("whk_1", 10)] == ["msg_5", "msg_3"]

    def test_removes_a_webhook_with_its_deliveries(self, storage: PartnerStorage) -> None:
        self.keep(storage, a_webhook(1), a_webhook(2), deliveries=(a_delivery(1), a_delivery(2, webhook="whk_2")))
        with storage.writing() as work:
            work.webhooks.remove("whk_1")
            work.webhooks.remove("whk_unknown")
        with storage.reading() as work:
            assert (work.webhooks.get("whk_1"), work.webhooks.get_delivery("msg_1")) == (None, None)
            assert work.webhooks.of_partner("prairie-haul") == [a_webhook(2)]
            assert work.webhooks.get_delivery("msg_2") == a_delivery(2, webhook="whk_2")
