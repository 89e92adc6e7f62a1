"""What the intake's web side is given by whoever puts the product together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ingest.ports import IntakeStore, Partners, PartnerStorage, PictureCleaner, Sealer
from ingest.receive import Receiver
from ingest.throttle import Throttle
from triage.domain.policy import Policy
from triage.ports import Blobs, Clock, Ids, Passwords, Storage


@dataclass(frozen=True, slots=True)
class Limits:
    """How often something may be tried. Addresses are counted as blinded tokens of the day."""

    codes: Throttle  # wrong receipt codes from one address
    codes_everywhere: Throttle  # wrong receipt codes from anywhere
    forms: Throttle  # reports sent by form from one address; many people can share one
    api: Throttle  # tips sent with one key


def default_limits(clock: Clock) -> Limits:
    """Limits that a person or an honest partner does not meet.

    A guess at a code hits one of N reports with N in 10**15 tries; 600 wrong ones in ten minutes from anywhere is far from that.
    """
    ten_minutes = timedelta(minutes=10)
    return Limits(
        codes=Throttle(10, ten_minutes, clock),
        codes_everywhere=Throttle(600, ten_minutes, clock),
        forms=Throttle(3_000, ten_minutes, clock),
        api=Throttle(30_000, timedelta(seconds=10), clock),
    )


@dataclass(frozen=True, slots=True)
class IntakeDeps:
    """Ports, policy and limits.

    ``random`` gives that many random bytes. ``public_url`` is the address under which people reach the product; empty means
    the one that they called. ``secure_cookies`` keeps the cookies of the portal to HTTPS. ``pace_seconds`` is what an answer to a
    receipt code takes at least, right or wrong.
    """

    receiver: Receiver
    partners: Partners
    partner_side: PartnerStorage
    store: IntakeStore
    storage: Storage
    sealer: Sealer
    blobs: Blobs
    pictures: PictureCleaner
    passwords: Passwords
    clock: Clock
    ids: Ids
    random: Callable[[int], bytes]
    policy: Policy
    limits: Limits
    public_url: str = ""
    secure_cookies: bool = True
    pace_seconds: float = 0.3

    def blinded(self, address: str) -> str:
        """What stands for an address in limits, today."""
        return self.sealer.blind(address, self.clock.now().date().isoformat())
