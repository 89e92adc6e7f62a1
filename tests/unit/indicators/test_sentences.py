"""Words, sentences and clauses of texts as people send them; offsets are code points into the text as given."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sentences import clauses, passage, sentences


def parts(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stayed!", ["He left", "She stayed"]),
        ("no punctuation at all he left", ["no punctuation at all he left"]),
        ("Mr. Ray is at I-80 mm 12.5 now", ["Mr. Ray is at I-80 mm 12.5 now"]),
        ("see joe@example.com please", ["see joe@example.com please"]),
        ("one\n\ntwo", ["one", "two"]),
        ("¿Dónde está? No sé.", ["Dónde está", "No sé"]),
        ("", []),
        ("... !!! ---", []),
    ],
)
def test_sentences_end_where_people_end_them(text: str, expected: list[str]) -> None:
    assert parts(text, sentences(text)) == expected


def test_clauses_end_at_commas_line_ends_and_before_but() -> None:
    text = "He took it, she said\nbut nobody came pero no vino"
    assert parts(text, clauses(text)) == ["He took it", "she said", "but nobody came", "pero no vino"]


def test_folding_does_not_move_offsets() -> None:
    text = "no\u0301mas QUITÓ \u200bsu CÉDULA\u200d’s"  # combining accent, zero-width characters
    cut = passage(text)
    assert cut.words[:4] == ("nomas", "quito", "su", "cedulas")
    assert text[cut.starts[1] : cut.ends[1]] == "QUITÓ"
    assert text[cut.starts[0] : cut.ends[0]] == "no\u0301mas"


def test_shorthand_is_written_out_and_apostrophes_go() -> None:
    assert passage("u wont, he doesn’t w me").words == ("you", "wont", "he", "doesnt", "with", "me")


def test_word_range_finds_the_words_that_a_span_touches() -> None:
    cut = passage("alpha beta gamma")
    assert cut.word_range(6, 10) == (1, 2)
    assert cut.word_range(2, 12) == (0, 3)
    assert cut.word_range(5, 6) == (1, 1)


@given(st.text(max_size=300))
def test_any_text_is_cut_in_order_inside_its_bounds(text: str) -> None:
    cut = passage(text)
    assert list(cut.starts) == sorted(cut.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(cut.starts, cut.ends, strict=True))
    for ranges in (cut.sentences, cut.clauses):
        assert [word for first, last in ranges for word in range(first, last)] == list(range(len(cut.words)))


LONG = {
    "one word": "a" * 1_000_000,
    "hundred thousand words": "help me " * 50_000,
    "stops": "." * 300_000,
    "dashes": " - " * 100_000,
    "empty lines": "\n \n" * 100_000,
    "numbers": "1.1" * 200_000,
    "emoji": "😀" * 300_000,
    "nulls": "\x00" * 300_000,
    "marks": "e\u0301" * 200_000,
    "zero width": "h\u200be" * 100_000,
    "html": "<p>" * 100_000,
    "apostrophes": "a'" * 200_000,
    "right to left": "مرحبا " * 60_000,
    "blanks": " " * 500_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_long_texts_take_linear_time(text: str) -> None:
    def cost(part: str) -> float:
        began = time.process_time()
        passage(part)
        return time.process_time() - began

    eighth = min(cost(text[: len(text) // 8]) for _ in range(3))
    assert cost(text) < 40 * eighth + 0.5, "eight times the text should cost some eight times as much"
