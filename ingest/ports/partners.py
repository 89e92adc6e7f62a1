"""Partners, their keys and people, and what they may know of their own tips."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from ingest.domain.partner import ApiKey, Partner, Staff
from ingest.domain.partner_yield import OwnTip, PartnerYield


class Partners(ABC):
    """The partners and their keys.

    1. *finds by slug*; all are listed by slug. 2. *finds by key hash*; keys are listed newest first, a partner's or everybody's. 3. *a
    revoked or expired key finds nobody*. 4. *put replaces*. 5. *refuses a key of nobody* (``Conflict``). 6. *keeps every field* of
    partners and keys.
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

    @abstractmethod
    def all_keys(self) -> list[ApiKey]:
        """Every partner's keys, newest first."""


class StaffAccounts(ABC):
    """The accounts of partners' staff, and their sessions.

    1. *finds by name*, ignoring case; a name is taken once among all partners (``AlreadyExists``). 2. *put replaces*. 3. *lists a
    partner's people*, by name. 4. *forgets ended sessions*: after ``end_session`` or past its time a session finds nobody.
    5. *ends all sessions of a person*, and of nobody else.
    """

    @abstractmethod
    def put(self, staff: Staff) -> None:
        """Add or replace the account."""

    @abstractmethod
    def by_name(self, name: str) -> Staff | None:
        """The account with this name."""

    @abstractmethod
    def by_id(self, staff_id: str) -> Staff | None:
        """The account."""

    @abstractmethod
    def of_partner(self, slug: str) -> list[Staff]:
        """The partner's people."""

    @abstractmethod
    def start_session(self, token_hash: str, staff_id: str, expires_at: datetime) -> None:
        """Remember a session."""

    @abstractmethod
    def by_session(self, token_hash: str, now: datetime) -> Staff | None:
        """Whose session it is, if it runs."""

    @abstractmethod
    def end_session(self, token_hash: str) -> None:
        """Forget the session."""

    @abstractmethod
    def end_sessions(self, staff_id: str) -> None:
        """Forget all sessions of the account."""


class OwnTips(ABC):
    """A partner's own tips: what its keys, imports and staff sent. Nothing of another partner, and nothing that a desk has written.

    What a person sent by the partner's public form is that person's, who may be telling on the partner: it is nowhere in here but in
    counts that are asked for ``by_form``.

    1. *lists one's own*, newest first; tips of one moment by id, descending. 2. *goes on after a cursor*: ``before`` is the (time, id) of
    the last one seen, and no tip is given twice or passed over. 3. *narrows*: to what came at ``since`` or later, and to what bears exactly
    the partner's own ``reference`` (empty: any). 4. *counts what came since*. 5. *counts what became of them*: see ``PartnerYield``; a tip
    that was received outside of the time is not in it. 6. *keeps what people sent by the form from the partner*. 7. *knows its own*.
    8. *lists what was written about*: own tips with messages, the one with the newest message first.
    """

    @abstractmethod
    def page(
        self, slug: str, before: tuple[datetime, str] | None, limit: int, since: datetime | None = None, reference: str = ""
    ) -> list[OwnTip]:
        """Up to ``limit`` of them."""

    @abstractmethod
    def count(self, slug: str, since: datetime) -> int:
        """How many came at ``since`` or later."""

    @abstractmethod
    def yields(self, slug: str, since: datetime, until: datetime, by_form: bool = False) -> PartnerYield:
        """What became of those received from ``since`` on and before ``until``; of those that people sent by its form if ``by_form``."""

    @abstractmethod
    def has(self, slug: str, tip_id: str) -> bool:
        """Whether the tip is the partner's own."""

    @abstractmethod
    def written_about(self, slug: str, limit: int) -> list[OwnTip]:
        """Up to ``limit`` of those with messages."""
