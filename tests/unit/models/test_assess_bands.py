"""Which findings allow a trafficking reading to be called likely (design B0)."""

from __future__ import annotations

import pytest

from models.bands import band, capped
from models.classifier import Cutoffs
from models.fallback import rule_probabilities
from triage.domain.assessment import Assertion, Band, Finding
from triage.taxonomy.taxonomy import Taxonomy

CUTS = Cutoffs(answer=0.4, possible=0.1, likely=0.7)


def findings(*names: str, assertion: Assertion = Assertion.PRESENT) -> list[Finding]:
    return [Finding(name, 0, 1, assertion, "rule:test", "1") for name in names]


@pytest.mark.parametrize(
    ("probability", "wanted"), [(0.7, Band.LIKELY), (0.69, Band.POSSIBLE), (0.1, Band.POSSIBLE), (0.09, Band.UNLIKELY)]
)
def test_bands_follow_the_cutoffs(probability: float, wanted: Band) -> None:
    assert band(probability, CUTS) is wanted


@pytest.mark.parametrize(
    ("category", "names"),
    [
        ("sex_trafficking", ["forced_sex_disclosure"]),
        ("sex_trafficking", ["no_control_of_id", "third_party_speaks_for"]),
        ("sex_trafficking", ["minor_commercial_sex"]),
        ("sex_trafficking", ["victim_self_disclosure"]),
        ("sex_trafficking", ["minor_in_truck_lot", "truck_to_truck_solicitation"]),
        ("labor_trafficking", ["victim_self_disclosure"]),
    ],
)
def test_legal_elements_allow_likely(category: str, names: list[str], taxonomy: Taxonomy) -> None:
    assert capped(category, Band.LIKELY, findings(*names), taxonomy) == (Band.LIKELY, "")


@pytest.mark.parametrize(
    ("category", "names"),
    [
        ("sex_trafficking", []),
        ("sex_trafficking", ["cb_commercial_solicitation", "headlight_buyer_signal", "out_of_place_vehicle_lot"]),
        ("sex_trafficking", ["no_control_of_id"]),
        ("sex_trafficking", ["minor_in_truck_lot"]),
        ("sex_trafficking", ["truck_to_truck_solicitation"]),
        ("labor_trafficking", ["minor_commercial_sex"]),
        ("labor_trafficking", ["na_identity_only"]),
    ],
)
def test_red_flags_alone_do_not(category: str, names: list[str], taxonomy: Taxonomy) -> None:
    found, note = capped(category, Band.LIKELY, findings(*names), taxonomy)
    assert found is Band.POSSIBLE
    assert note.endswith("none was found in the text")


def test_no_bias_marked_or_context_only_indicator_lifts(taxonomy: Taxonomy) -> None:
    weak = [name for name, indicator in taxonomy.indicators.items() if not indicator.lifts]
    assert len(weak) > 40
    for category in ("sex_trafficking", "labor_trafficking"):
        assert capped(category, Band.LIKELY, findings(*weak), taxonomy)[0] is Band.POSSIBLE


@pytest.mark.parametrize("assertion", [one for one in Assertion if one is not Assertion.PRESENT])
def test_only_what_is_put_as_present_counts(assertion: Assertion, taxonomy: Taxonomy) -> None:
    held = findings("forced_sex_disclosure", assertion=assertion)
    assert capped("sex_trafficking", Band.LIKELY, held, taxonomy)[0] is Band.POSSIBLE


def test_other_categories_and_bands_are_left_alone(taxonomy: Taxonomy) -> None:
    assert capped("cargo_theft", Band.LIKELY, [], taxonomy) == (Band.LIKELY, "")
    assert capped("sex_trafficking", Band.POSSIBLE, [], taxonomy) == (Band.POSSIBLE, "")


def test_rules_alone_rank_what_was_found_first(taxonomy: Taxonomy) -> None:
    found = rule_probabilities(findings("minor_commercial_sex", "no_control_of_id"), taxonomy)
    assert max(found, key=lambda name: found[name]) == "sex_trafficking"
    assert found["sex_trafficking"] > 0.5


def test_rules_alone_do_not_add_up_one_facet(taxonomy: Taxonomy) -> None:
    one = rule_probabilities(findings("no_control_of_id"), taxonomy)
    two = rule_probabilities(findings("no_control_of_id", "third_party_speaks_for"), taxonomy)
    assert one["sex_trafficking"] == two["sex_trafficking"]


def test_rules_alone_find_nothing_in_nothing(taxonomy: Taxonomy) -> None:
    found = rule_probabilities(findings("minor_commercial_sex", assertion=Assertion.NEGATED), taxonomy)
    assert max(found, key=lambda name: found[name]) == "not_actionable"
