"""A partner as a form: its fields as text, and the text as fields again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from ingest.domain.partner import Partner, PartnerContact, Quotas, Scope
from ingest.registry.agreement import AGREEABLE
from ingest.registry.partner_check import MOST_CONTACTS
from ingest.registry.registry import KeyOrder
from triage.domain.errors import FieldError, InvalidInput

DAYS = ("agreement_on", "agreement_until", "trained_on")
QUOTAS = ("tips_a_day", "rows_an_import", "webhooks")
TEXTS = ("title", "sector", "county", "state", "retention")
CONTACT = ("name", "role", "phone", "email")

Form = Mapping[str, str]


def shown(partner: Partner) -> dict[str, str]:
    """What the form shows for the partner. A field that is missing is empty, a box that is missing is not ticked."""
    values = {"slug": partner.slug, **{name: getattr(partner, name) for name in TEXTS}}
    values |= {name: day.isoformat() for name in DAYS if (day := getattr(partner, name))}
    values |= {f"quotas.{name}": str(number) for name in QUOTAS if (number := getattr(partner.quotas, name))}
    values |= {f"agreed.{name}": "yes" for name in partner.agreed_fields}
    values |= {"languages": ", ".join(partner.languages), "embed_origins": "\n".join(partner.embed_origins)}
    return values | ({"photos": "yes"} if partner.photos else {})


def shown_contacts(partner: Partner) -> dict[str, str]:
    """What the form of the contacts shows."""
    return {f"contacts[{number}].{name}": getattr(contact, name) for number, contact in enumerate(partner.contacts) for name in CONTACT}


def read(form: Form) -> dict[str, object]:
    """The fields that the form gives. Raises ``InvalidInput`` for a day or number that is none."""
    found: list[FieldError] = []
    values: dict[str, object] = {name: form.get(name, "").strip() for name in TEXTS}
    values |= {name: _day(form, name, found) for name in DAYS}
    values["quotas"] = Quotas(*(_number(form, f"quotas.{name}", found) for name in QUOTAS))
    values["languages"] = tuple(form.get("languages", "").replace(",", " ").split())
    values["embed_origins"] = tuple(form.get("embed_origins", "").split())
    values["photos"] = bool(form.get("photos"))
    agreed = tuple(name for name in AGREEABLE if form.get(f"agreed.{name}"))
    values["agreed_fields"] = () if len(agreed) == len(AGREEABLE) else agreed
    if found:
        raise InvalidInput(found)
    return values


def read_contacts(form: Form) -> tuple[PartnerContact, ...]:
    """The contacts that the form gives; a row that is empty is none."""
    rows = ([form.get(f"contacts[{number}].{name}", "").strip() for name in CONTACT] for number in range(MOST_CONTACTS))
    return tuple(PartnerContact(*row) for row in rows if any(row))


def read_order(form: Form) -> KeyOrder:
    """The key that the form asks for. Raises ``InvalidInput`` for a number of days that is none."""
    found: list[FieldError] = []
    days = _number(form, "days", found)
    if found:
        raise InvalidInput(found)
    scopes = tuple(scope for scope in Scope if form.get(f"scope.{scope}"))
    return KeyOrder(form.get("label", "").strip(), scopes, form.get("sandbox") == "yes", timedelta(days=days) if days else None)


def read_overlap(form: Form) -> timedelta:
    """How long the old key works on. Raises ``InvalidInput``."""
    found: list[FieldError] = []
    days = _number(form, "overlap", found)
    if found:
        raise InvalidInput(found)
    return timedelta(days=days)


def _day(form: Form, name: str, found: list[FieldError]) -> date | None:
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        found.append(FieldError(name, "not_a_day", "Write a day as year-month-day, for example 2026-11-01."))
        return None


def _number(form: Form, name: str, found: list[FieldError]) -> int:
    text = form.get(name, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        found.append(FieldError(name, "not_a_number", "Write a whole number, or nothing."))
        return 0
    return int(text)
