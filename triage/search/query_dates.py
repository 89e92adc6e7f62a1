"""The days that people mean when they write ``received:7d`` or ``received:2026-11-01..2026-11-30``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from triage.domain.query import Received

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_AGO = re.compile(r"(\d{1,6})([dwmy])")
_UNIT_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}

Span = tuple[date, date]


def received(name: str, value: str, today: date) -> Received | None:
    """What ``received:VALUE``, ``since:VALUE`` or ``until:VALUE`` asks, or None if the value names no days.

    A value is a day (``2026-11-01``, ``11/01/2026``, ``today``, ``yesterday``), a month (``2026-11``), a year, a length that
    reaches back from today (``7d``, ``2w``, ``3m`` of 30 days, ``1y``) or, for ``received``, two of these around ``..``, of which one may
    be missing. The further day of a span that is written the wrong way round is its end all the same.
    """
    first, dots, last = value.lower().partition("..")
    if not dots:
        span = _span(first, today)
        if span is None:
            return None
        return {"since": Received(span[0], None), "until": Received(None, span[1])}.get(name, Received(*span))
    begin, end = _span(first, today), _span(last, today)
    if name != "received" or (first and begin is None) or (last and end is None) or not (begin or end):
        return None
    if begin and end:
        return Received(min(begin[0], end[0]), max(begin[1], end[1]))
    return Received(begin[0] if begin else None, end[1] if end else None)


def _span(text: str, today: date) -> Span | None:
    """The first and the last day that the text names."""
    if text == "today":
        return today, today
    if text == "yesterday":
        day = _days_before(today, 1)
        return day, day
    if ago := _AGO.fullmatch(text):
        return _days_before(today, int(ago[1]) * _UNIT_DAYS[ago[2]]), today
    try:
        return _calendar_span(text)
    except ValueError:  # 2026-02-31 is written like a day, but is none
        return None


def _calendar_span(text: str) -> Span | None:
    if day := _DAY.fullmatch(text):
        found = date(int(day[1]), int(day[2]), int(day[3]))
        return found, found
    if day := _US_DAY.fullmatch(text):
        found = date(int(day[3]), int(day[1]), int(day[2]))
        return found, found
    if month := _MONTH.fullmatch(text):
        first = date(int(month[1]), int(month[2]), 1)
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    if _YEAR.fullmatch(text):
        return date(int(text), 1, 1), date(int(text), 12, 31)
    return None


def _days_before(day: date, count: int) -> date:
    """``count`` days earlier, or the first day of the calendar where that would lie before it."""
    return date.min if count >= day.toordinal() else day - timedelta(days=count)
