"""Places, people, vehicles, times, sums, weapons and drugs."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from models.entities.read import EntityReader
from triage.domain.assessment import Entity

RECEIVED = datetime(2026, 11, 25, 22, 30, tzinfo=ZoneInfo("America/Chicago"))  # a Wednesday


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader()


def found(reader: EntityReader, text: str, kind: str) -> list[Entity]:
    return [entity for entity in reader.read(text, RECEIVED) if entity.type == kind]


@pytest.mark.parametrize(
    ("kind", "text", "raw"),
    [
        ("truck_stop", "back row at the Love's #412 in Tucumcari", "Love's #412 in Tucumcari"),
        ("truck_stop", "girl at flying j laredo", "flying j laredo"),
        ("truck_stop", "she got in at TA Barstow", "TA Barstow"),
        ("truck_stop", "la gasolinera Pemex de noche", "Pemex"),
        ("address", "he is at 1402 Beach Blvd apt 3", "1402 Beach Blvd apt 3"),
        ("address", "vive en Calle Magnolia 40, interior 2", "Calle Magnolia 40, interior 2"),
        ("address", "on the corner of Main and 4th", "Main and 4th"),
        ("address", "housekeeping says room 212 again", "room 212"),
        ("place", "they sleep in Lathrop, CA by the river", "Lathrop, CA"),
        ("place", "back door of the Palm Motel tonight", "Palm Motel"),
        ("place", "lo bajaron en Reynosa", "Reynosa"),
        ("airport", "landing at Sky Harbor at nine", "Sky Harbor"),
        ("vehicle", "it was a silver Pacifica", "silver Pacifica"),
        ("vehicle", "trae una camioneta roja Ranger", "camioneta roja Ranger"),
        ("vehicle", "the blue KW", "blue KW"),
        ("money", "80 for anything, she said", "80"),
        ("money", "he owes me 300 and a drill", "300"),
        ("money", "piden cinco mil por cada uno", "cinco mil"),
        ("weapon", "he had a pistol", "pistol"),
        ("drug", "two bags of fentanilo", "fentanilo"),
    ],
)
def test_the_thing_is_found_to_the_letter(reader: EntityReader, kind: str, text: str, raw: str) -> None:
    assert raw in [entity.raw for entity in found(reader, text, kind)], [(entity.type, entity.raw) for entity in reader.read(text)]


def test_a_town_tells_its_region(reader: EntityReader) -> None:
    assert found(reader, "in Lathrop, CA", "place")[0].attributes["region"] == "US-CA"


def test_parts_of_a_vehicle(reader: EntityReader) -> None:
    (vehicle,) = found(reader, "a white 2009 Ford Transit van", "vehicle")
    assert dict(vehicle.attributes) == {"colour": "white", "year": "2009", "make": "ford", "model": "transit", "body": "van"}


def test_a_bare_van_is_no_description(reader: EntityReader) -> None:
    assert found(reader, "there was a van and a truck", "vehicle") == []


@pytest.mark.parametrize(
    ("text", "ages", "minor"),
    [
        ("a lady in her forties", ("40", "49"), False),
        ("una niña como de 15", ("15", "15"), True),
        ("a 14 year old girl", ("14", "14"), True),
        ("the scared teenager", None, True),
        ("two young women", None, False),
        ("a crying girl", None, False),
        ("a 30 year old kid at heart", ("30", "30"), False),
        ("a 10 month old baby", ("0", "0"), True),
    ],
)
def test_age_and_apparent_minor(reader: EntityReader, text: str, ages: tuple[str, str] | None, minor: bool) -> None:
    person = found(reader, text, "person")[0]
    assert (person.attributes.get("apparent_minor") == "yes") is minor
    assert (person.attributes.get("min_age"), person.attributes.get("max_age")) == (ages or (None, None))


@pytest.mark.parametrize(
    ("text", "name"), [("a guy named Beto runs it", "Beto"), ("le dicen Chuy", "Chuy"), ("ask Mr. Petrakis", "Mr. Petrakis")]
)
def test_names(reader: EntityReader, text: str, name: str) -> None:
    assert name in [person.attributes.get("name") for person in found(reader, text, "person")]


@pytest.mark.parametrize(
    ("text", "start", "granularity"),
    [
        ("seen 20 min ago", "2026-11-25T22:10-06:00", "minute"),
        ("hace 3 dias que no vuelve", "2026-11-22T22:30-06:00", "day"),
        ("it happened yesterday", "2026-11-24T00:00-06:00", "day"),
        ("last night he came", "2026-11-24T18:00-06:00", "day"),
        ("on Monday around 9 pm", "2026-11-23T21:00-06:00", "minute"),
        ("el lunes pasado", "2026-11-23T00:00-06:00", "day"),
        ("since March 3", "2026-03-03T00:00-06:00", "day"),
        ("in August 2019", "2019-08-01T00:00-06:00", "month"),
        ("at 23:15", "2026-11-24T23:15-06:00", "minute"),
        ("last week", "2026-11-16T00:00-06:00", "week"),
        ("right now", "2026-11-25T22:30-06:00", "minute"),
    ],
)
def test_times_are_resolved_against_the_receipt(reader: EntityReader, text: str, start: str, granularity: str) -> None:
    (time,) = found(reader, text, "time")
    assert time.attributes["start"][:16] == start[:16]
    assert time.attributes["granularity"] == granularity
    assert time.attributes["start"] <= time.attributes["end"]


def test_a_habit_has_no_start(reader: EntityReader) -> None:
    (time,) = found(reader, "every Thursday night", "time")
    assert "start" not in time.attributes
    assert time.attributes["basis"] == "habit"


def test_without_a_receipt_nothing_is_resolved(reader: EntityReader) -> None:
    assert all("start" not in entity.attributes for entity in reader.read("yesterday at 9 pm"))


@pytest.mark.parametrize(
    ("text", "value", "period"),
    [
        ("$1,500 a week", "USD 1500", "a week"),
        ("5 grand", "USD 5000", None),
        ("tres mil pesos", "MXN 3000", None),
        ("$6.50 an hour", "USD 6.50", "an hour"),
    ],
)
def test_sums(reader: EntityReader, text: str, value: str, period: str | None) -> None:
    (money,) = found(reader, text, "money")
    assert (money.value, money.attributes.get("period")) == (value, period)


def test_slang_needs_company(reader: EntityReader) -> None:
    assert found(reader, "ice on the road and a glass of water", "drug") == []
    assert [entity.raw for entity in found(reader, "he is selling ice by the gram", "drug")] == ["ice"]
