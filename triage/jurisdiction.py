"""Where a tip belongs: from what the sender filled in, else from places in the text, else from the partner's own county."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from triage.domain.assessment import Assessment
from triage.domain.decision import Jurisdiction, JurisdictionBasis, PartnerFacts
from triage.domain.policy import County, Policy
from triage.domain.tip import Tip
from triage.plain import plain

_PLACE_TYPES = frozenset({"place", "address", "truck_stop", "airport"})
_ROAD = re.compile(r"\b(I|US|SR|SH|FM|CR|HWY|N|S|L)[\s-]?(\d{1,4})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}(?:\.\d+)?")


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
    if (found := _on_road(policy, [(where.road, where.exit or where.road)])) is not None:
        return Jurisdiction(found.name, found.state, JurisdictionBasis.FIELD, "road and mile or exit")
    if where.state and where.state != policy.state:
        return Jurisdiction("", where.state, JurisdictionBasis.FIELD, "another state")
    named = [entity.raw for entity in assessment.entities if entity.type in _PLACE_TYPES]
    if (found := _named(policy.counties, named, "")) is not None:
        return Jurisdiction(found.name, found.state, JurisdictionBasis.TEXT, "place named in the text")
    if (found := _on_road(policy, _roads_in_text(assessment))) is not None:
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


def _roads_in_text(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """Each road with each mile or exit that follows it before the next road."""
    road = ""
    for entity in sorted(assessment.entities, key=lambda e: e.start):
        if entity.type == "highway":
            road = entity.value
        elif entity.type in ("mile_marker", "exit") and road:
            yield road, entity.value


def _on_road(policy: Policy, pairs: Iterable[tuple[str, str]]) -> County | None:
    for road_text, mile_text in pairs:
        road = _ROAD.search(road_text)
        mile = _NUMBER.search(_ROAD.sub(" ", mile_text))
        if not road or not mile:
            continue
        name, at = f"{road[1].upper()}-{road[2]}", float(mile[0])
        for segment in policy.roads:
            if segment.road == name and segment.from_mile <= at < segment.to_mile:
                return next(c for c in policy.counties if c.name == segment.county and c.state == segment.state)
    return None
