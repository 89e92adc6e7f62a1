"""What somebody wants to share, checked whole, and who can receive it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from triage.domain.case import Case
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.policy import DeskNature, Policy
from triage.domain.share import OutsideAgency, ShareMode, SharePart

USUAL_DAYS = 30
MOST_DAYS = 180
"""For how long a share may last at most; who needs more shares again, and thinks again."""

MOST_TIPS = 100
"""Tips in one share."""

WHY_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen on the form. ``until`` is the last day, in UTC. Of a joint share tips and parts are all that there are."""

    to: str
    mode: ShareMode
    tips: tuple[str, ...]
    parts: tuple[SharePart, ...]
    why: str
    until: date

    @property
    def ends_at(self) -> datetime:
        """When it ends: with its last day."""
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A desk, or an agency outside. ``desk`` is where people look at the share: the desk itself, or who speaks for the agency.

    ``nature`` is what the rules go by: an agency outside counts as a bureau, whoever speaks for it.
    """

    id: str
    title: str
    agency: str
    nature: DeskNature
    desk: str
    outside: OutsideAgency | None = None


class Receivers:
    """Everybody that something can be shared with."""

    def __init__(self, policy: Policy, agencies: Mapping[str, OutsideAgency]) -> None:
        self._policy = policy
        self._agencies = agencies

    def get(self, to: str, sharing_desk: str) -> Receiver | None:
        """The receiver with this id, as seen from the desk that shares; None if the policy knows none, or if it is a bureau itself."""
        agency, desk = self._agencies.get(to), self._policy.desks.get(to)
        if agency is not None:
            return Receiver(to, agency.title, "", DeskNature.BUREAU, agency.via or sharing_desk, agency)
        if desk is None or desk.nature is DeskNature.BUREAU:
            return None
        return Receiver(to, desk.title, desk.agency, desk.nature, to)

    def all(self, sharing_desk: str) -> list[Receiver]:
        """All of them, but for the desk itself."""
        found = (self.get(to, sharing_desk) for to in (*self._policy.desks, *self._agencies) if to != sharing_desk)
        return [one for one in found if one is not None]

    def seen_at(self, desk: str) -> list[str]:
        """Under which names shares come to the people of a desk: its own id, and the agencies that it speaks for as a bureau."""
        return [desk, *(agency.id for agency in self._agencies.values() if agency.via == desk)]

    def unspoken(self) -> list[str]:
        """The agencies that every sharing desk speaks for itself."""
        return [agency.id for agency in self._agencies.values() if not agency.via]


def checked(wish: Wish, case: Case, receiver: Receiver | None, today: date) -> Wish:
    """The wish in order, or ``InvalidInput`` with everything that is to be mended."""
    errors: list[FieldError] = []
    joint = wish.mode is ShareMode.JOINT
    if receiver is None:
        errors.append(FieldError("to", "unknown", "Choose who shall receive it."))
    elif receiver.id in case.desks and not case.restricted_to:
        errors.append(FieldError("to", "reads_already", "That desk may read the whole case already."))
    elif joint and receiver.outside is not None:
        errors.append(FieldError("mode", "outside", "An agency outside cannot read along in a case: share for information."))
    if joint and case.restricted_to:
        errors.append(FieldError("mode", "restricted", "A restricted case cannot be worked jointly: share for information, or open it up."))
    tips = tuple(tip for tip in case.tips if joint or tip in wish.tips)
    if not tips or not set(wish.tips) <= set(case.tips):
        errors.append(FieldError("tips", "required", "Choose at least one tip of the case."))
    if not joint and len(tips) > MOST_TIPS:
        errors.append(FieldError("tips", "too_many", f"Choose at most {MOST_TIPS} tips."))
    parts = tuple(part for part in SharePart if joint or part in wish.parts)
    if not parts:
        errors.append(FieldError("parts", "required", "Choose at least one part of what is known."))
    if not wish.why.strip():
        errors.append(FieldError("why", "required", "Write why they need it. The receiver reads this."))
    elif len(wish.why) > WHY_LIMIT:
        errors.append(FieldError("why", "too_long", f"Write at most {WHY_LIMIT} characters."))
    if not today <= wish.until <= today + timedelta(days=MOST_DAYS):
        errors.append(FieldError("until", "out_of_range", f"Choose a day from today on, at most {MOST_DAYS} days ahead."))
    if errors:
        raise InvalidInput(errors)
    return Wish(wish.to, wish.mode, tips, parts, wish.why.strip(), wish.until)


def last_day(until: datetime) -> date:
    """The last day, in UTC, of what ends at ``until``."""
    return (until - timedelta(microseconds=1)).date()
