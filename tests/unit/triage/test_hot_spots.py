"""The scan finds a cluster that was planted and stays quiet on chance."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from triage.geo.geography import Geography
from triage.geo.hot_spots import hot_spots

GEOGRAPHY = Geography.load()
COUNTIES = sorted(GEOGRAPHY.keys("NE"))
WORLDS = 40


def by_chance(seed: int, tips: int = 3000) -> dict[str, tuple[int, int]]:
    """Tips by county, some counties sending far more than others, a third of them recent whatever the county."""
    chance = random.Random(seed)
    weights = [chance.paretovariate(1) for _ in COUNTIES]
    before, recent = Counter[str](), Counter[str]()
    for county in chance.choices(COUNTIES, weights, k=tips):
        (recent if chance.random() < 1 / 3 else before)[county] += 1
    return {county: (before[county], recent[county]) for county in COUNTIES}


def test_it_stays_quiet_on_chance() -> None:
    """A false spot in one page of twenty at most: of 40 pages, 6 or more would come in less than two cases of a hundred."""
    assert sum(bool(hot_spots(by_chance(seed), GEOGRAPHY.neighbours)) for seed in range(WORLDS)) < 6


@pytest.mark.parametrize("seed", range(8))
def test_it_finds_a_cluster_over_several_counties(seed: int) -> None:
    counts = by_chance(seed)
    planted = {"NE/York", "NE/Seward", "NE/Hamilton"}
    counts |= {county: (counts[county][0], counts[county][1] + 30) for county in planted}
    found = hot_spots(counts, GEOGRAPHY.neighbours)
    assert found
    assert planted & set(found[0].counties)
    assert found[0].recent > 1.2 * found[0].expected
    assert found[0].p < 0.001


def test_a_county_alone_is_told_from_its_neighbours() -> None:
    counts = dict.fromkeys(COUNTIES, (40, 20)) | {"NE/Lancaster": (40, 80)}
    (spot,) = hot_spots(counts, GEOGRAPHY.neighbours)
    assert (spot.counties, spot.before, spot.recent) == (("NE/Lancaster",), 40, 80)
    assert spot.expected == pytest.approx(120 * (20 * 92 + 80) / (60 * 92 + 120))


def test_spots_share_no_county_and_hold_no_more_than_half() -> None:
    counts = dict.fromkeys(COUNTIES, (40, 20)) | {"NE/Lancaster": (40, 90), "NE/Seward": (40, 70), "NE/Dawes": (10, 60)}
    found = hot_spots(counts, GEOGRAPHY.neighbours)
    named = [county for spot in found for county in spot.counties]
    assert {"NE/Lancaster", "NE/Seward", "NE/Dawes"} <= set(named)
    assert len(named) == len(set(named))
    total = sum(map(sum, counts.values()))
    assert all(spot.before + spot.recent <= total / 2 for spot in found)


def test_what_became_less_is_no_hot_spot() -> None:
    assert hot_spots(dict.fromkeys(COUNTIES, (40, 20)) | {"NE/Lancaster": (200, 10)}, GEOGRAPHY.neighbours) == ()


def test_counties_without_numbers_are_stepped_over() -> None:
    counts = {"NE/Lancaster": (40, 90), "NE/York": (40, 20), "NE/Hall": (90, 40), "NE/Dawes": (90, 40)}
    (spot,) = hot_spots(counts, GEOGRAPHY.neighbours)
    assert spot.counties == ("NE/Lancaster",)
    assert hot_spots({}, GEOGRAPHY.neighbours) == ()
