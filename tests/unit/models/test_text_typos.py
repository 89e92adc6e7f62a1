"""Typing errors: an unknown word becomes the commonest known one that is a slip away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.typos import COMMON, Speller

WORDS = {
    "truck": 2.0,
    "trucks": 3.0,
    "passport": 3.0,
    "there": 1.0,
    "three": 2.0,
    "where": 1.5,
    "crying": 4.0,
    "drying": 5.0,
    "rareish": COMMON + 1,
}


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(WORDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("passprt", "passport"),
        ("passsport", "passport"),
        ("passpotr", "passport"),
        ("passpirt", "passport"),
        ("apssport", "passport"),
        ("truckk", "truck"),
        ("theree", "there"),
    ],
)
def test_one_slip_is_repaired_to_the_commonest(typed: str, meant: str, speller: Speller) -> None:
    assert speller.repair([typed]) == [meant]


@pytest.mark.parametrize(
    "word",
    [
        "trucks",  # known
        "trk",  # too short
        "pasprt",  # two slips
        "bassport",  # another first letter
        "pass4ort",  # not only letters
        "rareishh",  # its neighbour is too rare to be a good guess
        "zzzzzzz",
    ],
)
def test_everything_else_stays(word: str, speller: Speller) -> None:
    assert speller.repair([word]) == [word]


@given(st.lists(st.text(max_size=12), max_size=12))
def test_any_words_can_be_repaired(words: list[str]) -> None:
    repaired = Speller(WORDS).repair(words)
    assert len(repaired) == len(words)
    assert Speller(WORDS).repair(repaired) == repaired


def test_other_words_are_not_kept(speller: Speller) -> None:
    speller.repair(["secretword", "passprt"])
    assert not any("secretword" in keys or "passprt" in keys for keys in (speller._ranks, *speller._index.values()))


def test_a_word_of_a_million_letters_is_left_alone(speller: Speller) -> None:
    word = "passport" * 125_000
    assert speller.repair([word]) == [word]
