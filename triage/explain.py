"""Why a tip is where it is: its decision record, and the same decision computed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from triage.decide import Conclusion, conclude, digest
from triage.domain.assessment import Assessment
from triage.domain.decision import DecisionRecord
from triage.domain.errors import NotFound
from triage.domain.policy import Policy
from triage.domain.tip import Tip
from triage.linking import link_keys
from triage.policy_files.policy import load_policy
from triage.ports import UnitOfWork
from triage.taxonomy.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Explanation:
    """The record and what a replay says: ``differences`` is empty where it gives the same answer."""

    record: DecisionRecord
    assessment: Assessment
    differences: tuple[str, ...]


def explain(uow: UnitOfWork, taxonomy: Taxonomy, tip_id: str) -> Explanation:
    """Read the record and replay it under the policy it was made with. Raises ``NotFound`` for a tip without a decision."""
    tip = uow.tips.get(tip_id)
    record = uow.decisions.get_many([tip_id]).get(tip_id)
    assessment = uow.assessments.get_many([tip_id]).get(tip_id)
    if tip is None or record is None or assessment is None:
        raise NotFound("decision about tip", tip_id)
    files = uow.policies.get(record.policy_version)
    if files is None:
        return Explanation(record, assessment, (f"the policy {record.policy_version} is not kept, so the decision cannot be replayed",))
    return Explanation(record, assessment, replay(load_policy(files, taxonomy), tip, assessment, record))


def replay(policy: Policy, tip: Tip, assessment: Assessment, record: DecisionRecord) -> tuple[str, ...]:
    """Compute the decision again from its inputs and name every part that differs."""
    again: Conclusion = conclude(policy, tip, assessment, record.partner, record.matches)
    pairs: tuple[tuple[str, Any, Any], ...] = (
        ("tip", record.tip_digest, digest(tip)),
        ("assessment", record.assessment_digest, digest(assessment)),
        ("policy", record.policy_version, policy.version),
        ("keys", record.keys, link_keys(tip, assessment)),
        ("jurisdiction", record.jurisdiction, again.jurisdiction),
        ("routing", record.routing, again.routing),
        ("urgency", record.urgency, again.urgency),
        ("life threat", record.life_threat, again.life_threat),
        ("band", record.band, again.band),
        ("due", record.due_at, again.due_at),
        ("joined", record.joined, again.joins is not None),
        ("suggested", record.suggested, again.suggested),
        ("campaign", (record.alike, record.campaign), (again.alike, again.campaign) if record.alike is not None else (None, False)),
    )
    return tuple(f"{name} differs" for name, first, second in pairs if first != second)
