"""Points made coarse: near the truth, the same each time, and with no way back."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from triage.geo.coarse import CELL, coarse

LATITUDES, LONGITUDES = st.floats(-70, 70), st.floats(-179, 179)


@given(LATITUDES, LONGITUDES, st.text(max_size=30))
def test_it_stays_in_a_square_of_a_kilometre(lat: float, lon: float, key: str) -> None:
    found = coarse(lat, lon, key)
    assert found == coarse(lat, lon, key)
    assert abs(found[0] - lat) <= CELL + 1e-9
    assert abs(found[1] - lon) * math.cos(math.radians(lat)) <= CELL * 1.001 + 1e-9


@given(st.integers(-6000, 6000), st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.text(max_size=30))
def test_every_point_of_a_square_goes_to_the_same_place(cell: int, up: float, across: float, key: str) -> None:
    south = cell * CELL
    wide = CELL / math.cos(math.radians(math.floor((cell + 0.5) * CELL / CELL) * CELL))
    middle = coarse(south + CELL / 2, 12.5 * wide, key)
    assert coarse(south + up * CELL, (12 + across) * wide, key) == middle


def test_tips_of_one_square_lie_apart() -> None:
    assert len({coarse(40.8136, -96.7026, f"tip_{number}") for number in range(20)}) == 20
