"""Findings: their evidence, names, order, and that no text can break or stall the reader."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.indicators.detect import MAX_FINDINGS_OF_ONE_INDICATOR, IndicatorReader
from models.indicators.measure import LabelledTip, compare
from models.sentences import passage
from triage.domain.assessment import Assertion, Experiencer
from triage.taxonomy.taxonomy import load_taxonomy

READER = IndicatorReader(load_taxonomy())


@pytest.mark.parametrize(
    ("text", "indicator", "evidence"),
    [
        ("At the plant the contractor keeps all our passports, please look", "documents_confiscated", "keeps all our passports"),
        ("Mi prima dice: el patrón les quitó los pasaportes a todos", "documents_confiscated", "quitó los pasaportes"),
        ("Room 12, lips are blue, please", "od_unresponsive", "lips are blue"),
    ],
)
def test_evidence_is_the_shortest_words_as_they_stand(text: str, indicator: str, evidence: str) -> None:
    found = [f for f in READER.read(text) if f.indicator == indicator]
    assert [text[f.start : f.end] for f in found] == [evidence]
    assert found[0].by.startswith(f"rule:{indicator}/")
    assert found[0].version == READER.version


def test_findings_say_how_they_are_put_and_to_whom_they_happen() -> None:
    (finding,) = [f for f in READER.read("This is a drill, the boss keeps all our passports") if f.indicator == "documents_confiscated"]
    assert (finding.assertion, finding.experiencer) == (Assertion.FICTION, Experiencer.REPORTER)


def test_findings_come_in_the_order_of_the_text_and_one_for_a_sentence() -> None:
    text = "Her lips are blue and her face is gray. He keeps all our passports."
    found = READER.read(text)
    assert [f.start for f in found] == sorted(f.start for f in found)
    assert sum(f.indicator == "od_unresponsive" for f in found) == 1


def test_a_text_that_repeats_itself_gives_a_bounded_list() -> None:
    found = READER.read("Her lips are blue. " * 50)
    assert sum(f.indicator == "od_unresponsive" for f in found) == MAX_FINDINGS_OF_ONE_INDICATOR


def test_a_passage_is_read_as_its_text() -> None:
    text = "he keeps all our passports"
    assert READER.read(passage(text)) == READER.read(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_with_spans_inside_it(text: str) -> None:
    assert all(0 <= f.start < f.end <= len(text) for f in READER.read(text))


@pytest.mark.parametrize("unit", ["he keeps all the money and the passport ", "no no no ", "# ", "\u0301", "keeps ", "💥\x00\u202e "])
def test_time_grows_with_the_length_only(unit: str) -> None:
    """Eight times the text may take thirty times as long at most; a quadratic reader needs sixty-four."""

    def took(repeats: int) -> float:
        text = unit * repeats
        began = time.process_time()
        READER.read(text)
        return time.process_time() - began

    took(100)
    assert took(1600) < 30 * took(200) + 0.2


def test_measure_counts_by_tip_and_by_span() -> None:
    text = "he keeps all our passports"
    start = text.index("keeps")
    tips = [LabelledTip(text, (("documents_confiscated", start, start + 5),)), LabelledTip("nothing here", (("od_unresponsive", 0, 3),))]
    by_tip, by_span = compare(tips, READER.read)
    assert by_tip.of(["documents_confiscated"]) == (1.0, 1.0, 1.0)
    assert by_span.of(["od_unresponsive"]) == (0.0, 0.0, 0.0)
    assert by_span.missed["od_unresponsive"] == 1
