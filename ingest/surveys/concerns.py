"""What answers to a survey say to whoever plans: how often each concern was named, by place and by week, in groups large enough.

Only whole weeks are counted while a survey runs, so that looking every day does not show single answers. Each choice has a total, and that
total is divided once by place and once by week; there is no table of places by weeks, whose small cells could be computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.domain.survey import Question, QuestionKind, Survey, SurveyAnswer
from ingest.surveys.masking import masked
from ingest.surveys.surveying import place_words
from triage.plain import plain
from triage.trends.suppression import SMALLEST, hidden, shown

ELSEWHERE = "Elsewhere, or not said"
"""Places that too few people named to be named here."""

TEXTS_SHOWN = 200

Cells = tuple[int | None, ...]
"""Counts; None is one that is held back."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One answer that could be chosen: how often it was, in all, by place and by week, in the order of the report's places and weeks."""

    value: str
    words: str
    total: int | None
    places: Cells
    weeks: Cells


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what was answered: concerns for one with choices, masked texts by place for one in words."""

    question: Question
    words: str
    concerns: tuple[Concern, ...] = ()
    texts: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The survey's answers up to and with the day ``through``. ``weeks`` are Mondays. ``answers`` is None for too few to say anything."""

    survey: Survey
    through: date
    answers: int | None
    places: tuple[str, ...] = ()
    weeks: tuple[date, ...] = ()
    asked: tuple[Asked, ...] = ()


def counted_through(survey: Survey, today: date) -> date:
    """The last day that is counted: that of the survey once it is over, else the last Sunday that is over."""
    return survey.ends if today > survey.ends else today - timedelta(days=today.isoweekday())


def report(survey: Survey, answers: Sequence[SurveyAnswer], today: date, language: str = "en") -> Report:
    """The report. ``language`` is that of the words, where the survey has it."""
    language = language if language in survey.languages else survey.languages[0]
    through = counted_through(survey, today)
    counted = [answer for answer in answers if survey.begins <= answer.day <= through]
    if not counted or shown(len(counted)) is None:
        return Report(survey, through, shown(len(counted)) if counted else 0)
    where = _places(survey, counted, language)
    places = tuple(sorted(set(where.values()) - {ELSEWHERE})) + ((ELSEWHERE,) if ELSEWHERE in where.values() else ())
    weeks = _weeks(survey.begins, through)
    asked = []
    for question in survey.questions:
        if question.kind in (QuestionKind.ONE, QuestionKind.MANY):
            concerns = _concerns(question, counted, where, places, weeks, language)
            asked.append(Asked(question, question.words[language], concerns))
        elif question.kind is QuestionKind.TEXT:
            asked.append(Asked(question, question.words[language], texts=_texts(question, counted, where, places)))
    return Report(survey, through, len(counted), places, weeks, tuple(asked))


def _places(survey: Survey, answers: Sequence[SurveyAnswer], language: str) -> Mapping[str, str]:
    """Answer id -> the name of its place: that of a group of people who named it alike, large enough to be named."""
    said = {answer.id: place_words(survey, answer.place, language) for answer in answers}
    counts = Counter(plain(place) for place in said.values())
    names: dict[str, Counter[str]] = {}
    for place in said.values():
        names.setdefault(plain(place), Counter())[place] += 1
    # Of several ways to write one place, the most usual one is shown, masked like any text.
    named = {
        key: masked(max(found.items(), key=lambda item: (item[1], item[0]))[0])
        for key, found in names.items()
        if key and counts[key] >= SMALLEST
    }
    return {id: named.get(plain(place), ELSEWHERE) for id, place in said.items()}


def _weeks(begins: date, through: date) -> tuple[date, ...]:
    first = begins - timedelta(days=begins.weekday())
    return tuple(first + timedelta(weeks=n) for n in range((through - first).days // 7 + 1))


def _concerns(
    question: Question,
    answers: Sequence[SurveyAnswer],
    where: Mapping[str, str],
    places: Sequence[str],
    weeks: Sequence[date],
    language: str,
) -> tuple[Concern, ...]:
    chose = {value: [a for a in answers if value in a.choices.get(question.id, ())] for value in question.choices}
    totals = {value: len(found) for value, found in chose.items()}
    if question.kind is QuestionKind.ONE:  # with all answers shown, one hidden choice would be what is left over
        held = hidden(totals, unsaid=sum(question.id not in answer.choices for answer in answers))
    else:
        held = frozenset(value for value, count in totals.items() if shown(count) is None)
    concerns = []
    for value, found in chose.items():
        if value in held:  # nothing below a total that is held back: parts of it would give it away
            concerns.append(Concern(value, question.choices[value][language], None, (None,) * len(places), (None,) * len(weeks)))
            continue
        by_place = Counter(where[answer.id] for answer in found)
        by_week = Counter((answer.day - timedelta(days=answer.day.weekday())).isoformat() for answer in found)
        concerns.append(
            Concern(
                value,
                question.choices[value][language],
                totals[value],
                _cells({place: by_place[place] for place in places}),
                _cells({week.isoformat(): by_week[week.isoformat()] for week in weeks}),
            )
        )
    return tuple(concerns)


def _cells(parts: Mapping[str, int]) -> Cells:
    held = hidden(parts)
    return tuple(None if name in held else count for name, count in parts.items())


def _texts(
    question: Question, answers: Sequence[SurveyAnswer], where: Mapping[str, str], places: Sequence[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The texts of each place where enough people wrote one, in no order that says when they came."""
    groups: dict[str, list[str]] = {place: [] for place in places}
    for answer in sorted(answers, key=lambda each: each.id):
        if text := answer.texts.get(question.id):
            groups[where[answer.id]].append(masked(text))
    return tuple((place, tuple(texts[:TEXTS_SHOWN])) for place, texts in groups.items() if len(texts) >= SMALLEST)
