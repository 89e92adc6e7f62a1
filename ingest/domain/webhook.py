"""Webhooks: a partner's program is told when one of its tips comes a step further (Standard Webhooks 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.sender import Progress


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to tell, and about what. ``secrets`` are the sealed signing secrets in base64, the newest first.

    While there are two, the older one signs as well until ``old_secret_until``. ``failing_since`` is when deliveries began to fail without
    one that went through; ``disabled_at`` when that had lasted too long, or when somebody switched it off.
    """

    id: str
    partner: str
    url: str
    steps: tuple[Progress, ...]
    secrets: tuple[str, ...]
    created_at: datetime
    sandbox: bool = False
    old_secret_until: datetime | None = None
    failing_since: datetime | None = None
    disabled_at: datetime | None = None


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # given up; can be replayed


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one webhook. ``id`` goes out as ``webhook-id`` and is the same on every try; ``body`` is what is signed.

    ``step`` is None, and ``tip_id`` empty, for a test message. ``status`` is the last HTTP status, 0 if there was none; ``failure`` the
    kind of the last error.
    """

    id: str
    webhook: str
    partner: str
    tip_id: str
    step: Progress | None
    at: datetime
    body: str
    due_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    status: int = 0
    failure: str = ""
