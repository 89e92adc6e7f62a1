"""What must hold for a partner before it is kept: the same for the console, the command line and the file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields

from ingest.domain.partner import ORIGIN, RESERVED_SLUGS, SLUG, Partner, PartnerContact
from ingest.registry.agreement import AGREEABLE
from triage.domain.errors import FieldError
from triage.domain.sectors import SECTORS

LINE_LIMIT = 120
"""Characters of a title, a name, a place."""
MOST_CONTACTS = 8
MOST_ORIGINS = 20
MOST_QUOTA = 10_000_000

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_STATE = re.compile(r"[A-Z]{2}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_CONTROL = re.compile("[\x00-\x1f\x7f\u2028\u2029]")


def mistakes(partner: Partner, retention: Collection[str] = ()) -> list[FieldError]:
    """Everything to mend; ``path`` names a field of ``Partner``, ``contacts[0].email`` or ``embed_origins[0]``.

    ``retention`` are the profiles of the policy. No message repeats a contact.
    """
    return [FieldError(path, code, message) for path, code, message in _mistakes(partner, retention)]


def _mistakes(partner: Partner, retention: Collection[str]) -> Iterator[tuple[str, str, str]]:
    if not SLUG.fullmatch(partner.slug) or partner.slug in RESERVED_SLUGS:
        words = "use 3 to 40 lower-case letters, digits and dashes, with a letter, but none of"
        yield "slug", "not_a_slug", f"This cannot be an address; {words} {', '.join(sorted(RESERVED_SLUGS))}."
    if not partner.title:
        yield "title", "empty", "Say how people call the partner."
    yield from _lines("", partner, ("title", "county"))
    if partner.sector not in SECTORS:
        yield "sector", "unknown_sector", f"Use one of: {', '.join(SECTORS)}."
    if partner.state and not _STATE.fullmatch(partner.state):
        yield "state", "not_a_state", "Use the two capital letters of the state, for example NE."
    if not partner.languages or not all(map(_LANGUAGE.fullmatch, partner.languages)):
        yield "languages", "not_a_language", "Use language codes of two or three letters, for example en, es."
    if partner.agreement_on and partner.agreement_until and partner.agreement_until < partner.agreement_on:
        yield "agreement_until", "before_its_start", "The last day cannot come before the day of the agreement."
    if not set(partner.agreed_fields) <= set(AGREEABLE):
        yield "agreed_fields", "unknown_field", f"Use any of: {', '.join(AGREEABLE)}. What was seen is always agreed."
    yield from _contacts(partner.contacts)
    for name in (field.name for field in fields(partner.quotas)):
        if not 0 <= getattr(partner.quotas, name) <= MOST_QUOTA:
            yield f"quotas.{name}", "out_of_range", f"Use a number from 0 to {MOST_QUOTA:,}; 0 means the usual."
    if partner.retention and partner.retention not in retention:
        yield "retention", "unknown_profile", _known("retention profile", retention, "`retention` in policy.yaml")
    yield from _origins(partner.embed_origins)


def _contacts(contacts: tuple[PartnerContact, ...]) -> Iterator[tuple[str, str, str]]:
    if len(contacts) > MOST_CONTACTS:
        yield "contacts", "too_many", f"Keep {MOST_CONTACTS} contacts or fewer."
    for number, contact in enumerate(contacts):
        path = f"contacts[{number}]"
        if not contact.name:
            yield f"{path}.name", "empty", "Say whom to ask for; a function will do, for example night desk."
        if contact.phone and sum(map(str.isdigit, contact.phone)) < 3:
            yield f"{path}.phone", "not_a_phone", "Write a phone number."
        if contact.email and not _EMAIL.fullmatch(contact.email):
            yield f"{path}.email", "not_an_email", "Write an address like name@example.com."
        yield from _lines(f"{path}.", contact, ("name", "role", "phone", "email"))


def _origins(origins: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    if len(origins) > MOST_ORIGINS:
        yield "embed_origins", "too_many", f"Keep {MOST_ORIGINS} or fewer."
    for number, origin in enumerate(origins):
        if not ORIGIN.fullmatch(origin):
            yield (
                f"embed_origins[{number}]",
                "not_an_origin",
                "Write only the beginning of the address, in small letters: https://www.example.org",
            )


def _lines(before: str, of: object, names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for name in names:
        text: str = getattr(of, name)
        if len(text) > LINE_LIMIT or _CONTROL.search(text):
            yield f"{before}{name}", "not_a_line", f"Write one line of {LINE_LIMIT} characters or fewer."


def _known(kind: str, names: Collection[str], where: str) -> str:
    return f"Use one of: {', '.join(sorted(names))}." if names else f"There is no {kind} yet; add it under {where}."
