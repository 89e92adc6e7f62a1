"""What every form of a case is checked for."""

from __future__ import annotations

from datetime import UTC, datetime

from triage.cases import TEXT_LIMIT
from triage.domain.case import Case, CaseStatus
from triage.domain.errors import Conflict, invalid

TITLE_LIMIT = 200
"""The most characters of a title or of one answer."""


def text(path: str, given: str, limit: int = TEXT_LIMIT, required: str = "") -> str:
    """The text without outer space. Raise ``InvalidInput`` if it is too long, or empty where ``required`` says what to write."""
    given = given.strip()
    if required and not given:
        raise invalid(path, "required", required)
    if len(given) > limit:
        raise invalid(path, "too_long", f"Write at most {limit} characters.")
    return given


def day(path: str, given: str) -> datetime | None:
    """The beginning of an ISO date in UTC; None for no date."""
    if not given.strip():
        return None
    try:
        return datetime.strptime(given.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise invalid(path, "no_date", "Write a date as year-month-day, for example 2026-11-28.") from None


def check_open(case: Case) -> None:
    """Raise ``Conflict`` if the case is closed."""
    if case.status is CaseStatus.CLOSED:
        raise Conflict("this case is closed. Reopen it first, with a reason.")
