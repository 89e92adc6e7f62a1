"""Counties as shapes: all of them, under the names of the policy, in their places, next to whom they are next to."""

from __future__ import annotations

import math
import re

import pytest

from tests.builders import example_policy
from triage.geo.geography import MARGIN, WIDTH, Geography
from triage.geo.states import STATES
from triage.geo.topology import Topology


@pytest.fixture(scope="module")
def geography() -> Geography:
    return Geography.load()


TINY = b"""{"type": "Topology", "transform": {"scale": [2, 3], "translate": [10, 20]},
 "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 0], [1, 0], [0, 1], [-1, 0]]],
 "objects": {"fields": {"type": "GeometryCollection", "geometries": [
  {"type": "Polygon", "id": "1", "properties": {"name": "West"}, "arcs": [[0, 1]]},
  {"type": "MultiPolygon", "id": "2", "properties": {"name": "East"}, "arcs": [[[2, -1]]]}]}}}"""


def test_arcs_are_scaled_summed_and_run_backwards_where_they_are_shared() -> None:
    topology = Topology(TINY)
    west, east = topology.geometries("fields")
    assert topology.ring(west.rings[0]) == [(12, 20), (12, 23), (10, 23), (10, 20), (12, 20)]
    assert topology.ring(east.rings[0]) == [(12, 20), (14, 20), (14, 23), (12, 23), (12, 20)]
    assert west.arcs & east.arcs == {0}


def test_every_state_has_its_counties(geography: Geography) -> None:
    numbers = {"NE": 93, "TX": 254, "DC": 1, "DE": 3, "IA": 99}
    assert {state: len(geography.keys(state)) for state in numbers} == numbers
    assert sum(len(geography.keys(state)) for state in STATES.values()) == 3231
    assert geography.keys("ZZ") == frozenset()


def test_a_city_that_shares_a_countys_name_is_another_one(geography: Geography) -> None:
    assert {"MD/Baltimore", "MD/Baltimore city", "MO/St. Louis", "MO/St. Louis city"} <= geography.keys("MD") | geography.keys("MO")


def test_every_county_of_the_example_policy_is_on_its_map(geography: Geography) -> None:
    policy = example_policy()
    drawn = geography.map_of({county.state for county in policy.counties}).counties
    assert {county.key for county in policy.counties} <= drawn.keys()
    assert (drawn["NE/Red Willow"].name, drawn["NE/Scotts Bluff"].name) == ("Red Willow", "Scotts Bluff")


def test_neighbours_share_a_border_over_state_lines_too(geography: Geography) -> None:
    around = {"Seward", "Cass", "Saline", "Gage", "Saunders", "Otoe"}
    assert geography.neighbours("NE/Lancaster") == {f"NE/{name}" for name in around}  # Butler and Johnson touch in a point
    assert "IA/Pottawattamie" in geography.neighbours("NE/Douglas")
    assert geography.neighbours("NE/Nowhere") == frozenset()


def test_neighbours_are_mutual_and_nobody_is_its_own(geography: Geography) -> None:
    for key in geography.keys("NE"):
        around = geography.neighbours(key)
        assert around
        assert key not in around
        assert all(key in geography.neighbours(other) for other in around)


def test_shapes_lie_on_the_map_and_around_their_middle(geography: Geography) -> None:
    drawn = geography.map_of({"NE"})
    assert drawn.width == WIDTH
    for shape in drawn.counties.values():
        xs, ys = ([float(found[i]) for found in re.findall(r"([\d.]+) ([\d.]+)", shape.path)] for i in (0, 1))
        assert MARGIN - 0.1 <= min(xs) <= shape.x <= max(xs) <= WIDTH - MARGIN + 0.1
        assert MARGIN - 0.1 <= min(ys) <= shape.y <= max(ys) <= drawn.height
        assert re.fullmatch(r"(M[\d.]+ [\d.]+(L[\d.]+ [\d.]+)+Z)+", shape.path)


@pytest.mark.parametrize(
    ("county", "lat", "lon"),
    [
        ("NE/Douglas", 41.29, -96.15),
        ("NE/Scotts Bluff", 41.85, -103.71),
        ("NE/Lancaster", 40.78, -96.69),
        ("NE/Red Willow", 40.17, -100.48),
    ],
)
def test_points_are_placed_at_their_county(geography: Geography, county: str, lat: float, lon: float) -> None:
    drawn = geography.map_of({"NE"})
    shape, place = drawn.counties[county], drawn.place(lat, lon)
    assert place is not None
    assert math.dist(place, (shape.x, shape.y)) < 5  # about four kilometres


def test_a_county_is_as_wide_for_its_height_as_on_the_ground(geography: Geography) -> None:
    """Lancaster County, Nebraska, is 24 by 36 miles."""
    path = geography.map_of({"NE"}).counties["NE/Lancaster"].path
    xs, ys = ([float(found[i]) for found in re.findall(r"([\d.]+) ([\d.]+)", path)] for i in (0, 1))
    assert (max(ys) - min(ys)) / (max(xs) - min(xs)) == pytest.approx(36 / 24, rel=0.05)


def test_beyond_the_map_there_is_no_place(geography: Geography) -> None:
    assert geography.map_of({"NE"}).place(30.27, -97.74) is None
    assert geography.map_of(()).counties == {}
    assert geography.map_of(()).place(0, 0) is None


def test_the_islands_of_alaska_stay_in_one_piece(geography: Geography) -> None:
    drawn = geography.map_of({"AK"})
    assert drawn.height > WIDTH / 3
    west = drawn.place(52.9, 172.9)  # Attu, beyond the 180th meridian
    assert west is not None
    assert west[0] < WIDTH / 8


def test_nothing_is_read_until_it_is_asked_for() -> None:
    fresh = Geography.load()
    assert vars(fresh) == {"_maps": {}}
    assert fresh.keys("NE")
    assert "_topology" in vars(fresh)
