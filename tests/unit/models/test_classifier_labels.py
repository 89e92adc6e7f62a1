"""From probabilities to labels, levels and cutoffs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.calibrate import best_f1, cutoffs, expected_calibration_error, platt
from models.classifier import Classifier, Scores, Weights, choose
from models.levels import FACTS
from models.normalise import Normaliser
from triage.domain.assessment import Urgency
from triage.taxonomy.taxonomy import Taxonomy


def labels(taxonomy: Taxonomy, **surest: float) -> set[str]:
    probabilities = dict.fromkeys(taxonomy.categories, 0.01) | surest
    excludes = {name: category.excludes for name, category in taxonomy.categories.items()}
    return choose(probabilities, dict.fromkeys(probabilities, 0.4), excludes)


def test_every_category_over_its_cutoff_is_a_label(taxonomy: Taxonomy) -> None:
    assert labels(taxonomy, drug_trafficking=0.9, illegal_firearms=0.41) == {"drug_trafficking", "illegal_firearms"}


def test_the_nearest_is_the_label_where_none_is_over(taxonomy: Taxonomy) -> None:
    assert labels(taxonomy, cargo_theft=0.2) == {"cargo_theft"}


def test_nothing_to_act_on_stands_alone(taxonomy: Taxonomy) -> None:
    assert labels(taxonomy, not_actionable=0.8, cargo_theft=0.5) == {"not_actionable"}
    assert labels(taxonomy, not_actionable=0.5, cargo_theft=0.8) == {"cargo_theft"}


def test_nothing_to_act_on_may_stand_beside_a_request(taxonomy: Taxonomy) -> None:
    assert labels(taxonomy, not_actionable=0.8, information_request=0.5) == {"not_actionable", "information_request"}


@pytest.mark.parametrize(
    ("boundary", "trafficking"), [("commercial_sex_only", "sex_trafficking"), ("labor_rights_violation", "labor_trafficking")]
)
def test_a_boundary_class_competes_with_its_counterpart(boundary: str, trafficking: str, taxonomy: Taxonomy) -> None:
    assert labels(taxonomy, **{boundary: 0.7, trafficking: 0.6}) == {boundary}
    assert labels(taxonomy, **{boundary: 0.6, trafficking: 0.7}) == {trafficking}


def test_p0_counts_from_its_pressure_on(small_weights: Weights) -> None:
    immediate = 0.3  # of its probability, where all else speaks for P1
    classifier = Classifier(replace(small_weights, levels=replace(small_weights.levels, immediate=immediate / (1 - immediate))))

    def level(*at_least: float) -> Urgency:
        return classifier.level(Scores({}, dict(zip(Urgency, at_least, strict=True)), {}))

    assert level(immediate + 0.01, *([1.0] * 4)) is Urgency.P0
    assert level(immediate - 0.01, 0.9, 0.95, 1.0, 1.0) is Urgency.P1
    assert level(0.0, 0.0, 0.0, 0.0, 1.0) is Urgency.P4


def test_levels_are_in_order(small_weights: Weights, normaliser: Normaliser, taxonomy: Taxonomy) -> None:
    texts = [normaliser(text) for text in ("blue lips, not waking up", "please ignore", "seal cut on trailer")]
    facts, evidence = np.zeros((3, len(FACTS)), np.float32), np.zeros((3, len(taxonomy.categories)), np.float32)
    for scores in Classifier(small_weights).scores_of(texts, facts, evidence):
        chances = [scores.at_least[level] for level in Urgency]
        assert chances == sorted(chances)


def test_platt_makes_scores_honest() -> None:
    random = np.random.RandomState(1)
    scores = random.normal(size=4000).astype(np.float32)
    truth = random.uniform(size=4000) < 1 / (1 + np.exp(-(3 * scores - 1)))
    slope, offset = platt(scores, truth)
    assert slope == pytest.approx(3, abs=0.3)
    assert offset == pytest.approx(-1, abs=0.2)
    probabilities = (1 / (1 + np.exp(-(slope * scores + offset)))).astype(np.float32)
    assert expected_calibration_error(probabilities, truth) < 0.02
    assert expected_calibration_error(np.sqrt(probabilities), truth) > 0.05


def test_a_head_with_one_answer_only_stays_uncalibrated() -> None:
    assert platt(np.zeros(3, np.float32), np.zeros(3, bool)) == (1.0, 0.0)


def test_the_best_cutoff_parts_what_can_be_parted() -> None:
    probabilities, truth = np.array([0.9, 0.8, 0.3, 0.1], np.float32), np.array([True, True, False, False])
    assert 0.3 < best_f1(probabilities, truth) < 0.8


def test_cutoffs_are_ordered_and_lean_on_the_expected_one_when_there_is_little_to_go_by() -> None:
    probabilities, truth = np.array([0.9, 0.8, 0.3, 0.1], np.float32), np.array([True, True, False, False])
    cut = cutoffs(probabilities, truth)
    assert cut.possible <= cut.answer <= cut.likely
    assert cut.answer == pytest.approx(0.4, abs=0.02)
    assert cutoffs(probabilities, truth, answer=0.7).answer == 0.7
