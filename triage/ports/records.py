"""Records that belong to something: one port for all of them, each a part of a ``UnitOfWork`` of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar


class Kept(Protocol):
    """What a record says about itself, so that it can be found."""

    @property
    def id(self) -> str:
        """Its own id."""

    @property
    def owner(self) -> str:
        """What it belongs to."""

    @property
    def other(self) -> str:
        """What else it is found by; may be empty."""

    @property
    def at(self) -> datetime:
        """When it was made; lists are in this order."""


K = TypeVar("K", bound=Kept)


class Records(ABC, Generic[K]):
    """Records of one kind.

    1. *keeps one as it was*. 2. *put replaces* the one with the same id. 3. *finds many by id*: unknown ids are absent.
    4. *lists those of an owner*, oldest first, and of many owners by owner. 5. *lists those beside the other thing*, oldest first.
    6. *lists the newest*, newest first, at most so many. 7. *forgets what was removed*; an unknown one is no error.
    """

    @abstractmethod
    def put(self, record: K) -> None:
        """Add or replace it."""

    @abstractmethod
    def get(self, id: str) -> K | None:
        """The one with this id."""

    @abstractmethod
    def get_many(self, ids: Sequence[str]) -> Mapping[str, K]:
        """Those that exist, by id."""

    @abstractmethod
    def of(self, owner: str) -> list[K]:
        """Those that belong to ``owner``."""

    @abstractmethod
    def of_many(self, owners: Sequence[str]) -> Mapping[str, list[K]]:
        """Those of each of these; owners without one are absent."""

    @abstractmethod
    def beside(self, other: str) -> list[K]:
        """Those that are found by ``other``."""

    @abstractmethod
    def newest(self, limit: int) -> list[K]:
        """The newest of all."""

    @abstractmethod
    def remove(self, id: str) -> None:
        """Forget it."""
