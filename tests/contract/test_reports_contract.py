"""The maker of reports, and makers that each break one rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.report_files import DrawnReports
from tests.contract.reports_suite import ReportsSuite
from tests.contract.saboteurs import caught, expected
from triage.domain.report import Report


class DrawnSuite(ReportsSuite):
    adapter: type[DrawnReports] = DrawnReports


class TestDrawnReports(DrawnSuite):
    pass


class LeavesLinesOut(DrawnReports):
    def pdf(self, report: Report) -> bytes:
        return super().pdf(replace(report, sections=tuple(replace(section, lines=section.lines[:140]) for section in report.sections)))


class MarksNothing(DrawnReports):
    def pdf(self, report: Report) -> bytes:
        return super().pdf(replace(report, mark=""))


class SortsRows(DrawnReports):
    def pdf(self, report: Report) -> bytes:
        return super().pdf(
            replace(report, sections=tuple(replace(section, rows=tuple(sorted(section.rows))) for section in report.sections))
        )


class LeavesOutWhatItCannotShow(DrawnReports):
    def pdf(self, report: Report) -> bytes:
        def plain(text: str) -> str:
            return "".join(letter for letter in text if ord(letter) < 256)

        sections = tuple(
            replace(s, lines=tuple(map(plain, s.lines)), rows=tuple(tuple(map(plain, row)) for row in s.rows)) for s in report.sections
        )
        return super().pdf(replace(report, sections=sections))


BREAKS = {
    LeavesLinesOut: "test_writes_every_text",
    MarksNothing: "test_marks_every_page",
    SortsRows: "test_keeps_order",
    LeavesOutWhatItCannotShow: "test_takes_any_text",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, DrawnSuite, BREAKS) == expected(BREAKS)
