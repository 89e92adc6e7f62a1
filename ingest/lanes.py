"""In which lane a report waits for its reading: in front, in the middle, or behind. None is refused here, whatever comes.

Only counts are kept, in memory, for ten minutes: by partner, by who sends (a blinded token or a key's id) and by what the words hash to.
Neither an address nor a word is stored. A flood from one side fills the lane of nobody else: what is above a share waits one lane further
back, in the order in which it came.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ingest.danger import LOOK_AT, says_danger, sounds_urgent
from ingest.submission import Submission
from ingest.throttle import Throttle
from triage.domain.events import EventType
from triage.domain.tip import Channel
from triage.plain import plain
from triage.ports import Clock


class Lane(StrEnum):
    """Where reports wait, the first to be read first."""

    URGENT = "urgent"  # somebody may be in danger now
    ORDINARY = "ordinary"
    BULK = "bulk"  # imports, surveys, and what is above a share


EVENTS = {
    Lane.URGENT: EventType.TIP_RECEIVED_URGENT,
    Lane.ORDINARY: EventType.TIP_RECEIVED,
    Lane.BULK: EventType.TIP_RECEIVED_BULK,
}
"""The event that brings a report of each lane to its reading."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How many reports in ten minutes may wait in a lane; more are taken, and wait one lane further back.

    ``urgent_sender``: in front, from one sender (an address of the public, or a key). ``urgent_partner``: in front, from one partner.
    ``alike``: with the same words, from anywhere. ``partner``: not behind, from one partner. ``public``: not behind, by all open forms.
    """

    urgent_sender: int = 20
    urgent_partner: int = 500
    alike: int = 20
    partner: int = 3_000
    public: int = 6_000


STANDARD = Shares()

WINDOW = timedelta(minutes=10)

_BEHIND = frozenset({Channel.BULK, Channel.SURVEY})


class Lanes:
    """Chooses lanes, and counts. Safe to use from several threads."""

    def __init__(self, clock: Clock, shares: Shares = STANDARD) -> None:
        self._urgent_sender = Throttle(shares.urgent_sender, WINDOW, clock)
        self._urgent_partner = Throttle(shares.urgent_partner, WINDOW, clock)
        self._alike = Throttle(shares.alike, WINDOW, clock)
        self._partner = Throttle(shares.partner, WINDOW, clock)
        self._public = Throttle(shares.public, WINDOW, clock)

    def choose(self, submission: Submission, partner: str, sender: str = "", public: bool = False) -> Lane:
        """The lane of a report. ``sender`` stands for who sends it, empty where nobody can say; ``public`` is whether anybody may."""
        words = plain(submission.narrative[:LOOK_AT])
        few_alike = self._alike.take(hashlib.blake2b(words.encode(), digest_size=8).hexdigest())
        urgent = says_danger(submission) or sounds_urgent(words)
        if urgent and few_alike and (not sender or self._urgent_sender.take(sender)) and self._urgent_partner.take(partner):
            return Lane.URGENT
        in_share = self._partner.take(partner) and (not public or self._public.take())
        in_the_middle = urgent or (few_alike and submission.channel not in _BEHIND)
        return Lane.ORDINARY if in_share and in_the_middle else Lane.BULK
