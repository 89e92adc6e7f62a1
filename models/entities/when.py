"""Turns expressions of time into stretches of the calendar, seen from the moment of receipt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.entities.numbers import spoken

_WEEKDAYS = {
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6, "lun": 0, "mie": 2, "jue": 3, "vie": 4, "sab": 5, "dom": 6,
    "martes": 1,
}  # fmt: skip
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "ene": 1, "abr": 4, "ago": 8, "set": 9, "dic": 12,
}  # fmt: skip
_UNITS = {
    "sec": "minute", "seg": "minute", "min": "minute", "hou": "hour", "hr": "hour", "hor": "hour", "day": "day", "dia": "day",
    "nig": "day", "noc": "day", "wee": "week", "wk": "week", "sem": "week", "mon": "month", "mo": "month", "mes": "month", "yea": "year",
    "yr": "year", "ano": "year",
}  # fmt: skip
_LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_SMALL = {"a": 1, "an": 1, "un": 1, "una": 1, "couple": 2, "few": 3, "several": 4, "unos": 3, "unas": 3, "varios": 4, "varias": 4}
_DAY = timedelta(days=1)
_FUTURE = re.compile(r"\b(?:next|coming|tomorrow|tmrw|by|until|til|proxim[oa]|que viene|para el|hasta)\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """A stretch from ``start`` to ``end``; ``granularity`` is how finely it was said."""

    start: datetime
    end: datetime
    granularity: str


def resolve(parts: Sequence[tuple[str, str]], received: datetime) -> Reading | None:
    """The stretch that the parts (kind, folded text) of one expression say, None for habits and what cannot be told.

    A weekday, date or clock time without a sign of the future is the last one before receipt: tips tell what has happened.
    """
    day: Reading | None = None
    clock: tuple[int, int] | None = None
    for kind, text in parts:
        if kind == "habit":
            return None
        if kind == "clock":
            clock = clock or _clock(text)
        else:
            day = day or _RULES.get(kind, _unknown)(text, received)
    if clock is None:
        return day
    if day is None or day.granularity in ("minute", "hour"):
        return day or _last_clock(clock, received)
    moment = day.start.replace(hour=clock[0], minute=clock[1], second=0, microsecond=0)
    return Reading(moment, moment, "minute") if day.granularity == "day" else day


def _unknown(_text: str, _received: datetime) -> Reading | None:
    return None


def _now(_text: str, received: datetime) -> Reading:
    return Reading(received, received, "minute")


def _ago(text: str, received: datetime) -> Reading | None:
    unit = _unit(text)
    if unit is None:
        return None
    try:
        start = received - _count(text) * _LENGTHS[unit]
    except OverflowError:
        return None
    return Reading(start, start, unit)


def _day(text: str, received: datetime) -> Reading:
    offset = 0
    if re.search(r"antier|anteayer|antenoche|day before yesterday", text):
        offset = -2
    elif re.search(r"yest|ydy|last ni|lastni|anoche|ayer|the night before", text):
        offset = -1
    elif re.search(r"pasado manana", text):
        offset = 2
    elif re.search(r"tomo|tmrw|tmw|^manana", text):
        offset = 1
    start = _midnight(received) + offset * _DAY
    if re.search(r"night|nite|noche", text):
        return Reading(start + timedelta(hours=18), start + timedelta(hours=30), "day")
    return Reading(start, start + _DAY, "day")


def _weekday(text: str, received: datetime) -> Reading | None:
    if re.search(r"\b\w{3,}days\b|weekday|weekend|entre semana|fin(?:es)? de semana|\blos\b|every|alternate", text):
        return None
    number = next((value for name, value in _WEEKDAYS.items() if re.search(rf"\b{name}", text)), None)
    if number is None:
        return None
    back = (received.weekday() - number) % 7
    if _FUTURE.search(text):
        start = _midnight(received) + ((7 - back) % 7 or 7) * _DAY
    else:
        start = _midnight(received) - ((back or 7) if "last" in text or "pasado" in text else back) * _DAY
    return Reading(start, start + _DAY, "day")


def _date(text: str, received: datetime) -> Reading | None:
    slashed = re.search(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{2,4}))?", text)
    iso = re.search(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    year: int | None = None
    if iso:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif slashed:
        month, day = int(slashed[1]), int(slashed[2])
        year = (int(slashed[3]) + (2000 if len(slashed[3]) == 2 else 0)) if slashed[3] else None
    else:
        named = _month_number(text)
        number = re.search(r"\b([0-9]{1,2})(?:st|nd|rd|th)?\b", text)
        written = re.search(r"\b((?:19|20)[0-9]{2})\b", text)
        if number is None:
            return None
        month, day, year = named or received.month, int(number[1]), int(written[1]) if written else None
    return _calendar_day(year, month, day, received)


def _calendar_day(year: int | None, month: int, day: int, received: datetime) -> Reading | None:
    try:
        start = _midnight(received).replace(year=year or received.year, month=month, day=day)
    except ValueError:
        return None
    if year is None and start > received:
        try:
            start = start.replace(year=start.year - 1)
        except ValueError:
            return None
    return Reading(start, start + _DAY, "day")


def _month(text: str, received: datetime) -> Reading | None:
    month = _month_number(text)
    written = re.search(r"\b((?:19|20)[0-9]{2})\b", text)
    if month is None:
        return None
    year = int(written[1]) if written else received.year - (month > received.month)
    start = _midnight(received).replace(year=year, month=month, day=1)
    end = start.replace(year=year + month // 12, month=month % 12 + 1)
    return Reading(start, end, "month")


def _week(text: str, received: datetime) -> Reading | None:
    monday = _midnight(received) - received.weekday() * _DAY
    shift = -1 if re.search(r"last|past|pasad", text) else 1 if re.search(r"next|viene|proxim", text) else 0
    if re.search(r"weekend|fin de semana", text):
        start = monday + (5 + 7 * shift) * _DAY
        return Reading(start, start + 2 * _DAY, "day")
    if re.search(r"\bweek\b|\bwk\b|semana", text) and "semana santa" not in text:
        return Reading(monday + 7 * shift * _DAY, monday + 7 * (shift + 1) * _DAY, "week")
    if re.search(r"\bmonth\b|\bmes\b", text):
        month = received.year * 12 + received.month - 1 + shift
        start = _midnight(received).replace(year=month // 12, month=month % 12 + 1, day=1)
        return Reading(start, start.replace(year=(month + 1) // 12, month=(month + 1) % 12 + 1), "month")
    return None


def _year(text: str, received: datetime) -> Reading | None:
    found = re.search(r"(?:19|20)[0-9]{2}", text)
    if found is None:
        return None
    start = _midnight(received).replace(year=int(found.group()), month=1, day=1)
    return Reading(start, start.replace(year=start.year + 1), "year")


def _span(text: str, received: datetime) -> Reading | None:
    unit = _unit(text)
    if unit is None or not re.search(r"\b(?:for|since|past|last|over|llev\w+|hace|ultim\w+|van)\b", text):
        return None
    try:
        return Reading(received - _count(text) * _LENGTHS[unit], received, unit)
    except OverflowError:
        return None


def _part(text: str, received: datetime) -> Reading | None:
    return Reading(_midnight(received), _midnight(received) + _DAY, "day") if re.search(r"\bthis\b", text) else None


_RULES = {
    "now": _now,
    "ago": _ago,
    "day": _day,
    "weekday": _weekday,
    "date": _date,
    "month": _month,
    "week": _week,
    "year": _year,
    "span": _span,
    "part": _part,
}


def _clock(text: str) -> tuple[int, int] | None:
    digits = re.search(r"([0-9]{1,2}):([0-9]{2})|\b([0-9]{2})([0-9]{2})\b|\b([0-9]{1,2})", text)
    if digits:
        hour = int(digits[1] or digits[3] or digits[5])
        minute = int(digits[2] or digits[4] or 0)
    elif re.search(r"midnight|medianoche", text):
        hour, minute = 0, 0
    elif re.search(r"noon|mediodia", text):
        hour, minute = 12, 0
    else:
        words = re.findall(r"[a-z]+", text)
        value = next((number for word in words if word not in ("a", "un") and (number := spoken(word)) is not None), None)
        if value is None:
            return None
        hour, minute = value, 30 if re.search(r"thirty|media", text) else 15 if re.search(r"fifteen|cuarto", text) else 0
    if re.search(r"p\.?m|tarde|noche|evening|afternoon|at night|tonight", text) and hour < 12:
        hour += 12
    elif re.search(r"a\.?m\b|manana|madrugada|morning", text) and hour == 12:
        hour = 0
    return (hour, minute) if hour < 24 and minute < 60 else None


def _last_clock(clock: tuple[int, int], received: datetime) -> Reading:
    moment = received.replace(hour=clock[0], minute=clock[1], second=0, microsecond=0)
    if moment > received:
        moment -= _DAY
    return Reading(moment, moment, "minute")


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _month_number(text: str) -> int | None:
    return next((value for name, value in _MONTHS.items() if re.search(rf"\b{name}", text)), None)


def _unit(text: str) -> str | None:
    found = re.findall(r"(?:^|[\s0-9])(sec|seg|min|hou|hr|hor|day|dia|nig|noc|wee|wk|sem|mon|mo|mes|yea|yr|ano)", text)
    return _UNITS[found[-1]] if found else None


def _count(text: str) -> float:
    if "half an" in text or "media hora" in text:
        return 0.5
    digits = re.search(r"[0-9]{1,3}", text)
    if digits:
        return int(digits.group())
    words = re.findall(r"[a-z]+", text)
    number = next((value for word in words if (value := _SMALL.get(word)) is not None), None)
    said = next((value for word in words if word not in _SMALL and (value := spoken(word)) is not None), None)
    return said or number or 1
