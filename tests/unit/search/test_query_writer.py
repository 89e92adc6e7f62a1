"""The form of the search page: what it writes is read as what was entered, and no field meddles with another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.query import And, Everything, Field, FieldIs, Fuzzy, Near, Node, Not, Or, Phrase, Prefix, Received, Word
from triage.search.query_parser import parse
from triage.search.query_writer import Wanted, written

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("wanted", "text", "tree"),
    [
        (Wanted(), "", Everything()),
        (Wanted(every="girl  truck"), "girl truck", And((Word("girl"), Word("truck")))),
        (Wanted(every="OR -drill county:webb"), '"OR" "-drill" "county:webb"', And((Word("OR"), Word("-drill"), Word("county:webb")))),
        (Wanted(phrase='the "white" van'), '"the white van"', Phrase(("the", "white", "van"))),
        (Wanted(some="van truck"), "(van OR truck)", Or((Word("van"), Word("truck")))),
        (Wanted(none="drill test"), "-drill -test", And((Not(Word("drill")), Not(Word("test"))))),
        (Wanted(near="girl truck", within=7), '"girl truck"~7', Near("girl", "truck", 7)),
        (Wanted(near="girl", within=7), '"girl"', Word("girl")),
        (Wanted(spelled="Gonzales"), "Gonzales~", Fuzzy("Gonzales")),
        (Wanted(begins="traff* (mo"), "traff* mo*", And((Prefix("traff"), Prefix("mo")))),
        (Wanted(place="Doña Ana"), '(county:"Doña Ana" OR "Doña Ana")', Or((FieldIs(Field.COUNTY, "Doña Ana"), Phrase(("Doña", "Ana"))))),
        (
            Wanted(since="2026-11-01", until="2026-11-30"),
            "received:2026-11-01..2026-11-30",
            Received(date(2026, 11, 1), date(2026, 11, 30)),
        ),
        (Wanted(since="2026-11-01"), "since:2026-11-01", Received(date(2026, 11, 1), None)),
        (Wanted(until="2026-11-30"), "until:2026-11-30", Received(None, date(2026, 11, 30))),
        (Wanted(fields={Field.PLATE: ["8JX-K417"]}), 'plate:"8JX-K417"', FieldIs(Field.PLATE, "8JX-K417")),
        (
            Wanted(fields={Field.STATUS: ["new", "active"], Field.DESK: [""]}),
            '(status:"new" OR status:"active")',
            Or((FieldIs(Field.STATUS, "new"), FieldIs(Field.STATUS, "active"))),
        ),
    ],
)
def test_each_field_is_read_as_it_was_meant(wanted: Wanted, text: str, tree: Node) -> None:
    assert written(wanted) == text
    assert parse(text, TODAY) == tree


PIECES = st.sampled_from(
    [
        "girl",
        "OR",
        "NOT",
        "-",
        '"',
        "(",
        ")",
        "*",
        "~",
        "~5",
        ":",
        "county:webb",
        "has:plate",
        "a|b",
        "8JXK417",
        "956",
        "0147",
        "555-0147",
        "🍒",
        "ñ",
        "@lil",
    ]
)
TEXTS = st.one_of(st.text(st.characters(), max_size=12), st.lists(PIECES, max_size=5).map(" ".join))
FORMS = st.builds(
    Wanted,
    every=TEXTS,
    phrase=TEXTS,
    some=TEXTS,
    none=TEXTS,
    near=TEXTS,
    within=st.integers(-5, 50),
    spelled=TEXTS,
    begins=TEXTS,
    place=TEXTS,
    since=TEXTS,
    until=TEXTS,
    fields=st.dictionaries(st.sampled_from([Field.PLATE, Field.HANDLE, Field.DESK]), st.lists(TEXTS, max_size=2)),
)
ALONE = ("spelled", "begins", "every", "phrase", "some", "near", "place", "days", "fields", "none")
"""The fields in the order in which they are written."""


def only(wanted: Wanted, name: str) -> Wanted:
    """What one field of the form asks for."""
    if name == "days":
        return Wanted(since=wanted.since, until=wanted.until)
    return replace(Wanted(within=wanted.within), **{name: getattr(wanted, name)})


def terms(text: str, whole: bool) -> list[Node]:
    """What a text asks for, one term after the other; ``whole``: it is one term."""
    tree = parse(text, TODAY)
    return [] if isinstance(tree, Everything) else list(tree.nodes) if isinstance(tree, And) and not whole else [tree]


@given(FORMS)
def test_the_line_asks_for_what_its_fields_ask_for(wanted: Wanted) -> None:
    """Read whole, it is the fields read one by one."""
    each = [(name, written(only(wanted, name))) for name in ALONE]
    assert written(wanted) == " ".join(text for _, text in each if text)
    expected = [term for name, text in each for term in terms(text, whole=name == "near")]
    tree = parse(written(wanted), TODAY)
    assert tree == (And(tuple(expected)) if len(expected) > 1 else expected[0] if expected else Everything())
