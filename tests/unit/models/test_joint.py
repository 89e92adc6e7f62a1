"""Categories in view of each other and of the evidence."""

from __future__ import annotations

import numpy as np
import pytest

from models.artifact import ArtifactError, joint_from_json, joint_to_json
from models.features import Floats
from models.joint import SIGNS, EvidenceReader, JointWeights, alone, rivals, signs, together
from models.joint_training import fit_joint, read_rules
from tests.unit.models.conftest import small_corpus
from triage.domain.assessment import Assertion, Finding
from triage.taxonomy.taxonomy import Taxonomy

NONE = np.zeros((1, 3), np.float32)
SURE = np.array([[0.9, 0.2, 0.01]], np.float32)


def weights(**coefficients: float) -> JointWeights:
    return JointWeights(
        np.array([coefficients.get(sign, float(sign == "own")) for sign in SIGNS], np.float32), np.zeros(3, np.float32), ((1, 2), (2, 1))
    )


def finding(indicator: str, assertion: Assertion = Assertion.PRESENT) -> Finding:
    return Finding(indicator, 0, 1, assertion, "rule:test", "1")


def test_alone_every_head_stands_for_itself() -> None:
    np.testing.assert_allclose(together(alone(3), SURE, np.ones((1, 3), np.float32)), SURE, atol=2e-6)


def test_what_else_a_tip_may_be_about_speaks_against_a_category() -> None:
    found = together(weights(others=-1.0), np.array([[0.5, 0.5, 0.01], [0.5, 0.01, 0.01]], np.float32), np.zeros((2, 3), np.float32))
    assert found[0, 0] < found[1, 0]


def test_a_rival_speaks_against_what_it_excludes_and_nothing_else() -> None:
    weighed = weights(rival=-0.5)
    low, high = (together(weighed, np.array([[0.5, 0.5, rival]], np.float32), NONE)[0] for rival in (0.1, 0.9))
    assert high[1] < low[1]
    assert high[0] == low[0]


def test_evidence_lifts_what_it_speaks_for_and_lowers_the_rest() -> None:
    weighed = weights(evidence=1.5, evidence_elsewhere=-0.3)
    without, given = together(weighed, SURE, NONE)[0], together(weighed, SURE, np.array([[0, 1, 0]], np.float32))[0]
    assert given[1] > without[1]
    assert given[0] < without[0]
    assert given[2] < without[2]


def test_the_largest_elsewhere_counts_itself_only_where_another_is_as_large() -> None:
    elsewhere = SIGNS.index("evidence_elsewhere")
    found = signs(np.full((2, 3), 0.5, np.float32), np.array([[1, 0.5, 0], [1, 1, 0]], np.float32), ())[:, :, elsewhere]
    assert found.tolist() == [[0.5, 1, 1], [1, 1, 1]]


def test_rivals_are_both_ways(taxonomy: Taxonomy) -> None:
    names = list(taxonomy.categories)
    found = {(names[one], names[other]) for one, other in rivals(taxonomy)}
    assert ("sex_trafficking", "commercial_sex_only") in found
    assert found == {(other, one) for one, other in found}
    assert ("not_actionable", "information_request") not in found


def test_only_findings_put_as_present_are_evidence_and_the_sharpest_counts_once(taxonomy: Taxonomy) -> None:
    read, names = EvidenceReader(taxonomy), list(taxonomy.categories)
    lifting = next(row for row in taxonomy.indicators.values() if row.lifts and len(row.supports) > 1)
    column = names.index(lifting.supports[0])
    once, often, denied = read(
        [[finding(lifting.id)], [finding(lifting.id)] * 50, [finding(lifting.id, Assertion.NEGATED), finding("of another version")]]
    )
    assert once[column] == pytest.approx(1 / len(lifting.supports))
    np.testing.assert_array_equal(once, often)
    assert not denied.any()


def test_what_may_mislead_is_no_evidence_for_what_accuses(taxonomy: Taxonomy) -> None:
    read, names = EvidenceReader(taxonomy), list(taxonomy.categories)
    nothing = [names.index(name) for name in ("not_actionable", "information_request")]
    for indicator in taxonomy.indicators.values():
        if not indicator.lifts:
            assert not np.delete(read([[finding(indicator.id)]])[0], nothing).any(), indicator.id


def test_what_is_fitted_trusts_heads_and_evidence(taxonomy: Taxonomy) -> None:
    random = np.random.default_rng(3)
    truth = random.uniform(size=(3000, len(taxonomy.categories))) < 0.1
    seen = 1 / (1 + np.exp(-(np.where(truth, 0.5, -2.5) + random.normal(0, 1, truth.shape))))
    evidence = (truth & (random.uniform(size=truth.shape) < 0.5)).astype(np.float32)
    fitted = fit_joint(seen.astype(np.float32), evidence, truth, taxonomy)
    assert fitted.coefficients[SIGNS.index("own")] > 0.5
    assert fitted.coefficients[SIGNS.index("evidence")] > 1
    found = together(fitted, seen.astype(np.float32), evidence)
    assert float(found.mean()) == pytest.approx(float(truth.mean()), abs=0.005)


def test_the_rules_are_read_tip_by_tip(taxonomy: Taxonomy) -> None:
    tips = small_corpus(2, 2)
    whole, first = read_rules(tips, taxonomy), read_rules(tips[:1], taxonomy)
    np.testing.assert_array_equal(whole.facts[:1], first.facts)
    np.testing.assert_array_equal(whole.evidence[:1], first.evidence)
    picked: Floats = whole.of([3]).evidence
    np.testing.assert_array_equal(picked, whole.evidence[3:4])
    assert whole.evidence.any()
    assert read_rules([], taxonomy).evidence.shape == (0, len(taxonomy.categories))


def test_a_manifest_holds_it(taxonomy: Taxonomy) -> None:
    kept = weights(others=-0.75)
    again = joint_from_json(joint_to_json(kept), 3)
    np.testing.assert_array_equal(again.coefficients, kept.coefficients)
    assert again.rivals == kept.rivals
    np.testing.assert_array_equal(joint_from_json(None, 3).coefficients, alone(3).coefficients)


def test_a_model_of_other_signs_is_refused() -> None:
    raw = joint_to_json(weights()) | {"signs": ["own"]}
    with pytest.raises(ArtifactError, match="the model weighs own"):
        joint_from_json(raw, 3)
