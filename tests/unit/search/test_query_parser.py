"""What people type, and the trees it becomes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.query import And, Everything, Field, FieldIs, Fuzzy, Near, Node, Not, Or, Phrase, Prefix, Received, Word
from triage.search.query_parser import MAX_LENGTH, MAX_TERMS, parse
from triage.search.query_tree import MAX_NODES, asked_fields, fits, walk

TODAY = date(2026, 11, 28)
PIECES = [
    "truck",
    '"',
    "(",
    ")",
    "-",
    "OR",
    "NOT",
    "|",
    "*",
    ":",
    "..",
    "county:webb",
    "received:7d",
    'desk:"a b"',
    "8JXK417",
    "🍒",
    " ",
    "@",
    "\ud800",
]


def parsed(text: str) -> Node:
    return parse(text, TODAY)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        ("truck", Word("truck")),
        ("truck, motel!", And((Word("truck"), Word("motel")))),
        ('"white van"', Phrase(("white", "van"))),
        ("“white van”", Phrase(("white", "van"))),
        ('"white', Word("white")),
        ("-drill", Not(Word("drill"))),
        ("NOT drill", Not(Word("drill"))),
        ("truck-stop", Word("truck-stop")),
        ("traffick*", Prefix("traffick")),
        ("t*", Word("t")),
        ("girl truck OR van", And((Word("girl"), Or((Word("truck"), Word("van")))))),
        ("truck|van", Or((Word("truck"), Word("van")))),
        ("truck or van", And((Word("truck"), Word("or"), Word("van")))),
        ("(truck stop) OR motel", Or((And((Word("truck"), Word("stop"))), Word("motel")))),
        ("-(truck OR van) girl", And((Not(Or((Word("truck"), Word("van")))), Word("girl")))),
        ("girl OR -boy", Or((Word("girl"), Not(Word("boy"))))),
        ("girl (drill NOT", And((Word("girl"), Word("drill")))),
        ("🍒 truck", And((Word("🍒"), Word("truck")))),
        ('"girl truck"~5', Near("girl", "truck", 5)),
        ('-"girl, truck!"~5', Not(Near("girl", "truck", 5))),
        ('"girl white truck"~3', And((Near("girl", "white", 3), Near("white", "truck", 3)))),
        ('"girl truck"~99', Near("girl", "truck", 10)),
        ('"girl truck"~0', Near("girl", "truck", 1)),
        ('"girl"~5', Word("girl")),
        ('"girl truck"~5x', And((Phrase(("girl", "truck")), Word("~5x")))),
        ('"girl truck~5', Phrase(("girl", "truck~5"))),
        ("Gonzales~", Fuzzy("Gonzales")),
        ("Gonzales~~,", Fuzzy("Gonzales")),
        ("~", Everything()),
    ],
)
def test_words_and_operators(text: str, tree: Node) -> None:
    assert parsed(text) == tree


@pytest.mark.parametrize("text", ["  ", "OR", "NOT", "-", "***", "((()))", ')("', "... !! :", '""', "OR OR |"])
def test_what_says_nothing_asks_for_everything(text: str) -> None:
    assert parsed(text) == Everything()


@pytest.mark.parametrize("field", Field)
def test_every_field_can_be_asked_by_name(field: Field) -> None:
    assert parsed(f"{field}:value") == FieldIs(field, "value")
    assert parsed(f'{field.upper()}:"two words"') == FieldIs(field, "two words")
    assert parsed(f"-{field}:a,b") == Not(Or((FieldIs(field, "a"), FieldIs(field, "b"))))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("note:van", Word("note:van")),
        ("http://example.org/a", Word("http://example.org/a")),
        ('note:"white van"', Phrase(("note", "white", "van"))),
        ("county:", Word("county")),
        ("received:soon", Word("received:soon")),
        ("received:2026-02-31", Word("received:2026-02-31")),
        ("since:..", Word("since")),
        ("state:OR", FieldIs(Field.STATE, "OR")),
    ],
)
def test_what_is_no_field_is_words(text: str, tree: Node) -> None:
    assert parsed(text) == tree


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("received:today", TODAY, TODAY),
        ("received:Yesterday", date(2026, 11, 27), date(2026, 11, 27)),
        ("received:7d", date(2026, 11, 21), TODAY),
        ("since:2w", date(2026, 11, 14), None),
        ("received:999999y", date.min, TODAY),
        ("received:2026-11-01..2026-11-30", date(2026, 11, 1), date(2026, 11, 30)),
        ("received:2026-11-30..2026-11-01", date(2026, 11, 1), date(2026, 11, 30)),
        ("received:2026-11-01..", date(2026, 11, 1), None),
        ("received:..yesterday", None, date(2026, 11, 27)),
        ('since:"2026-11-01"', date(2026, 11, 1), None),
        ("until:11/01/2026", None, date(2026, 11, 1)),
        ("received:2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("until:2025", None, date(2025, 12, 31)),
    ],
)
def test_days(text: str, since: date | None, until: date | None) -> None:
    assert parsed(text) == Received(since, until)


@given(st.dates(min_value=date(1, 1, 2)), st.integers(0, 400))
def test_any_two_days_are_a_range(first: date, length: int) -> None:
    last = min(first.toordinal() + length, date.max.toordinal())
    end = date.fromordinal(last)
    assert parse(f"received:{first}..{end}", TODAY) == Received(first, end)
    assert parse(f"since:{length}d", first) == Received(max(first - timedelta(days=min(length, first.toordinal() - 1)), date.min), None)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("8JXK417", {Field.PLATE: "8JXK417"}),
        ("ABC-1234", {Field.PLATE: "ABC1234"}),
        ("956-555-0147", {Field.PHONE: "9565550147"}),
        ("(956) 555 0147", {Field.PHONE: "9565550147"}),
        ("+1 956.555.0147", {Field.PHONE: "19565550147"}),
        ("0147", {Field.PLATE: "0147", Field.PHONE: "0147"}),
        ("5550147123", {Field.PHONE: "5550147123"}),
        ("@lil.bo", {Field.HANDLE: "lilbo"}),
    ],
)
def test_numbers_and_handles_are_looked_for_as_such_too(text: str, fields: dict[Field, str]) -> None:
    assert parsed(text) == Or((Word(text), *(FieldIs(field, value) for field, value in fields.items())))


@pytest.mark.parametrize("text", ["150", "I-35", "truck", "motel6motel", "٣٤٥٦"])
def test_ordinary_words_are_not(text: str) -> None:
    assert parsed(text) == Word(text)


def test_an_identifier_finds_its_tip_or_case() -> None:
    number = "01jd5q0v8rabcdefghjkmnpqrs"
    assert parsed(f"tip_{number}") == FieldIs(Field.TIP, f"tip_{number.upper()}")
    assert parsed(f"CASE_{number}") == FieldIs(Field.CASE, f"case_{number.upper()}")


@given(st.one_of(st.text(st.characters()), st.lists(st.sampled_from(PIECES), max_size=200).map("".join)))
def test_any_text_is_a_query(text: str) -> None:
    tree = parse(text, TODAY)
    assert fits(tree)
    assert parse(text, TODAY) == tree
    for node, _, _ in walk(tree):
        match node:
            case And(nodes) | Or(nodes):
                assert len(nodes) > 1
            case Phrase(words):
                assert len(words) > 1
            case Prefix(begins):
                assert len(begins) > 1
            case Word(word):
                assert word
            case FieldIs(_, value):
                assert value


@pytest.mark.parametrize("piece", ["a ", "(", "((a) ", "-", '"', "a OR ", "8JXK417 ", "category:a,b,c,", "(a OR -(b ", "NOT ", "1", "|("])
def test_long_texts_stay_small(piece: str) -> None:
    tree = parsed(piece * (100_000 // len(piece)))
    assert fits(tree)
    assert sum(1 for _ in walk(tree)) < MAX_NODES / 2


def test_only_so_many_terms_count() -> None:
    tree = parsed("a " * MAX_TERMS + "b")
    assert tree == And((Word("a"),) * MAX_TERMS)
    assert parsed(" " * MAX_LENGTH + "b") == Everything()


def test_deep_brackets_are_left_out() -> None:
    assert parsed("(" * 50 + "a" + ")" * 50 + " b") == And((Word("a"), Word("b")))


def test_trees_are_measured_without_recursion() -> None:
    deep: Node = FieldIs(Field.PLATE, "8JXK417")
    for _ in range(50_000):
        deep = Not(deep)
    assert not fits(deep)
    assert not fits(Or((Word("a"),) * (MAX_NODES + 1)))
    assert fits(Or((Word("a"),) * (MAX_NODES - 1)))
    assert asked_fields(deep) == ("plate",)


def test_the_asked_fields_are_named() -> None:
    assert asked_fields(parsed("van county:webb -received:7d (county:hall OR desk:cargo)")) == ("county", "desk", "received")
    assert asked_fields(parsed("van")) == ()


def test_what_stands_under_not_is_told() -> None:
    told = [(node, negated) for node, _, negated in walk(parsed("a -(b -c)")) if isinstance(node, Word)]
    assert told == [(Word("a"), False), (Word("b"), True), (Word("c"), False)]
