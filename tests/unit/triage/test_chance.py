"""Exact tests against known figures, and against a library that does the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact, hypergeom

from triage.chance import in_words, more_than_its_part, smoothed, two_counts, unlike_the_rest


@settings(max_examples=40)
@given(st.integers(0, 80), st.integers(0, 80))
def test_two_counts_are_compared_as_a_binomial_test_does(before: int, recent: int) -> None:
    if before + recent:
        assert two_counts(before, recent, 1 / 3) == pytest.approx(binomtest(recent, before + recent, 1 / 3).pvalue, rel=1e-6)


@settings(max_examples=60)
@given(st.tuples(*[st.integers(0, 40)] * 4))
def test_parts_are_compared_as_fishers_test_does(cells: tuple[int, int, int, int]) -> None:
    a, b, c, d = cells
    total = sum(cells)
    if total:
        assert unlike_the_rest(a, a + b, a + c, total) == pytest.approx(fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-6)
        assert more_than_its_part(a, a + b, a + c, total) == pytest.approx(hypergeom.sf(a - 1, total, a + c, a + b), rel=1e-6, abs=1e-12)


def test_the_lady_tasting_tea() -> None:
    """Fisher, The Design of Experiments (1935): all eight cups told right by chance, 1 in 70; six or more, 17 in 70."""
    assert more_than_its_part(4, 4, 4, 8) == pytest.approx(1 / 70)
    assert more_than_its_part(3, 4, 4, 8) == pytest.approx(17 / 70)


@given(st.integers(0, 400))
def test_a_third_of_all_in_a_third_of_the_time_is_what_was_expected(recent: int) -> None:
    assert two_counts(2 * recent, recent, 1 / 3) == pytest.approx(1)


def test_the_line_stays_where_nothing_changes_and_passes_its_limit_where_much_comes() -> None:
    assert smoothed([9] * 12, 8) == [(pytest.approx(9), False)] * 12
    line = smoothed([9] * 8 + [30] * 4, 8)
    assert [high for _, high in line] == [False] * 8 + [True] * 4
    assert line[8][0] == pytest.approx(0.3 * 30 + 0.7 * 9)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.4, "chance can well have made it"),
        (0.02, "less than 1 in 20"),
        (0.002, "less than 1 in 100"),
        (0.0002, "less than 1 in 1,000"),
        (0.00002, "less than 1 in 10,000"),
        (1e-9, "less than 1 in a million"),
    ],
)
def test_chance_in_words(p: float, words: str) -> None:
    assert in_words(p) == words
