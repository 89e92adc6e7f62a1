"""A tip: one report, as it was sent. Contact details are not part of it; they are sealed and kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    """An answer that a frightened or hurried person can give."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"


class Channel(StrEnum):
    """How the tip came in. Never a feature of any model."""

    WEB_FORM = "web_form"
    API = "api"
    SMS = "sms"
    PHONE_TRANSCRIPT = "phone_transcript"
    EMAIL = "email"
    BULK = "bulk"
    SURVEY = "survey"


class WhenBucket(StrEnum):
    """When it happened, as the form asks it."""

    NOW = "now"
    LAST_24_HOURS = "last_24_hours"
    LAST_7_DAYS = "last_7_days"
    LONGER_AGO = "longer_ago"
    NOT_SURE = "not_sure"


class SourceBasis(StrEnum):
    """How the sender knows."""

    SAW = "saw"
    TOLD = "told"
    HAPPENED_TO_ME = "happened_to_me"
    PART_OF_JOB = "part_of_job"
    RATHER_NOT_SAY = "rather_not_say"


class PersonRole(StrEnum):
    """Whom the sender describes."""

    MAY_NEED_HELP = "may_need_help"
    WORRYING = "worrying"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was, in the sender's words; every part may be missing. ``state`` is the two-letter code where it is known."""

    name: str = ""
    road: str = ""
    exit: str = ""
    address: str = ""
    town: str = ""
    county: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Geo:
    """A point in WGS 84 degrees and its accuracy in metres, sent only if the person asked for it."""

    lat: float
    lon: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person as described. There is no field for race, ethnicity or nationality, by design."""

    role: PersonRole = PersonRole.OTHER
    description: str = ""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle as described; ``plate`` may be a part of one."""

    plate: str = ""
    state: str = ""
    description: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """Who may learn the sender's identity besides the people who read reports. The default is the most private."""

    police: bool = False
    support: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the sender. Sealed under its own key in its own table; never in an event, an index, a log line or a trace."""

    name: str = ""
    phone: str = ""
    email: str = ""
    safe_times: str = ""
    leave_message: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Tip:
    """One report as stored; never changed after it was accepted.

    ``received_at`` is aware and in UTC. ``partner`` is the slug of the organisation whose key or form was used.
    ``partner_role`` and ``partner_reference`` are what its staff wrote about themselves. ``consent`` is about sharing
    identity; ``has_contact`` only says that sealed contact details exist.
    """

    id: str
    received_at: datetime
    partner: str
    channel: Channel
    narrative: str
    language: str = ""
    life_threat: Answer | None = None
    place: Place = Place()
    geo: Geo | None = None
    when_bucket: WhenBucket | None = None
    when_text: str = ""
    persons: tuple[Person, ...] = ()
    minor_possible: Answer | None = None
    vehicles: tuple[Vehicle, ...] = ()
    identifiers: tuple[str, ...] = ()
    source_basis: SourceBasis | None = None
    partner_role: str = ""
    partner_reference: str = ""
    has_contact: bool = False
    consent: Consent = Consent()

    @property
    def text(self) -> str:
        """Everything the sender wrote, for reading: the narrative, unchanged, then each further answer on a line of its own.

        Offsets of findings and entities point into this text, so a finding in the narrative has the same offsets in both.
        """
        place, lines = self.place, [self.narrative]
        where = ", ".join(
            part for part in (place.name, place.address, place.road, place.exit, place.town, place.county, place.state) if part
        )
        lines += [f"Where: {where}"] if where else []
        lines += [f"When: {self.when_text}"] if self.when_text else []
        lines += [f"Person: {person.description}" for person in self.persons if person.description]
        for vehicle in self.vehicles:
            plate = f"plate {vehicle.plate}" + (f" ({vehicle.state})" if vehicle.state else "") if vehicle.plate else ""
            known = ", ".join(part for part in (vehicle.description, vehicle.company, plate) if part)
            lines += [f"Vehicle: {known}"] if known else []
        lines += [f"Online: {identifier}" for identifier in self.identifiers]
        return "\n".join(lines)
