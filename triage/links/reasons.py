"""Why two tips could be about the same thing, and how much each reason weighs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from triage.domain.assessment import Assessment
from triage.domain.decision import DecisionRecord, LinkKind
from triage.domain.links import LinkVerdict, Verdict
from triage.domain.tip import Tip
from triage.hints import SEEN_WITHIN, hint_keys, part_of, plates
from triage.linking import ALIKE_AT, SIMILAR_AT, likeness

PRIORS: Mapping[LinkKind, float] = {
    LinkKind.VIN: 0.95,
    LinkKind.WALLET: 0.95,
    LinkKind.CONTAINER: 0.9,
    LinkKind.PLATE: 0.85,
    LinkKind.HANDLE: 0.85,
    LinkKind.EMAIL: 0.85,
    LinkKind.PHONE: 0.8,
    LinkKind.TEXT: 0.7,
    LinkKind.TRAILER: 0.7,
    LinkKind.ADDRESS: 0.65,
    LinkKind.USDOT: 0.45,  # a carrier has many trucks
    LinkKind.PARTIAL_PLATE: 0.45,
    LinkKind.VEHICLE: 0.35,  # a white van alone is folklore
    LinkKind.SITE: 0.3,
}
"""How often two tips that share this are about the same thing, before anybody has answered: our judgement, which answers correct."""

PRIOR_ANSWERS = 8
"""So many answers the judgement counts as."""

STRONG, FAIR = 0.8, 0.5
"""From which weight on a tie is called so; below, it is weak."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that two tips share. ``likeness`` is that of their texts, 1 for everything else; ``value`` is empty for texts."""

    kind: LinkKind
    value: str
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Read:
    """A tip as far as it can be compared."""

    tip: Tip
    assessment: Assessment | None
    decision: DecisionRecord | None


def reasons_between(one: Read, other: Read) -> tuple[Reason, ...]:
    """What the two share, the weightiest kind first; one reason a kind, the most exact."""
    found = [*_keys(one, other), *_hints(one, other), *_text(one, other)]
    return best_of(found)


def best_of(found: Iterable[Reason]) -> tuple[Reason, ...]:
    """Of each kind the most exact reason (a plate with its state before one without), the weightiest kind first."""
    best: dict[LinkKind, Reason] = {}
    for reason in sorted(found, key=lambda reason: (reason.likeness, ":" in reason.value, len(reason.value), reason.value)):
        best[reason.kind] = reason
    if LinkKind.PLATE in best:
        best.pop(LinkKind.PARTIAL_PLATE, None)
    return tuple(sorted(best.values(), key=lambda reason: (-PRIORS[reason.kind], reason.kind)))


def near_in_time(one: Tip, other: Tip) -> bool:
    """Whether the two were received so close together that one described vehicle can be another."""
    return abs(one.received_at - other.received_at) <= SEEN_WITHIN


def shared_part(one: Read, other: Read) -> str:
    """The part of a plate that one gives of the other's plate; empty without one."""
    if one.assessment is None or other.assessment is None:
        return ""
    mine, theirs = plates(one.tip, one.assessment), plates(other.tip, other.assessment)
    return max((part_of(plate, another) for plate in mine for another in theirs), key=len, default="")


def learned(answers: Sequence[LinkVerdict]) -> Mapping[LinkKind, float]:
    """The weight of each kind of reason: the share of "same" among what people answered about pairs that shared it, smoothed by ``PRIORS``
    as if these had been ``PRIOR_ANSWERS`` answers (additive smoothing, after Laplace). "Unsure" says nothing.
    """
    same, said = dict.fromkeys(LinkKind, 0), dict.fromkeys(LinkKind, 0)
    for answer in answers:
        for kind in (LinkKind(reason) for reason in answer.reasons if answer.verdict is not Verdict.UNSURE and reason in set(LinkKind)):
            same[kind] += answer.verdict is Verdict.SAME
            said[kind] += 1
    return {kind: (same[kind] + PRIOR_ANSWERS * prior) / (said[kind] + PRIOR_ANSWERS) for kind, prior in PRIORS.items()}


def weight(reasons: Iterable[Reason], weights: Mapping[LinkKind, float]) -> float:
    """How much all reasons weigh together, 0 to 1: one minus the product of what each leaves open (they are taken as independent).

    Texts that are only similar, not nearly the same, weigh in proportion to their likeness.
    """
    return 1 - prod(1 - weights[reason.kind] * min(1.0, reason.likeness / ALIKE_AT) for reason in reasons)


def _keys(one: Read, other: Read) -> list[Reason]:
    mine, theirs = ({(key.kind, key.value) for key in read.decision.keys} if read.decision else set() for read in (one, other))
    return [Reason(kind, value) for kind, value in mine & theirs]


def _hints(one: Read, other: Read) -> list[Reason]:
    mine, theirs = (
        {(key.kind, key.value) for key in hint_keys(read.tip, read.assessment, read.decision.jurisdiction)}
        if read.assessment and read.decision
        else set()
        for read in (one, other)
    )
    near = near_in_time(one.tip, other.tip)
    found = [
        Reason(kind, value)
        for kind, value in mine & theirs
        if kind is not LinkKind.PARTIAL_PLATE and (near or kind is not LinkKind.VEHICLE)
    ]
    part = shared_part(one, other)
    return [*found, Reason(LinkKind.PARTIAL_PLATE, part)] if part else found


def _text(one: Read, other: Read) -> list[Reason]:
    if one.assessment is None or other.assessment is None or not one.assessment.fingerprint or not other.assessment.fingerprint:
        return []
    alike = likeness(one.assessment.fingerprint, other.assessment.fingerprint)
    return [Reason(LinkKind.TEXT, "", alike)] if alike >= SIMILAR_AT else []
