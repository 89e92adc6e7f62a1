"""The text that the model reads."""

from __future__ import annotations

import time

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


@given(st.text(st.characters(), max_size=200))
def test_every_word_can_be_traced_to_its_place(text: str) -> None:
    words, spans = NORMALISER.trace(text)
    assert " ".join(words) == NORMALISER(text)
    assert len(words) == len(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)


SAMPLES = st.sampled_from(
    [
        "She's 15",
        " she doesn't speak Spanish",
        " él",
        " on I-80 mm 12",
        " $4,200",
        " ½ ﬁve 🚚",
        " he\u0301\u200blp",
        " raсism",
        " HEEELP!!",
        " a@b.co",
        "\x00",
        "…",
    ]
)


@given(st.lists(SAMPLES, max_size=8).map("".join))
def test_what_people_write_can_be_traced(text: str) -> None:
    words, spans = NORMALISER.trace(text)
    assert " ".join(words) == NORMALISER(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize(
    ("text", "word", "quote"),
    [
        ("Él la ENCERRÓ con llave", "encerro", "ENCERRÓ"),
        ("the girl is from El Salvador and cries", "idterm", "from El Salvador"),
        ("she's fifteen and cries", "ageminor", "she's fifteen"),
        ("he won't leave me alone", "not", "won't"),
        ("a pa\u0301ssport at mm 12 now", "passport", "pa\u0301ssport"),
        ("call 402-555-0143 now", "phonetoken", "402-555-0143"),
    ],
)
def test_a_word_is_traced_to_what_was_written(text: str, word: str, quote: str) -> None:
    words, spans = NORMALISER.trace(text)
    start, end = spans[words.index(word)]
    assert text[start:end] == quote


@pytest.mark.parametrize("hidden", ["tr\u0430ffick", "tra\u200bffick", "ｔｒａｆｆｉｃｋ", "trάffick".replace("ά", "α"), "𝐭𝐫𝐚𝐟𝐟𝐢𝐜𝐤"])
def test_a_word_in_disguise_is_read_as_what_it_looks_like(hidden: str) -> None:
    assert NORMALISER(f"they {hidden} her") == "they traffick hisher"


@pytest.mark.parametrize("text", ["девушка плачет", "κορίτσι κλαίει", "واحد بنت تبكي", "有人在哭"])
def test_other_scripts_stay_what_they_are(text: str) -> None:
    assert NORMALISER(text) == fold(text)


HOSTILE = {
    "one letter": "a" * 1_000_000,
    "digits": "1" * 1_000_000,
    "hundred thousand words": "help me " * 50_000,
    "hyphens": "a-" * 200_000,
    "commas": "1," * 200_000,
    "dots": "a." * 200_000,
    "at signs": "a@b." * 100_000,
    "html": "<div class='x'>" * 60_000,
    "base64": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo5" * 25_000,
    "emoji": "😀" * 200_000,
    "right to left": "\u202eمرحبا " * 100_000,
    "nulls": "\x00" * 500_000,
    "marks": "e" + "\u0301" * 500_000,
    "zero width": "h\u200be\u200bl\u200bp " * 50_000,
    "apostrophes": "a'" * 200_000,
    "identity": "mexican " * 100_000,
    "leads": "from the " * 100_000 + "mexican",
    "much like a term": "mexica" + "n" * 200_000,
    "like many terms": "mexicann" * 50_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_longest_texts_take_linear_time(text: str) -> None:
    def cost(part: str) -> float:
        began = time.process_time()
        NORMALISER(part)
        return time.process_time() - began

    eighth = min(cost(text[: len(text) // 8]) for _ in range(3))
    assert cost(text) < 40 * eighth + 0.5, "eight times the text should cost some eight times as much"
