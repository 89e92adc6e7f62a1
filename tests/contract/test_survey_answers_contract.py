"""Answers to surveys on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest

from infra.storage.partner_records import SqlSurveyAnswers
from ingest.domain.survey import SurveyAnswer
from tests.contract.on_postgres import OnPostgresPartnerPart
from tests.contract.on_sqlite import OnSqlitePartnerPart
from tests.contract.saboteurs import caught, expected
from tests.contract.survey_answers_suite import SurveyAnswersSuite
from triage.domain.errors import AlreadyExists


class SqliteSurveyAnswers(OnSqlitePartnerPart, SurveyAnswersSuite):
    part, adapter = "surveys", SqlSurveyAnswers


class TestSqliteSurveyAnswers(SqliteSurveyAnswers):
    pass


class TestPostgresSurveyAnswers(OnPostgresPartnerPart, SurveyAnswersSuite):
    part, adapter = "surveys", SqlSurveyAnswers


class TakesOtherContentInSilence(SqlSurveyAnswers):
    def add(self, answer: SurveyAnswer) -> None:
        with suppress(AlreadyExists):
            super().add(answer)


class LeavesOutTheLastDay(SqlSurveyAnswers):
    def of_survey(self, survey: str, since: date, until: date) -> list[SurveyAnswer]:
        return [answer for answer in super().of_survey(survey, since, until) if answer.day < until]


class ListsByIdAlone(SqlSurveyAnswers):
    def of_survey(self, survey: str, since: date, until: date) -> list[SurveyAnswer]:
        return sorted(super().of_survey(survey, since, until), key=lambda answer: answer.id)


BREAKS = {
    TakesOtherContentInSilence: "test_adds_once",
    LeavesOutTheLastDay: "test_gives_those_of_a_survey",
    ListsByIdAlone: "test_gives_those_of_a_survey",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, SqliteSurveyAnswers, BREAKS) == expected(BREAKS)
