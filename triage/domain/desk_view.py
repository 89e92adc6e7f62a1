"""What people set for themselves at a desk: views of its queue, what they would rather not see, when they want a break. And how far a
waiting tip has been escalated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeskView:
    """A way to look at a desk's queue that somebody keeps: by field the values that a tip may have."""

    id: str
    user: str
    desk: str
    name: str
    filters: Mapping[str, tuple[str, ...]]
    at: datetime

    @property
    def owner(self) -> str:
        """Whose view it is."""
        return self.user

    @property
    def other(self) -> str:
        """The desk."""
        return self.desk


@dataclass(frozen=True, slots=True)
class Preferences:
    """What protects the person who reads. ``veiled`` are kinds of content shown only on request; tips of the kinds in ``put_away`` are
    folded away in lists besides. After ``break_after`` hard tips since ``break_at`` the person is asked to pause (0: never), but not
    before ``later_until``.
    """

    user: str
    at: datetime
    veiled: tuple[str, ...] = ()
    break_after: int = 25
    break_at: datetime | None = None
    put_away: tuple[str, ...] = ()
    later_until: datetime | None = None

    @property
    def id(self) -> str:
        """One a person."""
        return self.user

    @property
    def owner(self) -> str:
        """The person."""
        return self.user

    @property
    def other(self) -> str:
        """Nothing else."""
        return ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message of a step that somebody waits for: by which way, to whom (a user's id; empty for the desk), how often it was tried, and
    not to be tried again before ``next_at``.
    """

    way: str
    user: str
    tries: int
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """How many steps of its desk's chain were taken for a tip that waits; it begins anew when the tip waits anew (``since``).

    ``told`` are the people who have an alert about it, ``unsent`` the messages that are still to be delivered.
    """

    tip_id: str
    desk: str
    since: datetime
    steps: int
    at: datetime
    level: str = ""
    told: tuple[str, ...] = ()
    unsent: tuple[Unsent, ...] = ()

    @property
    def id(self) -> str:
        """One a tip."""
        return self.tip_id

    @property
    def owner(self) -> str:
        """The tip."""
        return self.tip_id

    @property
    def other(self) -> str:
        """The desk."""
        return self.desk
