"""Intervals and slices of the evaluation."""

from __future__ import annotations

from models.evaluation.intervals import estimates, file_number, first_files, length_class, slices
from models.evaluation.measures import headline, urgency_measures
from models.evaluation.reads import Read
from tests.unit.models.evaluation_samples import TAXONOMY, found, tip
from triage.domain.assessment import Urgency


def reads_of_writers(right: dict[str, list[bool]]) -> list[Read]:
    return [
        (tip(group=writer, urgency=Urgency.P0), found({}, Urgency.P0 if hit else Urgency.P1))
        for writer, hits in right.items()
        for hit in hits
    ]


def test_intervals_hold_the_value_and_repeat() -> None:
    reads = reads_of_writers({"t1_a": [True, False] * 20, "t2_b": [True] * 30})
    first, again = (estimates(urgency_measures(reads), reads, resamples=120)["p0_recall"] for _ in range(2))
    assert first == again
    assert first.value == 0.7143
    assert first.low is not None
    assert first.high is not None
    assert 0.55 < first.low < first.value < first.high < 0.85


def test_few_writers_who_differ_leave_more_doubt_than_their_tips() -> None:
    reads = reads_of_writers({"t1_a": [True] * 40, "t2_b": [False] * 40, "t3_c": [True] * 40})
    estimate = estimates(urgency_measures(reads), reads, resamples=200)["p0_recall"]
    assert estimate.high is not None
    assert estimate.low is not None
    assert estimate.high - estimate.low < 0.25
    assert estimate.low_writers is not None
    assert estimate.low_writers < 0.1
    assert estimate.high_writers == 1.0


def test_intervals_of_a_distance_hold_it_too() -> None:
    """Drawing tips twice makes any calibration error larger; the interval must not stand beside the value."""
    reads = [(tip("cargo_theft", id=str(n)) if n % 2 else tip("not_actionable"), found({"cargo_theft": 0.5})) for n in range(60)]
    estimate = estimates({"ece": headline(reads, TAXONOMY)["ece"]}, reads, resamples=100)["ece"]
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low <= estimate.value <= estimate.high


def test_what_cannot_be_measured_is_none() -> None:
    reads = [(tip(urgency=Urgency.P4), found({}, Urgency.P4))]
    estimate = estimates(urgency_measures(reads), reads, resamples=10)["p0_recall"]
    assert (estimate.value, estimate.low, estimate.high_writers) == (None, None, None)


def test_slices_are_measured_apart() -> None:
    reads = [
        (tip(urgency=Urgency.P0, channel="sms", text="short"), found({}, Urgency.P0)),
        (tip(urgency=Urgency.P0, channel="email", text="word " * 60), found({}, Urgency.P1)),
    ]
    parts = slices(headline(reads, TAXONOMY), reads)
    assert parts["channel"]["sms"]["p0_recall"] == 1.0
    assert parts["channel"]["email"]["p0_recall"] == 0.0
    assert list(parts["length"]) == ["up to 15 words", "51 to 120 words"], "in the order of length"
    assert parts["writer"]["t1_w"]["tips"] == 2


def test_the_first_files_are_those_of_older_figures() -> None:
    reads = [
        (tip(group="t32_line", urgency=Urgency.P0), found({}, Urgency.P0)),
        (tip(group="t33_more", urgency=Urgency.P0), found({}, Urgency.P1)),
    ]
    assert first_files(urgency_measures(reads), reads)["p0_recall"] == 1.0
    assert file_number(reads[1][0]) == 33
    assert file_number(tip(group="other")) == 0


def test_lengths() -> None:
    assert [length_class(tip(text="w " * count)) for count in (15, 16, 50, 121)] == [
        "up to 15 words",
        "16 to 50 words",
        "16 to 50 words",
        "over 120 words",
    ]
