"""Who may be shown what, whoever wants to share it. The rules hold when a share is made and again each time that it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.apart import APART, agreed_to_police, from_victim, names_own
from triage.domain.assessment import Assessment
from triage.domain.case import Case, CaseKind
from triage.domain.policy import DeskNature, Policy
from triage.domain.sender import SenderState
from triage.domain.tip import Tip

_POLICE = frozenset({DeskNature.ENFORCEMENT, DeskNature.BUREAU})
"""Desks that only cases go to, and a victim's own word only with consent; whoever a bureau speaks for counts as police."""


@dataclass(frozen=True, slots=True)
class Held:
    """A tip with what was read in it, None before it was read, and what its sender chose since."""

    tip: Tip
    reading: Assessment | None
    sender: SenderState


def refusal(policy: Policy, case: Case, held: Sequence[Held], to: DeskNature) -> str:
    """Why these tips of the case may not be shown to such a desk; empty if they may."""
    owner = policy.desks.get(case.desk)
    readings = [one.reading for one in held if one.reading is not None]
    if len(readings) < len(held):
        return "One of the tips was not read by the machine yet, so nobody knows what in it tells who the sender is. Try again in a minute."
    if to in APART:
        return ""
    if owner is None or owner.nature is DeskNature.OVERSIGHT:
        return "The case is with oversight: only oversight and people who help may read it."
    if names_own(readings):
        return "One of the tips names an official or somebody's own staff: only oversight and people who help may read it."
    if to not in _POLICE:
        return ""
    if case.kind is not CaseKind.CASE:
        return "It is no case: what people need help with, and what asks for no police, stays away from police. Open a case from it first."
    if any(from_victim(one.tip, one.reading) and not agreed_to_police(one.tip, one.sender, one.reading) for one in held):
        return "The sender of one of the tips is the victim and did not agree that police may know."
    return ""
