"""What has been reached is held: the packaged model reads the suites no worse than when its figures were accepted."""

from __future__ import annotations

import pytest

from models.assess import Assessor
from models.evaluation import ratchet
from models.evaluation.goals import WATCHED
from models.labelled import load_corpus
from models.ports import TipText
from tests.unit.models.evaluation_samples import EMPTY
from triage.taxonomy.taxonomy import Taxonomy

HELD = {"macro_ap": {"value": 0.8, "slack": 0.01}, "ece": {"value": 0.02, "slack": 0.001}, "identity_flips": {"value": 0.0, "slack": 0.0}}


@pytest.mark.parametrize(
    ("found", "worse"),
    [
        ({"macro_ap": 0.795, "ece": 0.0205, "identity_flips": 0.0}, []),
        ({"macro_ap": 0.9, "ece": 0.001, "identity_flips": 0.0}, []),
        ({"macro_ap": 0.78, "ece": 0.02, "identity_flips": 0.0}, ["macro_ap"]),
        ({"macro_ap": 0.8, "ece": 0.03, "identity_flips": 0.0}, ["ece"]),
        ({"macro_ap": 0.8, "ece": 0.02, "identity_flips": 0.001}, ["identity_flips"]),
        ({"macro_ap": None, "ece": 0.02, "identity_flips": 0.0}, ["macro_ap"]),
        ({"macro_ap": 0.8, "ece": 0.02}, ["identity_flips"]),
    ],
)
def test_worse_is_by_more_than_its_slack_in_its_direction(found: dict[str, float | None], worse: list[str]) -> None:
    assert [line.partition(":")[0] for line in ratchet.worse(HELD, found)] == worse


def test_a_figure_that_nobody_measures_any_more_is_named() -> None:
    assert ratchet.worse({"old": {"value": 1.0, "slack": 0.0}}, {"old": 1.0}) == ["old: no such figure; take it out of the accepted ones"]


def test_slack_is_half_the_interval_or_one_standard_error() -> None:
    headline = {"macro_ap": {"value": 0.8, "low": 0.79, "high": 0.82}, "p0_recall": {"value": None, "low": None, "high": None}}
    suites = {
        "identity_flips": {"value": 0.1, "n": 100},
        "noise_same_labels": {"value": 0.8, "n": 100},
        "name_flips": {"value": 0.0, "n": 50},
    }
    held = ratchet.to_accept(headline, suites)
    assert held == {
        "macro_ap": {"value": 0.8, "slack": 0.015},
        "identity_flips": {"value": 0.1, "slack": 0.0},
        "noise_same_labels": {"value": 0.8, "slack": 0.04},
        "name_flips": {"value": 0.0, "slack": 0.02},
    }


def test_a_suite_without_texts_is_not_accepted() -> None:
    assert ratchet.shares_to_accept(ratchet.suite_figures(ratchet.Variants(), EMPTY)) == {}


def test_the_accepted_figures_are_watched_ones() -> None:
    accepted = ratchet.load()
    assert {name for part in accepted.values() for name in part} <= set(WATCHED)


@pytest.mark.slow
def test_the_packaged_model_reads_no_worse_than_accepted(taxonomy: Taxonomy) -> None:
    assessor = Assessor.load(None, taxonomy, second=False)
    figures = ratchet.packaged_figures(lambda texts: assessor.assess([TipText("", text) for text in texts]), load_corpus())
    found = {name: row["value"] for name, row in figures.items()}
    assert ratchet.worse(ratchet.load()[ratchet.PACKAGED], found) == []
