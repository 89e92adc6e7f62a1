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
    2. *counts the open ones* of a reader.
    3. *closes on replay*: after ``done`` it is no longer open.
    """

    @abstractmethod
    def add(self, letter: DeadLetter) -> None:
        """Set the event aside."""

    @abstractmethod
    def open(self, reader: str = "", limit: int = 100) -> list[DeadLetter]:
        """The open ones, oldest first; of one reader, or of all."""

    @abstractmethod
    def count_open(self, reader: str) -> int:
        """How many are open."""

    @abstractmethod
    def done(self, letter_id: str, at: datetime) -> None:
        """It was handled on a replay."""
