"""What the intake's web side is given by whoever puts the product together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import Request

from ingest.catalogue import Catalogue, load_catalogues
from ingest.domain.survey import Survey
from ingest.ports import IntakeStore, Partners, PartnerStorage, PictureCleaner, Sealer
from ingest.ports.posters import Posters
from ingest.receive import Receiver
from ingest.registry.registry import Registry
from ingest.tables.opening import Readers
from ingest.throttle import Throttle
from triage.domain.policy import Policy
from triage.ports import Blobs, Clock, Ids, Passwords, Storage


@dataclass(frozen=True, slots=True)
class Limits:
    """How often something may be tried. Addresses are counted as blinded tokens of the day."""

    codes: Throttle  # wrong receipt codes from one address
    codes_everywhere: Throttle  # wrong receipt codes from anywhere
    forms: Throttle  # reports sent by form from one address; many people can share one
    steps: Throttle  # pages of the form that came back from one address
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
        steps=Throttle(6_000, ten_minutes, clock),
        api=Throttle(30_000, timedelta(seconds=10), clock),
    )


@dataclass(frozen=True, slots=True)
class IntakeDeps:
    """Ports, policy and limits.

    ``random`` gives that many random bytes. ``public_url`` is the address under which people reach the product; empty means
    the one that they called. ``secure_cookies`` keeps the cookies of the portal to HTTPS. ``pace_seconds`` is what an answer to a
    receipt code takes at least, right or wrong. ``tips_a_day`` is how many a partner may send whose agreement names no number.
    ``words`` are what people read, by language, with the agency's own in place of the product's. ``tables`` reads partners' files, which
    may have ``import_bytes`` where they come over the portal.
    """

    receiver: Receiver
    partners: Partners
    partner_side: PartnerStorage
    store: IntakeStore
    storage: Storage
    sealer: Sealer
    blobs: Blobs
    pictures: PictureCleaner
    posters: Posters
    passwords: Passwords
    clock: Clock
    ids: Ids
    random: Callable[[int], bytes]
    policy: Policy
    limits: Limits
    public_url: str = ""
    secure_cookies: bool = True
    pace_seconds: float = 0.3
    tips_a_day: int = 100_000
    words: Mapping[str, Catalogue] = field(default_factory=load_catalogues)
    surveys: tuple[Survey, ...] = ()
    tables: Readers = field(default_factory=dict)
    import_bytes: int = 50 * 1024 * 1024

    def blinded(self, request: Request) -> str:
        """What stands in limits, today, for the address that a request came from."""
        return self.sealer.blind(request.client.host if request.client else "", self.clock.now().date().isoformat())

    def registry(self) -> Registry:
        """The register of partners."""
        return Registry(self.partner_side, self.passwords, self.clock, self.ids, self.random, self.policy.retention)
