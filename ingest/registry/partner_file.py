"""Reads partners from ``partners.yaml``: the same partners that the console manages, in a file that can be reviewed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from ingest.domain.partner import Partner, PartnerContact, PartnerStatus, Quotas
from ingest.registry.partner_check import mistakes
from triage.domain.sectors import SECTORS
from triage.policy_files.located_yaml import Located, load_file

PARTNERS_FILE = "partners.yaml"

_KEYS = tuple(field.name for field in fields(Partner))
_CONTACT_KEYS = tuple(field.name for field in fields(PartnerContact))
_QUOTA_KEYS = tuple(field.name for field in fields(Quotas))
_PATH = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class PartnerEntry:
    """A partner as the file has it. ``given`` are the fields that it names; the file says nothing about the others."""

    partner: Partner
    given: frozenset[str]

    def over(self, known: Partner | None) -> Partner:
        """The partner as it is once the file is applied to the one that is known: what the file does not name stays."""
        return replace(known, **{name: getattr(self.partner, name) for name in self.given}) if known else self.partner


def load_partners(files: Mapping[str, str], retention: Collection[str] = ()) -> tuple[PartnerEntry, ...]:
    """The partners of the policy folder. ``retention`` are the policy's profiles.

    Raises ``PolicyError`` with file, line and what to write instead.
    """
    entries: dict[str, PartnerEntry] = {}
    for row in load_file(files, PARTNERS_FILE).items():
        entry = _entry(row, retention)
        if entry.partner.slug in entries:
            raise row.error(f"the slug {entry.partner.slug!r} stands twice; give each partner its own")
        entries[entry.partner.slug] = entry
    return tuple(entries.values())


def as_mapping(partner: Partner) -> dict[str, object]:
    """The partner as the file would have it, without what has its default; ``load_partners`` reads it back as it was."""
    entry: dict[str, object] = {}
    for field in fields(Partner):
        value = getattr(partner, field.name)
        if value == field.default and field.name not in ("slug", "title", "sector"):
            continue
        match value:
            case PartnerStatus():
                entry[field.name] = value.value
            case date():
                entry[field.name] = value.isoformat()
            case Quotas():
                entry[field.name] = {name: getattr(value, name) for name in _QUOTA_KEYS if getattr(value, name)}
            case tuple() if field.name == "contacts":
                entry[field.name] = [{key: getattr(one, key) for key in _CONTACT_KEYS if getattr(one, key)} for one in value]
            case tuple():
                entry[field.name] = list(value)
            case _:
                entry[field.name] = value
    return entry


def _entry(row: Located, retention: Collection[str]) -> PartnerEntry:
    keys = row.mapping(_KEYS, required=("slug", "title", "sector"))
    given = {name: _value(name, value) for name, value in keys.items()}
    partner = Partner(**given)  # type: ignore[arg-type]  # the values have the types of the fields that they are named after
    for mistake in mistakes(partner, retention):
        raise _at(keys, mistake.path).error(mistake.message[:1].lower() + mistake.message[1:].rstrip("."))
    return PartnerEntry(partner, frozenset(given))


def _value(name: str, value: Located) -> object:
    match name:
        case "sector":
            return value.one_of(SECTORS)
        case "status":
            return value.choice(PartnerStatus)
        case "agreement_on" | "trained_on" | "agreement_until":
            return _day(value)
        case "languages" | "agreed_fields" | "embed_origins":
            return tuple(one.text() for one in value.items())
        case "contacts":
            return tuple(
                PartnerContact(**{key: text.text() for key, text in one.mapping(_CONTACT_KEYS, required=("name",)).items()})
                for one in value.items()
            )
        case "quotas":
            return Quotas(**{key: _count(number) for key, number in value.mapping(_QUOTA_KEYS).items()})
        case "photos":
            return value.flag()
        case _:
            return value.text()


def _day(value: Located) -> date:
    try:
        return date.fromisoformat(value.text())
    except ValueError:
        raise value.error("expected a day; write for example `2026-11-01`") from None


def _count(value: Located) -> int:
    if not re.fullmatch(r"\d{1,9}", value.text(), re.ASCII):
        raise value.error("expected a whole number; write for example `5000`")
    return int(value.text())


def _at(keys: Mapping[str, Located], path: str) -> Located:
    """Where in the file the field stands that a mistake names."""
    found = _PATH.fullmatch(path)
    if found is None or found[1] not in keys:
        return keys["slug"]
    place = keys[found[1]]
    if found[2]:
        place = place.items()[int(found[2])]
        return place.mapping(_CONTACT_KEYS).get(found[3], place) if found[3] else place
    return place.mapping(_QUOTA_KEYS).get(found[3], place) if found[3] else place
