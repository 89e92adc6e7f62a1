"""Time, identifiers, passwords, large bytes, and whoever must be told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from triage.domain.table import Table


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


class Blobs(ABC):
    """Bytes too large for a record, sealed before they come here.

    1. *gives back what was put*: exactly, and after the process was lost. 2. *puts all or none*: nobody reads a part.
    3. *destroys for good*: afterwards ``get`` gives None; destroying what is not there is no error.
    4. *takes plain names only*: a name that is no identifier of ours raises ``ValueError`` and reaches nothing.
    5. *lists what is there*: the names with a prefix, in order, so that what belongs to nothing any more can be found.
    """

    @abstractmethod
    def put(self, name: str, content: bytes) -> None:
        """Keep the bytes under an identifier, durably. Raises ``Unavailable``."""

    @abstractmethod
    def get(self, name: str) -> bytes | None:
        """The bytes, or None."""

    @abstractmethod
    def destroy(self, name: str) -> None:
        """Overwrite where that can help, and delete."""

    @abstractmethod
    def names(self, prefix: str) -> list[str]:
        """The names that begin with ``<prefix>_``."""


class Passwords(ABC):
    """Password hashing (argon2id)."""

    @abstractmethod
    def hash(self, password: str) -> str:
        """A new hash in PHC form."""

    @abstractmethod
    def verify(self, password_hash: str, password: str) -> bool:
        """Whether they belong together; takes as long for a wrong password as for a right one."""


class TableFiles(ABC):
    """Makes files of tables.

    1. *writes every cell as text*: none is a formula. 2. *marks every page* with the notes. 3. *keeps order and number of rows*.
    """

    @abstractmethod
    def xlsx(self, table: Table) -> bytes:
        """A workbook of one sheet."""

    @abstractmethod
    def pdf(self, table: Table) -> bytes:
        """Pages to print."""
