"""What trends are counted from. A part of a ``UnitOfWork``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import datetime

from triage.domain.trend import TipFact


class TipFacts(ABC):
    """Facts about tips.

    1. *gives those of the time*: received from ``since`` on and before ``until``, newest first, at most ``limit``. 2. *gives those of the
    desks alone*: whose case one of the desks may read. 3. *tells the first look*: the earliest act of a person, whatever came after.
    """

    @abstractmethod
    def between(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipFact]:
        """The facts."""
