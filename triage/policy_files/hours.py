"""Reads durations, hours, days and calendars from policy files. Errors are ``PolicyError``, with what to write instead."""

from __future__ import annotations

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from triage.domain.hours import WEEKDAYS, Calendar
from triage.policy_files.located_yaml import Located

_UNITS = {"minute": 1, "hour": 60, "day": 24 * 60}


def duration(value: Located) -> timedelta:
    """``2 minutes``, ``1 hour``, ``7 days``."""
    match = re.fullmatch(r"(\d{1,6}) (minute|hour|day)s?", value.text())
    if not match or int(match[1]) == 0:
        raise value.error(f"{value.text()!r} is no duration; write for example `2 minutes`, `1 hour` or `7 days`")
    return timedelta(minutes=int(match[1]) * _UNITS[match[2]])


def minute_of_day(value: Located, text: str = "") -> int:
    """``08:30`` as minutes since midnight; 24:00 is the end of the day."""
    text = text or value.text()
    match = re.fullmatch(r"(\d\d):(\d\d)", text)
    minute = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else 24 * 60 + 1
    if minute > 24 * 60:
        raise value.error(f'{text!r} is no time of the day; write it in quotes, for example `"08:30"`, or `"24:00"` for the end of the day')
    return minute


def day(value: Located, text: str = "") -> date:
    """``2026-12-25``."""
    text = text or value.text()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise value.error(f"{text!r} is no day; write for example `2026-12-25`") from None


def days(value: Located) -> frozenset[int]:
    """Days of the week, such as ``mon`` or ``[sat, sun]``, as numbers from Monday (0) on."""
    return frozenset(WEEKDAYS.index(name) for name in value.names(WEEKDAYS))


def zone(value: Located) -> str:
    """A time zone of the IANA database."""
    try:
        return ZoneInfo(value.text()).key
    except (ValueError, OSError, KeyError):
        words = "is no time zone that this machine knows; write for example `America/Chicago`, and see that the time zone data is installed"
        raise value.error(f"{value.text()!r} {words}") from None


def calendar(row: Located) -> Calendar:
    """A calendar: ``{id, zone, hours: {mon: 08:00-17:00, ...}, holidays: [...]}``."""
    keys = row.mapping(("id", "zone", "hours", "holidays"), required=("id", "zone", "hours"))
    week: list[tuple[tuple[int, int], ...]] = [()] * len(WEEKDAYS)
    for name, value in keys["hours"].mapping(WEEKDAYS).items():
        week[WEEKDAYS.index(name)] = _hours(value)
    if not any(week):
        raise keys["hours"].error("a calendar works on at least one day; write for example `mon: 08:00-17:00`")
    holidays = frozenset(map(day, keys["holidays"].items())) if "holidays" in keys else frozenset[date]()
    return Calendar(keys["id"].text(), zone(keys["zone"]), tuple(week), holidays)


def _hours(value: Located) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for one in [value] if value.is_text else value.items():
        first, dash, last = one.text().partition("-")
        if not dash:
            raise one.error(f"{one.text()!r} are no hours; write for example `08:00-17:00`, or `[08:00-12:00, 13:00-17:00]`")
        start, end = minute_of_day(one, first.strip()), minute_of_day(one, last.strip())
        if start >= end:
            raise one.error("these hours end before they begin; hours past midnight go on the next day, from `00:00`")
        if spans and start < spans[-1][1]:
            raise one.error("these hours overlap those before them; put them in order, each after the other")
        spans.append((start, end))
    return tuple(spans)
