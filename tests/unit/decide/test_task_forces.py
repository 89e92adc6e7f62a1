"""Who a task force tells, what stands above it, and that decisions under it can be replayed."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_tip, an_assessment, an_entity, example_files, example_policy, taxonomy
from triage.apart import APART, IMPLICATED
from triage.decide import Conclusion, conclude
from triage.domain.assessment import Assessment, Entity
from triage.domain.case import CaseKind
from triage.domain.decision import PartnerFacts
from triage.domain.errors import PolicyError
from triage.domain.policy import Corridor, DeskNature, TaskForce
from triage.domain.tip import Consent, Place, SourceBasis, Tip
from triage.policy_files.policy import load_policy, version_of

FORCE = TaskForce(
    id="test",
    title="Test task force",
    lead="trafficking",
    members=("trafficking", "cargo", "victim-services", "oversight", "intake"),
    categories=frozenset({"sex_trafficking", "cargo_theft", "mental_health_crisis", "domestic_violence"}),
    counties=frozenset({"NE/Sarpy"}),
    corridors=(Corridor("I-80", "NE", 412, 444), Corridor("US-30", "NE")),
)
POLICY = replace(example_policy(), task_forces=(FORCE,), notify=())
PARTNER = PartnerFacts("prairie-haul", "trucking", "Buffalo", "NE")
SARPY = Place(county="Sarpy", state="NE")


def concluded(tip: Tip, reading: Assessment) -> Conclusion:
    return conclude(POLICY, tip, reading, PARTNER, ())


def told(tip: Tip, *labels: str, **given: object) -> dict[str, str]:
    """The desks that are told, with the rule."""
    reading = an_assessment(tip, labels or ("sex_trafficking",), **given)  # type: ignore[arg-type]
    return {desk: rule for desk, rule, _ in concluded(tip, reading).routing.notify}


def test_the_owner_keeps_the_tip_and_the_other_members_are_told() -> None:
    tip = a_tip(place=SARPY)
    routing = concluded(tip, an_assessment(tip, ["cargo_theft"])).routing
    assert routing.desk == "cargo"
    assert told(tip, "cargo_theft") == dict.fromkeys(("trafficking", "victim-services", "oversight", "intake"), "task-force:test")
    matched = [step for step in routing.steps if step.rule == FORCE.rule]
    assert len(matched) == 4
    assert all(step.matched for step in matched)


@pytest.mark.parametrize(
    ("place", "entities", "held"),
    [
        (Place(road="I-80", exit="420", state="NE"), [], True),
        (Place(road="I-80 mile 444", state="NE"), [], False),
        (Place(road="I-80", state="NE"), [], False),
        (Place(road="US-30", state="NE"), [], True),
        (Place(road="I-80", exit="420", state="IA"), [], False),
        (Place(), [an_entity("highway", "I-80"), an_entity("exit", "exit 420", start=20)], True),
        (Place(), [an_entity("highway", "I-80"), an_entity("mile_marker", "300", start=20)], False),
        (Place(county="Douglas", state="NE"), [], False),
    ],
)
def test_corridors_count_miles(place: Place, entities: list[Entity], held: bool) -> None:
    assert bool(told(a_tip(place=place), entities=entities)) is held


def test_other_categories_and_other_desks_are_not_its_business() -> None:
    tip = a_tip(place=SARPY)
    assert told(tip, "threat_of_violence") == {}, "its desk is no member"
    assert told(tip, "labor_trafficking") == {}, "no category of it"


def test_what_stands_above_a_task_force() -> None:
    tip = a_tip(place=SARPY)
    away = {"victim-services", "oversight"}
    assert set(told(tip, "sex_trafficking", flags=["insider_implicated"])) == {"victim-services"}
    assert set(told(tip, "sex_trafficking", flags=["self_report"])) == {"oversight"}, "a desk that helps owns it"
    theft = a_tip(place=SARPY, source_basis=SourceBasis.HAPPENED_TO_ME)
    assert set(told(theft, "cargo_theft")) == {*away, "intake"}
    assert set(told(replace(theft, consent=Consent(police=True)), "cargo_theft")) == {*away, "intake", "trafficking"}


CATEGORIES = st.lists(st.sampled_from(sorted(taxonomy().categories)), min_size=1, max_size=3, unique=True)
SOME_FLAGS = st.sets(st.sampled_from([*sorted(IMPLICATED), "self_report", "minor_involved"]))


@given(CATEGORIES, SOME_FLAGS, st.booleans())
def test_no_task_force_tells_police_what_is_kept_from_them(labels: list[str], flags: set[str], police: bool) -> None:
    everybody = tuple(desk for desk in POLICY.desks if POLICY.desks[desk].nature is not DeskNature.BUREAU)
    all_of_it = replace(FORCE, members=everybody, categories=frozenset(taxonomy().categories))
    tip = a_tip(place=SARPY, consent=Consent(police=police))
    routing = conclude(replace(POLICY, task_forces=(all_of_it,)), tip, an_assessment(tip, labels, flags=flags), PARTNER, ()).routing
    natures = {POLICY.desks[desk].nature for desk, _, _ in routing.notify}
    if POLICY.desks[routing.desk].nature in APART or flags & IMPLICATED:
        assert natures <= APART
    if routing.kind is not CaseKind.CASE or ("self_report" in flags and not police):
        assert DeskNature.ENFORCEMENT not in natures


def test_a_policy_without_the_file_decides_as_before_under_the_same_version() -> None:
    files = example_files()
    without = {name: text for name, text in files.items() if name != "task_forces.yaml"}
    policy = load_policy(without, taxonomy())
    assert policy.task_forces == ()
    assert policy.version != load_policy(files, taxonomy()).version
    tip = a_tip(place=SARPY)
    routing = conclude(policy, tip, an_assessment(tip), PARTNER, ()).routing
    assert not [step for step in routing.steps if step.rule.startswith("task-force:")]


def test_the_version_of_the_four_files_is_what_it_always_was() -> None:
    files = {"policy.yaml": "a", "desks.yaml": "b", "routing.yaml": "c", "jurisdictions.yaml": "d"}
    text = "\0".join(f"{name}\0{text}" for name, text in files.items())
    assert version_of({**files, "replies.yaml": "x"}) == hashlib.sha256(text.encode()).hexdigest()[:16]
    assert version_of({**files, "task_forces.yaml": "x"}) != version_of(files)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("lead: trafficking", "lead: traficking", "did you mean 'trafficking'?"),
        ("lead: trafficking", "lead: liaison", "is not known here"),
        ("lead: trafficking", "lead: child", "the lead among them"),
        ("NE/Cass", "NE/Cas", "did you mean 'NE/Cass'?"),
        ("road: I-80", "road: Interstate 80", "write a road as"),
        ("from: 412", "from: 480", "higher mile"),
        (", to: 444", "", "both `from` and `to`"),
        ("cargo_theft", "cargo_thefts", "did you mean 'cargo_theft'?"),
        ("id: east-corridor", "id: East Corridor", "lower-case letters"),
    ],
)
def test_an_error_names_its_line_and_what_to_write(old: str, new: str, says: str) -> None:
    files = example_files()
    files["task_forces.yaml"] = files["task_forces.yaml"].replace(old, new, 1)
    with pytest.raises(PolicyError, match=r"task_forces\.yaml:") as caught:
        load_policy(files, taxonomy())
    assert says in str(caught.value)


def test_no_rule_sends_tips_to_a_bureau() -> None:
    files = example_files()
    files["routing.yaml"] = files["routing.yaml"].replace("desk: cargo", "desk: liaison", 1)
    with pytest.raises(PolicyError, match="sent nothing by itself"):
        load_policy(files, taxonomy())
