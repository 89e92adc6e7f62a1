"""Who works here, and what they keep. Parts of a ``UnitOfWork``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from triage.domain.access import User
from triage.domain.query import SavedSearch


class Users(ABC):
    """Accounts and their sessions.

    1. *finds by name*, ignoring case. 2. *put replaces*. 3. *forgets ended sessions*: after ``end_session`` or past its time
    a session finds nobody. Only a hash of the session's token is stored.
    """

    @abstractmethod
    def put(self, user: User) -> None:
        """Add or replace the account."""

    @abstractmethod
    def by_name(self, name: str) -> User | None:
        """The account with this name."""

    @abstractmethod
    def by_id(self, user_id: str) -> User | None:
        """The account."""

    @abstractmethod
    def all(self) -> list[User]:
        """Every account, by name."""

    @abstractmethod
    def start_session(self, token_hash: str, user_id: str, expires_at: datetime) -> None:
        """Remember a session."""

    @abstractmethod
    def by_session(self, token_hash: str, now: datetime) -> User | None:
        """Whose session it is, if it runs."""

    @abstractmethod
    def end_session(self, token_hash: str) -> None:
        """Forget the session."""


class SavedSearches(ABC):
    """The searches that people keep. 1. *put replaces*. 2. *lists a person's searches*, oldest first. 3. *forgets what was removed*."""

    @abstractmethod
    def put(self, search: SavedSearch) -> None:
        """Add or replace it."""

    @abstractmethod
    def of_user(self, user_id: str) -> list[SavedSearch]:
        """The person's searches."""

    @abstractmethod
    def all(self) -> list[SavedSearch]:
        """Everybody's, oldest first: for building the matcher anew."""

    @abstractmethod
    def remove(self, search_id: str) -> None:
        """Forget it; an unknown one is no error."""
