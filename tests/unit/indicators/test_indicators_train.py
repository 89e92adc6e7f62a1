"""Training the second reader of indicators on a small corpus: it learns, repeats itself, and weighs rules on tips nobody read for them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from models.assertion import AssertionReader
from models.indicators.judge import LEAST_SCORE, PARTS, Judge, shares
from models.indicators.learned import IndicatorWeights, LearnedReader
from models.indicators.store import load, save
from models.indicators.train import fit_indicators
from models.indicators.vectors import Vectors, learn_terms, terms_of
from models.labelled import LabelledTip
from models.normalise import load_normaliser
from triage.domain.assessment import Urgency
from triage.taxonomy.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
NORMALISER = load_normaliser()
CATEGORIES = tuple(TAXONOMY.categories)
SAID = {
    "debt_bondage": ("labor_trafficking", "the sum on his account grows every week"),
    "cargo_gps_jamming": ("cargo_theft", "the tracker went silent at the same exit"),
}


def corpus() -> list[LabelledTip]:
    return [
        LabelledTip(
            f"t{writer}-{name}-{number}",
            f"Writer {writer} here, {quote}, {'call me' if number % 2 else 'thank you'}.",
            "en",
            f"t{writer}_x",
            (category,),
            Urgency.P2,
            (),
            ((name, quote),),
            (),
        )
        for writer in range(1, 7)
        for name, (category, quote) in SAID.items()
        for number in range(4)
    ]


def probabilities(tips: list[LabelledTip]) -> np.ndarray:
    return np.array([[0.9 if name in tip.categories else 0.01 for name in CATEGORIES] for tip in tips], np.float32)


def fit() -> IndicatorWeights:
    tips = corpus()
    return fit_indicators(tips, TAXONOMY, NORMALISER, probabilities(tips), lambda what, share: None)


@pytest.fixture(scope="module")
def weights() -> IndicatorWeights:
    return fit()


def test_it_finds_what_it_was_shown_with_the_words_that_show_it(weights: IndicatorWeights) -> None:
    reader = LearnedReader(weights, NORMALISER, TAXONOMY)
    text = "Hello, the tracker went silent at the same exit again."
    chances = np.array([[0.9 if name == "cargo_theft" else 0.01 for name in CATEGORIES]], np.float32)
    odds = reader.scores([NORMALISER(text)], chances, [[]])
    (finding,) = reader.join(odds[0], AssertionReader().view(text), [])
    assert finding.indicator == "cargo_gps_jamming"
    assert "tracker went silent" in text[finding.start : finding.end]


def test_the_same_corpus_gives_the_same_model(weights: IndicatorWeights) -> None:
    again = fit()
    assert (again.id, again.cutoff, again.terms) == (weights.id, weights.cutoff, weights.terms)
    assert again.judge.weights.tolist() == weights.judge.weights.tolist()


def test_shares_are_drawn_towards_the_base() -> None:
    truth, categories = (
        np.array([[True], [True], [False], [False]]),
        np.array([[True, False], [True, False], [True, False], [False, False]]),
    )
    given, base = shares(truth, categories)
    assert base.tolist() == [pytest.approx(3 / 6)]
    assert given[:, 0].tolist() == [pytest.approx((2 + 1) / 5), pytest.approx(0.5)]


def test_a_likelier_category_makes_its_indicators_likelier() -> None:
    given = np.array([[0.5, 0.01], [0.01, 0.5]], np.float32)
    curve = np.array([float(part == "prior") for part in ("constant", *PARTS)], np.float32)
    judge = Judge(given, np.full(2, 0.1, np.float32), curve, np.zeros((2, 2), np.float32))
    scores = np.zeros((2, 2), np.float32)
    odds = judge.log_odds(scores, scores > 1, np.array([[0.9, 0.1], [0.1, 0.9]], np.float32), [3, 3])
    assert odds[0, 0] > odds[0, 1]
    assert odds[1, 1] > odds[1, 0]


def test_a_text_that_says_nothing_of_an_indicator_never_shows_it_without_a_rule() -> None:
    one = np.ones((1, 1), np.float32)
    judge = Judge(one, one[0], np.array([9.0] * (len(PARTS) + 1), np.float32), np.zeros((1, 1), np.float32))
    scores = np.full((1, 1), LEAST_SCORE - 0.1, np.float32)
    chances = np.ones((1, 1), np.float32)
    assert judge.log_odds(scores, scores > 0, chances, [3])[0, 0] < -10
    assert judge.log_odds(scores, scores < 0, chances, [3])[0, 0] > -10


def test_a_category_adds_what_it_leans_to() -> None:
    leaning = np.array([[0.5, -0.5], [0.0, 0.0]], np.float32)
    curve = np.array([float(part == "score") for part in ("constant", *PARTS)], np.float32)
    judge = Judge(np.full((2, 2), 0.1, np.float32), np.full(2, 0.1, np.float32), curve, leaning)
    scores = np.zeros((1, 2), np.float32)
    odds = judge.log_odds(scores, scores > 1, np.array([[1.0, 0.0]], np.float32), [3])
    assert odds[0].tolist() == [0.5, -0.5]


def test_training_learns_which_category_an_indicator_leans_to(weights: IndicatorWeights) -> None:
    names = list(TAXONOMY.indicators)
    for name, (category, _) in SAID.items():
        leaning = weights.judge.leaning[:, names.index(name)]
        assert CATEGORIES[int(leaning.argmax())] == category


def test_a_saved_model_leans_as_before(weights: IndicatorWeights, tmp_path: Path) -> None:
    save(tmp_path, weights, NORMALISER)
    assert load(tmp_path, NORMALISER, tuple(TAXONOMY.indicators)).judge.leaning.tolist() == weights.judge.leaning.tolist()


def test_a_model_saved_without_leaning_leans_to_nothing(weights: IndicatorWeights, tmp_path: Path) -> None:
    save(tmp_path, weights, NORMALISER)
    file, manifest = tmp_path / "indicators.npz", tmp_path / "indicators.json"
    with np.load(file) as arrays:
        kept = {name: array for name, array in arrays.items() if name != "leaning"}
    np.savez_compressed(file, **kept)
    told = json.loads(manifest.read_text("utf8"))
    manifest.write_text(json.dumps({**told, "weights_sha256": hashlib.sha256(file.read_bytes()).hexdigest()}), "utf8")
    assert not load(tmp_path, NORMALISER, tuple(TAXONOMY.indicators)).judge.leaning.any()


def test_terms_are_words_beginnings_and_pairs() -> None:
    assert list(terms_of("he threatened us")) == ["he", "threatened", "threa*", "us", "he threatened", "threatened us"]


def test_vectors_have_length_one_or_nothing() -> None:
    terms, idf = learn_terms(["a b", "a b", "c d"])
    assert terms == ("a", "a b", "b")
    rows = Vectors(terms, idf)(["a b b", "", "zzz"]).toarray()
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0])
    assert rows[0, 2] == pytest.approx(rows[0, 0] * (1 + np.log(2)))


def test_a_word_beside_an_unknown_one_is_no_pair() -> None:
    terms, idf = learn_terms(["a b", "a b", "c d"])
    known = Vectors(terms, idf)
    assert known(["b zzz"]).toarray()[0].tolist() == [0, 0, 1]
    numbers, beginnings = known.numbers(["a", "b", "zzz"])
    assert known.columns(numbers, beginnings).tolist() == [0, 2, -1, -1, -1, -1, 1, -1]
