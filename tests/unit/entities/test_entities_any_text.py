"""What holds for every string: exact spans, order, no overlaps within a type, no exception, and linear work."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.entities import times
from models.entities.base import Folder, before_any, short
from models.entities.measure import measure, misses, report
from models.entities.numbers import spoken
from models.entities.phone import PhoneRecognizer
from models.entities.plates import folded_plate
from models.entities.read import EntityReader, settle
from triage.domain.assessment import Entity
from triage.taxonomy.taxonomy import ENTITY_TYPES

READER = EntityReader()
FOLDER = Folder()
PIECES = st.sampled_from(
    [
        *(
            "plate",
            "KLR",
            "4471",
            "402-555-0143",
            "$500",
            "I-80",
            "exit 12A",
            "mm 114",
            "Love's",
            "@x_y",
            "USDOT 8823340",
            "trailer 53",
            "MSKU1234565",
        ),
        *(
            "hxxp://",
            "a@b.example.com",
            "[at]",
            "dot com",
            "ñ",
            "É",
            "İ",
            "ﬀ",
            "🚚",
            "٣٤",
            "Ⅷ",
            "room 212",
            "Main St.",
            "Tuesday 9 pm",
            "yesterday",
        ),
        *(
            "niña de 15",
            "Tijuana, BC",
            "white Ford van",
            "plate?",
            "*_*",
            "0x",
            "bc1",
            "a las tres",
            "...",
            "-",
            ",",
            ":",
            "/",
            "#",
            "(",
            ")",
            "\n",
        ),
        *("\t", "'", '"', "’", "“", "—", "once", "cien mil"),
    ]
)


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join)))
def test_spans_are_exact_ordered_and_apart(text: str) -> None:
    entities = READER.read(text)
    reached: dict[str, int] = {}
    for entity in entities:
        assert entity.type in ENTITY_TYPES
        assert 0 <= entity.start < entity.end <= len(text)
        assert entity.raw == text[entity.start : entity.end]
        assert entity.start >= reached.get(entity.type, 0)
        reached[entity.type] = entity.end
        assert entity.value is not None
    assert [entity.start for entity in entities] == sorted(entity.start for entity in entities)


RECEIPTS = st.integers(946_684_800, 4_102_444_800).map(lambda second: datetime.fromtimestamp(second, UTC))  # 2000 to 2100
TIMES = st.sampled_from(
    [
        "last Monday",
        "feb 29",
        "31/12",
        "12/31/99",
        "yesterday at 25:00",
        "hace 999 años",
        "at 12 am",
        "next month",
        "in 1950",
        "the 31st",
        "last month",
        "0000 hrs",
    ]
)


@settings(max_examples=150)
@given(
    st.lists(TIMES, max_size=6).map(", ".join),
    RECEIPTS,
)
def test_every_time_that_is_resolved_ends_no_earlier_than_it_starts(text: str, received: datetime) -> None:
    for entity in READER.read(text, received):
        if "start" in entity.attributes:
            assert datetime.fromisoformat(entity.attributes["start"]) <= datetime.fromisoformat(entity.attributes["end"])


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(FOLDER.fold(text)) == len(text)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(["i'm", "i", "us30", "us", "30", "the", "exit12", "Ñu", "o'hare's", "a1b2"]), max_size=12).map(" ".join))
def test_words_of_known_sets_stand_where_a_search_finds_them(text: str) -> None:
    words = frozenset({"i", "us", "30", "o", "exit", "nu"})
    known, unknown = Folder((words,)).passage(text), FOLDER.passage(text)
    expected = [index for index, word in enumerate(unknown.words) if word in words or short(word) in words]
    assert list(known.indexes(words)) == list(unknown.indexes(words)) == expected
    assert known.has(words) is bool(expected)


def test_nearby_targets() -> None:
    assert list(before_any([0, 3, 5, 9], [4, 5], 1)) == [3, 5]
    assert list(before_any([0, 3], [], 9)) == []


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", max_size=8))
def test_folding_a_plate_twice_changes_nothing(plate: str) -> None:
    assert folded_plate(folded_plate(plate)) == folded_plate(plate)
    assert len(folded_plate(plate)) == len(plate)


@given(st.integers(min_value=0, max_value=9999))
def test_written_phone_numbers_come_back(line: int) -> None:
    text = f"call 402-341-{line:04d} now"
    assert [entity.value for entity in PhoneRecognizer().find(FOLDER.passage(text))] == [f"+1402341{line:04d}"]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("one fifty-six", 156),
        ("two-oh-four", 204),
        ("six hundred", 600),
        ("cinco mil", 5000),
        ("treinta y cuatro", 34),
        ("dos mil quinientos", 2500),
        ("dog", None),
    ],
)
def test_spoken_numbers(words: str, value: int | None) -> None:
    assert spoken(words) == value


HARD = {
    "digits": "7" * 100_000,
    "no spaces": "a" * 100_000,
    "dashes": "-" * 100_000,
    "plates": "plate " * 15_000,
    "at signs": "a@" * 50_000,
    "dots": "a." * 50_000,
    "capitals": "A B C D " * 12_000,
    "numbers": "one two " * 12_000,
    "dollars": "$1,000 " * 14_000,
    "brackets": "[at] dot " * 11_000,
    "days": "monday at 9 " * 8_000,
    "underscores": "a_" * 50_000,
    "names": "Beto Ruiz " * 10_000,
    "quotes": "'" * 100_000,
    "parentheses": "()" * 50_000,
    "roads": "I-80 " * 20_000,
    "bare roads": "on the 10 " * 10_000,
    "spaced digits": "7 " * 50_000,
    "spelled plates": "plate K L R 4 " * 7_000,
    "announced names": 'snap name is "' * 7_000,
    "spoken trailers": "trailer one two " * 6_000,
    "emoji": "🚚" * 100_000,
}


@pytest.mark.parametrize("name", sorted(HARD))
def test_hostile_text_is_read_whole_and_finds_no_more_than_it_holds(name: str) -> None:
    text = HARD[name]
    began = time.process_time()
    entities = READER.read(text)
    assert time.process_time() - began < 15, "Quadratic work on 100,000 characters takes minutes; linear work takes about a second."
    assert len(entities) <= len(text)
    assert all(entity.raw == text[entity.start : entity.end] for entity in entities)


def test_only_the_first_part_of_a_giant_text_is_read() -> None:
    assert READER.read("x" * 1_000_000 + " call 402-555-0143") == ()


def corpus(limit: int) -> Iterator[dict[str, object]]:
    for name in ("t1_transport", "t7_spanish", "t23_road", "t26_town"):
        lines = (files("models.corpus") / f"{name}.jsonl").read_text("utf8").splitlines()
        yield from (json.loads(line) for line in lines[:limit])


def test_openers_skip_nothing_that_a_full_search_finds() -> None:
    for tip in corpus(80):
        passage = FOLDER.passage(str(tip["text"]))
        quick = {match.span() for _, match in times.atoms_in(passage)}
        whole = {match.span() for _, pattern in times._PATTERNS for match in pattern.finditer(passage.folded) if match.group()[0].isalnum()}
        missed = {span for span in whole - quick if not any(span[0] < end and start < span[1] for start, end in quick)}
        assert missed == set()


def test_recall_on_written_tips_stays_high() -> None:
    scores = measure(corpus(120), READER)
    for kind in ("plate", "phone", "highway", "mile_marker", "exit", "truck_stop"):
        assert scores[kind].recall >= 0.85, (kind, scores[kind])


def test_what_is_missed_and_found_too_much_is_told() -> None:
    tip = {
        "id": "t1-001",
        "text": "Tag KLR 4471, call 402-341-2200, meet at the blue gate",
        "entities": [{"type": "plate", "text": "KLR 4471"}, {"type": "plate", "text": "blue gate"}],
    }
    score = measure([tip], READER)
    assert (score["plate"].recall, score["plate"].precision, score["phone"].precision) == (0.5, 1.0, 0.0)
    assert list(misses([tip], "plate", READER)) == [("t1-001", "blue gate")]
    assert "plate              2   0.500   0.500     1.000" in report(score)


def test_a_rival_keeps_its_characters() -> None:
    phone, plate = Entity("phone", 0, 12, "", ""), Entity("plate", 4, 12, "", "")
    assert settle([plate, phone]) == (phone,)
    inside = Entity("exit", 0, 7, "", "")
    place = Entity("place", 0, 20, "", "")
    assert settle([inside, place]) == (inside, place)
