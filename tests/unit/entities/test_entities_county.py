"""Places to counties: only where the text says which town or county it is."""

from __future__ import annotations

import pytest

from models.entities.gazetteer import lines, rows
from models.entities.read import EntityReader
from triage.domain.assessment import Entity


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader()


def place(reader: EntityReader, text: str) -> Entity:
    return next(entity for entity in reader.read(text) if entity.type == "place")


@pytest.mark.parametrize(
    ("text", "county", "name"),
    [
        ("she is at a motel in Elko, NV", "32007", "Elko"),
        ("parked near Tucumcari all week", "35037", "Quay"),
        ("lo vieron en Laredo", "48479", "Webb"),
        ("near Springfield, the one in Missouri", "29077", "Greene"),
        ("Bexar County jail, somewhere in Texas", "48029", "Bexar"),
        ("en el condado de Bexar, Texas", "48029", "Bexar"),
    ],
)
def test_a_place_that_is_told_apart_has_its_county(reader: EntityReader, text: str, county: str, name: str) -> None:
    attributes = place(reader, text).attributes
    assert (attributes["county"], attributes["county_name"]) == (county, name)


@pytest.mark.parametrize(
    "text",
    [
        "near Springfield all night",
        "in Springfield, between Missouri and Illinois",
        "at the Greene County fair",
        "lo vieron en Reynosa",
        "at the Greene County fair, one from Missouri and one from Ohio",
    ],
)
def test_nothing_is_guessed(reader: EntityReader, text: str) -> None:
    attributes = place(reader, text).attributes
    assert "county" not in attributes
    assert "counties" not in attributes
    assert "stated" not in attributes


def test_every_county_of_a_town_is_a_county() -> None:
    known = {row["fips"][2:] for row in rows("counties")}
    for line in lines("cities"):
        _, thousands, regions, counties = line.split(",")
        assert int(thousands) >= 0
        assert len(counties.split()) <= len(regions.split())
        assert all(county == "-" or county in known for county in counties.split())
        assert all(county == "-" or region.startswith("US-") for region, county in zip(regions.split(), counties.split(), strict=False))
