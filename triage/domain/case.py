"""A case: what a task force works. Every tip is in exactly one, with one queue entry at the owning desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.access import as_reader
from triage.domain.assessment import Band, Urgency


class CaseKind(StrEnum):
    """A case proper; a referral to care, which only a person can make a case; or a hold (boundary classes, nothing to act on)."""

    CASE = "case"
    REFERRAL = "referral"
    HOLD = "hold"


class CaseStatus(StrEnum):
    """Where the work stands; what was found true is another question."""

    NEW = "new"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    """One record of work.

    ``desk`` owns it; ``also`` are desks that were notified and may read it. ``urgency`` is the highest of its tips unless a
    person lowered it. ``tips`` stand in the order in which they joined. ``outcome`` is empty until the case is closed.
    ``version`` counts changes from 1; writers name the version that they read. ``joint`` are desks that read along by a share of the
    owning desk, for as long as it lasts; it gives them no right to the sender's contact details. ``restricted_to`` are the ids of the
    only people who may know of it; empty for a case that everybody at its desks may read.
    """

    id: str
    kind: CaseKind
    desk: str
    also: tuple[str, ...]
    status: CaseStatus
    urgency: Urgency
    life_threat: bool
    band: Band
    categories: tuple[str, ...]
    county: str
    state: str
    opened_at: datetime
    updated_at: datetime
    due_at: datetime
    tips: tuple[str, ...]
    owner: str = ""
    outcome: str = ""
    version: int = 1
    restricted_to: tuple[str, ...] = ()
    joint: tuple[str, ...] = ()

    @property
    def readers(self) -> tuple[str, ...]:
        """Who may read it: its desks, or of a restricted case the people that it names (see ``as_reader``)."""
        return tuple(as_reader(user) for user in self.restricted_to) or self.desks

    @property
    def desks(self) -> tuple[str, ...]:
        """The desks that know of it: the owner first."""
        return tuple(dict.fromkeys((self.desk, *self.also, *self.joint)))

    @property
    def desks_by_rule(self) -> tuple[str, ...]:
        """Those of them that do not know of it by a share alone."""
        return tuple(dict.fromkeys((self.desk, *self.also)))


class EntryState(StrEnum):
    """Where a tip stands in its desk's queue."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A tip's one place in the queue of the desk that owns its case. ``due_at`` is the target for the first human look.

    Of a tip of a campaign ``alike`` says how many came before with nearly the same words, and ``campaign`` is the same for all of them.
    ``snoozed_until`` is until when a person has put it off; its target does not move with that.
    ``proposed_by`` is who asked to decline it where a second person must agree.
    """

    tip_id: str
    case_id: str
    desk: str
    urgency: Urgency
    life_threat: bool
    band: Band
    entered_at: datetime
    due_at: datetime
    state: EntryState = EntryState.WAITING
    claimed_by: str = ""
    alike: int = 0
    campaign: str = ""
    snoozed_until: datetime | None = None
    proposed_by: str = ""

    def order(self, now: datetime) -> tuple[bool, bool, datetime, int, datetime]:
        """The sort key of a queue: life threats, then what is past its target (oldest first), then by target and band."""
        late = self.due_at <= now
        return (not self.life_threat, not late, self.due_at, self.band.rank, self.entered_at)


SHARE_RULE = "share:"
"""What the rule of a notice begins with that tells of a share; the share's id follows."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Tells a desk about a tip that another desk owns, and why. It gives the right to read, not to decide."""

    id: str
    tip_id: str
    case_id: str
    desk: str
    rule: str
    reason: str
    at: datetime

    @property
    def share(self) -> str:
        """The share that it tells of; empty for a notice of a rule."""
        return self.rule.removeprefix(SHARE_RULE) if self.rule.startswith(SHARE_RULE) else ""


class ActKind(StrEnum):
    """What a person can do with a tip."""

    CLAIM = "claim"
    ASSIGN = "assign"  # given to somebody else, who holds it then
    RELEASE = "release"
    ACCEPT = "accept"
    DECLINE = "decline"
    DUPLICATE = "duplicate"
    REFER = "refer"
    TRANSFER = "transfer"
    OPEN_CASE = "open_case"
    SET_URGENCY = "set_urgency"
    SNOOZE = "snooze"
    PROPOSE = "propose"  # a decline that waits for a second person
    UNDO = "undo"


DECLINE_REASONS: dict[str, str] = {
    "no_indicator": "Nothing in it points to a concern",
    "too_little": "Too little to act on, and the source cannot be asked",
    "unfounded": "Checked, and it did not happen so",
    "resolved": "Already resolved",
    "outside_mandate": "Not something that we may work on",
    "test_or_spam": "A test, a drill or an advertisement",
}
"""The reason codes for declining, with the words people see."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did: who, when, why. ``target`` is a desk, a tip, a case or a level, as the kind asks; ``before`` what it was."""

    id: str
    tip_id: str
    case_id: str
    kind: ActKind
    by: str
    at: datetime
    reason: str = ""
    note: str = ""
    target: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A line in the thread between the sender of a tip and the desk. ``from_source`` says which side wrote."""

    id: str
    tip_id: str
    at: datetime
    from_source: bool
    text: str
    by: str = ""
