"""Reads surveys from ``surveys.yaml`` of the policy folder; the file may be missing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from ingest.domain.survey import Question, QuestionKind, Survey
from triage.policy_files.located_yaml import Located, load_located

FILE = "surveys.yaml"
QUESTION_LIMIT = 20

_ID = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_WITH_CHOICES = (QuestionKind.ONE, QuestionKind.MANY)
_ONCE = (QuestionKind.PLACE, QuestionKind.EVENT)


def load_surveys(files: Mapping[str, str], partners: Collection[str] | None, languages: Collection[str]) -> tuple[Survey, ...]:
    """The surveys. ``partners`` are the slugs that a survey may name (None: any; the form of one that names nobody is not found),
    ``languages`` the tags that pages have words for.

    Raises ``PolicyError`` with file, line and what to write instead.
    """
    if not files.get(FILE, "").strip():
        return ()
    surveys: dict[str, Survey] = {}
    for row in load_located(FILE, files[FILE]).items():
        survey = _survey(row, partners, languages)
        if survey.id in surveys:
            raise row.error(f"the survey {survey.id!r} stands twice; give each its own id")
        surveys[survey.id] = survey
    return tuple(surveys.values())


def _survey(row: Located, partners: Collection[str] | None, known: Collection[str]) -> Survey:
    needed = ("id", "partner", "titles", "begins", "ends", "questions")
    keys = row.mapping((*needed, "languages"), required=needed)
    tags = [member.one_of(known) for member in keys["languages"].items()] if "languages" in keys else ["en"]
    languages = tuple(dict.fromkeys(tags))
    begins, ends = _day(keys["begins"]), _day(keys["ends"])
    if ends < begins:
        raise keys["ends"].error("a survey cannot end before it begins")
    rows = keys["questions"].items()
    if not 0 < len(rows) <= QUESTION_LIMIT:
        raise keys["questions"].error(f"ask 1 to {QUESTION_LIMIT} questions")
    questions: dict[str, Question] = {}
    for question_row in rows:
        question = _question(question_row, languages)
        if question.id in questions:
            raise question_row.error(f"the question {question.id!r} stands twice; give each its own id")
        if question.kind in _ONCE and any(other.kind is question.kind for other in questions.values()):
            raise question_row.error(f"a survey has one question of the kind `{question.kind}`; take this one out")
        questions[question.id] = question
    return Survey(
        _id(keys["id"]),
        keys["partner"].text() if partners is None else keys["partner"].one_of(partners),
        _words(keys["titles"], languages),
        languages,
        begins,
        ends,
        tuple(questions.values()),
    )


def _question(row: Located, languages: Collection[str]) -> Question:
    keys = row.mapping(("id", "kind", "words", "hints", "choices", "topic"), required=("id", "kind", "words"))
    kind = keys["kind"].choice(QuestionKind)
    choices = {name: _words(value, languages) for name, value in keys["choices"].pairs()} if "choices" in keys else {}
    if kind in _WITH_CHOICES and len(choices) < 2:
        raise row.error("a question of the kind `one` or `many` needs two `choices` or more, each `value: {en: words}`")
    if choices and kind not in (*_WITH_CHOICES, QuestionKind.PLACE):
        raise keys["choices"].error(f"a question of the kind `{kind}` is answered in words; take `choices` out")
    for value, located in keys["choices"].pairs() if "choices" in keys else ():
        if not re.fullmatch(r"[a-z0-9_]{1,40}", value):
            raise located.error(f"the choice {value!r} must be lower-case letters, digits and underscores")
    return Question(
        _id(keys["id"]),
        kind,
        _words(keys["words"], languages),
        _words(keys["hints"], languages) if "hints" in keys else {},
        choices,
        keys["topic"].text() if "topic" in keys else "",
    )


def _words(row: Located, languages: Collection[str]) -> Mapping[str, str]:
    """Words in each language of the survey."""
    return {tag: value.text() for tag, value in row.mapping(languages, required=languages).items()}


def _id(value: Located) -> str:
    if not _ID.fullmatch(value.text()):
        raise value.error("an id is 3 to 40 lower-case letters, digits and dashes, beginning with a letter")
    return value.text()


def _day(value: Located) -> date:
    try:
        return date.fromisoformat(value.text())
    except ValueError:
        raise value.error("expected a day; write for example `2026-11-01`") from None
