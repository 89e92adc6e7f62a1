"""The text that the model reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.normalise import Normaliser, fold, load_normaliser

NORMALISER = load_normaliser()


@pytest.fixture
def normaliser() -> Normaliser:
    return NORMALISER


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("call 402-555-0143", "call phonetoken"),
        ("write to x.y@example.com", "write to emailtoken"),
        ("see https://example.org/a?b=1", "see urltoken"),
        ("he owes $4,200", "heshe owes moneytoken"),
        ("80 bucks each", "moneytoken each"),
        ("at 2:30 am", "at clocktoken"),
        ("on I-80 WB at mm 143.5", "on roadtoken at miletoken"),
        ("in room 214", "in roomtoken"),
        ("she is fifteen years old", "heshe is ageminor year old"),
        ("she's 15", "heshe is ageminor"),
        ("age 34", "age ageadult"),
        ("82 yrs old", "ageold year old"),
        ("tiene 16 años", "tiene ageminor anos"),
        ("he is 30 min away", "heshe is 30 min away"),
        ("heeeeelp meeee", "heelp mee"),
        ("pls hurry rn", "please hurry right now"),
        ("can't leave", "can not leave"),
        ("xq no sale", "porque no sale"),
        ("ÁRBOL’S end", "arbols end"),
        ("b\u200ba\u00add", "bad"),
        ("why?!", "why ? !"),
        ("container MSKU1234565", "container numbertoken"),
        ("", ""),
        ("😀", ""),
    ],
)
def test_rewrites(text: str, wanted: str, normaliser: Normaliser) -> None:
    assert normaliser(text) == wanted


@given(st.text(st.characters(), max_size=300))
def test_takes_any_text(text: str) -> None:
    normalised = NORMALISER(text)
    assert normalised == " ".join(normalised.split())


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text) or not text.isascii()
