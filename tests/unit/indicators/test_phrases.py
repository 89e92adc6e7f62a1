"""The phrase syntax, and that the fast look-up finds exactly what the pattern alone would find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.phrases import PhraseBook, PhraseError, parse
from models.sentences import passage

LISTS = {"hold": "keeps | has locked up", "papers": "passport* | id"}


def found(phrase: str, text: str) -> list[str]:
    book = PhraseBook([(part, phrase) for part in parse(phrase, LISTS)])
    cut = passage(text)
    return [" ".join(cut.words[hit.first : hit.last]) for hit in book.find(cut)]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("(keeps|took) passports", "He took passports", ["took passports"]),
        ("keeps [all] passports", "he keeps passports and keeps all passports", ["keeps passports", "keeps all passports"]),
        ("keeps .. passport", "keeps my old red passport", ["keeps my old red passport"]),
        ("keeps .. passport", "keeps it in a big black passport", []),
        ("keeps ... passport", "keeps it in a big black passport", ["keeps it in a big black passport"]),
        ("keeps .. passport", "he keeps it. My passport", []),
        ("threaten*", "he threatened, threats", ["threatened"]),
        ("# hours", "16 hours or dieciseis hours or many hours", ["16 hours", "dieciseis hours"]),
        ("hitting her", "he was hittin' her", ["hittin her"]),
        ("<hold> .. <papers>", "has locked up all our passports; keeps an ID", ["has locked up all our passports", "keeps an id"]),
        ("[very] scared", "very scared", ["very scared", "scared"]),
        ("scared", "UNSCARED", []),
    ],
)
def test_syntax(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


def test_a_phrase_of_many_pairs_of_words_is_found_too() -> None:
    first, second = (f"({'|'.join(f'{name}x{letter}' for letter in 'abcdefghijklmnop')})" for name in "mw")
    assert found(f"{first} .. {second}", "so mxd took the wxk home") == ["mxd took the wxk"]
    assert found(f"{first} .. {second}", "so mxd took the zxk home") == []


@pytest.mark.parametrize(
    "phrase", ["(a|b", "a|b", "[the]", "<unknown>", "a ) b", "(a]", "don't", "Passport", "(a||b)", ".. a", "(a|[b])", ""]
)
def test_what_cannot_be_read_is_said(phrase: str) -> None:
    with pytest.raises(PhraseError, match=r"phrase"):
        parse(phrase, LISTS)


WORDS = st.lists(st.sampled_from(["ax", "bx", "cx", "dx", "."]), max_size=14)


@given(WORDS, st.sampled_from(["ax bx", "ax .. cx", "(ax|bx cx) dx", "[ax] bx", "(ax|bx) .. (cx|dx)", "bx [cx|dx] ax"]))
def test_look_up_and_pattern_agree(words: list[str], phrase: str) -> None:
    text = " ".join(words).replace(" .", ".")
    cut = passage(text)
    (read,) = parse(phrase, {})
    expected = set()
    for first, last in cut.sentences:
        joined = cut.joined((first, last))
        for number in range(first, last):
            start = len(cut.joined((first, number))) if number > first else 0
            hit = re.compile(read.pattern).match(joined, start)
            if hit and hit.group():
                expected.add((number, number + hit.group().count(" ")))
    assert {(hit.first, hit.last) for hit in PhraseBook([(read, 0)]).find(cut)} == expected
