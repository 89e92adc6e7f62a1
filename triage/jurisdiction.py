"""Where a tip belongs: from what the sender filled in, else from places in the text, else from the partner's own county."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from triage.domain.assessment import Assessment
from triage.domain.decision import Jurisdiction, JurisdictionBasis, PartnerFacts
from triage.domain.policy import County, Policy
from triage.domain.tip import Tip
from triage.plain import plain
from triage.roads import Spot, field_spot, text_spots

_PLACE_TYPES = frozenset({"place", "address", "truck_stop", "airport"})


def resolve_jurisdiction(policy: Policy, tip: Tip, assessment: Assessment, partner: PartnerFacts) -> Jurisdiction:
    """The county and what told it, the surest source first.

    Order: county field, town or place field, road and mile or exit (fields), places named in the text, road and mile in the
    text, the partner's own county, nothing.
    """
    where = replace(tip.place, state=tip.place.state.strip().upper())
    for county in policy.counties:
        if where.county and plain(where.county).removesuffix(" county") == plain(county.name) and where.state in ("", county.state):
            return Jurisdiction(county.name, county.state, JurisdictionBasis.FIELD, "county")
    fields = [text for text in (where.town, where.name, where.address) if text]
    if (county_found := _named(policy.counties, fields, where.state)) is not None:
        return Jurisdiction(county_found.name, county_found.state, JurisdictionBasis.FIELD, "town or place")
    if (found := _on_road(policy, [field_spot(tip)], where.state)) is not None:
        return Jurisdiction(found.name, found.state, JurisdictionBasis.FIELD, "road and mile or exit")
    if where.state and where.state != policy.state:
        return Jurisdiction("", where.state, JurisdictionBasis.FIELD, "another state")
    named = [entity.raw for entity in assessment.entities if entity.type in _PLACE_TYPES]
    if (found := _named(policy.counties, named, "")) is not None:
        return Jurisdiction(found.name, found.state, JurisdictionBasis.TEXT, "place named in the text")
    if (found := _on_road(policy, text_spots(assessment), where.state)) is not None:
        return Jurisdiction(found.name, found.state, JurisdictionBasis.TEXT, "road and mile or exit in the text")
    if partner.county:
        return Jurisdiction(partner.county, partner.state, JurisdictionBasis.PARTNER, "the partner's own county")
    return Jurisdiction("", partner.state, JurisdictionBasis.NONE, "nothing told the county")


def _named(counties: Iterable[County], texts: Iterable[str], state: str) -> County | None:
    """The county whose longest town, place or own name stands as whole words in one of the texts."""
    padded = [f" {plain(text)} " for text in texts]
    if not padded:
        return None
    best: tuple[int, County] | None = None
    for county in counties:
        if state and county.state != state:
            continue
        for name in county.names:
            if any(f" {name} " in text for text in padded) and (best is None or len(name) > best[0]):
                best = (len(name), county)
    return best[1] if best else None


def _on_road(policy: Policy, spots: Iterable[Spot | None], state: str) -> County | None:
    """The county where the road lies there; miles begin anew in each state, so a state that was named must be the segment's."""
    for road, at in filter(None, spots):
        for segment in policy.roads:
            if at is not None and segment.road == road and state in ("", segment.state) and segment.from_mile <= at < segment.to_mile:
                return next(c for c in policy.counties if c.name == segment.county and c.state == segment.state)
    return None
