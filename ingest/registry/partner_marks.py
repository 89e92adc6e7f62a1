"""What somebody should see to at a partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.domain.partner import ApiKey, Partner, PartnerStatus

TRAINED_WITHIN = timedelta(days=365)
EXPIRES_WITHIN = timedelta(days=14)


class Mark(StrEnum):
    """Why a partner stands out."""

    AGREEMENT_OVER = "agreement_over"
    NO_TRAINING = "no_training"  # within ``TRAINED_WITHIN``
    KEY_EXPIRES = "key_expires"  # within ``EXPIRES_WITHIN``, and no other took over


def marks(partner: Partner, keys: Iterable[ApiKey], now: datetime) -> Iterator[Mark]:
    """The marks of a partner with these keys. One that is not active has none, and the public needs neither agreement nor training."""
    if partner.status is not PartnerStatus.ACTIVE:
        return
    today = now.date()
    if partner.agreement_over(today):
        yield Mark.AGREEMENT_OVER
    if partner.sector != "public" and (partner.trained_on is None or today - partner.trained_on > TRAINED_WITHIN):
        yield Mark.NO_TRAINING
    if any(expires_soon(key, now) for key in keys):
        yield Mark.KEY_EXPIRES


def expires_soon(key: ApiKey, now: datetime) -> bool:
    """Whether a key that nothing has replaced will stop working soon."""
    return not key.revoked and not key.replaced_by and key.expires_at is not None and now < key.expires_at <= now + EXPIRES_WITHIN
