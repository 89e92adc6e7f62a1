"""What the partner API takes and answers about webhooks, as wire structs."""

from __future__ import annotations

from typing import Annotated, Self

from msgspec import Meta, Struct

from ingest.api.answers import Moment
from ingest.domain.webhook import Delivery, DeliveryState, Webhook
from ingest.hooks.hook_address import LONGEST, shown
from triage.domain.sender import Progress

_Steps = Annotated[list[Progress], Meta(max_length=20)]
"""Steps to be told of; none means all."""


class WebhookIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A new webhook: an https address that anybody on the internet can reach, and the steps to be told of (none means all)."""

    url: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    steps: _Steps = []


class WebhookChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; what is left out stays."""

    steps: _Steps | None = None
    enabled: bool | None = None


class WebhookView(Struct, frozen=True):
    """A webhook. ``url`` is shown without what stands after ``?``; ``failing_since`` is null while all goes well."""

    id: str
    url: str
    steps: list[Progress]
    enabled: bool
    sandbox: bool
    created_at: Moment
    failing_since: Moment | None
    old_secret_until: Moment | None

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """The webhook as its owner sees it."""
        return cls(
            webhook.id,
            shown(webhook.url),
            list(webhook.steps),
            webhook.disabled_at is None,
            webhook.sandbox,
            webhook.created_at,
            webhook.failing_since,
            webhook.old_secret_until,
        )


class WebhookSecret(Struct, frozen=True):
    """A webhook and the secret that signs its messages, shown this once."""

    webhook: WebhookView
    secret: str


class WebhookList(Struct, frozen=True):
    """Your webhooks, oldest first."""

    items: list[WebhookView]


class DeliveryView(Struct, frozen=True):
    """One message. ``id`` is its ``webhook-id``; ``tip`` and ``step`` are null for a test; ``status`` is 0 where none was answered."""

    id: str
    tip: str | None
    step: Progress | None
    state: DeliveryState
    tries: int
    status: int
    failure: str
    at: Moment
    due_at: Moment | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """The delivery as its owner sees it."""
        return cls(
            delivery.id,
            delivery.tip_id or None,
            delivery.step,
            delivery.state,
            delivery.tries,
            delivery.status,
            delivery.failure,
            delivery.at,
            delivery.due_at if delivery.state is DeliveryState.WAITING else None,
        )


class WebhookDetail(Struct, frozen=True):
    """A webhook with its newest messages."""

    webhook: WebhookView
    deliveries: list[DeliveryView]
