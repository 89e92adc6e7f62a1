"""What the agency tells its partners: bulletins and training cards, each to chosen partners, with read receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BulletinKind(StrEnum):
    """What it is."""

    BULLETIN = "bulletin"  # what to look out for now
    TRAINING = "training"  # what to know; reading it is kept as training


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One text. It goes to the ``partners`` and to all of the ``sectors`` named; to everybody if neither names one."""

    id: str
    kind: BulletinKind
    title: str
    text: str
    by: str
    at: datetime
    partners: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    withdrawn_at: datetime | None = None

    def reaches(self, slug: str, sector: str) -> bool:
        """Whether it is meant for this partner."""
        everybody = not self.partners and not self.sectors
        return self.withdrawn_at is None and (everybody or slug in self.partners or sector in self.sectors)


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """Who has read it, and when first."""

    bulletin: str
    staff: str
    partner: str
    at: datetime
