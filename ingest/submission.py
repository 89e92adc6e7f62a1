"""What a partner may send as one tip: the wire form of version 1, with its limits. The published JSON schema comes from here.

Only ``narrative`` is required. An optional field may be left out or null, which means the same. Unknown fields are refused, so that
a misspelt one is never lost in silence. There is no field for race, ethnicity or nationality, by design.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from triage.domain.tip import Answer, Channel, Consent, Contact, Geo, Person, PersonRole, Place, SourceBasis, Tip, Vehicle, WhenBucket

NARRATIVE_LIMIT = 20_000
"""Characters (code points) of ``narrative`` over the API; the public form takes fewer."""

Line = Annotated[str, Meta(max_length=300)] | None
"""An answer of one line."""

Paragraph = Annotated[str, Meta(max_length=5_000)] | None
"""An answer of several lines."""


class PlaceIn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where it was, as far as it is known. ``state`` is best the two-letter code."""

    name: Line = None
    road: Line = None
    exit: Line = None
    address: Line = None
    town: Line = None
    county: Line = None
    state: Line = None


class GeoIn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A point in WGS 84 degrees and its accuracy in metres."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, Meta(ge=0, le=10_000_000)] | None = None


class PersonIn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person as described: what they did first, then how to find them."""

    role: PersonRole | None = None
    description: Paragraph = None


class VehicleIn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A vehicle as described; part of a plate helps."""

    plate: Line = None
    state: Line = None
    description: Paragraph = None
    company: Line = None


class PartnerIn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What your staff say about themselves: their role, and your own reference for this report."""

    role: Line = None
    reference: Line = None


class ContactIn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How to reach the sender. Sealed on arrival, under a key of its own, apart from the tip."""

    name: Line = None
    phone: Line = None
    email: Line = None
    safe_times: Line = None
    leave_message: bool | None = None
    language: Line = None


class ConsentIn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who may learn the sender's identity besides the people who read reports. Left out means nobody."""

    police: bool | None = None
    support: bool | None = None


class Submission(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One tip, as sent."""

    narrative: Annotated[str, Meta(min_length=1, max_length=NARRATIVE_LIMIT, description="What was seen or heard, in any language.")]
    lang: Annotated[str, Meta(max_length=35)] | None = None
    life_threat: bool | Answer | None = None
    place: PlaceIn | None = None
    geo: GeoIn | None = None
    when_bucket: WhenBucket | None = None
    when_text: Line = None
    persons: Annotated[list[PersonIn], Meta(max_length=20)] | None = None
    minor_possible: bool | Answer | None = None
    vehicles: Annotated[list[VehicleIn], Meta(max_length=20)] | None = None
    identifiers: Annotated[list[Annotated[str, Meta(max_length=500)]], Meta(max_length=50)] | None = None
    source_basis: SourceBasis | None = None
    partner: PartnerIn | None = None
    contact: ContactIn | None = None
    consent: ConsentIn | None = None
    channel: Channel | None = None

    def to_contact(self) -> Contact | None:
        """The contact details, or None if the sender stays anonymous (left out, or only blank answers)."""
        contact = Contact(**_given(self.contact))
        return None if contact == Contact(leave_message=contact.leave_message) else contact

    def to_tip(self, id: str, received_at: datetime, partner: str) -> Tip:
        """The tip as it is stored, every text exactly as sent. ``partner`` is the slug of whose key or form was used."""
        staff = self.partner or PartnerIn()
        return Tip(
            id=id,
            received_at=received_at,
            partner=partner,
            channel=self.channel or Channel.API,
            narrative=self.narrative,
            language=self.lang or "",
            life_threat=_answer(self.life_threat),
            place=Place(**_given(self.place)),
            geo=Geo(**_given(self.geo)) if self.geo else None,
            when_bucket=self.when_bucket,
            when_text=self.when_text or "",
            persons=tuple(Person(**_given(person)) for person in self.persons or ()),
            minor_possible=_answer(self.minor_possible),
            vehicles=tuple(Vehicle(**_given(vehicle)) for vehicle in self.vehicles or ()),
            identifiers=tuple(self.identifiers or ()),
            source_basis=self.source_basis,
            partner_role=staff.role or "",
            partner_reference=staff.reference or "",
            has_contact=self.to_contact() is not None,
            consent=Consent(**_given(self.consent)),
        )

    def canonical(self) -> bytes:
        """Canonical JSON: sorted keys, no spaces, nulls left out. Two bodies that say the same give the same bytes."""
        return msgspec.json.encode(self, order="sorted")


def _given(sent: Struct | None) -> dict[str, Any]:
    """The fields that were sent with a value, by name; wire structs and domain values share their names."""
    if sent is None:
        return {}
    return {name: value for name in sent.__struct_fields__ if (value := getattr(sent, name)) is not None}


def _answer(sent: bool | Answer | None) -> Answer | None:
    if isinstance(sent, bool):
        return Answer.YES if sent else Answer.NO
    return sent
