"""Reading the log of what happened. Writing it is ``triage.ports.Events``, inside a unit of work.

Rules in docstrings are tests of the same name in ``tests/contract``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.events import Event, EventType


@dataclass(frozen=True, slots=True)
class Logged:
    """An event and its place in the log (from 1). Positions grow, without being dense."""

    position: int
    event: Event


class EventLog(ABC):
    """An append-only log, read by named readers, each at its own pace.

    1. *keeps order*: events come back in the order in which their transactions committed, and in it as appended.
    2. *redelivers*: ``read`` does not move the reader; without a ``commit`` the same events come again.
    3. *moves forward only*: ``commit`` below the reader's position raises ``ValueError`` and changes nothing.
    4. *keeps readers apart*: no reader's position depends on another's.
    5. *reads only what is asked*: events of other types are passed over and never returned.
    6. *is durable*: a committed position survives the loss of the process.

    An event never becomes visible before one that stands ahead of it, so a reader who has moved on has missed nothing.
    """

    @abstractmethod
    def read(self, reader: str, types: Sequence[EventType], limit: int) -> list[Logged]:
        """Up to ``limit`` (at least 1) events of these types after the reader's position, oldest first."""

    @abstractmethod
    def commit(self, reader: str, position: int) -> None:
        """The reader is done with everything up to ``position``."""

    @abstractmethod
    def position(self, reader: str) -> int:
        """The position up to which the reader is done; 0 for a new reader."""

    @abstractmethod
    def end(self) -> int:
        """The position of the newest event; 0 for an empty log."""

    @abstractmethod
    def backlog(self, reader: str, types: Sequence[EventType]) -> int:
        """How many events of these types stand after the reader's position. *counts what waits*."""

    @abstractmethod
    def oldest_waiting(self, reader: str, types: Sequence[EventType]) -> datetime | None:
        """When the first of them was appended; None if none waits."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that could not be handled: by whom, how often it was tried, and the kind of error (never its text)."""

    id: str
    reader: str
    logged: Logged
    error: str
    tries: int
    at: datetime
    replayed_at: datetime | None = None


class DeadLetters(ABC):
    """Events set aside so that the line can go on.

    1. *keeps each once*: the same reader and event again changes nothing.
    2. *counts the open ones* of a reader, or of all.
    3. *closes on replay*: after ``done`` it is no longer open.
    """

    @abstractmethod
    def add(self, letter: DeadLetter) -> None:
        """Set the event aside."""

    @abstractmethod
    def open(self, reader: str = "", limit: int = 100) -> list[DeadLetter]:
        """The open ones, oldest first; of one reader, or of all."""

    @abstractmethod
    def count_open(self, reader: str = "") -> int:
        """How many are open; of one reader, or of all."""

    @abstractmethod
    def done(self, letter_id: str, at: datetime) -> None:
        """It was handled on a replay."""


@dataclass(frozen=True, slots=True)
class Record:
    """What goes to a topic: its name without the installation's prefix, a key that keeps its records in order, value and headers."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Publisher(ABC):
    """Brings records to the topics that other processes and other agencies read.

    1. *returns when all are durable*: every record is acknowledged by all replicas that are in step, in the given order per key.
    2. *raises when one is not*: ``Unavailable``; some of the others may be there, and sending all again may double but not lose them.
    3. *never makes a topic*: an unknown one raises ``Unavailable`` that says how to make it.
    """

    @abstractmethod
    def publish(self, records: Sequence[Record]) -> None:
        """Send them and wait."""


class Leader(ABC):
    """A role that one process holds at a time, such as that of the relay.

    1. *one at a time*: while one leads, no other does. 2. *goes over*: after ``release``, or after the leader died, another can lead.
    """

    @abstractmethod
    def leads(self) -> bool:
        """Whether this process has the role now; takes it if it is free. Raises ``Unavailable`` if that cannot be said."""

    @abstractmethod
    def release(self) -> None:
        """Give the role up."""
