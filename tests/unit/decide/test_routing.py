"""Where tips go under the example policy, and what no policy may undo."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_tip, an_assessment, example_policy, taxonomy
from triage.decide import Conclusion, conclude
from triage.domain.assessment import Assessment, Urgency
from triage.domain.case import CaseKind
from triage.domain.decision import PartnerFacts
from triage.domain.policy import DeskNature
from triage.domain.tip import Answer, Consent, Tip
from triage.taxonomy.taxonomy import FLAGS, Nature

POLICY = example_policy()
TAXONOMY = taxonomy()
PARTNER = PartnerFacts("prairie-haul", "trucking", "Buffalo", "NE")


def concluded(assessment: Assessment, tip: Tip | None = None) -> Conclusion:
    return conclude(POLICY, tip or a_tip(), assessment, PARTNER, ())


@pytest.mark.parametrize(
    ("labels", "flags", "desk", "kind"),
    [
        (["sex_trafficking"], [], "trafficking", CaseKind.CASE),
        (["labor_trafficking", "fraud_financial_crime"], [], "trafficking", CaseKind.CASE),
        (["sex_trafficking"], ["self_report"], "victim-services", CaseKind.CASE),
        (["child_sexual_exploitation"], ["minor_involved"], "child", CaseKind.CASE),
        (["missing_or_abducted_person"], ["minor_involved"], "child", CaseKind.CASE),
        (["missing_or_abducted_person"], [], "violent", CaseKind.CASE),
        (["threat_of_violence", "violent_crime_or_fugitive"], [], "threat", CaseKind.CASE),
        (["cargo_theft"], ["self_report"], "cargo", CaseKind.CASE),
        (["mental_health_crisis"], [], "care", CaseKind.REFERRAL),
        (["mental_health_crisis", "threat_of_violence"], [], "threat", CaseKind.CASE),
        (["commercial_sex_only"], [], "intake", CaseKind.HOLD),
        (["not_actionable"], [], "intake", CaseKind.HOLD),
        (["information_request"], [], "intake", CaseKind.HOLD),
        (["drug_trafficking"], ["public_official_implicated"], "oversight", CaseKind.CASE),
        (["labor_rights_violation"], ["insider_implicated"], "oversight", CaseKind.CASE),
    ],
)
def test_the_example_policy_routes(labels: list[str], flags: list[str], desk: str, kind: CaseKind) -> None:
    routing = concluded(an_assessment(a_tip(), labels, flags=flags)).routing
    assert (routing.desk, routing.kind) == (desk, kind)
    assert next(step for step in routing.steps if step.matched).rule == routing.rule


def test_a_survivors_tip_reaches_police_only_by_consent_or_danger() -> None:
    reading = an_assessment(a_tip(), ["sex_trafficking"], flags=["self_report"])
    assert "trafficking" not in notified(concluded(reading))
    assert "trafficking" in notified(concluded(reading, a_tip(consent=Consent(police=True))))
    assert "trafficking" in notified(concluded(replace(reading, urgency=Urgency.P0)))


def test_a_sender_who_says_that_somebody_is_in_danger_is_believed() -> None:
    end = concluded(an_assessment(a_tip(), ["not_actionable"], urgency=Urgency.P4), a_tip(life_threat=Answer.YES))
    assert end.life_threat
    assert end.urgency is Urgency.P0
    assert end.due_at == a_tip().received_at + POLICY.clocks[Urgency.P0]


@given(
    labels=st.sets(st.sampled_from(sorted(TAXONOMY.categories)), min_size=1, max_size=4),
    flags=st.sets(st.sampled_from(FLAGS), max_size=4),
    urgency=st.sampled_from(Urgency),
    threat=st.sampled_from([None, *Answer]),
)
def test_what_holds_for_every_tip(labels: set[str], flags: set[str], urgency: Urgency, threat: Answer | None) -> None:
    end = concluded(an_assessment(a_tip(), sorted(labels), urgency, sorted(flags)), a_tip(life_threat=threat))
    natures = {TAXONOMY.categories[label].nature for label in labels}
    owner = POLICY.desks[end.routing.desk].nature
    implicated = flags & {"public_official_implicated", "insider_implicated"}
    if implicated:
        assert owner is DeskNature.OVERSIGHT
        assert not any(POLICY.desks[desk].nature in (DeskNature.ENFORCEMENT, DeskNature.INTAKE) for desk in notified(end))
    if natures <= {Nature.BOUNDARY, Nature.NONE} and not implicated:
        assert end.routing.kind is CaseKind.HOLD
        assert owner is DeskNature.INTAKE
    if natures == {Nature.CARE} and not implicated:
        assert end.routing.kind is CaseKind.REFERRAL
        assert owner is DeskNature.CARE
        if not end.life_threat:
            assert not any(POLICY.desks[desk].nature is DeskNature.ENFORCEMENT for desk in notified(end))
    assert end.routing.desk not in notified(end)
    assert end.urgency.rank <= urgency.rank


def notified(end: Conclusion) -> set[str]:
    return {desk for desk, _, _ in end.routing.notify}
