"""From the fields of a decide form to the act that they ask for."""

from __future__ import annotations

from collections.abc import Mapping

from triage.cases import Casework
from triage.domain.access import Viewer
from triage.domain.assessment import Urgency
from triage.domain.case import Act, ActKind
from triage.domain.errors import FieldError, InvalidInput, NotFound

STAYS: frozenset[ActKind] = frozenset({ActKind.CLAIM, ActKind.RELEASE, ActKind.OPEN_CASE, ActKind.SET_URGENCY})
"""Acts after which the person goes on with the same tip; after the others the queue comes next."""


def act_on(casework: Casework, viewer: Viewer, tip_id: str, kind: ActKind, form: Mapping[str, str]) -> Act:
    """Do it. Raises ``InvalidInput`` for fields that do not fit, and whatever the act raises."""
    version, note = version_of(form, "tip"), form.get("note", "")

    def field(name: str) -> str:
        return form.get(name, "").strip()

    match kind:
        case ActKind.CLAIM:
            return casework.claim(viewer, tip_id, version, note)
        case ActKind.ASSIGN:
            return casework.assign(viewer, tip_id, version, field("person"), note)
        case ActKind.RELEASE:
            return casework.release(viewer, tip_id, version, note)
        case ActKind.ACCEPT:
            return casework.accept(viewer, tip_id, version, note)
        case ActKind.DECLINE:
            return casework.decline(viewer, tip_id, version, field("reason"), note)
        case ActKind.DUPLICATE:
            return casework.duplicate_of(viewer, tip_id, version, field("other"), note)
        case ActKind.REFER:
            return casework.refer(viewer, tip_id, version, field("desk"), note)
        case ActKind.TRANSFER:
            return casework.transfer(viewer, tip_id, version, field("desk"), field("reason"), note)
        case ActKind.OPEN_CASE:
            return casework.open_case(viewer, tip_id, version, field("reason"), note)
        case ActKind.SET_URGENCY:
            return casework.set_urgency(viewer, tip_id, version, _level(field("level")), field("reason"), note)
        case ActKind.SNOOZE:
            return casework.snooze(viewer, tip_id, version, _hours(field("hours")), field("reason"), note)
        case ActKind.UNDO | ActKind.PROPOSE:
            raise NotFound("act", kind.value)  # an act is taken back by its id, and a proposal comes of declining


def version_of(form: Mapping[str, str], what: str) -> int:
    """The version that the person saw, of a form on the page of ``what``. Raises ``InvalidInput``."""
    given = form.get("version", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidInput([FieldError("version", "missing", f"Open the {what} again, then repeat.")])
    return int(given)


def _hours(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0


def _level(given: str) -> Urgency:
    if given not in set(Urgency):
        raise InvalidInput([FieldError("level", "unknown_level", "Choose a level.")])
    return Urgency(given)
