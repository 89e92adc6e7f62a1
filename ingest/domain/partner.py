"""A partner: an organisation whose people report, through its own form, its staff's pages or an API key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

SLUG = re.compile(r"^(?=.*[a-z])[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")
RESERVED_SLUGS = frozenset({"code", "exit", "static", "start", "survey", "photo", "embed", "new"})
"""Words that are addresses of their own below ``/r/`` or ``/desk/partners/``; digits alone are refused by ``SLUG``."""

ORIGIN = re.compile(r"https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?|http://(localhost|127\.0\.0\.1)(:[1-9][0-9]{0,4})?")
"""A web origin that may frame a partner's form; HTTP only on this machine, to try it."""


class PartnerStatus(StrEnum):
    """Only active partners can report with a key or sign in; the form of any other says where else to turn."""

    PENDING = "pending"  # the agreement is not signed yet
    ACTIVE = "active"
    SUSPENDED = "suspended"  # for a while
    ENDED = "ended"  # for good; what was reported stays


@dataclass(frozen=True, slots=True)
class PartnerContact:
    """Whom the agency calls at the partner. ``role`` is free text, for example "security, after hours"."""

    name: str
    role: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much a partner may send: tips a day over all its keys and imports, rows of one import, webhooks. 0 means the default."""

    tips_a_day: int = 0
    rows_an_import: int = 0
    webhooks: int = 0


@dataclass(frozen=True, slots=True)
class Partner:
    """Who reports. ``county`` and ``state`` are the default jurisdiction of its tips. ``sector`` is one of the policy's sectors.

    ``agreed_fields`` are the top-level fields of a submission that the agreement covers; empty means all. ``retention`` names a profile of
    the policy; empty means its default. ``photos`` says whether its form and keys may add pictures. ``embed_origins`` are the web origins
    whose pages may frame its form.
    """

    slug: str
    title: str
    sector: str
    county: str = ""
    state: str = ""
    languages: tuple[str, ...] = ("en", "es")
    status: PartnerStatus = PartnerStatus.ACTIVE
    agreement_on: date | None = None
    trained_on: date | None = None
    agreement_until: date | None = None
    agreed_fields: tuple[str, ...] = ()
    contacts: tuple[PartnerContact, ...] = ()
    quotas: Quotas = Quotas()
    retention: str = ""
    photos: bool = False
    embed_origins: tuple[str, ...] = ()

    def agreement_over(self, today: date) -> bool:
        """Whether the agreement has ended; ``agreement_until`` is its last day."""
        return self.agreement_until is not None and today > self.agreement_until

    def may_report(self, today: date) -> bool:
        """Whether its keys and imports are taken. Its form stays open when only the agreement is over."""
        return self.status is PartnerStatus.ACTIVE and not self.agreement_over(today)


class Scope(StrEnum):
    """What a key may do."""

    SUBMIT = "tips:submit"
    READ = "tips:read"
    ATTACH = "attachments:add"
    WEBHOOKS = "webhooks:manage"


ALL_SCOPES = tuple(Scope)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A partner's key. The key itself is a high-entropy token shown once; ``key_hash`` is its SHA-256 in hex.

    A ``sandbox`` key works like any other and reaches nobody. ``replaced_by`` names the key that took over when it was rotated; until it
    expires both work.
    """

    id: str
    partner: str
    key_hash: str
    created_at: datetime
    label: str = ""
    sandbox: bool = False
    revoked: bool = False
    expires_at: datetime | None = None
    scopes: tuple[Scope, ...] = ALL_SCOPES
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """An account of a partner's staff, for the partner's own pages. ``manager`` may also see keys, webhooks and all colleagues' reports."""

    id: str
    partner: str
    name: str
    display_name: str
    password_hash: str
    manager: bool = False
    active: bool = True
