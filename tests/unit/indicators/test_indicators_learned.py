"""The second reader of indicators: how it joins rules and model, where it shows evidence, and that no other file passes for its model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from models.artifact import ArtifactError
from models.assertion import AssertionReader, AssertionView
from models.indicators.learned import LONGEST_EVIDENCE, RULE_BONUS, IndicatorWeights, LearnedReader, load, save
from models.normalise import load_normaliser
from triage.domain.assessment import Assertion, Finding

NAMES = ("isolation", "quota_acknowledged")
TERMS = ("alone", "hundred", "hundred tonight", "must")
MATRIX = np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 2.0], [0.0, 0.5]], np.float32)
WEIGHTS = IndicatorWeights(
    "test-model", NAMES, TERMS, np.ones(4, np.float32), scipy.sparse.csr_array(MATRIX), np.array([-1.0, -1.0], np.float32), 0.0
)
READER = LearnedReader(WEIGHTS)
ASSERTIONS = AssertionReader()


def view(text: str) -> AssertionView:
    return ASSERTIONS.view(text)


def rule(indicator: str) -> Finding:
    return Finding(indicator, 0, 3, Assertion.PRESENT, f"rule:{indicator}/x", "v")


def test_scores_are_of_the_words_and_pairs() -> None:
    scores = READER.scores(["alone", "nothing here", "must hundred tonight"])
    assert scores.shape == (3, 2)
    assert scores[0, 0] == pytest.approx(1.0)
    assert scores[1] == pytest.approx([-1.0, -1.0])
    assert scores[2, 1] > 0 > scores[2, 0]


def test_what_the_model_finds_is_shown_by_the_clause_that_speaks_for_it() -> None:
    text = "They came by car, she must bring a hundred tonight, then they left."
    (finding,) = READER.join(np.array([-1.0, 0.5], np.float32), view(text), [])
    assert finding.indicator == "quota_acknowledged"
    assert text[finding.start : finding.end] == "must bring a hundred tonight"
    assert (finding.by, finding.version) == ("model:test-model", "test-model")


def test_evidence_in_a_text_without_punctuation_is_short() -> None:
    text = "word " * 60 + "must hundred tonight " + "word " * 60
    (finding,) = READER.join(np.array([-1.0, 0.5], np.float32), view(text), [])
    assert "hundred tonight" in text[finding.start : finding.end]
    assert len(text[finding.start : finding.end].split()) <= LONGEST_EVIDENCE


def test_a_rule_adds_its_bonus_and_keeps_its_own_evidence() -> None:
    just_below = np.array([-RULE_BONUS + 0.01, -1.0], np.float32)
    assert READER.join(just_below, view("she is here"), []) == ()
    assert READER.join(just_below, view("she is here"), [rule("isolation")]) == (rule("isolation"),)


def test_a_rule_that_the_model_speaks_against_is_not_shown() -> None:
    assert READER.join(np.array([-1.0, -1.0], np.float32), view("she is here"), [rule("isolation")]) == ()


def test_how_a_finding_of_the_model_is_put() -> None:
    text = "This is a drill, she must bring a hundred tonight"
    (finding,) = READER.join(np.array([-1.0, 0.5], np.float32), view(text), [])
    assert finding.assertion is Assertion.FICTION


@pytest.mark.parametrize("text", ["", "\x00", "💥"])
def test_a_text_without_words_has_no_findings_of_the_model(text: str) -> None:
    assert READER.join(np.array([1.0, 1.0], np.float32), view(text), []) == ()


def test_a_saved_model_is_read_back(tmp_path: Path) -> None:
    normaliser = load_normaliser()
    save(tmp_path, WEIGHTS, normaliser)
    read = load(tmp_path, normaliser, NAMES)
    assert (read.id, read.indicators, read.cutoff) == ("test-model", NAMES, 0.0)
    assert read.terms == TERMS
    assert read.matrix.toarray() == pytest.approx(MATRIX, abs=0.02)


def test_a_changed_missing_or_foreign_model_is_refused(tmp_path: Path) -> None:
    normaliser = load_normaliser()
    with pytest.raises(ArtifactError, match="tipstream train"):
        load(tmp_path, normaliser, NAMES)
    save(tmp_path, WEIGHTS, normaliser)
    with pytest.raises(ArtifactError, match="another taxonomy"):
        load(tmp_path, normaliser, ("isolation", "debt_bondage"))
    (tmp_path / "indicators.npz").write_bytes(b"x")
    with pytest.raises(ArtifactError, match="not the file"):
        load(tmp_path, normaliser, NAMES)
    manifest = json.loads((tmp_path / "indicators.json").read_text())
    save(tmp_path, WEIGHTS, normaliser)
    (tmp_path / "indicators.json").write_text(json.dumps({**manifest, "text_layer": "other"}))
    with pytest.raises(ArtifactError, match="text layer"):
        load(tmp_path, normaliser, NAMES)
