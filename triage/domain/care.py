"""Services that help people, and handing a referral on to one: on what basis, what they were told, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

VICTIMS = "victims"
"""The need that is no category: help for somebody to whom something was done."""

ANY_LANGUAGE = "any"
"""A service that speaks every language, by an interpreter."""

STALE_AFTER = timedelta(days=180)
"""After so long nobody should rely on what the directory says without a call."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the directory. ``needs`` are care categories of the taxonomy or ``victims``; ``counties`` are ``ST/County`` names,
    empty for all; ``languages`` are BCP 47 language codes, or ``any``. ``checked`` is the day somebody last called it.
    """

    id: str
    title: str
    needs: frozenset[str]
    languages: tuple[str, ...]
    checked: date
    counties: frozenset[str] = frozenset()
    phone: str = ""
    web: str = ""
    hours: str = ""
    takes_warm_handoff: bool = False

    def speaks(self, language: str) -> bool:
        """Whether somebody who speaks ``language`` (a BCP 47 tag) is understood there."""
        return ANY_LANGUAGE in self.languages or language.partition("-")[0].lower() in self.languages

    def serves(self, county: str) -> bool:
        """Whether it is there for this county (``ST/County``)."""
        return not self.counties or county in self.counties

    def is_stale(self, today: date) -> bool:
        """Whether nobody has checked it lately."""
        return today - self.checked > STALE_AFTER


@dataclass(frozen=True, slots=True)
class CareDirectory:
    """The services, and after how many days a hand-off without an answer is to be asked about."""

    services: tuple[Service, ...] = ()
    follow_up_days: int = 3

    def find(self, id: str) -> Service | None:
        """The service with this id."""
        return next((service for service in self.services if service.id == id), None)


class CarePart(StrEnum):
    """A kind of details that a service can be told. The first three identify nobody."""

    NEED = "need"
    COUNTY = "county"
    LANGUAGE = "language"
    PLACE = "place"  # where exactly
    ACCOUNT = "account"  # what happened, in the sender's words
    CONTACT = "contact"  # how to reach the sender


IDENTIFIES_NOBODY = (CarePart.NEED, CarePart.COUNTY, CarePart.LANGUAGE)


class Basis(StrEnum):
    """Why a service may be told something."""

    CONSENT = "consent"
    DANGER = "danger"
    NOBODY_IDENTIFIED = "nobody_identified"


class Ground(StrEnum):
    """Why somebody from outside may open a referral once, against the rule that it is not for them."""

    DANGER_TO_LIFE = "danger_to_life"
    MINOR_IN_DANGER = "minor_in_danger"
    COURT_ORDER = "court_order"


class HandOffState(StrEnum):
    """Where it stands."""

    OFFERED = "offered"  # the service was asked
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REACHED = "reached"  # the person and the service have spoken
    NOT_REACHED = "not_reached"
    WITHDRAWN = "withdrawn"  # the person does not want it any more


NEXT_STATES: dict[HandOffState, tuple[HandOffState, ...]] = {
    HandOffState.OFFERED: (
        HandOffState.ACCEPTED,
        HandOffState.DECLINED,
        HandOffState.REACHED,
        HandOffState.NOT_REACHED,
        HandOffState.WITHDRAWN,
    ),
    HandOffState.ACCEPTED: (HandOffState.REACHED, HandOffState.NOT_REACHED, HandOffState.DECLINED, HandOffState.WITHDRAWN),
    HandOffState.NOT_REACHED: (HandOffState.REACHED, HandOffState.WITHDRAWN),
    HandOffState.DECLINED: (),
    HandOffState.REACHED: (),
    HandOffState.WITHDRAWN: (),
}
"""What can come after what. Whoever was not reached may be reached later; the others stay."""

AWAITS_ANSWER = frozenset({HandOffState.OFFERED, HandOffState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class HandOffStep:
    """That a hand-off came to a state: who says so, when, and with what words."""

    state: HandOffState
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandOff:
    """One service asked for one tip. ``service`` is an id of the directory; ``parts`` are the kinds of details that it was told;
    ``basis`` is why it may be told (a ``Basis``). ``need`` is the first need that it was asked for; ``steps`` are all its states so far.
    """

    id: str
    tip_id: str
    case_id: str
    desk: str
    service: str
    state: HandOffState
    basis: str
    parts: tuple[str, ...]
    by: str
    at: datetime
    updated_by: str = ""
    updated_at: datetime | None = None
    note: str = ""
    need: str = ""
    steps: tuple[HandOffStep, ...] = ()

    @property
    def changed_at(self) -> datetime:
        """When somebody last said something about it."""
        return self.updated_at or self.at

    @property
    def owner(self) -> str:
        """The tip."""
        return self.tip_id

    @property
    def other(self) -> str:
        """The desk that hands it on."""
        return self.desk
