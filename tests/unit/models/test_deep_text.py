"""How texts are cut into pieces for the second reader."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.deep.text import BEGIN, END, MAX_PIECES, PAD, UNKNOWN, Pieces, readable

VOCABULARY = (PAD, UNKNOWN, BEGIN, END, "truck", "##er", "##s", "t", "##r", "##u", "##c", "##k", "?", "they", "person", "a")


def words(pieces: list[int]) -> list[str]:
    return [VOCABULARY[piece] for piece in pieces]


def test_the_longest_piece_that_fits_is_taken() -> None:
    assert words(Pieces(VOCABULARY).of_text("truckers ?")) == ["truck", "##er", "##s", "?"]


def test_a_word_with_a_letter_that_no_piece_has_is_unknown_as_a_whole() -> None:
    assert words(Pieces(VOCABULARY).of_text("truckz a")) == [UNKNOWN, "a"]


def test_tokens_of_the_text_layer_become_words_that_a_transformer_knows() -> None:
    assert readable("heshe sold idterm") == "they sold person"
    assert words(Pieces(VOCABULARY).of_text("heshe idterm")) == ["they", "person"]


def test_a_short_text_is_one_window_with_begin_and_end() -> None:
    windows, owners = Pieces(VOCABULARY).windows(["a truck", ""])
    assert [words(window) for window in windows] == [[BEGIN, "a", "truck", END], [BEGIN, END]]
    assert owners == [0, 1]


def test_a_long_text_is_covered_by_windows_that_overlap_up_to_four() -> None:
    windows, owners = Pieces(VOCABULARY).windows(["a " * 300, "a " * 9_000])
    assert owners.count(0) == 2
    assert owners.count(1) == 4
    assert all(len(window) <= MAX_PIECES for window in windows)


@given(st.text(max_size=60))
def test_any_text_gives_pieces_of_the_vocabulary(text: str) -> None:
    assert all(0 <= piece < len(VOCABULARY) for piece in Pieces(VOCABULARY).of_text(text))
