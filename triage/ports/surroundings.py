"""Time, identifiers, passwords, large bytes, and whoever must be told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.report import Report
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


class Blinder(ABC):
    """Hides things so that two can still be told to be the same: a keyed hash.

    1. *gives the same for the same*: in every process that has the key. 2. *keeps kinds apart*: the same value of another kind is another
    thing. 3. *needs the key*: under another key everything differs. 4. *hides the value*: 64 hex digits that do not hold it.
    """

    @abstractmethod
    def digest(self, kind: str, value: str) -> str:
        """What stands for the value."""


class Messenger(ABC):
    """Carries a short message to one person outside the console: by e-mail, by a pager.

    1. *brings what it was given*: subject, lines and address, whole and in order, to that person alone. 2. *says when it could not*:
    raises ``Unavailable`` unless whoever carries it on has taken it. 3. *takes one line as one line*: nothing in ``to`` or ``subject``
    becomes a further recipient or heading; a ``to`` that is none raises ``Unavailable``.
    """

    @abstractmethod
    def send(self, to: str, subject: str, lines: Sequence[str], address: str) -> None:
        """Send it; ``address`` is the page where the person goes on. It must carry no text of a tip."""


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


@dataclass(frozen=True, slots=True)
class Translation:
    """A text in another language, and the name of what made it."""

    text: str
    by: str


class Translator(ABC):
    """Puts texts into another language, by a machine of the deployer's own.

    1. *gives the whole translation*: what was made of this text, into the language that was asked for, and who made it.
    2. *is unavailable rather than half*: no answer in time, a refusal, an answer that is too large or is no translation raise
    ``Unavailable``. 3. *tells nobody else*: the text goes to its one address, follows no redirect, and stands in no error.
    """

    @abstractmethod
    def translate(self, text: str, source: str, target: str) -> Translation:
        """``source`` and ``target`` are language codes (``es``, ``en``). Raises ``Unavailable``."""


class Reports(ABC):
    """Makes reports to print.

    1. *writes every text*: each heading, line and cell in Latin letters stands in it, in its order. 2. *marks every page* with the mark.
    3. *takes any text*: letters that it cannot show become ``?``, and nothing in a text is a command.
    """

    @abstractmethod
    def pdf(self, report: Report) -> bytes:
        """Pages to print."""
