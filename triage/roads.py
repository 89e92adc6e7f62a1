"""Places on roads, as senders name them: the road, and the mile or the exit where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.domain.assessment import Assessment
from triage.domain.tip import Tip

_ROAD = re.compile(r"\b(I|US|SR|SH|FM|CR|HWY|N|S|L)[\s-]?(\d{1,4})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}(?:\.\d+)?")

Spot = tuple[str, float | None]
"""A road such as ``I-80`` and a mile on it; exits are mile-based and use the same numbers."""


def spot(road_text: str, mile_text: str) -> Spot | None:
    """The road and the mile that two texts name, which may be the same text; None where no road is named."""
    road = _ROAD.search(road_text)
    if road is None:
        return None
    mile = _NUMBER.search(_ROAD.sub(" ", mile_text))
    return f"{road[1].upper()}-{road[2]}", float(mile[0]) if mile else None


def field_spot(tip: Tip) -> Spot | None:
    """What the sender filled in."""
    return spot(tip.place.road, tip.place.exit or tip.place.road)


def text_spots(assessment: Assessment) -> Iterator[Spot]:
    """Each road that the text names, with each mile or exit that follows it before the next road."""
    road = ""
    for entity in sorted(assessment.entities, key=lambda e: e.start):
        if entity.type == "highway":
            road = entity.value
            found = spot(road, "")
        else:
            found = spot(road, entity.value) if road and entity.type in ("mile_marker", "exit") else None
        if found is not None:
            yield found


def spots(tip: Tip, assessment: Assessment) -> tuple[Spot, ...]:
    """Every place on a road that the tip names, without repeats: what the sender filled in comes first."""
    filled = field_spot(tip)
    return tuple(dict.fromkeys([*([filled] if filled else []), *text_spots(assessment)]))


def roads_in(text: str) -> tuple[str, ...]:
    """The numbered roads that a text names, as the policy writes them (``I-80``), each once, in order."""
    return tuple(dict.fromkeys(f"{road[1].upper()}-{road[2]}" for road in _ROAD.finditer(text)))
