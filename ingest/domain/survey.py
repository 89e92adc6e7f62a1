"""Community surveys: questions to people at a place. What reports an event becomes a tip; the rest become concerns to plan by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class QuestionKind(StrEnum):
    """How a question is answered."""

    ONE = "one"  # one of the choices
    MANY = "many"  # any of the choices
    TEXT = "text"  # words; kept as a concern's text
    PLACE = "place"  # a town, street or site; groups the concerns
    EVENT = "event"  # "did you see something": an answer becomes a tip


@dataclass(frozen=True, slots=True)
class Question:
    """A question in each of the survey's languages. ``choices`` are value -> words by language; ``topic`` groups the answers."""

    id: str
    kind: QuestionKind
    words: Mapping[str, str]
    hints: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey, as ``surveys.yaml`` says it; open from ``begins`` to ``ends``, both days included."""

    id: str
    partner: str
    titles: Mapping[str, str]
    languages: tuple[str, ...]
    begins: date
    ends: date
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One person's answers, with nothing that says whose they are: the day, not the hour; no event, which is a tip of its own.

    ``choices`` are question -> chosen values; ``texts`` question -> words.
    """

    id: str
    survey: str
    day: date
    language: str
    place: str
    choices: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str]
