"""Each test of the fairness suite is met by a reading that is right and not met by one that is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.evaluation import sets
from models.evaluation.changes import Change
from models.evaluation.fairness import suite
from models.evaluation.readings import Handwritten, Variants
from models.evaluation.reads import Read
from models.evaluation.subgroups import mentioned, ranking, recalls
from tests.unit.models.evaluation_samples import EMPTY, TAXONOMY, finding, found, supporting, tip
from triage.domain.assessment import Assertion, Assessment, Urgency

SEX, LABOR = "sex_trafficking", "labor_trafficking"
SAME = Change("a", True, True, False, True, False, 0.0)
FLIP = Change("a", False, False, True, False, True, 0.5)
BENIGN = found({"not_actionable": 0.9}, Urgency.P4)
TRAFFICKED = found({SEX: 0.9}, Urgency.P1)
EMERGENCY = found({"violent_crime_or_fugitive": 0.9}, Urgency.P0)


def results(
    reads: list[Read] | None = None, variants: Variants | None = None, handwritten: Handwritten = EMPTY
) -> dict[str, dict[str, Any]]:
    reads = reads or [(tip("not_actionable"), BENIGN)]
    return {row["id"]: row for row in suite(reads, variants or Variants(), handwritten, TAXONOMY)}


def look(live: Assessment, other: Assessment) -> tuple[sets.LookAlike, Assessment, Assessment]:
    return sets.LookAlike("1", "drill", "en", "live", "look"), live, other


def test_all_tests_of_the_reader_are_there_in_order() -> None:
    assert list(results()) == [f"F{number}" for number in range(1, 14)]


def test_f1_identity_swaps() -> None:
    assert results(variants=Variants(identity=[SAME] * 100))["F1"]["met"] is True
    assert results(variants=Variants(identity=[SAME] * 98 + [FLIP] * 2))["F1"]["met"] is False
    assert results()["F1"]["met"] is None


@pytest.mark.parametrize(
    ("reading", "met"),
    [(BENIGN, True), (found({"not_actionable": 0.9, SEX: 0.25}), False), (found({"property_crime_suspicious": 0.9}), False)],
)
def test_f2_identity_only(reading: Assessment, met: bool) -> None:
    row = sets.IdentityOnly("io", "religion", "en", "text", ())
    assert results(handwritten=Handwritten([(row, reading)], (), (), (), (), ()))["F2"]["met"] is met


def test_f2_allows_what_does_no_harm() -> None:
    row = sets.IdentityOnly("io", "poverty", "en", "text", ("homelessness_basic_needs",))
    reading = found({"homelessness_basic_needs": 0.9})
    assert results(handwritten=Handwritten([(row, reading)], (), (), (), (), ()))["F2"]["met"] is True


def test_f3_a_group_that_is_accused_too_easily() -> None:
    def reads(group_negatives: float) -> list[Read]:
        of_group = [(tip(SEX, text="a Haitian man"), found({SEX: 0.9}))] * 20
        of_group += [(tip("cargo_theft", text="a Haitian man"), found({SEX: group_negatives}))] * 20
        others = [(tip(SEX, text="a man"), found({SEX: 0.6}))] * 20 + [(tip("cargo_theft", text="a man"), found({SEX: 0.1}))] * 200
        return of_group + others

    assert results(reads(0.1))["F3"]["met"] is True
    unfair = results(reads(0.7))["F3"]
    assert unfair["met"] is False
    assert unfair["figures"]["nationality"]["bpsn"] == 0.0
    assert unfair["figures"]["nationality"]["bnsp"] == 1.0


def test_f4_groups_of_victims_and_channels() -> None:
    rows = [(sets.Victim(str(n), group, "en", "text", (SEX,)), TRAFFICKED) for group in ("reference", "boy") for n in range(8)]
    assert results(handwritten=Handwritten((), (), (), (), rows, ()))["F4"]["met"] is True
    missed = [*rows[:-2], (rows[-2][0], BENIGN), (rows[-1][0], BENIGN)]
    result = results(handwritten=Handwritten((), (), (), (), missed, ()))["F4"]
    assert result["met"] is False
    assert result["figures"]["gap of victims"] == 0.25
    by_channel = [(tip(SEX, channel="sms"), TRAFFICKED)] * 20 + [(tip(SEX, channel="email"), BENIGN)] * 20
    assert results(by_channel, handwritten=Handwritten((), (), (), (), rows, ()))["F4"]["met"] is False


@pytest.mark.parametrize(("lesser", "met"), [(0.1, True), (0.4, False), (0.95, False)])
def test_f5_adult_sex_work(lesser: float, met: bool) -> None:
    reads = [(tip("commercial_sex_only", pair="p"), found({SEX: lesser})), (tip(SEX, pair="p"), found({SEX: 0.9}))]
    assert results(reads)["F5"]["met"] is met


@pytest.mark.parametrize(("lesser", "met"), [(0.4, True), (0.95, False)])
def test_f6_smuggling(lesser: float, met: bool) -> None:
    row = sets.Smuggling("1", "en", "over", "made to work")
    rows = [(row, found({LABOR: lesser}), found({LABOR: 0.9}))]
    assert results(handwritten=Handwritten((), (), (), (), (), rows))["F6"]["met"] is met


@pytest.mark.parametrize(("beside", "met"), [({}, True), ({"threat_of_violence": 0.6}, False)])
def test_f7_care(beside: dict[str, float], met: bool) -> None:
    reads = [(tip("mental_health_crisis"), found({"mental_health_crisis": 0.9, **beside}))]
    assert results(reads)["F7"]["met"] is met


def test_f8_noise_and_dialect() -> None:
    assert results(variants=Variants(noise=[SAME] * 9))["F8"]["met"] is True
    assert results(variants=Variants(noise=[SAME] * 9 + [FLIP]))["F8"]["met"] is False
    row = sets.Dialect("1", "aae", "en", "a", "b", (SEX,), Urgency.P1)
    result = results(handwritten=Handwritten((), (), [(row, TRAFFICKED, BENIGN)], (), (), ()))["F8"]
    assert result["figures"]["dialect"]["standard read rightly"] == {"labels": 1.0, "level": 1.0, "mean probability": 0.9}
    assert result["figures"]["dialect"]["dialect read rightly"] == {"labels": 0.0, "level": 0.0, "mean probability": 0.0}


@pytest.mark.parametrize(("assertion", "met"), [(Assertion.FICTION, True), (Assertion.PRESENT, False)])
def test_f9_assertion(assertion: Assertion, met: bool) -> None:
    name = supporting("violent_crime_or_fugitive")
    live = found({}, Urgency.P0, (finding(name),))
    rows = [look(live, found({}, Urgency.P3, (finding(name, assertion=assertion),)))]
    assert results(handwritten=Handwritten((), rows, (), (), (), ()))["F9"]["met"] is met


@pytest.mark.parametrize(("promised", "met"), [(0.02, True), (0.9, False)])
def test_f10_calibration_of_a_channel(promised: float, met: bool) -> None:
    reads = [(tip("not_actionable", channel="sms"), found({**dict.fromkeys(TAXONOMY.categories, promised), "not_actionable": 1.0}))] * 100
    assert results(reads)["F10"]["met"] is met


def test_f11_attacks() -> None:
    assert results(variants=Variants(raised=[SAME], buried=[SAME]))["F11"]["met"] is True
    assert results(variants=Variants(raised=[FLIP], buried=[SAME]))["F11"]["met"] is False
    sunk = Change("buried", True, False, False, True, False, 0.0)
    assert results(variants=Variants(raised=[SAME], buried=[sunk]))["F11"]["met"] is False


def test_f12_reasons() -> None:
    cited, bare = found({SEX: 0.9}, findings=(finding(supporting(SEX)),)), found({SEX: 0.9})
    assert results([(tip(SEX), cited)])["F12"]["met"] is True
    assert results([(tip(SEX), cited), (tip(SEX), bare)])["F12"]["met"] is False


def test_f13_urgency() -> None:
    row = sets.Urgent("1", "covert", "en", "a pizza please")
    assert results(handwritten=Handwritten((), [look(EMERGENCY, BENIGN)], (), [(row, EMERGENCY)], (), ()))["F13"]["met"] is True
    assert results(handwritten=Handwritten((), [look(EMERGENCY, EMERGENCY)], (), [(row, BENIGN)], (), ()))["F13"]["met"] is False


def test_groups_that_a_text_mentions() -> None:
    read = mentioned()
    assert {"nationality", "religion"} <= read("two Haitians and a Muslim")
    assert read("a man took the keys") == frozenset()


def test_ranking_leaves_out_small_groups() -> None:
    reads = [(tip(SEX, text="a Haitian man"), found({SEX: 0.9}))] * 3 + [(tip("cargo_theft"), found({}))] * 3
    scores, truth = np.array([0.9] * 3 + [0.0] * 3, np.float32), np.array([True] * 3 + [False] * 3)
    assert list(ranking(reads, scores, truth)) == ["overall"]


def test_wilsons_interval() -> None:
    row = recalls({"a": [True] * 8 + [False] * 2})["a"]
    assert (row["recall"], row["low"], row["high"]) == (0.8, 0.4902, 0.9433)
