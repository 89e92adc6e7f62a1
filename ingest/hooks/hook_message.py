"""What goes out to a webhook, and how it is signed (Standard Webhooks 1.0): ids and codes, never a word of a tip."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

SECRET_PREFIX = "whsec_"  # noqa: S105 - what the standard puts before a secret, so that scanners recognise a leaked one
SECRET_BYTES = 32
"""Of a new signing secret; the standard asks for 24 to 64."""

TEST = "webhook.test"
"""The type of a test message; all others are ``tip.<step>``."""


def body_of(type: str, at: datetime, data: Mapping[str, str]) -> str:
    """The message as JSON, signed and sent exactly so. ``at`` is when it happened, whenever it is sent."""
    return msgspec.json.encode({"type": type, "timestamp": at, "data": dict(data)}).decode()


def written_secret(secret: bytes) -> str:
    """A signing secret as its owner is shown it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def signed_headers(id: str, body: str, secrets: Sequence[bytes], now: datetime) -> dict[str, str]:
    """The headers of one try: id, time in seconds and a signature by each secret over ``id.time.body``.

    The time is that of this try, so that a receiver can refuse what somebody recorded and sends again later.
    """
    seconds = int(now.timestamp())
    signed = f"{id}.{seconds}.{body}".encode()
    signatures = [base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets]
    return {
        "content-type": "application/json",
        "user-agent": "tipstream-webhooks/1",
        "webhook-id": id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
