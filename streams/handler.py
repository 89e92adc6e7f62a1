"""What a line of the pipeline does with events, in the embedded worker and later in any other host."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from triage.domain.events import Event, EventType


class Handler(ABC):
    """Does one thing with events of some types.

    ``handle`` does all of a batch or raises; done again with the same events it changes nothing (delivery is at least once).
    It raises ``Unavailable`` where trying again can help, anything else where it cannot.
    """

    name: str
    types: tuple[EventType, ...]

    @abstractmethod
    def handle(self, events: Sequence[Event]) -> None:
        """Do it."""
