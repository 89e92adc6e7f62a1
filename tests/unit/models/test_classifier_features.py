"""Our vectors are scikit-learn's, only faster."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from models.features import WEIGHTS, Vectoriser, Vocabulary, grams, learn_vocabulary

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
    theirs = TfidfVectorizer(**settings, lowercase=False, sublinear_tf=True).fit(TEXTS)
    order = [theirs.vocabulary_[term] for term in vocabulary.terms[block]]
    start = sum(len(terms) for terms in vocabulary.terms[:block])
    ours = Vectoriser(vocabulary)(TEXTS).toarray()[:, start : start + len(order)]
    assert len(order) == len(theirs.vocabulary_)
    np.testing.assert_allclose(ours, theirs.transform(TEXTS).toarray()[:, order] * WEIGHTS[block], atol=1e-6)


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
