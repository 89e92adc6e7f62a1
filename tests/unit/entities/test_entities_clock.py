"""Times against the receipt: parts of the day, hours that may be either half of it, changes of the clock, the zone of the place."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from models.entities.read import EntityReader
from triage.domain.assessment import Entity

WEDNESDAY = datetime(2026, 11, 25, 22, 30, tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader()


def time(reader: EntityReader, text: str, received: datetime) -> Entity:
    (found,) = (entity for entity in reader.read(text, received) if entity.type == "time")
    return found


@pytest.mark.parametrize(
    ("text", "start", "end", "granularity"),
    [
        ("Friday around 9", "2026-11-20T09:00-06:00", "2026-11-20T21:00-06:00", "day"),
        ("Friday night around 9", "2026-11-20T21:00-06:00", "2026-11-20T21:00-06:00", "minute"),
        ("last night at 2", "2026-11-25T02:00-06:00", "2026-11-25T02:00-06:00", "minute"),
        ("Tuesday morning", "2026-11-24T05:00-06:00", "2026-11-24T12:00-06:00", "day"),
        ("anoche", "2026-11-24T18:00-06:00", "2026-11-25T06:00-06:00", "day"),
        ("ayer en la tarde", "2026-11-24T12:00-06:00", "2026-11-24T20:00-06:00", "day"),
        ("it was at 9", "2026-11-25T21:00-06:00", "2026-11-25T21:00-06:00", "minute"),
        ("yesterday at 0430 hours", "2026-11-24T04:30-06:00", "2026-11-24T04:30-06:00", "minute"),
    ],
)
def test_stretches(reader: EntityReader, text: str, start: str, end: str, granularity: str) -> None:
    attributes = time(reader, text, WEDNESDAY).attributes
    assert (attributes["start"], attributes["end"], attributes["granularity"]) == (start, end, granularity)


def test_hours_pass_as_they_pass_when_the_clock_is_set_back(reader: EntityReader) -> None:
    received = datetime(2026, 11, 1, 2, 30, tzinfo=ZoneInfo("America/Chicago"))  # an hour and a half after two o'clock came twice
    moment = datetime.fromisoformat(time(reader, "3 hours ago", received).attributes["start"])
    assert (received.astimezone(UTC) - moment.astimezone(UTC)).total_seconds() == 3 * 3600
    assert moment.isoformat(timespec="minutes") == "2026-11-01T00:30-05:00"


def test_days_keep_the_hour_of_the_clock_when_it_is_set_forward(reader: EntityReader) -> None:
    received = datetime(2026, 3, 9, 10, 0, tzinfo=ZoneInfo("America/Chicago"))  # the Monday after
    assert time(reader, "2 days ago", received).attributes["start"] == "2026-03-07T10:00-06:00"


def test_the_clock_is_that_of_the_place(reader: EntityReader) -> None:
    received = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # still the evening of the 25th in Texas
    assert time(reader, "it was this morning in Dallas, TX", received).attributes["start"] == "2026-11-25T05:00-06:00"
    assert time(reader, "it was this morning in El Paso, TX", received).attributes["start"] == "2026-11-25T05:00-07:00"


@pytest.mark.parametrize("text", ["it was this morning", "this morning, either in Dallas, TX or Denver, CO"])
def test_without_one_place_the_receipt_s_own_clock_counts(reader: EntityReader, text: str) -> None:
    received = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
    assert time(reader, text, received).attributes["start"] == "2026-11-26T05:00+00:00"
