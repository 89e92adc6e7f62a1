"""Which desk a tip goes to: the first rule of the policy that matches. Who else is told: by also-notify rules, and by task forces."""

from __future__ import annotations

from triage.apart import APART, IMPLICATED, from_victim
from triage.domain.assessment import Assessment, Band, Urgency
from triage.domain.case import CaseKind
from triage.domain.decision import Jurisdiction, PartnerFacts, Routing, RoutingStep
from triage.domain.policy import Condition, Desk, DeskNature, Policy, TaskForce
from triage.domain.tip import Tip
from triage.roads import spots


def route(
    policy: Policy,
    tip: Tip,
    assessment: Assessment,
    partner: PartnerFacts,
    jurisdiction: Jurisdiction,
    urgency: Urgency,
    life_threat: bool,
) -> Routing:
    """Apply the policy. The policy ends with a rule that catches everything, so there is always a desk."""
    facts = _Facts(tip, assessment, partner, jurisdiction, urgency, life_threat)
    steps: list[RoutingStep] = []
    for rule in policy.rules:
        miss = facts.first_miss(rule.when)
        steps.append(RoutingStep(rule.id, miss is None, miss or rule.reason))
        if miss is None:
            break
    owner = policy.desks[rule.desk]
    notify: dict[str, tuple[str, str, str]] = {}
    for also in policy.notify:
        desk = policy.desks[also.desk]
        miss = facts.first_miss(also.when)
        if miss is None and owner.nature is DeskNature.OVERSIGHT and desk.nature not in APART:
            miss = "the owning desk is an oversight desk, so local desks are not told"
        if miss is None and desk.id == owner.id:
            miss = "the desk owns the tip"
        steps.append(RoutingStep(also.id, miss is None, miss or also.reason))
        if miss is None:
            notify.setdefault(desk.id, (desk.id, also.id, also.reason))
    for force in policy.task_forces:
        outside = facts.outside(force, owner)
        for desk in (policy.desks[member] for member in force.members if member != owner.id and not outside):
            miss = facts.kept_from(desk, owner, rule.kind)
            reason = f"{force.title}: {owner.title} holds it, you may read along"
            steps.append(RoutingStep(force.rule, miss is None, miss or reason))
            if miss is None:
                notify.setdefault(desk.id, (desk.id, force.rule, reason))
        if outside:
            steps.append(RoutingStep(force.rule, False, outside))
    return Routing(owner.id, rule.kind, rule.id, rule.reason, tuple(steps), tuple(notify.values()))


class _Facts:
    """What conditions ask about one tip."""

    def __init__(
        self, tip: Tip, assessment: Assessment, partner: PartnerFacts, jurisdiction: Jurisdiction, urgency: Urgency, life_threat: bool
    ) -> None:
        self._labels = frozenset(assessment.labels)
        self._flags = frozenset(assessment.flags)
        self._band: Band = assessment.band
        self._urgency = urgency
        self._life_threat = life_threat
        self._partner = partner
        self._jurisdiction = jurisdiction
        self._consent = tip.consent.police or "consent_yes" in self._flags
        self._from_victim = from_victim(tip, assessment)
        self._spots = spots(tip, assessment)
        self._state = tip.place.state.strip().upper() or jurisdiction.state  # miles begin anew in each state

    def first_miss(self, when: Condition) -> str | None:
        """Why the condition does not hold, or None if it does."""
        where = self._jurisdiction
        checks = (
            (not when.labels_any or self._labels & when.labels_any, "none of its labels"),
            (not when.labels_only or self._labels <= when.labels_only, "it has other labels too"),
            (when.urgency is None or self._urgency.at_least(when.urgency), f"not as urgent as {when.urgency}"),
            (when.band is None or self._band.rank <= when.band.rank, f"less sure than {when.band}"),
            (not when.flags_any or self._flags & when.flags_any, "none of its flags"),
            (not self._flags & when.flags_none, "it has a flag that this rule leaves out"),
            (not when.sectors or self._partner.sector in when.sectors, "another sector"),
            (not when.partners or self._partner.slug in when.partners, "another partner"),
            (not when.counties or f"{where.state}/{where.county}" in when.counties, "another county"),
            (not when.states or where.state in when.states, "another state"),
            (when.life_threat is None or self._life_threat == when.life_threat, "life threat does not fit"),
            (when.consent_police is None or self._consent == when.consent_police, "consent does not fit"),
        )
        return next((why for holds, why in checks if not holds), None)

    def outside(self, force: TaskForce, owner: Desk) -> str:
        """Why the tip is none of the task force's; empty if it is one."""
        where = self._jurisdiction
        if owner.id not in force.members:
            return "its desk is no member"
        if not self._labels & force.categories:
            return "none of its labels"
        roads = [corridor for corridor in force.corridors if self._state in ("", corridor.state)]
        on_road = any(corridor.holds(*spot) for corridor in roads for spot in self._spots)
        return "" if on_road or f"{where.state}/{where.county}" in force.counties else "another place"

    def kept_from(self, desk: Desk, owner: Desk, kind: CaseKind) -> str | None:
        """Why a task force does not tell ``desk`` all the same; None if it does. Care, oversight and a victim's word stand above it."""
        if desk.nature in APART:
            return None
        if owner.nature in APART or self._flags & IMPLICATED:
            return "it is with oversight or with people who help, or names somebody's own, so other members are not told"
        if kind is not CaseKind.CASE:
            return "it is no case"
        if self._from_victim and not self._consent and desk.nature is not DeskNature.INTAKE:
            return "the sender is the victim and did not agree that police may know"
        return None
