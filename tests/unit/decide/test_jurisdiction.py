"""Where a tip belongs: the surest source first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_tip, an_assessment, an_entity, example_policy
from triage.domain.decision import JurisdictionBasis, PartnerFacts
from triage.domain.tip import Place
from triage.jurisdiction import resolve_jurisdiction

POLICY = example_policy()
PARTNER = PartnerFacts("prairie-haul", "trucking", "Buffalo", "NE")


@pytest.mark.parametrize(
    ("place", "entities", "county", "basis"),
    [
        (Place(county="york county"), [], "York", JurisdictionBasis.FIELD),
        (Place(town="grand  ISLAND"), [], "Hall", JurisdictionBasis.FIELD),
        (Place(road="I-80 westbound", exit="exit 312"), [], "Hall", JurisdictionBasis.FIELD),
        (Place(road="I 80 mile 401"), [], "Lancaster", JurisdictionBasis.FIELD),
        (Place(), [an_entity("place", "ogallala", "the Flying J at Ogallala")], "Keith", JurisdictionBasis.TEXT),
        (Place(), [an_entity("highway", "I-80 WB", start=0), an_entity("mile_marker", "223", start=9)], "Dawson", JurisdictionBasis.TEXT),
        (Place(), [], "Buffalo", JurisdictionBasis.PARTNER),
        (Place(town="Omaha", state="NE"), [an_entity("place", "lincoln", "Lincoln")], "Douglas", JurisdictionBasis.FIELD),
    ],
)
def test_the_surest_source_tells(place: Place, entities: list[Any], county: str, basis: JurisdictionBasis) -> None:
    tip = a_tip(place=place)
    found = resolve_jurisdiction(POLICY, tip, an_assessment(tip, entities=entities), PARTNER)
    assert (found.county, found.basis) == (county, basis)


@pytest.mark.parametrize("place", [Place(town="Lincoln", state="KS"), Place(road="I-80", exit="exit 312", state="KS")])
def test_another_state_is_not_taken_for_our_own_county(place: Place) -> None:
    tip = a_tip(place=place)
    found = resolve_jurisdiction(POLICY, tip, an_assessment(tip), PARTNER)
    assert (found.county, found.state) == ("", "KS")


def test_nothing_known_is_said_so() -> None:
    tip = a_tip()
    found = resolve_jurisdiction(POLICY, tip, an_assessment(tip), PartnerFacts("x", "public", "", ""))
    assert found.basis is JurisdictionBasis.NONE


def test_a_name_inside_a_longer_word_is_no_place() -> None:
    tip = a_tip()
    found = resolve_jurisdiction(POLICY, tip, an_assessment(tip, entities=[an_entity("place", "yorkshire", "Yorkshire Diner")]), PARTNER)
    assert found.basis is JurisdictionBasis.PARTNER
