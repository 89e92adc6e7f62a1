"""Marks never change the text, and each covers exactly its span."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON
from triage.web.highlight import Evidence, search_for, segments
from triage.web.wording import age, gist, outcome

SPANS = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=8)


@given(text=st.text(max_size=30), spans=SPANS)
def test_segments_joined_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    evidence = [Evidence(n, "finding", "x", "", start, end, True, "", "") for n, (start, end) in enumerate(spans, 1)]
    cut = segments(text, evidence)
    assert "".join(segment.text for segment in cut) == text
    assert all(segment.text for segment in cut)
    for e in evidence:
        covered = "".join(segment.text for segment in cut if e in segment.evidence)
        assert covered == (text[max(0, e.start) : max(0, e.end)] if e.start < e.end else "")
        assert sum(e.number in segment.opens for segment in cut) == (1 if covered else 0)


@pytest.mark.parametrize(
    ("kind", "value", "query"),
    [("plate", "12AB34", 'plate:"12AB34"'), ("url", "x.test", 'handle:"x.test"'), ("place", 'the "Blue" inn', '"the  Blue  inn"')],
)
def test_an_entity_is_searched_by_its_field_or_its_words(kind: str, value: str, query: str) -> None:
    assert search_for(kind, value) == query


@pytest.mark.parametrize(
    ("target", "waited", "text", "late"),
    [
        (60, 12, "12 min of 60", ""),
        (60, 60, "60 min of 60", "late by 0 min"),
        (60, 300, "5 h of 60 min", "late by 4 h"),
        (1440, 300, "5 h of 24", ""),
        (7 * 1440, 3 * 1440, "3 d of 7", ""),
    ],
)
def test_age_is_told_against_the_target_in_minutes(target: int, waited: int, text: str, late: str) -> None:
    said = age(NOON, NOON + timedelta(minutes=target), NOON + timedelta(minutes=waited))
    assert (said.text, said.late) == (text, late)


def test_words_for_codes() -> None:
    assert gist("one  two\nthree four", 3) == "one two three …"
    assert gist("one two three", 3) == "one two three"
    assert outcome("declined:resolved") == "Declined: Already resolved"
    assert outcome("merged:case_1") == "Merged into case_1"
