"""Counts of small groups cannot be seen, and cannot be worked out from what is seen."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.survey import Question, QuestionKind, Survey, SurveyAnswer
from ingest.surveys.concerns import ELSEWHERE, Report, report
from ingest.surveys.masking import masked
from triage.trends.suppression import SMALLEST, hidden, shown

PARTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), min_size=1)


def most(parts: dict[str, int], held: frozenset[str], total: int) -> int:
    """The most that one hidden part can be for somebody who sees the total and the other parts, and knows that none hidden is zero."""
    seen = sum(count for name, count in parts.items() if name not in held)
    others = 0 if held == frozenset(parts) else len(held) - 1
    return total - seen - others


@given(PARTS, st.integers(0, 30))
def test_a_small_part_cannot_be_computed_from_the_total_and_the_parts_beside_it(parts: dict[str, int], unsaid: int) -> None:
    held, total = hidden(parts, unsaid), sum(parts.values()) + unsaid
    assert all(count == 0 or count >= SMALLEST for name, count in parts.items() if name not in held)
    if any(0 < count < SMALLEST for count in parts.values()) and total >= SMALLEST:
        assert most(parts, held, total) >= SMALLEST


@given(PARTS)
def test_nothing_is_hidden_without_need(parts: dict[str, int]) -> None:
    if all(count == 0 or count >= SMALLEST for count in parts.values()):
        assert hidden(parts) == frozenset()


@given(st.lists(st.integers(0, 14), min_size=2, max_size=3))
def test_more_than_one_table_fits_what_is_shown(counts: list[int]) -> None:
    """Tries every table: at least one other fits, in which the hidden small part is large enough to be shown."""
    parts = dict(zip("abc", counts, strict=False))
    held, total = hidden(parts), sum(counts)
    if total < SMALLEST:
        return  # such a total is itself held back
    names = sorted(held)
    small = [name for name in names if 0 < parts[name] < SMALLEST]
    left = total - sum(count for name, count in parts.items() if name not in held)
    lowest = 0 if held == frozenset(parts) else 1
    fits = [dict(zip(names, each, strict=True)) for each in product(range(lowest, left + 1), repeat=len(names)) if sum(each) == left]
    for name in small:
        assert any(table[name] >= SMALLEST for table in fits)
        assert len({table[name] for table in fits}) > 1


def test_a_count_by_itself_is_shown_from_eleven_on() -> None:
    assert [shown(count) for count in (0, 1, 10, 11)] == [0, None, None, 11]


PLACES = Question("where", QuestionKind.PLACE, {"en": "Where?"})
SAFE = Question("safe", QuestionKind.ONE, {"en": "Safe?"}, choices={v: {"en": v} for v in ("yes", "no")}, topic="Safety")
WORRY = Question("worry", QuestionKind.MANY, {"en": "Worry?"}, choices={v: {"en": v} for v in ("lights", "cars")})
MORE = Question("more", QuestionKind.TEXT, {"en": "More?"})
SURVEY = Survey("spring", "p", {"en": "Spring"}, ("en",), date(2026, 11, 2), date(2026, 11, 29), (PLACES, SAFE, WORRY, MORE))
OVER = date(2026, 11, 30)


def answer(number: int, day: int = 0, place: str = "", safe: str = "", worry: tuple[str, ...] = (), more: str = "") -> SurveyAnswer:
    choices = {**({"safe": (safe,)} if safe else {}), **({"worry": worry} if worry else {})}
    return SurveyAnswer(
        f"sva_{number}", "spring", SURVEY.begins + timedelta(days=day), "en", place, choices, {"more": more} if more else {}
    )


ANSWERS = st.lists(
    st.tuples(
        st.integers(0, 27),
        st.sampled_from(["Peña Park", "pena park", "Main St", "a barn", ""]),
        st.sampled_from(["yes", "no", ""]),
        st.sets(st.sampled_from(["lights", "cars"])).map(lambda chosen: tuple(sorted(chosen))),
    ),
    max_size=90,
)


@given(ANSWERS, st.integers(0, 40))
def test_no_report_shows_a_small_group_or_parts_that_give_it_away(given: list[tuple[int, str, str, tuple[str, ...]]], day: int) -> None:
    found = report(SURVEY, [answer(n, *each) for n, each in enumerate(given)], SURVEY.begins + timedelta(days=day))
    numbers = [found.answers]
    for one in found.asked:
        for concern in one.concerns:
            numbers += [concern.total, *concern.places, *concern.weeks]
            for cells in (concern.places, concern.weeks):
                if concern.total is None:
                    assert set(cells) <= {None}
                elif None in cells:
                    assert concern.total - sum(n for n in cells if n) >= SMALLEST
                else:
                    assert sum(n for n in cells if n) == concern.total
    assert all(number is None or number == 0 or number >= SMALLEST for number in numbers)


def test_a_survey_that_runs_counts_whole_weeks_and_one_that_is_over_all_of_it() -> None:
    answers = [answer(n, day=n % 14, safe="yes") for n in range(42)]
    wednesday = SURVEY.begins + timedelta(days=9)
    running = report(SURVEY, answers, wednesday)
    assert (running.through, running.answers, running.weeks) == (date(2026, 11, 8), 21, (date(2026, 11, 2),))
    assert report(SURVEY, answers, OVER).answers == 42
    assert report(SURVEY, [], OVER).answers == 0
    assert report(SURVEY, answers[:10], OVER) == Report(SURVEY, SURVEY.ends, None)


def test_places_that_few_people_named_are_not_named() -> None:
    said = [answer(n, place="Peña  Park" if n % 3 else "pena park", safe="yes") for n in range(20)]
    said += [answer(100 + n, place="the barn of Jo Doe", safe="no") for n in range(10)]
    said += [answer(200 + n, safe="no") for n in range(15)]
    found = report(SURVEY, said, OVER)
    assert found.places == ("Peña  Park", ELSEWHERE)
    [yes, no] = found.asked[0].concerns
    assert (yes.total, yes.places, no.total, no.places) == (20, (20, 0), 25, (0, 25))
    assert "barn" not in str(found)


def test_words_are_shown_in_groups_only_and_without_details() -> None:
    said = [answer(n, place="Main St", safe="yes", more=f"Call me at 308-555-01{n:02d}, it is dark") for n in range(11)]
    said += [answer(50 + n, place="Old Mill", safe="yes", more="secret") for n in range(10)] + [answer(70, place="Old Mill", safe="yes")]
    texts = report(SURVEY, said, OVER).asked[2].texts
    assert texts == (("Main St", ("Call me at [phone], it is dark",) * 11),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to ann.b@example.com or @ann_b", "Write to [email] or [handle]"),
        ("See https://x.test/a?b=1 and www.y.test", "See [link] and [link]"),
        ("Call (402) 555-0143, +1 402 555 0143 or 4025550143", "Call [phone], [phone] or [phone]"),
        ("A van, ABC 123, or 12-AB345", "A van, [plate], or [plate]"),
        ("case 1234567", "case [phone]"),
        ("It happened 3 times in 2026 on I-80, exit 12", "It happened 3 times in 2026 on I-80, exit 12"),
        ("Streets are DARK at night", "Streets are DARK at night"),
    ],
)
def test_what_looks_like_somebodys_details_is_taken_out(text: str, expected: str) -> None:
    assert masked(text) == expected


@given(
    st.from_regex(r"[2-9]\d{2}[ .-]?[2-9]\d{2}[ .-]?\d{4}", fullmatch=True), st.sampled_from(["call {} now", "{}", "Tel: {}.", "x ({})"])
)
def test_no_telephone_number_is_left(number: str, around: str) -> None:
    assert not set(number) & set("0123456789") & set(masked(around.format(number)))
