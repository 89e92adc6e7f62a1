"""What would help most: asked for only where it is missing, in a useful order, and never much."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.quality import LIMIT, Missing, missing
from ingest.submission import GeoIn, PersonIn, PlaceIn, Submission, VehicleIn
from triage.domain.sectors import SECTORS
from triage.domain.tip import SourceBasis, WhenBucket

LONG = "Two people were made to stay and work without any pay, and a man kept their papers and shouted at them all the time."


def asked(narrative: str, sector: str = "", **fields: Any) -> tuple[Missing, ...]:
    return missing(Submission(narrative, **fields), sector)


@pytest.mark.parametrize(
    ("narrative", "expected"),
    [
        (LONG, (Missing.WHERE, Missing.WHEN, Missing.PEOPLE)),
        ("A van.", (Missing.REASON, Missing.WHERE, Missing.WHEN)),
        (f"{LONG} At exit 312 on Tuesday.", (Missing.PEOPLE,)),
        (f"{LONG} On I-80, yesterday. He was tall.", ()),
        (f"{LONG} Room 12 at 2 am. He wears a red jacket and drives a van.", (Missing.VEHICLE,)),
        (f"{LONG} Room 12 at 2 am. He wears a red jacket and drives a van, plate KPR.", ()),
        (f"{LONG} Room 12 at 2 am. He wears a red jacket and drives a van, 4KPR312.", ()),
        ("Vi a dos niñas pedir ayuda a los choferes en la parada, anoche, en la salida 312. Una con chaqueta roja.", ()),
        ("Un hombre alto llevó a dos niñas a una camioneta anoche en la calle 4.", (Missing.VEHICLE,)),
    ],
)
def test_plain_signs_in_the_words_count(narrative: str, expected: tuple[Missing, ...]) -> None:
    assert asked(narrative) == expected


@pytest.mark.parametrize(
    ("gone", "fields"),
    [
        (Missing.WHERE, {"place": PlaceIn(town="Ogallala")}),
        (Missing.WHERE, {"geo": GeoIn(41.0, -102.0)}),
        (Missing.WHEN, {"when_text": "spring"}),
        (Missing.WHEN, {"when_bucket": WhenBucket.LONGER_AGO}),
        (Missing.PEOPLE, {"persons": [PersonIn(description="a girl")]}),
        (Missing.VEHICLE, {"vehicles": [VehicleIn(plate="KPR")]}),
    ],
)
def test_a_field_that_is_filled_in_counts(gone: Missing, fields: dict[str, Any]) -> None:
    text = f"{LONG} They came by truck."
    everything = {Missing.WHERE, Missing.WHEN, Missing.PEOPLE, Missing.VEHICLE}
    found = {one for agreed in (["place", "when_text"], ["persons", "vehicles"]) for one in missing(Submission(text, **fields), "", agreed)}
    assert found == everything - {gone}


def test_not_being_sure_when_is_no_answer() -> None:
    assert Missing.WHEN in asked(LONG, when_bucket=WhenBucket.NOT_SURE)


def test_people_on_the_road_are_asked_for_the_vehicle_first() -> None:
    text = f"{LONG} At exit 312 on Tuesday."
    assert asked(text, "trucking") == (Missing.VEHICLE, Missing.PEOPLE)
    assert asked(text, "school") == (Missing.PEOPLE,)


def test_survivors_are_asked_for_nothing() -> None:
    assert asked("It was me.", source_basis=SourceBasis.HAPPENED_TO_ME) == ()


def test_nothing_outside_the_agreement_is_asked_for() -> None:
    assert missing(Submission("A van."), "", ["vehicles"]) == (Missing.REASON, Missing.VEHICLE)


@given(st.text(min_size=1), st.sampled_from(sorted(SECTORS)))
def test_it_never_fails_and_never_asks_for_much(narrative: str, sector: str) -> None:
    found = missing(Submission(narrative), sector)
    assert len(set(found)) == len(found) <= LIMIT
    longer = msgspec.structs.replace(Submission(narrative), when_text="noon", place=PlaceIn(road="I-80"))
    assert not {Missing.WHERE, Missing.WHEN} & set(missing(longer, sector))
