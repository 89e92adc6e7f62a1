"""A partner: an organisation whose people report, through its own form or an API key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

SLUG = re.compile(r"^(?=.*[a-z])[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")
RESERVED_SLUGS = frozenset({"code", "exit", "static", "start"})
"""Words that are addresses of their own below ``/r/``; digits alone are pages of the form and refused by ``SLUG``."""


class PartnerStatus(StrEnum):
    """Only active partners can report with a key; a suspended partner's form says where else to turn."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Partner:
    """Who reports. ``county`` and ``state`` are the default jurisdiction of its tips. ``sector`` is one of the policy's sectors."""

    slug: str
    title: str
    sector: str
    county: str = ""
    state: str = ""
    languages: tuple[str, ...] = ("en", "es")
    status: PartnerStatus = PartnerStatus.ACTIVE
    agreement_on: date | None = None
    trained_on: date | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A partner's key. The key itself is a high-entropy token shown once; ``key_hash`` is its SHA-256 in hex."""

    id: str
    partner: str
    key_hash: str
    created_at: datetime
    label: str = ""
    sandbox: bool = False
    revoked: bool = False
    expires_at: datetime | None = None
