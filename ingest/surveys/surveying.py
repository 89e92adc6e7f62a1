"""Answering a survey: what reports an event becomes a tip with a receipt, the rest an answer that nobody can tie to it or to a person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ingest.domain.partner import Partner
from ingest.domain.survey import Question, QuestionKind, Survey, SurveyAnswer
from ingest.registry.agreement import may_send
from ingest.schema import from_value
from ingest.submission import Submission
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.tip import Channel

TEXT_LIMIT = 2_000
EVENT_LIMIT = 10_000
PLACE_LIMIT = 100
"""Characters of each kind of answer."""

_LIMITS = {QuestionKind.TEXT: TEXT_LIMIT, QuestionKind.EVENT: EVENT_LIMIT, QuestionKind.PLACE: PLACE_LIMIT}


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody answered; everything may be missing. ``event`` is what they saw."""

    place: str = ""
    event: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def is_open(survey: Survey, today: date) -> bool:
    """Whether it can be answered today."""
    return survey.begins <= today <= survey.ends


def field_of(question: Question, choice: str = "") -> str:
    """The form field of a question; each choice of a question with many answers has its own."""
    return f"q.{question.id}.{choice}" if question.kind is QuestionKind.MANY else f"q.{question.id}"


def fill(survey: Survey, answers: Mapping[str, str]) -> Filled:
    """The answers of a form. Raises ``InvalidInput`` with fields as paths, or with an empty one where nothing was answered."""
    errors: list[FieldError] = []
    chosen: dict[str, tuple[str, ...]] = {}
    words: dict[QuestionKind, dict[str, str]] = {kind: {} for kind in QuestionKind}
    for question in survey.questions:
        name = field_of(question)
        if question.kind is QuestionKind.MANY:
            if picked := tuple(choice for choice in question.choices if field_of(question, choice) in answers):
                chosen[question.id] = picked
            continue
        given = answers.get(name, "").strip()
        if not given:
            continue
        if question.choices and given not in question.choices:
            errors.append(FieldError(name, "not_a_choice", "Choose one of the answers shown."))
        elif len(given) > _LIMITS.get(question.kind, PLACE_LIMIT):
            errors.append(FieldError(name, "too_long", f"Shorten it to {_LIMITS[question.kind]:,} characters or fewer."))
        elif question.kind is QuestionKind.ONE:
            chosen[question.id] = (given,)
        else:
            words[question.kind][question.id] = given
    event = " ".join(words[QuestionKind.EVENT].values())
    if event and not any(map(str.isalnum, event)):
        errors.append(FieldError(_event_field(survey), "no_words", "Tell us what you saw or heard. A few words is enough."))
    if not (errors or chosen or event or words[QuestionKind.TEXT]):
        errors.append(FieldError("", "nothing", "Answer one question or more."))
    if errors:
        raise InvalidInput(errors)
    return Filled(" ".join(words[QuestionKind.PLACE].values()), event, chosen, words[QuestionKind.TEXT])


def event_tip(survey: Survey, filled: Filled, partner: Partner, language: str) -> Submission | None:
    """The tip that the answers report, with the survey as its source; None if they report none."""
    if not filled.event:
        return None
    value: dict[str, object] = {"narrative": filled.event, "channel": Channel.SURVEY.value, "lang": language}
    if filled.place and may_send(partner, "place"):
        value["place"] = {"name": place_words(survey, filled.place, survey.languages[0])}
    if may_send(partner, "partner"):
        value["partner"] = {"reference": f"survey:{survey.id}"}
    return from_value(value)


def opinion(survey: Survey, filled: Filled, language: str, today: date, secret: str) -> SurveyAnswer | None:
    """The rest; None if there is none. The same ``secret`` of a form gives the same id, so that sending again adds nothing.

    There is no audit row of it on purpose: its time would tie the answer to a tip, and both to whoever was seen with a phone then.
    """
    if not (filled.choices or filled.texts):
        return None
    id = "sva_" + hashlib.sha256(f"survey answer\n{survey.id}\n{secret}".encode()).hexdigest()[:26]
    return SurveyAnswer(id, survey.id, today, language, filled.place, filled.choices, filled.texts)


def place_words(survey: Survey, place: str, language: str) -> str:
    """How people call the place: the words of a choice, else what was written."""
    choices = next((question.choices for question in survey.questions if question.kind is QuestionKind.PLACE), {})
    return choices[place][language] if place in choices else place


def _event_field(survey: Survey) -> str:
    return next(field_of(question) for question in survey.questions if question.kind is QuestionKind.EVENT)
