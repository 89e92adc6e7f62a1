"""When a desk works: hours of the week in its own time zone, and days off. Time is counted in these hours exactly, whatever clocks do.

A time of the day that is skipped when clocks go forward means the moment after the gap; one that comes twice means its first coming.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As they are written in policy files, in the order of ``date.weekday``."""

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def moment_at(zone: str, day: date, minute: int) -> datetime:
    """The moment (UTC) at which the clocks of a zone show this minute of the day; 1440 is the next midnight."""
    place, naive = ZoneInfo(zone), datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001  # given its zone below
    while (moment := naive.replace(tzinfo=place).astimezone(UTC)).astimezone(place).replace(tzinfo=None) != naive:
        naive += _MINUTE
    return moment


def day_at(zone: str, moment: datetime) -> date:
    """The day that it is in the zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """A desk's working time. ``week`` has a tuple for each day from Monday on, of (from, to) in minutes of that day, in order and apart.

    ``holidays`` are days without any. At least one day of the week has hours.
    """

    id: str
    zone: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    holidays: frozenset[date] = frozenset()

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The moment at which ``work`` of working time has passed since ``start``; ``start`` itself where it is nothing."""
        left, at, day = work, start, day_at(self.zone, start)
        while left > timedelta():
            for opens, closes in self._spans(day):
                begin = max(opens, at)
                if closes - begin >= left:
                    return begin + left
                if closes > begin:
                    left, at = left - (closes - begin), closes
            day += _DAY
        return start

    def before(self, end: datetime, work: timedelta) -> datetime:
        """The latest moment since which ``work`` of working time has passed at ``end``."""
        left, at, day = work, end, day_at(self.zone, end)
        while left > timedelta():
            for opens, closes in reversed(list(self._spans(day))):
                last = min(closes, at)
                if last - opens >= left:
                    return last - left
                if last > opens:
                    left, at = left - (last - opens), opens
            day -= _DAY
        return end

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments."""
        total, at, day = timedelta(), start, day_at(self.zone, start)
        while day <= day_at(self.zone, end):
            for opens, closes in self._spans(day):
                begin, last = max(opens, at), min(closes, end)
                if last > begin:
                    total, at = total + (last - begin), last
            day += _DAY
        return total

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The day's hours as moments."""
        for start, end in () if day in self.holidays else self.week[day.weekday()]:
            yield moment_at(self.zone, day, start), moment_at(self.zone, day, end)
