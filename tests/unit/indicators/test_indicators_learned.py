"""The second reader of indicators: how it joins rules and model, where it shows evidence, and that no other file passes for its model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from models.artifact import ArtifactError
from models.assertion import AssertionReader, AssertionView
from models.indicators.judge import PARTS, Joining, Judge
from models.indicators.learned import LEAST_SUPPORT, LONGEST_EVIDENCE, SOUGHT, IndicatorWeights, LearnedReader
from models.indicators.store import load, save
from models.normalise import load_normaliser
from triage.domain.assessment import Assertion, Finding
from triage.taxonomy.taxonomy import load_taxonomy

NAMES = ("isolation", "quota_acknowledged", "cargo_gps_jamming")
TERMS = ("alone", "hundred", "hundred tonight", "must", "tonig*")
MATRIX = np.array([[2.0, 0, 0], [0, 1.0, 0], [0, 2.0, 0], [0, 0.5, 0], [0, 0.1, 0]], np.float32)
TAXONOMY = load_taxonomy()
NORMALISER = load_normaliser()
CATEGORIES = len(TAXONOMY.categories)
JUDGE = Judge(
    np.full((CATEGORIES, 3), 0.1, np.float32),
    np.full(3, 0.1, np.float32),
    np.array([0.0, 1.0, *[0.0] * (len(PARTS) - 1)], np.float32),
    np.zeros((CATEGORIES, 3), np.float32),
)
WEIGHTS = IndicatorWeights(
    "test-model", NAMES, TERMS, np.ones(5, np.float32), scipy.sparse.csr_array(MATRIX), np.full(3, -1.0, np.float32), JUDGE, 0.0
)
READER = LearnedReader(WEIGHTS, NORMALISER, TAXONOMY)
ASSERTIONS = AssertionReader()
NO_CATEGORIES = np.zeros((1, CATEGORIES), np.float32)


def view(text: str) -> AssertionView:
    return ASSERTIONS.view(text)


def odds(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def rule(indicator: str, assertion: Assertion = Assertion.PRESENT) -> Finding:
    return Finding(indicator, 0, 3, assertion, f"rule:{indicator}/x", "v")


def test_scores_are_of_the_words_their_beginnings_and_pairs() -> None:
    texts = ["alone", "nothing here", "must hundred tonight", "tonights"]
    scores = READER.scores(texts, np.repeat(NO_CATEGORIES, 4, axis=0), [[]] * 4)
    assert scores.shape == (4, 3)
    assert scores[0, 0] == pytest.approx(1.0)
    assert scores[2, 1] > 0
    assert scores[2, 0] < -10  # below LEAST_SCORE: never found
    assert scores[3, 1] == pytest.approx(-0.9)


def test_a_rule_makes_an_indicator_a_candidate_and_adds_its_weight() -> None:
    rules = replace(JUDGE, weights=odds(0, 1, *[3.0 if part == "rule" else 0.0 for part in PARTS[1:]]))
    reader = LearnedReader(replace(WEIGHTS, judge=rules), NORMALISER, TAXONOMY)
    with_rule = reader.scores(["nothing here"], NO_CATEGORIES, [[rule("isolation")]])
    assert with_rule[0].tolist() == [pytest.approx(2.0), pytest.approx(-50), pytest.approx(-50)]


def test_what_the_model_finds_is_shown_by_the_words_that_speak_for_it() -> None:
    text = "They came by car, she must bring a hundred tonight, then they left."
    (finding,) = READER.join(odds(-1, 0.5, -1), view(text), [])
    assert finding.indicator == "quota_acknowledged"
    assert text[finding.start : finding.end] == "must bring a hundred tonight"
    assert (finding.by, finding.version) == ("model:test-model", "test-model")


def test_evidence_stays_in_one_sentence() -> None:
    text = "She must. Hundred tonight."
    (finding,) = READER.join(odds(-1, 0.5, -1), view(text), [])
    assert text[finding.start : finding.end] == "Hundred tonight"


def test_evidence_in_a_text_without_punctuation_is_short() -> None:
    text = "word " * 60 + "must hundred tonight " + "word " * 60
    (finding,) = READER.join(odds(-1, 0.5, -1), view(text), [])
    assert text[finding.start : finding.end] == "must hundred tonight"
    assert len(text[finding.start : finding.end].split()) <= LONGEST_EVIDENCE


def test_evidence_is_short_even_where_words_far_apart_speak() -> None:
    text = f"hundred tonight {'word ' * 20}must"
    (finding,) = READER.join(odds(-1, 0.5, -1), view(text), [])
    assert text[finding.start : finding.end] == "hundred tonight"


def test_a_pair_is_shown_by_both_its_words() -> None:
    pair = replace(WEIGHTS, terms=("hundred tonight",), idf=np.ones(1, np.float32), matrix=scipy.sparse.csr_array(MATRIX[2:3]))
    text = "he wants a hundred tonight or else"
    (finding,) = LearnedReader(pair, NORMALISER, TAXONOMY).join(odds(-1, 0.5, -1), view(text), [])
    assert text[finding.start : finding.end] == "hundred tonight"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.lists(st.sampled_from(["must", "hundred", "tonight", ".", "alone"]), max_size=30))
def test_evidence_of_any_text_lies_inside_it(text: str, words: list[str]) -> None:
    whole = f"{text} {' '.join(words)}"
    for finding in READER.join(odds(1, 1, 1), view(whole), []):
        assert 0 <= finding.start < finding.end <= len(whole)
        assert len(view(whole[finding.start : finding.end]).text.words) <= LONGEST_EVIDENCE


def test_a_rule_keeps_its_own_evidence() -> None:
    assert READER.join(odds(0.1, -1, -1), view("she is here"), [rule("isolation")]) == (rule("isolation"),)


def test_a_rule_that_the_model_speaks_against_is_not_shown() -> None:
    assert READER.join(odds(-0.1, -1, -1), view("she is here"), [rule("isolation")]) == ()


def test_a_label_without_evidence_gets_the_likeliest_that_supports_it() -> None:
    likely = odds(LEAST_SUPPORT - 0.3, LEAST_SUPPORT + 0.1, -1)
    assert READER.join(likely, view("she must"), []) == ()
    (finding,) = READER.join(likely, view("she must"), [], ["sex_trafficking"])
    assert finding.indicator == "quota_acknowledged"
    assert finding.by == f"model:test-model{SOUGHT}"
    assert READER.join(odds(LEAST_SUPPORT - 0.3, LEAST_SUPPORT - 0.1, -1), view("she must"), [], ["sex_trafficking"]) == ()


def test_where_the_second_reader_has_a_say_the_cutoff_is_theirs_together() -> None:
    row, of_both = odds(-0.1, 0.1, -0.4), Joining(1.0, 1.0, 0.0, cutoff=-0.3)
    found = READER.join(row, view("alone, she must"), [], joining=of_both)
    assert {finding.indicator for finding in found} == {"isolation", "quota_acknowledged"}
    assert [finding.indicator for finding in READER.join(row, view("alone, she must"), [])] == ["quota_acknowledged"]


def test_the_second_reader_adds_its_logits_to_the_candidates_alone() -> None:
    scores = READER.scores(["alone"], NO_CATEGORIES, [[]])
    assert (scores[0] > -10).tolist() == [True, False, False]
    joined = Joining(0.5, 2.0, -1.0, cutoff=0.0)(scores, np.array([[3.0, 1.0, 300.0]], np.float32))
    assert joined[0].tolist() == [pytest.approx(0.5 * 1 + 2 * 3 - 1), *scores[0, 1:].tolist()]


def test_nothing_is_sought_for_a_label_that_has_evidence() -> None:
    found = READER.join(odds(0.5, -0.1, -0.1), view("alone, she must"), [], ["sex_trafficking"])
    assert [finding.indicator for finding in found] == ["isolation"]


def test_evidence_that_is_denied_supports_no_label() -> None:
    held = [rule("isolation", Assertion.NEGATED)]
    found = READER.join(odds(0.5, -0.1, -1), view("she must"), held, ["sex_trafficking"])
    assert {finding.indicator for finding in found} == {"isolation", "quota_acknowledged"}


def test_a_rule_found_again_for_a_label_is_the_rule() -> None:
    held = [rule("isolation")]
    assert READER.join(odds(-0.5, -1, -1), view("alone"), held, ["labor_trafficking"]) == tuple(held)


def test_how_a_finding_of_the_model_is_put() -> None:
    text = "This is a drill, she must bring a hundred tonight"
    (finding,) = READER.join(odds(-1, 0.5, -1), view(text), [])
    assert finding.assertion is Assertion.FICTION


@pytest.mark.parametrize("text", ["", "\x00", "💥"])
def test_a_text_without_words_has_no_findings_of_the_model(text: str) -> None:
    assert READER.join(odds(1, 1, 1), view(text), [], ["sex_trafficking"]) == ()


def test_a_saved_model_is_read_back(tmp_path: Path) -> None:
    save(tmp_path, WEIGHTS, NORMALISER)
    read = load(tmp_path, NORMALISER, NAMES)
    assert (read.id, read.indicators, read.cutoff, read.terms) == ("test-model", NAMES, 0.0, TERMS)
    assert read.matrix.toarray() == pytest.approx(MATRIX, abs=0.02)
    assert read.judge.weights.tolist() == JUDGE.weights.tolist()
    assert read.judge.given.tolist() == JUDGE.given.tolist()


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save(tmp_path / name, WEIGHTS, NORMALISER)
    assert (tmp_path / "a" / "indicators.npz").read_bytes() == (tmp_path / "b" / "indicators.npz").read_bytes()


def test_a_changed_missing_or_foreign_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="tipstream train"):
        load(tmp_path, NORMALISER, NAMES)
    save(tmp_path, WEIGHTS, NORMALISER)
    with pytest.raises(ArtifactError, match="another taxonomy"):
        load(tmp_path, NORMALISER, ("isolation", "debt_bondage"))
    manifest = json.loads((tmp_path / "indicators.json").read_text())
    for key, value, message in (("text_layer", "other", "text layer"), ("format", 1, "not of format 2")):
        (tmp_path / "indicators.json").write_text(json.dumps({**manifest, key: value}))
        with pytest.raises(ArtifactError, match=message):
            load(tmp_path, NORMALISER, NAMES)
    save(tmp_path, WEIGHTS, NORMALISER)
    (tmp_path / "indicators.npz").write_bytes(b"x")
    with pytest.raises(ArtifactError, match="not the file"):
        load(tmp_path, NORMALISER, NAMES)
