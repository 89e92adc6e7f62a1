"""The ways to do less work for the same findings: recognizers are skipped without a cue, and words are told from the text in one pass."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.entities.base import Folder, before_any, matches_at
from models.entities.read import EntityReader

READER = EntityReader()
FOLDER = Folder()
SAMPLES = ("t1_transport", "t7_spanish", "t11_messy", "t23_road")
WORDS = """
    plate KLR 4471 402-555-0143 $500 I-80 exit 12A mm 114 Love's @x_y USDOT 8823340 DOT trailer 53 MSKU1234565 a@b.example.com [at]
    dot com room 212 bc1 0x reporting mark BNSF 123456 GATX 204117 car van unit 1FTFW1ET5DFC10312 vin airport DFW flight gate MC 884120
    four oh two five five five tren vagon milla salida km www.x.org hxxp:// I'm us30 O'Hare's
"""
PHRASES = ("four oh two three four one two two oh oh", "trailer one two three four", "x@y.org", "dot one two three four five six", "LAX")
PIECES = st.sampled_from((*WORDS.split(), *PHRASES))


def hidden(text: str) -> list[str]:
    """What the recognizers find that the reader does not call for ``text``."""
    passage = READER._folder.passage(text)
    called = set(READER._called(passage))
    skipped = [recognizer for place, recognizer in enumerate(READER._recognizers) if place not in called]
    return [entity.raw for recognizer in skipped for entity in recognizer.find(passage)]


@pytest.mark.parametrize("name", SAMPLES)
def test_no_finding_is_hidden_in_written_tips(name: str) -> None:
    lines = (files("models.corpus") / f"{name}.jsonl").read_text("utf8").splitlines()[:150]
    assert {text: found for line in lines if (found := hidden(text := json.loads(line)["text"]))} == {}


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_no_finding_is_hidden_in_any_mixture(text: str) -> None:
    assert hidden(text) == []


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map(" ".join)))
def test_words_stand_where_a_plain_search_finds_them(text: str) -> None:
    passage = FOLDER.passage(text)
    found = list(re.finditer(r"\w+(?:'\w+)*", passage.folded))
    assert list(passage.words) == [match.group() for match in found]
    assert list(zip(passage.starts, passage.ends, strict=True)) == [match.span() for match in found]
    assert list(passage.mixed) == [index for index, match in enumerate(found) if not match.group().isalpha()]
    assert list(passage.numbers) == [index for index, match in enumerate(found) if match.group()[0] in "0123456789"]
    assert list(passage.capitals) == [index for index, match in enumerate(found) if text[match.start()].isupper()]


INDEXES = st.lists(st.integers(0, 40), unique=True, max_size=12).map(sorted)


@given(INDEXES, INDEXES, st.integers(0, 8))
def test_nearby_targets_are_those_of_a_full_comparison(indexes: list[int], targets: list[int], reach: int) -> None:
    assert before_any(indexes, targets, reach) == [index for index in indexes if any(0 <= target - index <= reach for target in targets)]


def test_matches_never_overlap() -> None:
    assert [match.span() for match in matches_at(re.compile("aa|b"), "aaab", [0, 1, 2, 3])] == [(0, 2), (3, 4)]
