"""Trends as they leave the page: a table for a file, and the draft of a bulletin. Only what the page shows, so nothing small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from triage.chance import in_words
from triage.domain.access import Viewer
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.table import Table
from triage.ports import Clock, Ids, Storage
from triage.trends.counts import PERIOD, PERIODS, WEEKS, Row, Speed
from triage.trends.suppression import SMALLEST
from triage.trends.trends import Ground, Trends, trends

HEAD = ("Value", "Table", f"{WEEKS - PERIOD} weeks before", f"Last {PERIOD} weeks", "Number", "Further")
NAMED = 5
"""Rows that a bulletin names of each kind."""


@dataclass(frozen=True, slots=True)
class Titles:
    """How values are called."""

    category: Callable[[str], str]
    county: Callable[[str], str]
    corridor: Callable[[str], str]
    partner: Callable[[str], str]
    kind: Callable[[str], str]
    urgency: Callable[[str], str]
    language: Callable[[str], str]
    channel: Callable[[str], str]
    hand_off: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A bulletin that nobody has read over yet."""

    title: str
    text: str


def export(storage: Storage, clock: Clock, ids: Ids, viewer: Viewer, ground: Ground, titles: Titles, agency: str) -> Table:
    """The trends as a table to take away, marked with who took it, when and why. Raises ``InvalidInput`` without a purpose. Audited."""
    purpose = viewer.purpose.strip()
    if not purpose:
        raise InvalidInput([FieldError("purpose", "required", "Write why you need the file: it is kept in the audit log and on the file.")])
    found = trends(storage, clock, ids, replace(viewer, purpose=purpose), ground, "trends.export")
    notes = (
        f"{found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}; no number below {SMALLEST}, and none that would give one away",
        f"law enforcement sensitive; taken out by {viewer.name} on {clock.now():%Y-%m-%d %H:%M} UTC for: {purpose}",
    )
    return Table(f"Trends, {agency}", notes, HEAD, tuple(lines(found, titles)))


def lines(found: Trends, titles: Titles) -> Iterator[tuple[str, ...]]:
    """Everything that the page shows, a row each under ``HEAD``."""
    for week in found.weeks:
        further = "" if week.level is None else f"smoothed {week.level:.1f}{', above its limit' if week.high else ''}"
        yield f"{week.monday:%Y-%m-%d}", "week", "", "", _said(week.tips), further
    parts = (
        ("concern", titles.category, found.categories),
        ("kind", titles.kind, found.kinds),
        ("corridor", titles.corridor, found.corridors),
        ("partner", titles.partner, found.partners),
    )
    for what, title, rows in parts:
        for row in rows:
            yield title(row.value), what, _said(row.before), _said(row.recent), "", _changed(row)
    for place in found.places:
        numbers = ", ".join(f"weeks {n * PERIOD + 1} to {(n + 1) * PERIOD}: {_said(place.counts[n])}" for n in range(PERIODS))
        yield titles.county(place.key), "county", _said(place.before), _said(place.recent), "", f"{numbers}{_then(place.change)}"
    for spot in found.hot_spots:
        named = " + ".join(map(titles.county, spot.counties))
        yield named, "hot spot", str(spot.before), str(spot.recent), "", f"{spot.expected:.0f} expected; chance {in_words(spot.p)}"
    for one in found.yields:
        further = f"accepted {_said(one.accepted)}, declined {_said(one.declined)}, useful {_said(one.useful)}"
        yield titles.partner(one.value), "what came of it", "", "", _said(one.tips), further
    for what, title, speeds in (
        ("level", titles.urgency, found.by_urgency),
        ("language", titles.language, found.by_language),
        ("channel", titles.channel, found.by_channel),
    ):
        for speed in speeds:
            yield title(speed.value), f"first look by {what}", "", "", _said(speed.tips), _quick(speed)
    for state, number in found.hand_offs:
        yield titles.hand_off(state.value), "handed on", "", "", _said(number), ""


def draft(found: Trends, titles: Titles, agency: str) -> Draft:
    """A bulletin about these trends: concerns and counties, no partner, no desk, no place smaller than a county."""
    span = f"{_day(found.since)} to {_day(found.until)}"
    text = [f"What people told us from {span}, in numbers. {agency} counts reports here, not crimes: a report is a reason to look."]
    if found.total is not None:
        text.append(f"We received {found.total} reports in these {WEEKS} weeks.")
    shown = [row for row in found.categories if row.recent]
    if shown:
        listed = "\n".join(f"- {titles.category(row.value)}: {row.recent}{_words_of(row.change)}" for row in shown[:NAMED])
        text.append(f"What the reports of the last {PERIOD} weeks were about:\n{listed}")
    places = [place for place in found.places if place.recent and place.key]
    if places:
        listed = "\n".join(f"- {titles.county(place.key)}: {place.recent}{_words_of(place.change)}" for place in places[:NAMED])
        text.append(f"Counties that most of them came from:\n{listed}")
    for spot in found.hot_spots:
        named = ", ".join(map(titles.county, spot.counties))
        text.append(
            f"More came from here than chance explains: {named}. {spot.recent} reports where about {spot.expected:.0f} were expected."
        )
    text.append(f"Numbers below {SMALLEST} are not shown, and neither are numbers that would give one away.")
    text.append("If you see the signs of these, tell us. If somebody is in danger now, call 911 first.")
    return Draft(f"Trends in reports, {span}", "\n\n".join(text))


def _day(at: datetime) -> str:
    return f"{at:%B} {at.day}, {at:%Y}"


def _words_of(change: str) -> str:
    return f" ({change} than in the weeks before)" if change else ""


def _said(number: int | None) -> str:
    return "held back" if number is None else str(number)


def _changed(row: Row) -> str:
    return f"{row.change} than before" if row.change else ""


def _then(change: str) -> str:
    return f"; {change} than before" if change else ""


def _quick(one: Speed) -> str:
    wait = "too few for a median" if one.minutes is None else f"median {one.minutes:.1f} minutes"
    return f"in time {_said(one.in_time)}, {wait}" + (f"; {one.unlike} in time than the rest" if one.unlike else "")
