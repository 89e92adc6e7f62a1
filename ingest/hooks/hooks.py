"""Webhooks as their owners manage them. Every change and its audit row are one transaction; no secret is kept but sealed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.domain.partner import Partner
from ingest.domain.webhook import Delivery, DeliveryState, Webhook
from ingest.hooks.hook_address import check_address
from ingest.hooks.hook_message import SECRET_BYTES, TEST, body_of, written_secret
from ingest.ports import PartnerStorage, PartnerWork, Purpose, Sealer
from triage.domain.audit import AuditRow
from triage.domain.errors import Conflict, NotFound
from triage.domain.sender import Progress
from triage.ports import Clock, Ids

MOST = 3
"""Webhooks that a partner may have, in the sandbox and outside of it each, unless its quota says otherwise."""

OVERLAP = timedelta(hours=24)
"""How long the old secret signs too after a new one was made."""

SHOWN = 50
"""Deliveries that are listed."""


@dataclass(frozen=True, slots=True)
class Owner:
    """On whose behalf: the partner, in the sandbox or not, and the actor for the audit log (``partner:<slug>`` or ``staff:<id>``)."""

    partner: Partner
    actor: str
    sandbox: bool = False


class Hooks:
    """What can be done with webhooks. Another partner's, or one on the other side of the sandbox, does not exist (``NotFound``)."""

    def __init__(self, storage: PartnerStorage, sealer: Sealer, clock: Clock, ids: Ids, random: Callable[[int], bytes]) -> None:
        self._storage = storage
        self._sealer = sealer
        self._clock = clock
        self._ids = ids
        self._random = random

    def all(self, owner: Owner) -> list[Webhook]:
        """The owner's, oldest first."""
        with self._storage.reading() as work:
            return _of(owner, work)

    def get(self, owner: Owner, webhook_id: str) -> tuple[Webhook, list[Delivery]]:
        """One of them, with its newest deliveries."""
        with self._storage.reading() as work:
            webhook = _own(owner, work, webhook_id)
            return webhook, work.webhooks.deliveries(webhook.id, SHOWN)

    def add(self, owner: Owner, url: str, steps: Collection[Progress] = ()) -> tuple[Webhook, str]:
        """A new one for these steps (none means all), and its secret, to be shown once.

        Raises ``InvalidInput`` for an address that cannot be called, ``Conflict`` if the owner has as many as it may.
        """
        check_address(url)
        secret = self._random(SECRET_BYTES)
        now, webhook_id = self._clock.now(), self._ids.new("whk")
        with self._storage.writing() as work:
            work.hold([f"webhooks:{owner.partner.slug}"])
            most = owner.partner.quotas.webhooks or MOST
            if len(_of(owner, work)) >= most:
                raise Conflict(f"you have {most} webhooks, which is as many as you may have. Delete one first, or ask for more.")
            webhook = Webhook(
                webhook_id, owner.partner.slug, url, _in_order(steps), (self._sealed(webhook_id, secret),), now, owner.sandbox
            )
            work.webhooks.put(webhook)
            self._write_down(work, owner, "webhook.added", webhook, now)
        return webhook, written_secret(secret)

    def change(self, owner: Owner, webhook_id: str, *, steps: Collection[Progress] | None = None, enabled: bool | None = None) -> Webhook:
        """Choose other steps, switch it off, or on again after it was off: what still waits is sent then."""
        now = self._clock.now()
        with self._storage.writing() as work:
            webhook = changed = _own(owner, work, webhook_id, change=True)
            if steps is not None:
                changed = replace(changed, steps=_in_order(steps))
            if enabled is not None:
                off = None if enabled else changed.disabled_at or now
                changed = replace(changed, disabled_at=off, failing_since=None if enabled else changed.failing_since)
            if changed != webhook:
                work.webhooks.put(changed)
                self._write_down(work, owner, "webhook.changed", changed, now)
        return changed

    def rotate(self, owner: Owner, webhook_id: str) -> tuple[Webhook, str]:
        """A new secret, to be shown once. The one before signs too for ``OVERLAP``; one before that no more."""
        secret, now = self._random(SECRET_BYTES), self._clock.now()
        with self._storage.writing() as work:
            webhook = _own(owner, work, webhook_id, change=True)
            kept = (self._sealed(webhook_id, secret), webhook.secrets[0])
            webhook = replace(webhook, secrets=kept, old_secret_until=now + OVERLAP)
            work.webhooks.put(webhook)
            self._write_down(work, owner, "webhook.rotated", webhook, now)
        return webhook, written_secret(secret)

    def remove(self, owner: Owner, webhook_id: str) -> None:
        """Delete it, and what still waits for it."""
        with self._storage.writing() as work:
            webhook = _own(owner, work, webhook_id, change=True)
            work.webhooks.remove(webhook_id)
            self._write_down(work, owner, "webhook.removed", webhook, self._clock.now())

    def test(self, owner: Owner, webhook_id: str) -> Delivery:
        """Send a message of the type ``webhook.test`` as soon as its turn comes."""
        now = self._clock.now()
        with self._storage.writing() as work:
            webhook = _own(owner, work, webhook_id)
            id = self._ids.new("msg")
            delivery = Delivery(id, webhook.id, webhook.partner, "", None, now, body_of(TEST, now, {"webhook": webhook.id}), now)
            work.webhooks.add_delivery(delivery, f"test:{id}")
            self._write_down(work, owner, "webhook.tested", webhook, now)
        return delivery

    def replay(self, owner: Owner, webhook_id: str, delivery_id: str) -> Delivery:
        """Send a message again, under the same id, with all its tries; for one that was given up or that the receiver lost."""
        now = self._clock.now()
        with self._storage.writing() as work:
            webhook = _own(owner, work, webhook_id, change=True)
            delivery = work.webhooks.get_delivery(delivery_id)
            if delivery is None or delivery.webhook != webhook.id:
                raise NotFound("delivery", delivery_id)
            again = replace(delivery, state=DeliveryState.WAITING, due_at=now, tries=0)
            work.webhooks.put_delivery(again)
            self._write_down(work, owner, "webhook.replayed", webhook, now)
        return again

    def _sealed(self, webhook_id: str, secret: bytes) -> str:
        return base64.b64encode(self._sealer.seal(Purpose.WEBHOOK, webhook_id, secret)).decode()

    def _write_down(self, work: PartnerWork, owner: Owner, action: str, webhook: Webhook, now: datetime) -> None:
        detail = {"partner": owner.partner.slug, "steps": str(len(webhook.steps))} | ({"sandbox": "true"} if owner.sandbox else {})
        work.audit.append([AuditRow(self._ids.new("aud"), now, owner.actor, action, f"webhook:{webhook.id}", detail=detail)])


def secrets_of(webhook: Webhook, sealer: Sealer, now: datetime) -> list[bytes]:
    """The secrets that sign now, opened, the newest first. Raises ``ValueError`` if the server's keys were replaced since."""
    kept = webhook.secrets if webhook.old_secret_until and now < webhook.old_secret_until else webhook.secrets[:1]
    return [sealer.open(Purpose.WEBHOOK, webhook.id, base64.b64decode(sealed)) for sealed in kept]


def _in_order(steps: Collection[Progress]) -> tuple[Progress, ...]:
    return tuple(step for step in Progress if step in steps or not steps)


def _of(owner: Owner, work: PartnerWork) -> list[Webhook]:
    return [webhook for webhook in work.webhooks.of_partner(owner.partner.slug) if webhook.sandbox == owner.sandbox]


def held(webhook_id: str) -> str:
    """The name that a unit of work holds while it changes the webhook or one of its deliveries."""
    return f"webhook:{webhook_id}"


def _own(owner: Owner, work: PartnerWork, webhook_id: str, change: bool = False) -> Webhook:
    if change:
        work.hold([held(webhook_id)])
    webhook = work.webhooks.get(webhook_id)
    if webhook is None or (webhook.partner, webhook.sandbox) != (owner.partner.slug, owner.sandbox):
        raise NotFound("webhook", webhook_id)
    return webhook
