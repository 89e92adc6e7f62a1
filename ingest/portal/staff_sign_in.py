"""Signing in as a partner's staff: the console's door, with other accounts behind it.

Whoever is not active any more, or whose partner is not, is out with the next request; the accounts of one partner open nothing of another.
"""

from __future__ import annotations

from collections.abc import Callable

from ingest.domain.partner import PartnerStatus, Staff
from ingest.ports import PartnerStorage, PartnerWork
from triage.ports import Clock, Ids, Passwords
from triage.sign_in import Door, Kind, SessionOf

StaffSession = SessionOf[Staff]
"""A session of the portal."""


class StaffDoor(Door[PartnerWork, Staff]):
    """The door of the portal. Tries are throttled and sessions end as ``triage.sign_in`` says."""

    def __init__(self, storage: PartnerStorage, passwords: Passwords, clock: Clock, ids: Ids, random_token: Callable[[], str]) -> None:
        kind: Kind[PartnerWork, Staff] = Kind("staff", lambda work: work.staff, _welcome)
        super().__init__(kind, storage, passwords, clock, ids, random_token)


def _welcome(work: PartnerWork, staff: Staff) -> bool:
    partner = work.partners.get(staff.partner)
    return staff.active and partner is not None and partner.status is PartnerStatus.ACTIVE
