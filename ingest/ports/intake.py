"""What accepting a tip needs from the outside. Rules in docstrings are tests of the same name in ``tests/contract``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
