"""What one desk lets another see of a case, of whatever agency: exactly which tips and parts, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ShareMode(StrEnum):
    """What the receiver may do."""

    INFO = "info"  # reads what was chosen, nothing else
    JOINT = "joint"  # reads along in the whole case while the share lasts; the owner decides


class SharePart(StrEnum):
    """What can be chosen of a tip. Contact details are never among it."""

    TEXT = "text"
    FINDINGS = "findings"
    ENTITIES = "entities"
    PLACE = "place"
    LEVEL = "level"  # urgency, band, categories
    PICTURES = "pictures"


class AgencyKind(StrEnum):
    """Where an agency outside stands."""

    ADJACENT = "adjacent"  # beside ours: the sharing desk may hand a share on itself
    FOREIGN = "foreign"  # abroad: through a bureau desk alone


@dataclass(frozen=True, slots=True)
class OutsideAgency:
    """An agency without desks here. ``via`` is the bureau desk that speaks for it; empty where the sharing desk does so itself.

    ``contact`` is where the bureau sends what it passes on.
    """

    id: str
    title: str
    kind: AgencyKind
    via: str = ""
    contact: str = ""


class PassedOn(StrEnum):
    """What became of a share for an agency outside."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Share:
    """``to`` is a desk, or an agency outside that a bureau desk speaks for. ``tips`` are those of the moment: later ones are not shared.

    A share ends by itself at ``until``, and earlier when somebody recalls it. ``passed`` and what follows it is about an agency outside:
    whether the bureau sent it there, when, under which reference of its own, or why not.
    """

    id: str
    case_id: str
    desk: str
    to: str
    mode: ShareMode
    tips: tuple[str, ...]
    parts: tuple[SharePart, ...]
    why: str
    by: str
    at: datetime
    until: datetime
    recalled_by: str = ""
    recalled_at: datetime | None = None
    passed: PassedOn = PassedOn.WAITING
    passed_by: str = ""
    passed_at: datetime | None = None
    reference: str = ""

    @property
    def owner(self) -> str:
        """The case."""
        return self.case_id

    @property
    def other(self) -> str:
        """Who receives it."""
        return self.to

    def lives(self, now: datetime) -> bool:
        """Whether it can be read now."""
        return self.recalled_at is None and now < self.until
