"""Time, identifiers, passwords, and whoever must be told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime


class Clock(ABC):
    """Time. Everything that needs it asks here."""

    @abstractmethod
    def now(self) -> datetime:
        """The time now, aware, in UTC."""


class Ids(ABC):
    """New identifiers: ``<prefix>_`` and 26 characters that sort by time."""

    @abstractmethod
    def new(self, prefix: str) -> str:
        """An identifier that nothing else has."""


class Notifier(ABC):
    """Tells people outside the console that something waits. *carries no tip text*: ids, desk and level only."""

    @abstractmethod
    def alert(self, desk: str, urgency: str, tip_id: str, address: str) -> None:
        """Tell the desk; ``address`` is the tip's page. Raise ``Unavailable`` if it could not be told."""


class Passwords(ABC):
    """Password hashing (argon2id)."""

    @abstractmethod
    def hash(self, password: str) -> str:
        """A new hash in PHC form."""

    @abstractmethod
    def verify(self, password_hash: str, password: str) -> bool:
        """Whether they belong together; takes as long for a wrong password as for a right one."""
