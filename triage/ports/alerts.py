"""What single people are told, and what they can take back. Parts of a ``UnitOfWork``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from triage.domain.alert import Alert
from triage.domain.undo import Before


class Alerts(ABC):
    """People's alerts.

    1. *tells once*: a second alert of the same person, kind, source and tip changes nothing. 2. *lists a person's alerts*: those not seen
    first, then newest first. 3. *counts what was not seen*. 4. *marks only one's own*: ``see`` changes no other person's alert, and keeps
    the time of the first look. 5. *forgets those of a source*: after a search was removed.
    """

    @abstractmethod
    def add(self, alerts: Sequence[Alert]) -> None:
        """Tell them."""

    @abstractmethod
    def of_user(self, user: str, limit: int) -> list[Alert]:
        """The person's alerts."""

    @abstractmethod
    def unseen(self, user: str) -> int:
        """How many the person has not seen."""

    @abstractmethod
    def see(self, user: str, ids: Sequence[str], at: datetime) -> None:
        """The person has seen these."""

    @abstractmethod
    def forget(self, user: str, source: str) -> None:
        """Delete the person's alerts of this source."""


class UndoNotes(ABC):
    """How things stood before acts. 1. *keeps one as it was*. 2. *forgets what was removed*. 3. *forgets old ones*: those from before a
    time, and says how many.
    """

    @abstractmethod
    def put(self, before: Before) -> None:
        """Keep it."""

    @abstractmethod
    def get(self, act_id: str) -> Before | None:
        """How things stood before the act."""

    @abstractmethod
    def remove(self, act_id: str) -> None:
        """Forget it; an unknown one is no error."""

    @abstractmethod
    def forget(self, before: datetime) -> int:
        """Delete those from before this time."""
