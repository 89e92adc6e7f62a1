"""What follows from a receiver's answer: done, tried again later, given up, or the webhook switched off. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from ingest.domain.webhook import Delivery, DeliveryState, Webhook
from ingest.ports import HookAnswer

PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Before the second and each later try (the standard's own example): ten tries within about three days."""

JITTER = 0.1
"""A pause grows by up to this share, by chance, so that receivers that come back are not met by all at the same moment."""

PATIENCE = timedelta(days=5)
"""How long deliveries may fail without one that goes through, until the webhook is switched off."""


def after(delivery: Delivery, webhook: Webhook, answer: HookAnswer, now: datetime, chance: float) -> tuple[Delivery, Webhook]:
    """Both as they are after a try that was answered so. ``chance`` is between 0 and 1.

    Any status from 200 to 299 ends the delivery. 410 says that the receiver wants no more: the webhook is switched off at once.
    """
    tried = replace(delivery, tries=delivery.tries + 1, status=answer.status, failure=answer.failure)
    if 200 <= answer.status < 300:
        return replace(tried, state=DeliveryState.SENT, failure=""), replace(webhook, failing_since=None)
    failing = webhook if webhook.failing_since else replace(webhook, failing_since=now)
    gone = answer.status == HTTPStatus.GONE
    if gone or now - (failing.failing_since or now) >= PATIENCE:
        failing = replace(failing, disabled_at=failing.disabled_at or now)
    if gone or tried.tries > len(PAUSES):
        return replace(tried, state=DeliveryState.FAILED), failing
    return replace(tried, due_at=now + PAUSES[tried.tries - 1] * (1 + JITTER * chance)), failing
