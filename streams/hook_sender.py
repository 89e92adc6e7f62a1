"""Sends what is due to partners' programs, several at once, one message at a time to each: a slow one holds up no other.

A message is marked as sent after the receiver has taken it, so that a stop at any moment sends it again under the same id and loses none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from threading import Event as Signal

from ingest.domain.webhook import Delivery, Webhook
from ingest.hooks.hook_message import signed_headers
from ingest.hooks.hook_retries import after
from ingest.hooks.hooks import held, secrets_of
from ingest.ports import HookAnswer, HookCaller, PartnerStorage, PartnerWork, Sealer
from triage.domain.audit import AuditRow
from triage.ports import Clock, Ids

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Receivers that are called at the same moment."""

IN_A_ROW = 100
"""Messages that one receiver is sent before others that wait have their turn."""


class HookSender:
    """Sends. ``pool`` runs up to ``AT_ONCE`` calls at a time; ``chance`` gives numbers between 0 and 1; ``stop`` ends a row early."""

    def __init__(
        self,
        storage: PartnerStorage,
        sealer: Sealer,
        caller: HookCaller,
        clock: Clock,
        ids: Ids,
        pool: Executor,
        chance: Callable[[], float],
        stop: Signal,
    ) -> None:
        self._storage = storage
        self._sealer = sealer
        self._caller = caller
        self._clock = clock
        self._ids = ids
        self._pool = pool
        self._chance = chance
        self._stop = stop
        self._busy: dict[str, Future[None]] = {}

    def begin(self) -> int:
        """Begin to send where something is due and nothing is on its way; return at how many webhooks. Raises what a row raised."""
        self._let_go()
        with self._storage.reading() as work:
            turns = work.webhooks.turns(self._clock.now(), 2 * AT_ONCE + len(self._busy))
        free = [webhook_id for webhook_id, _ in turns if webhook_id not in self._busy][: AT_ONCE - len(self._busy)]
        for webhook_id in free:
            self._busy[webhook_id] = self._pool.submit(self._row, webhook_id)
        return len(free)

    def settle(self) -> None:
        """Wait until nothing is on its way. Raises what a row raised."""
        wait(self._busy.values())
        self._let_go()

    def _let_go(self) -> None:
        ended = [self._busy.pop(webhook_id) for webhook_id, row in list(self._busy.items()) if row.done()]
        for row in ended:
            row.result()

    def _row(self, webhook_id: str) -> None:
        """Send one after the other while it goes well."""
        for _ in range(IN_A_ROW):
            if self._stop.is_set() or not self._send_next(webhook_id):
                return

    def _send_next(self, webhook_id: str) -> bool:
        """Send what is due next; whether it was taken."""
        now = self._clock.now()
        with self._storage.reading() as work:
            webhook, delivery = work.webhooks.get(webhook_id), work.webhooks.next_due(webhook_id, now)
        if webhook is None or webhook.disabled_at or delivery is None:
            return False
        answer = self._call(webhook, delivery)
        with self._storage.writing() as work:
            work.hold([held(webhook_id)])
            self._keep(work, delivery.id, answer)
        return 200 <= answer.status < 300

    def _call(self, webhook: Webhook, delivery: Delivery) -> HookAnswer:
        now = self._clock.now()
        try:
            secrets = secrets_of(webhook, self._sealer, now)
        except ValueError:  # the server's keys were replaced; its owner must make a new secret
            return HookAnswer(0, "no_secret")
        return self._caller.post(webhook.url, signed_headers(delivery.id, delivery.body, secrets, now), delivery.body.encode())

    def _keep(self, work: PartnerWork, delivery_id: str, answer: HookAnswer) -> None:
        """Write down what follows, for both as they are now: they may have been changed or removed meanwhile."""
        now = self._clock.now()
        delivery = work.webhooks.get_delivery(delivery_id)
        webhook = work.webhooks.get(delivery.webhook) if delivery else None
        if delivery is None or webhook is None:
            return
        tried, changed = after(delivery, webhook, answer, now, self._chance())
        work.webhooks.put_delivery(tried)
        if changed != webhook:
            work.webhooks.put(changed)
        if changed.disabled_at and not webhook.disabled_at:
            detail = {"partner": webhook.partner, "status": str(answer.status)} | ({"failure": answer.failure} if answer.failure else {})
            row = AuditRow(self._ids.new("aud"), now, "system:clocks", "webhook.disabled", f"webhook:{webhook.id}", detail=detail)
            work.audit.append([row])
            log.warning("a webhook was switched off", extra={"event": delivery.id, "status": answer.status, "reason": answer.failure})
