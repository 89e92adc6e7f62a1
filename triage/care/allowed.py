"""What somebody needs, and what a service may be told about it."""

from __future__ import annotations

from dataclasses import dataclass

from triage.apart import from_victim
from triage.correspondence import consent_of, has_contact
from triage.domain.assessment import Assessment
from triage.domain.care import IDENTIFIES_NOBODY, VICTIMS, Basis, CarePart
from triage.domain.policy import DeskNature
from triage.domain.sender import SenderState
from triage.domain.tip import Tip
from triage.taxonomy.taxonomy import Nature, Taxonomy

SELF_REPORT = "self_report"
WANTS_HELP = "consent_yes"
WANTS_NO_ONE = "consent_no"


@dataclass(frozen=True, slots=True)
class Allowance:
    """``parts`` is all that a service may be told, ``basis`` why. ``own`` says that the sender is the person in need.

    ``agreed`` says that the sender agreed when sending or later; ``said`` that the text itself says so.
    """

    basis: Basis
    parts: tuple[CarePart, ...]
    own: bool
    agreed: bool
    said: bool


def needs_of(reading: Assessment | None, nature: DeskNature, taxonomy: Taxonomy) -> tuple[str, ...]:
    """What somebody needs: the care categories that hold, surest first, and help for victims where the tip tells of one."""
    labels = reading.labels if reading else ()
    care = [label for label in labels if label in taxonomy.categories and taxonomy.categories[label].nature is Nature.CARE]
    of_victim = nature is DeskNature.VICTIM_SERVICES or (reading is not None and SELF_REPORT in reading.flags and len(care) < len(labels))
    return (VICTIMS, *care) if of_victim else tuple(care)


def allowance(tip: Tip, sender: SenderState, reading: Assessment | None, life_threat: bool) -> Allowance:
    """What may be told about this tip now. What the sender chose last counts; before any choice, a text that asks to tell nobody counts
    more than a box that was ticked. Without a word of consent nothing leaves that could identify anybody, unless a life is in danger:
    then where and what, but still not who wrote it.
    """
    flags = reading.flags if reading else ()
    chosen = sender.consent is not None
    agreed = consent_of(tip, sender).support and (chosen or WANTS_NO_ONE not in flags)
    said = WANTS_HELP in flags and WANTS_NO_ONE not in flags and not chosen
    own = from_victim(tip, reading)
    parts = list(IDENTIFIES_NOBODY)
    if agreed or said or life_threat:
        parts += [CarePart.PLACE, CarePart.ACCOUNT]
    if agreed and has_contact(tip, sender):
        parts.append(CarePart.CONTACT)
    basis = Basis.CONSENT if agreed or said else Basis.DANGER if life_threat else Basis.NOBODY_IDENTIFIED
    return Allowance(basis, tuple(parts), own, agreed, said)
