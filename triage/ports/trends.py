"""What trends are counted from, and what stands on the map. A part of a ``UnitOfWork``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import datetime

from triage.domain.trend import TipFact, TipPin


class TipFacts(ABC):
    """Facts about tips.

    1. *gives those of the time*: received from ``since`` on and before ``until``, newest first, at most ``limit``. 2. *gives those of the
    desks alone*: whose case one of the desks may read. 3. *tells the first look*: the earliest act of a person, whatever came after.
    4. *tells what came of it*: the roads it names, what was decided, and what the desk said about its use. 5. *pins what is open*: of the
    same tips those that nobody has decided about yet.
    """

    @abstractmethod
    def between(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipFact]:
        """The facts."""

    @abstractmethod
    def pins(self, desks: Collection[str], since: datetime, until: datetime, limit: int) -> list[TipPin]:
        """The open tips."""
