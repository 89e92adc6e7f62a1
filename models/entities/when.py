"""Turns expressions of time into stretches of the calendar, seen from the moment of receipt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.entities.numbers import spoken

_WEEKDAY_NUMBERS = {
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6, "lun": 0, "mie": 2, "jue": 3, "vie": 4, "sab": 5, "dom": 6,
    "martes": 1,
}  # fmt: skip
_MONTH_NUMBERS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "ene": 1, "abr": 4, "ago": 8, "set": 9, "dic": 12,
}  # fmt: skip
_WEEKDAYS = tuple((re.compile(rf"\b{name}"), value) for name, value in _WEEKDAY_NUMBERS.items())
_MONTHS = tuple((re.compile(rf"\b{name}"), value) for name, value in _MONTH_NUMBERS.items())
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
_PARTS = (
    (re.compile(r"night|nite|anoche|antenoche|noche|tonight|evening"), (18, 30)),
    (re.compile(r"madrugada|before dawn|early hours"), (0, 6)),
    (re.compile(r"morning|(?:en|por|de|esta) (?:la )?manana|amanecer|dawn|sunrise"), (5, 12)),
    (re.compile(r"afternoon|tarde"), (12, 20)),
)
"""Hours of the clock that parts of the day span; the night ends at 6 on the next day."""
_FUTURE = re.compile(r"\b(?:next|coming|tomorrow|tmrw|by|until|til|proxim[oa]|que viene|para el|hasta)\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """A stretch from ``start`` to ``end``; ``granularity`` is how finely it was said."""

    start: datetime
    end: datetime
    granularity: str


@dataclass(frozen=True, slots=True)
class _Clock:
    """An hour and minute; ``sure`` says that it cannot mean the other half of the day."""

    hour: int
    minute: int
    sure: bool


def resolve(parts: Sequence[tuple[str, str]], received: datetime) -> Reading | None:
    """The stretch that the parts (kind, folded text) of one expression say, None for habits and what cannot be told.

    A weekday, date or clock time without a sign of the future is the last one before receipt: tips tell what has happened. A part of
    the day ("Friday night") narrows the day; an hour that may be in either half of it ("Friday around 9") spans both.
    """
    day: Reading | None = None
    clock: _Clock | None = None
    part: tuple[int, int] | None = None
    for kind, text in parts:
        if kind == "habit":
            return None
        if kind == "clock":
            clock = clock or _clock(text)
        else:
            day = day or _RULES.get(kind, _unknown)(text, received)
        part = part or _part_of_day(text)
    if day is not None and part and day.granularity == "day" and day.end - day.start <= timedelta(hours=25):
        midnight = _midnight(day.start)
        day = Reading(_later(midnight, part[0]), _later(midnight, part[1]), "day")
    if clock is None:
        return day
    if day is None or day.granularity in ("minute", "hour"):
        return day or _last_clock(clock, part, received)
    return _at(day, clock) if day.granularity == "day" else day


def _part_of_day(text: str) -> tuple[int, int] | None:
    return next((hours for pattern, hours in _PARTS if pattern.search(text)), None)


def _later(midnight: datetime, hours: int) -> datetime:
    """So many hours of the clock later, whatever the clock was set forward or back."""
    return (midnight + timedelta(days=hours // 24)).replace(hour=hours % 24)


def _moments(day: datetime, clock: _Clock) -> list[datetime]:
    hours = [clock.hour] if clock.sure else [clock.hour % 12, clock.hour % 12 + 12]
    return [day.replace(hour=hour, minute=clock.minute, second=0, microsecond=0) for hour in hours]


def _at(day: Reading, clock: _Clock) -> Reading:
    """The clock time within a day or part of one; both times where both halves of the day are meant."""
    midnight = _midnight(day.start)
    moments = [moment for date in (midnight, midnight + _DAY) for moment in _moments(date, clock) if day.start <= moment < day.end]
    moments = moments or _moments(midnight, clock)
    return Reading(moments[0], moments[-1], "minute" if len(moments) == 1 else "day")


def _unknown(_text: str, _received: datetime) -> Reading | None:
    return None


def _now(_text: str, received: datetime) -> Reading:
    return Reading(received, received, "minute")


def _ago(text: str, received: datetime) -> Reading | None:
    unit = _unit(text)
    start = _back(received, _count(text), unit) if unit else None
    return Reading(start, start, unit) if unit and start else None


def _back(received: datetime, count: float, unit: str) -> datetime | None:
    """So many units before receipt: minutes and hours as they pass, days and longer by the calendar; None before the year 1."""
    try:
        if unit in ("minute", "hour"):
            return (received.astimezone(UTC) - count * _LENGTHS[unit]).astimezone(received.tzinfo)
        return received - count * _LENGTHS[unit]
    except OverflowError:
        return None


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
    return Reading(start, start + _DAY, "day")


def _weekday(text: str, received: datetime) -> Reading | None:
    if re.search(r"\b\w{3,}days\b|weekday|weekend|entre semana|fin(?:es)? de semana|\blos\b|every|alternate", text):
        return None
    number = next((value for name, value in _WEEKDAYS if name.search(text)), None)
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
    start = _back(received, _count(text), unit)
    return Reading(start, received, unit) if start else None


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


def _clock(text: str) -> _Clock | None:
    digits = re.search(r"([0-9]{1,2}):([0-9]{2})|\b([0-9]{2})([0-9]{2})\b|\b([0-9]{1,2})", text)
    military = bool(digits and digits[3])
    if digits:
        hour = int(digits[1] or digits[3] or digits[5])
        minute = int(digits[2] or digits[4] or 0)
    elif re.search(r"midnight|medianoche", text):
        return _Clock(0, 0, sure=True)
    elif re.search(r"noon|mediodia", text):
        return _Clock(12, 0, sure=True)
    else:
        words = re.findall(r"[a-z]+", text)
        value = next((number for word in words if word not in ("a", "un") and (number := spoken(word)) is not None), None)
        if value is None:
            return None
        hour, minute = value, 30 if re.search(r"thirty|media", text) else 15 if re.search(r"fifteen|cuarto", text) else 0
    if hour > 23 or minute > 59:
        return None
    afternoon = re.search(r"p\.?m|tarde|noche|evening|afternoon|at night|tonight", text) is not None
    morning = re.search(r"a\.?m\b|manana|madrugada|morning", text) is not None
    if afternoon and hour < 12:
        hour += 12
    elif morning and hour == 12:
        hour = 0
    return _Clock(hour, minute, sure=military or afternoon or morning or hour > 12 or hour == 0)


def _last_clock(clock: _Clock, part: tuple[int, int] | None, received: datetime) -> Reading:
    """The last time before receipt that the clock showed it."""
    midnight = _midnight(received)
    moments = [moment for date in (midnight - _DAY, midnight) for moment in _moments(date, clock) if moment <= received]
    within = [moment for moment in moments if part is None or part[0] <= moment.hour < part[1] or moment.hour + 24 < part[1]]
    return Reading((within or moments)[-1], (within or moments)[-1], "minute")


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _month_number(text: str) -> int | None:
    return next((value for name, value in _MONTHS if name.search(text)), None)


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
