"""What is kept apart from police: which desks may hear of it, and which tips it is about."""

from __future__ import annotations

from collections.abc import Iterable

from triage.domain.assessment import Assessment
from triage.domain.policy import DeskNature
from triage.domain.sender import SenderState
from triage.domain.tip import SourceBasis, Tip

HELPING = frozenset({DeskNature.CARE, DeskNature.VICTIM_SERVICES})
"""Desks that help people."""

APART = HELPING | {DeskNature.OVERSIGHT}
"""The only desks that may hear of a tip which is with oversight: it names an official or somebody's own staff."""

IMPLICATED = frozenset({"public_official_implicated", "insider_implicated"})
"""The flags of such a tip, wherever it is."""


def names_own(readings: Iterable[Assessment]) -> bool:
    """Whether one of these tips names an official or somebody's own staff."""
    return any(not IMPLICATED.isdisjoint(reading.flags) for reading in readings)


def from_victim(tip: Tip, reading: Assessment | None) -> bool:
    """Whether the sender is the one to whom it was done."""
    return (reading is not None and "self_report" in reading.flags) or tip.source_basis is SourceBasis.HAPPENED_TO_ME


def agreed_to_police(tip: Tip, sender: SenderState, reading: Assessment | None) -> bool:
    """Whether the sender agreed that police may know. What they chose last counts; else what was ticked or written, unless it was also
    written that they do not agree.
    """
    if sender.consent is not None:
        return sender.consent.police
    flags = reading.flags if reading else ()
    return "consent_no" not in flags and (tip.consent.police or "consent_yes" in flags)
