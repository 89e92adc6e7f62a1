"""Trends as their page shows them: names for values, the chart's measures, the map at one step of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from triage.chance import in_words
from triage.domain.assessment import Urgency
from triage.domain.case import CaseKind
from triage.domain.tip import Channel
from triage.geo.geography import Geography
from triage.trends.counts import LAST, PERIOD, PERIODS, WEEKS, Row
from triage.trends.report import Titles
from triage.trends.suppression import SMALLEST
from triage.trends.trends import Trends
from triage.web.shading import shading
from triage.web.views import Words
from triage.web.wording import CHANNELS, KINDS, plain

BAR, GAP, HEIGHT = 36, 8, 120
"""Of the chart, in its own units."""
LONG = 120
"""The longest bar in a table, in pixels."""


def titles_of(words: Words) -> Titles:
    """How values are called on the page."""
    return Titles(
        category=words.category,
        county=county_title,
        corridor=lambda value: f"{value.partition(' ')[0]}, {county_title(value.partition(' ')[2])}",
        partner=words.partner,
        kind=lambda value: KINDS[CaseKind(value)],
        urgency=lambda value: f"{value} {words.urgency(Urgency(value))}",
        language=lambda value: value or "not said",
        channel=lambda value: CHANNELS[Channel(value)],
        hand_off=plain,
    )


def county_title(key: str) -> str:
    """``NE/York`` as ``York County, NE``, as far as it is known; a city keeps its name."""
    state, _, name = key.partition("/")
    if not name:
        return "County not known"
    return f"{name}, {state}" if name.endswith((" city", " County", " Parish")) else f"{name} County, {state}"


def trend_values(found: Trends, titles: Titles, geography: Geography, step: int, draft_at: str) -> Mapping[str, object]:
    """Everything that the template needs. ``step`` is the period that the map shows; ``draft_at`` whether a bulletin can be drafted."""
    states = {place.key.partition("/")[0] for place in found.places if place.key}
    in_spots = {county for spot in found.hot_spots for county in spot.counties}
    return {
        "found": found,
        "chart": _chart(found),
        "map": shading(geography.map_of(states), {place.key: place.counts[step] for place in found.places if place.key}, titles.county),
        "in_spots": in_spots,
        "step": step,
        "steps": [(number, _span(found, number)) for number in range(PERIODS)],
        "left_out": [_span(found, number) for number in found.left_out],
        "spots": [(", ".join(map(titles.county, spot.counties)), spot, in_words(spot.p)) for spot in found.hot_spots],
        "places": [(titles.county(place.key), place) for place in found.places],
        "parts": [
            ("What they are about", "Concern", _barred(titles.category, found.categories, found)),
            ("What they are worked as", "Kind", _barred(titles.kind, found.kinds, found)),
            ("Corridors", "Road and county", _barred(titles.corridor, found.corridors, found)),
            ("Who sent them", "Partner", _barred(titles.partner, found.partners, found)),
        ],
        "yields": _named(titles.partner, found.yields),
        "hand_offs": [(titles.hand_off(state.value), number) for state, number in found.hand_offs],
        "speeds": [
            ("By level", _named(titles.urgency, found.by_urgency)),
            ("By language", _named(titles.language, found.by_language)),
            ("By way of reporting", _named(titles.channel, found.by_channel)),
        ],
        "smallest": SMALLEST,
        "weeks": WEEKS,
        "recent": PERIOD,
        "draft_at": draft_at,
    }


def step_of(given: str) -> int:
    """The period that was asked for, else the last."""
    return int(given) - 1 if given in {str(number + 1) for number in range(PERIODS)} else LAST


def _named(title: Callable[[str], str], rows: tuple[object, ...]) -> list[tuple[str, object]]:
    return [(title(row.value), row) for row in rows]  # type: ignore[attr-defined]


def _barred(title: Callable[[str], str], rows: tuple[Row, ...], found: Trends) -> list[tuple[str, Row, float, float]]:
    """Rows with the lengths of two bars: tips a week before and of late, the longest of the table ``LONG``."""
    weeks = PERIOD * sum(number not in found.left_out for number in range(LAST)) or PERIOD
    rates = [((row.before or 0) / weeks, (row.recent or 0) / PERIOD) for row in rows]
    most = max((rate for both in rates for rate in both), default=0) or 1
    return [(title(row.value), row, early / most * LONG, late / most * LONG) for row, (early, late) in zip(rows, rates, strict=True)]


def _span(found: Trends, number: int) -> str:
    """A period as people say it: ``31 Aug to 27 Sep``."""
    first = found.since + timedelta(weeks=number * PERIOD)
    last = first + timedelta(weeks=PERIOD, days=-1)
    return f"{first.day} {first:%b} to {last.day} {last:%b}"


def _chart(found: Trends) -> Mapping[str, object]:
    """Bars by week, and the smoothed line over them, in the chart's own units."""
    most = max((week.tips or 0 for week in found.weeks), default=0) or 1
    bars = [
        (number * (BAR + GAP), f"{week.monday.day} {week.monday:%b}", week.tips, round((week.tips or 0) / most * HEIGHT), week.high)
        for number, week in enumerate(found.weeks)
    ]
    line = " ".join(
        f"{number * (BAR + GAP) + BAR / 2:g},{HEIGHT + 12 - week.level / most * HEIGHT:.1f}"
        for number, week in enumerate(found.weeks)
        if week.level is not None
    )
    return {"bars": bars, "line": line, "bar": BAR, "height": HEIGHT, "width": len(bars) * (BAR + GAP)}
