"""What the models are given: a text as it is, unless it repeats itself or holds no word."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from models.given import given

STORY = "two girls came out of the truck at the stop and one of them cried because the driver kept her papers"


@pytest.mark.parametrize("text", ["help", "help help help", "ayuda", STORY, f"{STORY} he came back and she cried", "救命" * 30])
def test_an_ordinary_text_is_given_as_it_is(text: str) -> None:
    assert given(text) == text


@pytest.mark.parametrize("text", ["", "numbertoken", "phonetoken urltoken", "7 7 7", "q" * 31, "dghlig" * 9])
def test_a_text_without_words_is_nothing(text: str) -> None:
    assert given(text) == ""


@for_all(st.integers(2, 40))
def test_a_text_said_again_is_the_text(times: int) -> None:
    assert given(" ".join([STORY] * times)) == STORY


@for_all(st.integers(20, 200))
def test_a_keyword_in_a_row_is_said_once(times: int) -> None:
    assert given(f"{STORY} {'gun ' * times}") == f"{STORY} gun"
