"""Places to counties: each town and county that is named gets its FIPS code where the text says enough to tell which one it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from models.entities.gazetteer import rows
from triage.domain.assessment import Entity

_STATES = (
    "AL 01 AK 02 AZ 04 AR 05 CA 06 CO 08 CT 09 DE 10 DC 11 FL 12 GA 13 HI 15 ID 16 IL 17 IN 18 IA 19 KS 20 KY 21 LA 22 ME 23 MD 24 MA 25 "
    "MI 26 MN 27 MS 28 MO 29 MT 30 NE 31 NV 32 NH 33 NJ 34 NM 35 NY 36 NC 37 ND 38 OH 39 OK 40 OR 41 PA 42 RI 44 SC 45 SD 46 TN 47 TX 48 "
    "UT 49 VT 50 VA 51 WA 53 WV 54 WI 55 WY 56 PR 72"
).split()
_FIPS = {f"US-{code}": number for code, number in zip(_STATES[::2], _STATES[1::2], strict=True)}
_REGIONS = {number: region for region, number in _FIPS.items()}
_COUNTY_WORD = re.compile(r"\b(?:county|co|parish|condado)\b")
_COUNTY = re.compile(r"(?P<before>[\w.' -]+?) (?:county|co|parish)\b|(?:condado(?: de)?|county of) (?P<behind>[\w.' -]+)")


class Counties:
    """Tells the county of places. Nothing is guessed: of several towns of a name, only the one whose state the text names is taken."""

    def __init__(self) -> None:
        self._names = {row["fips"]: row["name"] for row in rows("counties")}
        self._codes = {(fips[:2], name.lower()): fips for fips, name in self._names.items()}

    def told(self, places: Iterable[Entity]) -> Iterator[Entity]:
        """The places again, those whose county can be told with ``attributes`` ``county`` (FIPS, five digits) and ``county_name``.

        Towns bring the attributes ``region`` and ``counties``; the latter is taken away. A county by name needs its state: beside it,
        or the only state that the places name.
        """
        found = list(places)
        if not any("counties" in place.attributes or _COUNTY_WORD.search(place.value) for place in found):
            yield from found
            return
        states = {
            place.attributes["region"] for place in found if place.attributes.get("kind") == "state" or place.attributes.get("stated")
        }
        for place in found:
            town = "counties" in place.attributes
            fips = self._of_town(place, states) if town else self._of_name(place, states)
            if not fips and not town:
                yield place
                continue
            attributes = {name: value for name, value in place.attributes.items() if name not in ("counties", "stated")}
            if fips:
                attributes |= {"region": _REGIONS[fips[:2]], "county": fips, "county_name": self._names[fips]}
            yield replace(place, attributes=attributes)

    def _of_town(self, place: Entity, states: set[str]) -> str:
        regions = place.attributes["region"].split()
        codes = dict(zip(regions, place.attributes["counties"].split(), strict=False))
        if len(regions) > 1:
            named = [region for region in regions if region in states]
            regions = named if len(named) == 1 else []
        code = codes.get(regions[0], "-") if regions else "-"
        fips = _FIPS.get(regions[0], "") + code if regions and code != "-" else ""
        return fips if fips in self._names else ""

    def _of_name(self, place: Entity, states: set[str]) -> str:
        match = _COUNTY.search(place.value) if len(states) == 1 else None
        if not match:
            return ""
        name = (match["before"] or match["behind"]).removeprefix("the ").strip()
        return self._codes.get((_FIPS.get(next(iter(states)), ""), name), "")
