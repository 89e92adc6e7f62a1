"""The words of the pages about partners: statuses, marks, keys, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.domain.partner import ApiKey, PartnerStatus, Scope
from ingest.registry.partner_marks import Mark, expires_soon
from ingest.registry.registry import works
from triage.domain.audit import AuditRow
from triage.web.views import Line
from triage.web.wording import moment, plain

STATUSES: Mapping[PartnerStatus, str] = {
    PartnerStatus.PENDING: "Pending",
    PartnerStatus.ACTIVE: "Active",
    PartnerStatus.SUSPENDED: "Suspended",
    PartnerStatus.ENDED: "Ended",
}
MARKS: Mapping[Mark, str] = {
    Mark.AGREEMENT_OVER: "Agreement over",
    Mark.NO_TRAINING: "No training in 12 months",
    Mark.KEY_EXPIRES: "A key expires within 14 days",
}
SCOPES: Mapping[Scope, str] = {
    Scope.SUBMIT: "Send tips",
    Scope.READ: "Read where its own tips stand",
    Scope.ATTACH: "Add pictures",
    Scope.WEBHOOKS: "Manage webhooks",
}
FIELDS: Mapping[str, str] = {
    "place": "Place",
    "geo": "Point on the map",
    "when_bucket": "When, roughly",
    "when_text": "Day or time",
    "persons": "People",
    "minor_possible": "Somebody under 18?",
    "vehicles": "Vehicles",
    "identifiers": "Phone numbers, web addresses, user names",
    "source_basis": "How they know",
    "partner": "Role and own reference",
    "contact": "Contact details",
}
DONE: Mapping[str, str] = {
    "added": "The partner is in the register.",
    "saved": "Saved.",
    "suspend": "Suspended. Form and keys are closed.",
    "resume": "Active. Form and keys are open.",
    "end": "Ended. Form and keys are closed for good.",
    "revoked": "The key is revoked.",
    "deactivated": "The person can no longer sign in.",
}
_ACTIONS: Mapping[str, str] = {
    "partner.add": "added the partner",
    "partner.change": "changed it",
    "partner.suspend": "suspended it",
    "partner.resume": "opened it",
    "partner.end": "ended it",
    "key.issue": "issued a key",
    "key.new": "issued a key",
    "key.rotate": "rotated a key",
    "key.revoke": "revoked a key",
    "staff.add": "made an account",
    "staff.password": "gave an account a new password",
    "staff.deactivate": "kept an account out",
}


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key in the table. ``may_rotate`` and ``may_revoke`` say what still makes sense."""

    id: str
    label: str
    kind: str
    state: str
    until: str
    scopes: tuple[str, ...]
    soon: bool
    may_rotate: bool
    may_revoke: bool


def key_view(key: ApiKey, now: datetime) -> KeyView:
    """The key as the page shows it at ``now``."""
    working = works(key, now)
    state = "Revoked" if key.revoked else "Over" if not working else "Replaced, still works" if key.replaced_by else "Works"
    return KeyView(
        id=key.id,
        label=key.label,
        kind="Sandbox" if key.sandbox else "Live",
        state=state,
        until=moment(key.expires_at) if key.expires_at else "no end",
        scopes=tuple(SCOPES[scope] for scope in key.scopes),
        soon=expires_soon(key, now),
        may_rotate=working and not key.replaced_by,
        may_revoke=working,
    )


def happened(row: AuditRow, names: Mapping[str, str]) -> Line:
    """One row of the audit log; ``names`` are the display names of people by actor."""
    what = _ACTIONS.get(row.action) or plain(row.action.replace(".", " ")).lower()
    detail = [f"{plain(name)}: {_spaced(value) if name == 'fields' else value.replace(',', ', ')}" for name, value in row.detail.items()]
    return Line(moment(row.at), names.get(row.actor, row.actor), what, (*((row.purpose,) if row.purpose else ()), *detail))


def _spaced(names: str) -> str:
    """The names of fields as words."""
    return names.replace(",", ", ").replace("_", " ")
