"""Which other tips could be about the same thing as one: found by what they share, weighed by what people answered before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.access import Viewer
from triage.domain.case import Case
from triage.domain.decision import LinkKind, LinkMatch
from triage.domain.links import LinkVerdict, Verdict, pair_id
from triage.domain.policy import Policy
from triage.domain.tip import Tip
from triage.hints import SEEN_WITHIN, asked_keys, hint_keys
from triage.linking import SIMILAR_AT
from triage.links.reasons import FAIR, STRONG, Read, Reason, best_of, learned, shared_part, weight
from triage.ports import UnitOfWork

MATCH_LIMIT = 50
_LOOKED_FOR: Mapping[LinkKind, tuple[timedelta, int]] = {
    LinkKind.PARTIAL_PLATE: (timedelta(days=30), 100),
    LinkKind.ADDRESS: (timedelta(days=30), MATCH_LIMIT),
    LinkKind.SITE: (timedelta(days=7), MATCH_LIMIT),
    LinkKind.VEHICLE: (SEEN_WITHIN, MATCH_LIMIT),
}
"""How far back, and how many tips at most, are looked at for each weak tie."""

CANDIDATE_LIMIT = 30
"""The most candidates of one tip, the weightiest of them."""

ANSWERS = 500
"""So many of the newest answers teach what a reason weighs."""

LEARNED_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another tip that shares something, where it is now, what it shares and what somebody said about the two.

    ``new`` are the kinds of things that the answer did not know of; ``weight`` is 0 to 1.
    """

    tip: Tip
    case: Case
    reasons: tuple[Reason, ...]
    weight: float
    verdict: LinkVerdict | None = None
    same_case: bool = False

    @property
    def new(self) -> tuple[LinkKind, ...]:
        """The kinds of things that an answer did not know of; all of them without one."""
        known = self.verdict.reasons if self.verdict else ()
        return tuple(reason.kind for reason in self.reasons if reason.kind not in known)

    @property
    def asks(self) -> bool:
        """Whether a person should look: nobody has answered, or something has come up since that the answer did not know of.

        Tips that are the same for somebody, or are in one case, are together already.
        """
        return bool(self.new) and not self.same_case and not (self.verdict and self.verdict.verdict is Verdict.SAME)

    @property
    def rejected(self) -> bool:
        """Whether somebody has said that the two are different, and nothing has come up since."""
        return self.verdict is not None and self.verdict.verdict is Verdict.DIFFERENT and not self.new

    @property
    def strength(self) -> str:
        """The weight in words."""
        return "strong" if self.weight >= STRONG else "fair" if self.weight >= FAIR else "weak"


class Weights:
    """What each reason weighs, learned from the newest answers; looked up anew when it is older than ``LEARNED_FOR``."""

    def __init__(self) -> None:
        self._known: tuple[datetime, Mapping[LinkKind, float]] | None = None

    def now(self, work: UnitOfWork, now: datetime) -> Mapping[LinkKind, float]:
        """The weights by kind."""
        if self._known is None or now - self._known[0] >= LEARNED_FOR:
            self._known = (now, learned(work.verdicts.newest(ANSWERS)))
        return self._known[1]


def find_candidates(
    work: UnitOfWork, viewer: Viewer, policy: Policy, weights: Mapping[LinkKind, float], asked: Read
) -> tuple[Candidate, ...]:
    """The tips that share something with the asked one as things stand now, so that later arrivals are seen too; weightiest first.

    Also those that somebody has answered about, whatever they share. Only what the viewer may read: of the rest not even the number is
    told; for that there are pointers.
    """
    shared = _shared(work, policy, asked)
    answers = answers_about(work, asked.tip.id)
    reasons = _checked(work, asked, shared)
    cases = {match.tip_id: match.case_id for of_tip in shared.values() for match in of_tip}
    known = work.cases.get_many(sorted({cases[id] for id in reasons}))
    found = []
    for id in dict.fromkeys([*reasons, *answers]):
        case = known[cases[id]] if id in reasons else work.cases.of_tip(id)
        if case is not None and viewer.reads(case.readers):
            found.append((weight(reasons.get(id, ()), weights), id, case))
    found.sort(key=lambda one: one[1], reverse=True)  # ids sort by time: of equal weight the newest first
    found.sort(key=lambda one: -one[0])
    found = found[:CANDIDATE_LIMIT]
    tips = work.tips.get_many([id for _, id, _ in found])
    return tuple(
        Candidate(tips[id], case, reasons.get(id, ()), weighs, answers.get(id), asked.tip.id in case.tips)
        for weighs, id, case in found
        if id in tips
    )


def answers_about(work: UnitOfWork, tip_id: str) -> Mapping[str, LinkVerdict]:
    """What people said about the tip and others, by the other tip."""
    return {**{one.other: one for one in work.verdicts.of(tip_id)}, **{one.owner: one for one in work.verdicts.beside(tip_id)}}


def read_of(work: UnitOfWork, tip: Tip) -> Read:
    """The tip with what was read and decided about it."""
    return Read(tip, work.assessments.get_many([tip.id]).get(tip.id), work.decisions.get_many([tip.id]).get(tip.id))


def answer_about(work: UnitOfWork, one: str, other: str) -> LinkVerdict | None:
    """What somebody said about the two."""
    return work.verdicts.get(pair_id(one, other))


def _shared(work: UnitOfWork, policy: Policy, asked: Read) -> Mapping[str, Sequence[LinkMatch]]:
    """By tip what it could have in common."""
    tip, assessment, decision = asked.tip, asked.assessment, asked.decision
    since = tip.received_at - policy.link_window
    matches = work.links.find(tip.id, decision.keys, since, MATCH_LIMIT) if decision else []
    if assessment is not None and decision is not None:
        hints = asked_keys(hint_keys(tip, assessment, decision.jurisdiction))
        for kind, (window, limit) in _LOOKED_FOR.items():
            if keys := [key for key in hints if key.kind is kind]:  # each kind by itself, so that what is common crowds out nothing rare
                matches += work.links.find(tip.id, keys, max(since, tip.received_at - window), limit)
    if assessment is not None and assessment.fingerprint:
        matches += work.links.similar(tip.id, assessment.fingerprint, since, SIMILAR_AT, MATCH_LIMIT)
    found: dict[str, list[LinkMatch]] = {}
    for match in matches:
        found.setdefault(match.tip_id, []).append(match)
    return found


def _checked(work: UnitOfWork, asked: Read, shared: Mapping[str, Sequence[LinkMatch]]) -> Mapping[str, tuple[Reason, ...]]:
    """By tip the reasons that hold: parts of plates are laid over each other, and a described vehicle must have been seen at that time."""
    in_part = [id for id, matches in shared.items() if any(match.key.kind is LinkKind.PARTIAL_PLATE for match in matches)]
    tips, readings = work.tips.get_many(in_part), work.assessments.get_many(in_part)
    found = {}
    for id, matches in shared.items():
        reasons = [
            Reason(match.key.kind, match.key.value, match.similarity)
            for match in matches
            if match.key.kind is not LinkKind.PARTIAL_PLATE
            and (match.key.kind is not LinkKind.VEHICLE or abs(match.at - asked.tip.received_at) <= SEEN_WITHIN)
        ]
        if id in tips and (part := shared_part(asked, Read(tips[id], readings.get(id), None))):
            reasons.append(Reason(LinkKind.PARTIAL_PLATE, part))
        if reasons:
            found[id] = best_of(reasons)
    return found
