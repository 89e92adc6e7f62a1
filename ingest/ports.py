"""What accepting a tip needs from the outside. Rules in docstrings are tests of the same name in ``tests/contract``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ingest.partner import ApiKey, Partner
from triage.domain.audit import AuditRow
from triage.domain.events import Event
from triage.domain.tip import Tip


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """The first answer to an idempotency key, so that a repeat gets the same.

    ``key_hash`` names caller and key (SHA-256 over both), ``body_hash`` is the SHA-256 of the body as canonical JSON,
    ``sealed`` is the answer, readable only with the caller's key and the idempotency key together.
    """

    key_hash: str
    body_hash: str
    sealed: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Everything that one accepted tip writes, in one transaction.

    ``sealed_contact`` is the contact under its own key, None if the sender stays anonymous; ``receipt_hash`` the HMAC of the
    receipt code.
    """

    tip: Tip
    sealed_contact: bytes | None
    receipt_hash: str
    audit: AuditRow
    event: Event
    answer: SealedAnswer | None


class Verdict(StrEnum):
    """What became of one acceptance."""

    STORED = "stored"
    REPEATED = "repeated"  # the key was used with the same body: give the first answer again
    CONFLICT = "conflict"  # the key was used with another body


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict and, for a repeat, the first answer as it was sealed."""

    verdict: Verdict
    answer: SealedAnswer | None = None


class IntakeStore(ABC):
    """Where accepted tips are written. Used by the one writer thread, in groups.

    1. *stores all parts or none*: tip, contact, receipt hash, audit row, event and answer of an acceptance appear together.
    2. *is durable*: what ``accept`` returned for survives a crash and the loss of power.
    3. *answers each on its own*: a repeated or conflicting key in a group does not touch the others; outcomes stand in order.
    4. *repeats the first answer*: the same key and body within its time gives ``REPEATED`` and the first sealed answer, also
       within one group; nothing is stored again.
    5. *refuses another body*: the same key with another body gives ``CONFLICT``; nothing is stored.
    6. *forgets answers in time*: a key past ``expires_at`` is new again.
    7. *says when to retry*: a store that cannot be written raises ``Unavailable`` and has stored none of the group.
    8. *keeps contacts apart*: no table but the contacts' holds the sealed contact.
    """

    @abstractmethod
    def accept(self, group: Sequence[Acceptance], now: datetime) -> list[Outcome]:
        """Write the group in one transaction and return after it is durable."""

    @abstractmethod
    def tip_of_receipt(self, receipt_hash: str) -> str | None:
        """The tip whose receipt hashes so."""

    @abstractmethod
    def contact_of(self, tip_id: str) -> bytes | None:
        """The sealed contact of the tip."""

    @abstractmethod
    def answer_of(self, key_hash: str, now: datetime) -> SealedAnswer | None:
        """The first answer to a key, if it is still kept."""

    @abstractmethod
    def forget_answers(self, now: datetime) -> int:
        """Delete answers whose time is over; return how many."""


class Partners(ABC):
    """The partners and their keys.

    1. *finds by slug* and *by key hash*; a revoked or expired key finds nobody.
    2. *put replaces*.
    """

    @abstractmethod
    def put(self, partner: Partner) -> None:
        """Add or replace."""

    @abstractmethod
    def get(self, slug: str) -> Partner | None:
        """The partner."""

    @abstractmethod
    def all(self) -> list[Partner]:
        """Every partner, by slug."""

    @abstractmethod
    def put_key(self, key: ApiKey) -> None:
        """Add or replace a key."""

    @abstractmethod
    def by_key(self, key_hash: str, now: datetime) -> tuple[Partner, ApiKey] | None:
        """Whose key it is, if it may be used now."""

    @abstractmethod
    def keys(self, slug: str) -> list[ApiKey]:
        """The partner's keys, newest first."""


class Sealer(ABC):
    """Seals what only some may read. Each purpose has a key of its own.

    1. *opens what it sealed*. 2. *refuses what was changed* with ``ValueError``. 3. *purposes do not open each other*.
    4. *receipts and tokens are keyed hashes*: without the key they cannot be computed.
    """

    @abstractmethod
    def seal_contact(self, tip_id: str, plain: bytes) -> bytes:
        """Seal contact details, bound to the tip."""

    @abstractmethod
    def open_contact(self, tip_id: str, sealed: bytes) -> bytes:
        """Open them again."""

    @abstractmethod
    def seal_answer(self, caller_key: str, idempotency_key: str, plain: bytes) -> bytes:
        """Seal an answer under the caller's key and the idempotency key together; the server alone cannot open it."""

    @abstractmethod
    def open_answer(self, caller_key: str, idempotency_key: str, sealed: bytes) -> bytes:
        """Open it again."""

    @abstractmethod
    def receipt_hash(self, code: str) -> str:
        """HMAC-SHA-256 of a receipt code under the receipts' own key, in hex."""

    @abstractmethod
    def blind(self, value: str, day: str) -> str:
        """A token for rate limits that changes every day and does not give the value back (HMAC, 16 hex digits)."""

    @abstractmethod
    def sign(self, value: str) -> str:
        """A signed, time-stamped form token."""

    @abstractmethod
    def unsign(self, token: str, max_age_seconds: int) -> str | None:
        """The value, or None if the token was changed or is too old."""
