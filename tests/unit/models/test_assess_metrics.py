"""The figures of the evaluation, on readings whose figures are known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from models.calibrate import expected_calibration_error
from models.evaluation.measures import (
    average_precision,
    calibration_error,
    category_measures,
    evidence_counts,
    f1,
    headline,
    pair_counts,
    trafficking_measures,
    urgency_measures,
)
from models.evaluation.reads import Read, entity_counts, flag_counts, indicator_counts, span_counts
from tests.unit.models.evaluation_samples import TAXONOMY, finding, found, supporting, tip
from triage.domain.assessment import Entity, Urgency

SEX, LABOR, BOUNDARY, CARGO = "sex_trafficking", "labor_trafficking", "commercial_sex_only", "cargo_theft"


def whole(reads: list[Read]) -> np.ndarray:
    return np.ones((1, len(reads)), np.float32)


def test_average_precision_is_scikit_learns_with_ties_and_weights() -> None:
    random = np.random.default_rng(1)
    scores = np.round(random.random(300), 1).astype(np.float32)
    truth = random.random(300) < 0.2
    weights = random.integers(0, 4, (5, 300)).astype(np.float32)
    expected = [average_precision_score(truth, scores, sample_weight=row) for row in weights]
    assert average_precision(scores, truth)(weights) == pytest.approx(expected, abs=1e-6)
    assert np.isnan(average_precision(scores, np.zeros(300, np.bool_))(weights)).all()


def test_calibration_error_is_the_one_that_training_records() -> None:
    random = np.random.default_rng(2)
    probabilities = random.random(500).astype(np.float32)
    truth = random.random(500) < probabilities**2
    expected = expected_calibration_error(probabilities, truth)
    assert calibration_error(probabilities, truth)(np.ones((1, 500), np.float32))[0] == pytest.approx(expected, abs=1e-5)


def test_means_are_over_the_categories_that_occur() -> None:
    reads = [(tip(SEX), found({SEX: 0.9})), (tip(CARGO), found({SEX: 0.8, CARGO: 0.9})), (tip(SEX), found({SEX: 0.4}))]
    measures = category_measures(reads, tuple(TAXONOMY.categories))
    assert measures["macro_ap"](whole(reads))[0] == pytest.approx(((1 + 2 / 3) / 2 + 1) / 2)
    assert measures["macro_f1"](whole(reads))[0] == pytest.approx((0.5 + 1) / 2)
    assert measures["labels_exact"](whole(reads))[0] == pytest.approx(1 / 3)


def test_a_mask_gives_the_figure_of_the_part() -> None:
    reads = [(tip(SEX), found({SEX: 0.9})), (tip(CARGO), found({SEX: 0.8})), (tip(CARGO), found({CARGO: 0.8}))]
    mask = np.array([[0, 1, 1]], np.float32)
    for name, measure in headline(reads, TAXONOMY).items():
        of_part = headline(reads[1:], TAXONOMY)[name](whole(reads[1:]))
        assert measure(mask) == pytest.approx(of_part, nan_ok=True), name


def test_languages_apart() -> None:
    reads = [(tip(SEX), found({SEX: 0.9})), (tip(SEX, language="es"), found({CARGO: 0.9}))]
    assert category_measures(reads, tuple(TAXONOMY.categories))["language_gap"](whole(reads))[0] == 1.0


def test_boundary_tips_called_trafficking_are_counted() -> None:
    reads = [(tip(BOUNDARY), found({SEX: p})) for p in (0.9, 0.2)] + [(tip(SEX, BOUNDARY), found({LABOR: 0.9}))]
    measures = trafficking_measures(reads)
    assert measures["boundary_called_trafficking"](whole(reads))[0] == 0.5
    assert measures["trafficking_precision"](whole(reads))[0] == 0.5
    assert measures["trafficking_recall"](whole(reads))[0] == 1.0
    assert measures["trafficking_likely"](whole(reads))[0] == 1.0


def test_urgency() -> None:
    levels = [(Urgency.P0, Urgency.P0), (Urgency.P0, Urgency.P1), (Urgency.P3, Urgency.P0), (Urgency.P4, Urgency.P4)]
    reads = [(tip(urgency=true), found({}, urgency=read)) for true, read in levels]
    measures = {name: measure(whole(reads))[0] for name, measure in urgency_measures(reads).items()}
    assert measures == {"urgency_exact": 0.5, "urgency_within_one": 0.75, "p0_recall": 0.5, "p0_precision": 0.5, "p0_false": 0.5}


def test_pairs_are_in_order_where_each_side_is_surer_of_its_own() -> None:
    right = (tip(SEX, pair="p"), found({SEX: 0.6, BOUNDARY: 0.2}))
    wrong = (tip(BOUNDARY, pair="p"), found({SEX: 0.5, BOUNDARY: 0.1}))
    alone = (tip(CARGO, pair="q"), found({CARGO: 0.9}))
    ordered, compared = pair_counts([right, wrong, alone])
    assert (ordered.tolist(), compared.tolist()) == ([1, 0, 0], [1, 1, 0])


def test_a_label_cites_a_finding_that_supports_it() -> None:
    reads = [
        (tip(), found({SEX: 0.9}, findings=(finding(supporting(SEX)),))),
        (tip(), found({CARGO: 0.9}, findings=(finding(supporting("elder_vulnerable_adult_abuse")),))),
        (tip(), found({"not_actionable": 0.9})),
    ]
    cited, labels = evidence_counts(reads, TAXONOMY)
    assert (cited.tolist(), labels.tolist()) == ([1, 0, 0], [1, 1, 0])


def test_spans_of_the_same_kind_meet_where_they_overlap() -> None:
    entities = (Entity("plate", 15, 27, "", ""), Entity("phone", 0, 3, "", ""))
    reads = [(tip(entities=(("plate", "ABC123"), ("exit", "he"))), found({}, entities=entities))]
    assert counted(entity_counts(reads, ["plate", "phone", "exit"])) == (1, 1, 1)
    assert counted(entity_counts(reads, ["plate"])) == (1, 0, 0)


def test_a_quote_that_is_marked_twice_stands_twice() -> None:
    reads = [(tip(text="ABC123 and ABC123", entities=(("plate", "ABC123"),) * 2), found({}, entities=(Entity("plate", 11, 17, "", ""),)))]
    assert counted(entity_counts(reads, ["plate"])) == (1, 0, 1)


def test_indicators_by_tip_and_by_span() -> None:
    marks = (("no_control_of_id", "he has her ID"),)
    beside = [(tip(indicators=marks), found({}, findings=(finding("no_control_of_id", 20, 25), finding("debt_bondage"))))]
    assert counted(indicator_counts(beside)) == (1, 1, 0)
    assert counted(span_counts(beside)) == (0, 2, 1)
    assert f1(indicator_counts(beside))(whole(beside))[0] == pytest.approx(2 / 3)


def test_flags() -> None:
    reads = [(tip(flags=("spam", "rumor")), found({}, flags=("spam", "hearsay")))]
    assert counted(flag_counts(reads)) == (1, 1, 1)
    assert counted(flag_counts(reads, ["rumor"])) == (0, 0, 1)


def counted(counts: object) -> tuple[float, float, float]:
    return tuple(float(getattr(counts, name).sum()) for name in ("right", "wrong", "missed"))  # type: ignore[return-value]
