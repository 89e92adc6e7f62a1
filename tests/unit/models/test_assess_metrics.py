"""The figures of the evaluation, on readings whose figures are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.evaluate import table
from models.labelled import LabelledTip
from models.metrics import category_figures, pairs_in_order, report, spans, trafficking_figures, urgency_figures
from triage.domain.assessment import Assertion, Assessment, Band, CategoryReading, Entity, Finding, Urgency
from triage.taxonomy.taxonomy import FLAGS

NAMES = ("sex_trafficking", "commercial_sex_only", "cargo_theft")


def tip(categories: tuple[str, ...], urgency: Urgency = Urgency.P2, pair: str = "", id: str = "1") -> LabelledTip:
    return LabelledTip(
        id,
        "he has her ID, plate ABC123",
        "en",
        "w",
        categories,
        urgency,
        (),
        (("no_control_of_id", "he has her ID"),),
        (("plate", "ABC123"),),
        pair,
    )


def found(probabilities: tuple[float, ...], urgency: Urgency = Urgency.P2) -> Assessment:
    rows = tuple(
        CategoryReading(name, p, p >= 0.5, Band.LIKELY if p > 0.8 else Band.UNLIKELY) for name, p in zip(NAMES, probabilities, strict=True)
    )
    return Assessment("1", "en", 1.0, rows, urgency, (), (), (), (), (), "m")


def test_average_precision_and_f1() -> None:
    reads = [
        (tip(("sex_trafficking",)), found((0.9, 0.1, 0.1))),
        (tip(("cargo_theft",)), found((0.8, 0.1, 0.9))),
        (tip(("sex_trafficking",)), found((0.4, 0.1, 0.1))),
    ]
    figures = category_figures(reads, NAMES)["sex_trafficking"]
    assert figures["ap"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert (figures["precision"], figures["recall"], figures["f1"], figures["n"]) == (0.5, 0.5, 0.5, 2)


def test_boundary_tips_called_trafficking_are_counted() -> None:
    reads = [(tip(("commercial_sex_only",)), found((p, 0.1, 0.1))) for p in (0.9, 0.2)]
    assert trafficking_figures(reads)["boundary_called_trafficking"] == 0.5


def test_urgency() -> None:
    reads = [
        (tip((), Urgency.P0), found((0, 0, 0), Urgency.P0)),
        (tip((), Urgency.P0), found((0, 0, 0), Urgency.P1)),
        (tip((), Urgency.P3), found((0, 0, 0), Urgency.P0)),
        (tip((), Urgency.P4), found((0, 0, 0), Urgency.P4)),
    ]
    figures = urgency_figures(reads)
    assert figures["exact"] == 0.5
    assert figures["within_one"] == 0.75
    assert figures["p0_recall"] == 0.5
    assert figures["p0_precision"] == 0.5
    assert figures["p0_false_on_p3_p4"] == 0.5


def test_pairs_are_in_order_where_each_side_is_surer_of_its_own() -> None:
    right = (tip(("sex_trafficking",), pair="p"), found((0.6, 0.2, 0)))
    wrong = (tip(("commercial_sex_only",), pair="p"), found((0.5, 0.1, 0)))
    assert pairs_in_order([right, wrong]) == 0.5
    assert pairs_in_order([right, (wrong[0], found((0.5, 0.3, 0)))]) == 1.0


def test_spans_of_the_same_kind_meet_where_they_overlap() -> None:
    entities = (Entity("plate", 15, 27, "", ""), Entity("phone", 0, 3, "", ""))
    read = (tip(()), replace(found((0, 0, 0)), entities=entities))

    def marks(labelled: LabelledTip) -> list[tuple[str, int, int]]:
        return [("plate", 21, 27), ("exit", 0, 3)]

    counts = spans([read], marks, lambda assessment: [(e.type, e.start, e.end) for e in assessment.entities])
    assert (counts["plate"].right, counts["phone"].wrong, counts["exit"].missed) == (1, 1, 1)
    assert (counts[""].right, counts[""].wrong, counts[""].missed) == (1, 1, 1)


def test_the_report_can_be_printed() -> None:
    finding = Finding("no_control_of_id", 0, 13, Assertion.PRESENT, "rule", "1")
    result = report([(tip(("sex_trafficking",)), replace(found((0.9, 0, 0)), findings=(finding,)))], NAMES, FLAGS)
    assert result["indicators_by_span"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "n": 1}
    printed = table({"split": "by writer", **result})
    assert "macro-AP 1.000" in printed
    assert "sex_trafficking" in printed
