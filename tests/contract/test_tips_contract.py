"""Tips, assessments, decisions and policy texts on each adapter, and on adapters that each break one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from infra.storage import tables
from infra.storage.database import insert_new, put
from infra.storage.records import SqlAssessments, SqlDecisions, SqlPolicies, SqlTips, tip_row
from tests.contract.on_postgres import OnPostgresPart
from tests.contract.on_sqlite import OnSqlitePart
from tests.contract.saboteurs import caught, expected
from tests.contract.tips_suite import AssessmentsSuite, DecisionsSuite, PoliciesSuite, TipsSuite
from triage.domain.assessment import Assessment
from triage.domain.decision import DecisionRecord
from triage.domain.tip import Tip


class SqliteTips(OnSqlitePart, TipsSuite):
    part, adapter = "tips", SqlTips


class SqliteAssessments(OnSqlitePart, AssessmentsSuite):
    part, adapter = "assessments", SqlAssessments


class SqliteDecisions(OnSqlitePart, DecisionsSuite):
    part, adapter = "decisions", SqlDecisions


class SqlitePolicies(OnSqlitePart, PoliciesSuite):
    part, adapter = "policies", SqlPolicies


class TestSqliteTips(SqliteTips):
    pass


class TestPostgresTips(OnPostgresPart, TipsSuite):
    part, adapter = "tips", SqlTips


class TestSqliteAssessments(SqliteAssessments):
    pass


class TestPostgresAssessments(OnPostgresPart, AssessmentsSuite):
    part, adapter = "assessments", SqlAssessments


class TestSqliteDecisions(SqliteDecisions):
    pass


class TestPostgresDecisions(OnPostgresPart, DecisionsSuite):
    part, adapter = "decisions", SqlDecisions


class TestSqlitePolicies(SqlitePolicies):
    pass


class TestPostgresPolicies(OnPostgresPart, PoliciesSuite):
    part, adapter = "policies", SqlPolicies


class CutsMicroseconds(SqlTips):
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Tip]:
        return {id: replace(tip, received_at=tip.received_at.replace(microsecond=0)) for id, tip in super().get_many(tip_ids).items()}


class KeepsTheFirstQuietly(SqlTips):
    def add(self, tip: Tip) -> None:
        insert_new(self._connection, tables.tips, [tip_row(tip)], ["id"])


class FindsOnlyOne(SqlTips):
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Tip]:
        return super().get_many(tip_ids[:1])


class ForgetsFindings(SqlAssessments):
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Assessment]:
        return {id: replace(read, findings=()) for id, read in super().get_many(tip_ids).items()}


class ReplacesAssessments(SqlAssessments):
    def add(self, assessment: Assessment) -> None:
        put(self._connection, tables.assessments, [{"tip_id": assessment.tip_id, "document": assessment}])


class FindsOneAssessment(SqlAssessments):
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, Assessment]:
        return super().get_many(tip_ids[:1])


class ReplacesDecisions(SqlDecisions):
    def add(self, record: DecisionRecord) -> None:
        put(self._connection, tables.decisions, [{"tip_id": record.tip_id, "document": record}])


class ForgetsMatches(SqlDecisions):
    def get_many(self, tip_ids: Sequence[str]) -> Mapping[str, DecisionRecord]:
        return {id: replace(record, matches=()) for id, record in super().get_many(tip_ids).items()}


class ReplacesPolicies(SqlPolicies):
    def add(self, version: str, files: Mapping[str, str]) -> None:
        put(self._connection, tables.policies, [{"version": version, "files": dict(files)}])


BREAKS: dict[type, dict[type, str]] = {
    SqliteTips: {
        CutsMicroseconds: "test_keeps_a_tip_as_it_was",
        KeepsTheFirstQuietly: "test_adds_once",
        FindsOnlyOne: "test_finds_many",
    },
    SqliteAssessments: {
        ForgetsFindings: "test_keeps_as_it_was",
        ReplacesAssessments: "test_adds_once",
        FindsOneAssessment: "test_finds_many",
    },
    SqliteDecisions: {ReplacesDecisions: "test_decides_once", ForgetsMatches: "test_keeps_a_record_as_it_was"},
    SqlitePolicies: {ReplacesPolicies: "test_keeps_each_version"},
}


@pytest.mark.parametrize("suite", BREAKS, ids=lambda suite: suite.__name__)
def test_the_suite_catches(suite: type, pytester: pytest.Pytester) -> None:
    assert caught(pytester, suite, BREAKS[suite]) == expected(BREAKS[suite])
