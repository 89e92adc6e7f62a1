"""The passage that a hit shows."""

from __future__ import annotations

import pytest

from infra.search.analysis import Analysis
from infra.search.fold import endings, keyword, look_alike
from infra.search.highlight import PASSAGE, READ, Highlighter
from triage.domain.query import And, Everything, Field, FieldIs, Fuzzy, Near, Node, Not, Or, Phrase, Word

ANALYSIS = Analysis()


def passage(query: Node, text: str) -> str:
    """The passage with its matches in brackets."""
    return "".join(f"[{run}]" if matches else run for run, matches in Highlighter(query, ANALYSIS).best_passage(text))


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        (Word("truck"), "A truck. Trucks! TRUCK?", "A [truck]. [Trucks]! [TRUCK]?"),
        (Word("traficados"), "Personas traficadas", "Personas [traficadas]"),
        (Not(Word("truck")), "A truck.", "A truck."),
        (Not(Not(Word("truck"))), "A truck.", "A [truck]."),
        (And((Word("white"), Phrase(("white", "van")))), "A white\nvan", "A [white\nvan]"),
        (FieldIs(Field.COUNTY, "truck"), "A truck.", "A truck."),
        (FieldIs(Field.PLATE, "155"), "She is missing 155.", "She is missing [155]."),
        (FieldIs(Field.HANDLE, "@lil.bo"), "Ask @Lil_Bo_99.", "Ask @[Lil_Bo_99]."),
        (FieldIs(Field.PHONE, "01"), "Call 0147.", "Call 0147."),
        (Fuzzy("Gonzales"), "Mr. Gonzalez, not Gomez", "Mr. [Gonzalez], not Gomez"),
        (Near("girl", "truck", 2), "A girl by trucks; a truck, a girl. Girl!", "A girl by trucks; a [truck], a [girl]. Girl!"),
        (Word(""), "", ""),
        (Everything(), "Ñandú 🍒", "Ñandú 🍒"),
    ],
)
def test_matches_are_marked(query: Node, text: str, shown: str) -> None:
    assert passage(query, text) == shown


def test_the_passage_with_most_matches_is_shown() -> None:
    filler = "word " * 100
    shown = passage(Or((Word("girl"), Word("motel"))), f"{filler}girl {filler}the girl at the motel {filler}girl")
    assert "the [girl] at the [motel]" in shown
    assert shown.startswith("… word")
    assert shown.endswith("word …")
    assert len(shown) < PASSAGE + 20


def test_a_match_longer_than_a_passage_is_shown_whole() -> None:
    words = tuple("abcdefghij" for _ in range(40))
    shown = passage(Phrase(words), "before " + " ".join(words) + " after")
    assert shown == "before [" + " ".join(words) + "] …"


def test_text_without_spaces_is_cut_all_the_same() -> None:
    assert passage(Everything(), "x" * 1_000) == "x" * PASSAGE + " …"


def test_only_the_beginning_of_a_very_long_text_is_looked_through() -> None:
    assert "[" not in passage(Word("girl"), "a " * (READ // 2) + "girl")


@pytest.mark.parametrize(
    ("value", "folded"),
    [
        ("Sex_Trafficking", "sex_trafficking"),
        ("Victim  services", "victim_services"),
        ("Doña-Ana", "dona_ana"),
        ("\ud800", "?"),
        (" - ", ""),
    ],
)
def test_names_are_folded(value: str, folded: str) -> None:
    assert keyword(value) == folded


@pytest.mark.parametrize(
    ("value", "folded"), [("abc-o1", "A8C01"), ("Q0 D", "000"), ("il1|", "111"), ("s5z2g6b8", "55226688"), ("ñ", "N"), ("-", "")]
)
def test_look_alikes_are_folded(value: str, folded: str) -> None:
    assert look_alike(value) == folded


def test_every_part_begins_an_ending() -> None:
    assert endings("A8C") == ["A8C", "8C", "C"]
    assert endings("") == []
