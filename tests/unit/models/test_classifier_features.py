"""Our vectors are scikit-learn's, only faster."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from models.classifier import Classifier, Weights
from models.features import MOST, WEIGHTS, Vectoriser, Vocabulary, grams, learn_vocabulary
from models.normalise import Normaliser
from models.typos import Speller

TEXTS = [
    "the man took the money",
    "the grownup took hisher passport and the money the money",
    "a to be or not",
    "",
    "unseen words only here",
    "the man took hisher money ! !",
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return learn_vocabulary(TEXTS, least=(1, 1, 1))


@pytest.mark.parametrize("block", [0, 2])
def test_each_block_is_what_scikit_learn_computes(block: int, vocabulary: Vocabulary) -> None:
    settings = {
        0: {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\S+"},
        2: {"analyzer": "char_wb", "ngram_range": (3, 5)},
    }[block]
    theirs = CountVectorizer(**settings, lowercase=False).fit(TEXTS)
    counts = theirs.transform(TEXTS)
    counts.data = np.minimum(counts.data, MOST)
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    order = [theirs.vocabulary_[term] for term in vocabulary.terms[block]]
    start = sum(len(terms) for terms in vocabulary.terms[:block])
    ours = Vectoriser(vocabulary)(TEXTS).toarray()[:, start : start + len(order)]
    assert len(order) == len(theirs.vocabulary_)
    np.testing.assert_allclose(ours, weighed.toarray()[:, order] * WEIGHTS[block], atol=1e-6)


def test_words_near_each_other_are_paired() -> None:
    pairs = learn_vocabulary(["a b c d e f"], least=(1, 1, 1)).terms[1]
    assert pairs == ("a c", "a d", "a e", "b d", "b e", "b f", "c e", "c f", "d f")


def test_rare_terms_are_left_out() -> None:
    vocabulary = learn_vocabulary(TEXTS, least=(3, 3, 3))
    assert "money" in vocabulary.terms[0]
    assert "passport" not in vocabulary.terms[0]


def test_a_text_without_known_terms_is_a_row_of_zeros(vocabulary: Vocabulary) -> None:
    rows = Vectoriser(vocabulary)(["", "zzzzzz qqqqq"])
    assert rows.shape == (2, vocabulary.size)
    assert rows.sum() == 0


def test_batches_and_single_texts_give_the_same_rows(vocabulary: Vocabulary) -> None:
    vectorise = Vectoriser(vocabulary)
    together = vectorise(TEXTS).toarray()
    np.testing.assert_array_equal(together, np.vstack([vectorise([text]).toarray() for text in TEXTS]))


def test_unknown_words_are_not_remembered(vocabulary: Vocabulary) -> None:
    vectorise = Vectoriser(vocabulary)
    vectorise(["money secretword"])
    assert set(vectorise._remembered) == {"money"}


def test_short_words_count_once() -> None:
    assert grams("a") == [" a "]
    assert grams("ab") == [" ab", "ab ", " ab "]


def test_repeating_a_word_adds_nothing_after_the_second_time(vocabulary: Vocabulary) -> None:
    twice, often = Vectoriser(vocabulary)(["money the money", "money the money the money the money"]).toarray()
    column = vocabulary.terms[0].index("money")
    assert often[column] <= twice[column]


def test_an_unknown_word_is_read_as_the_known_one_that_is_a_slip_away(vocabulary: Vocabulary) -> None:
    vectorise = Vectoriser(vocabulary, Speller(vocabulary.words()))
    np.testing.assert_array_equal(vectorise(["her passpotr"]).toarray(), vectorise(["her passport"]).toarray())


def test_padding_hides_no_danger(small_weights: Weights, normaliser: Normaliser) -> None:
    classifier = Classifier(small_weights)
    before = "somebody cut the seal of trailer 7 and drove off with the load " * 40
    after = "a man sells her from room 4 and keeps all the money she earns " * 40 + "testing the form please ignore this message " * 40
    text = normaliser(f"{before} he took pills, lips are blue and he is not waking up, floor 3 {after}")
    whole, found = classifier._read([text])[0], classifier.probabilities([text])[0]
    p0, cargo = small_weights.heads.index("urgency:P0"), small_weights.heads.index("category:cargo_theft")
    assert found[p0] > 1.2 * whole[p0]
    assert found[cargo] == whole[cargo], "only what is asked of any part changes"


def test_a_long_harmless_text_is_no_danger(small_weights: Weights, normaliser: Normaliser) -> None:
    row = Classifier(small_weights).probabilities([normaliser("testing the form number 4 please ignore this message " * 100)])[0]
    assert row[small_weights.heads.index("urgency:P0")] < 0.15


@pytest.mark.parametrize("text", ["", "😀", "\x00", "help ", "<b>", "QUJDREVG", "a b "])
def test_any_text_gets_probabilities(text: str, small_weights: Weights, normaliser: Normaliser) -> None:
    probabilities = Classifier(small_weights).probabilities([normaliser(text * 50_000), ""])
    assert probabilities.shape == (2, len(small_weights.heads))
    assert np.isfinite(probabilities).all()
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
