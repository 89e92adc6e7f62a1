"""Which findings allow a trafficking reading to be called likely (design B0)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bands import NO_EVIDENCE, band, capped, cites, of_label, reason
from models.classifier import Cutoffs
from models.fallback import rule_probabilities
from models.indicators.learned import CITED, SOUGHT
from triage.domain.assessment import Assertion, Band, Finding
from triage.taxonomy.taxonomy import Taxonomy, load_taxonomy

TAXONOMY = load_taxonomy()
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
        ("sex_trafficking", ["minor_in_truck_lot", "dropoff_pickup_short_cycle"]),  # an act that supports sexual categories alone
        ("sex_trafficking", ["child_hazardous_labor", "truck_to_truck_solicitation"]),
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
        ("sex_trafficking", ["minor_in_truck_lot", "cb_commercial_solicitation"]),  # only context
        ("sex_trafficking", ["minor_in_truck_lot", "no_control_of_id"]),  # supports work as well: no sexual purpose
        ("sex_trafficking", ["wages_withheld", "lives_at_worksite", "crew_leader_control"]),  # means and control of work
        ("labor_trafficking", ["minor_in_truck_lot", "truck_to_truck_solicitation"]),
        ("labor_trafficking", ["lives_at_worksite", "third_party_speaks_for_nobody"]),  # an unknown indicator
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


NAMES = st.lists(st.sampled_from(sorted(TAXONOMY.indicators)), max_size=6, unique=True)
WEAK = st.lists(st.sampled_from(sorted(name for name, one in TAXONOMY.indicators.items() if not one.lifts)), max_size=6, unique=True)
CATEGORIES = st.sampled_from(sorted(set(TAXONOMY.categories) - {"not_actionable"}))
BANDS = st.sampled_from(list(Band))


@given(NAMES, WEAK, CATEGORIES, BANDS)
def test_context_only_or_bias_marked_findings_never_lift(held: list[str], weak: list[str], category: str, found: Band) -> None:
    before, _ = capped(category, found, findings(*held), TAXONOMY)
    after, _ = capped(category, found, findings(*held, *weak), TAXONOMY)
    assert before is after


@given(NAMES, st.integers(0, 5), CATEGORIES, BANDS)
def test_less_evidence_never_raises(held: list[str], dropped: int, category: str, found: Band) -> None:
    fewer = held[:dropped] + held[dropped + 1 :]
    with_all = of_label(category, found, findings(*held), (), TAXONOMY)[0]
    assert of_label(category, found, findings(*fewer), (), TAXONOMY)[0].rank >= with_all.rank


@given(NAMES, CATEGORIES, BANDS)
def test_no_finding_raises_a_band_above_its_probability(held: list[str], category: str, found: Band) -> None:
    assert of_label(category, found, findings(*held), (), TAXONOMY)[0].rank >= found.rank


def test_what_was_only_sought_for_a_label_is_cited_but_never_lifts() -> None:
    sought = [Finding("forced_sex_disclosure", 0, 1, Assertion.PRESENT, f"model:x{SOUGHT}", "1")]
    assert of_label("sex_trafficking", Band.LIKELY, sought, (), TAXONOMY)[0] is Band.POSSIBLE


@pytest.mark.parametrize("category", sorted(set(TAXONOMY.categories) - {"not_actionable"}))
def test_a_label_without_a_finding_says_so_in_the_lowest_band(category: str) -> None:
    assert of_label(category, Band.LIKELY, [], (), TAXONOMY) == (Band.UNLIKELY, NO_EVIDENCE)


def test_a_finding_of_another_category_is_no_evidence() -> None:
    assert of_label("cargo_theft", Band.LIKELY, findings("dui_weaving"), (), TAXONOMY) == (Band.UNLIKELY, NO_EVIDENCE)
    assert of_label("cargo_theft", Band.LIKELY, findings("cargo_gps_jamming"), (), TAXONOMY) == (Band.LIKELY, "")


@pytest.mark.parametrize("assertion", list(Assertion))
def test_what_is_denied_or_made_up_is_not_cited(assertion: Assertion) -> None:
    assert cites("cargo_theft", findings("cargo_gps_jamming", assertion=assertion), TAXONOMY) is (assertion in CITED)
    assert (assertion in CITED) is (assertion not in (Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.FICTION))


@pytest.mark.parametrize(
    ("names", "flags", "code"),
    [
        ([], [], "too_vague"),
        ([], ["test_message"], "test"),
        (["na_commentary"], ["in_progress"], "commentary"),
        (["na_commentary", "na_marketing_spam"], [], "spam"),
        (["na_marketing_spam"], ["rumor"], "rumor"),
        (["ci_hypothetical"], [], "hypothetical"),
        (["na_too_vague"], [], "too_vague"),
    ],
)
def test_not_actionable_cites_a_reason(names: list[str], flags: list[str], code: str) -> None:
    assert reason(findings(*names), flags) == code
    assert of_label("not_actionable", Band.POSSIBLE, findings(*names), flags, TAXONOMY) == (Band.POSSIBLE, f"reason: {code}")
