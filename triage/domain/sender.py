"""What the sender of a tip chose after sending, and what the desk lets the sender know. Nothing of the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.tip import Consent


@dataclass(frozen=True, slots=True)
class SenderState:
    """The sender's choices about one tip. The default is that nothing was chosen.

    ``stopped``: the sender wants no more messages. ``withdrawn_at``: contact details were taken back and deleted. ``contact_at``: some were
    left after sending, or replaced. ``consent``: who may see them, as it was said last; None means as the tip says. ``retracted_at`` and
    ``retract_reason`` (a code): a partner took the report back; people decide what that means, nothing is closed by it. ``seen_at``: the
    time of the newest message of the desk that was shown to the sender.
    """

    tip_id: str
    stopped: bool = False
    withdrawn_at: datetime | None = None
    retracted_at: datetime | None = None
    retract_reason: str = ""
    contact_at: datetime | None = None
    consent: Consent | None = None
    seen_at: datetime | None = None

    def has_seen(self, at: datetime) -> bool:
        """Whether the sender was shown a message that the desk wrote at this time."""
        return self.seen_at is not None and at <= self.seen_at


class Progress(StrEnum):
    """How far a tip has come, as far as its sender may know. Steps are told once each, in this order or some left out."""

    RECEIVED = "received"
    READ = "read"  # the machine has read it
    ROUTED = "routed"  # it stands in a desk's queue
    ACKNOWLEDGED = "acknowledged"  # a person has taken it up
    CLOSED = "closed"  # the work on it is done
    OUTCOME = "outcome"  # the desk has released what came of it
    MESSAGE = "message"  # the desk has written to the sender


class Useful(StrEnum):
    """How useful a tip was, as the desk says it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class OutcomeCode(StrEnum):
    """What came of a tip, in the words that a desk may release. The words stand in the message catalogue (``outcome.<code>``)."""

    HELPED = "helped"  # somebody got help
    ACTED_ON = "acted_on"  # a team acted on it
    PASSED_ON = "passed_on"  # another agency has it now
    ADDED = "added"  # it supports what was known already
    NOT_ENOUGH = "not_enough"  # it did not hold enough to act on
    NO_CONCERN = "no_concern"  # it was looked into, and there was no concern


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a desk released about a tip, and how useful it was. ``useful`` may be told alone; then ``code`` is None."""

    tip_id: str
    useful: Useful
    released_at: datetime
    released_by: str
    code: OutcomeCode | None = None
