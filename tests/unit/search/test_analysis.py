"""Words, their places and their stems: the same one by one as in a whole text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.search.analysis import Analysis
from tests.contract.agreement_set import lines


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return Analysis()


@pytest.mark.parametrize(
    ("word", "stems"), [("trafficking", ("traffick", "trafficking")), ("habitaciones", ("habitacion", "habit")), ("🍒", ("🍒", "🍒"))]
)
def test_stems(analysis: Analysis, word: str, stems: tuple[str, str]) -> None:
    assert analysis.stems(word) == stems


def test_accents_do_not_change_words(analysis: Analysis) -> None:
    for line in lines("spanish"):
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", line) if not unicodedata.combining(sign))
        assert analysis.words(bare) == analysis.words(line.upper())


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("A Niña, a van", ["a", "nina", "a", "van"]),
        ("one " + "x" * 99 + " two", ["one", "x" * 99, "two"]),
        ("one " + "x" * 100 + " two", ["one", "", "two"]),
        ("one " + "é" * 50 + " two " + "x-" * 60, ["one", "", "two", *["x"] * 60]),
        ("", []),
    ],
)
def test_words_that_are_too_long_keep_their_place(analysis: Analysis, text: str, places: list[str]) -> None:
    assert analysis.places(text) == places
    assert analysis.words(text) == [word for word in places if word]


@given(text=st.text(st.characters(), max_size=300))
def test_places_are_the_words(analysis: Analysis, text: str) -> None:
    assert [word for word in analysis.places(text) if word] == analysis.words(text)
