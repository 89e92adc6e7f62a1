"""The time zone of the site: people write "this morning" by the clock where they are, while tips are received in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from triage.domain.assessment import Entity

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
_STATES = {
    _EASTERN: "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    _CENTRAL: "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    _MOUNTAIN: "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    _PACIFIC: "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR",
}
_COUNTIES = {"48141": _MOUNTAIN, "48229": _MOUNTAIN, "12033": _CENTRAL, "46103": _MOUNTAIN, "41045": _MOUNTAIN}
"""Counties with large towns in the other zone of their state: El Paso and Hudspeth TX, Escambia FL, Pennington SD, Malheur OR."""


class Zones:
    """Tells the zone that a tip's places lie in. A state that two zones share counts to that of most of its people."""

    def __init__(self) -> None:
        self._zones = {f"US-{state}": ZoneInfo(zone) for zone, states in _STATES.items() for state in states.split()}
        self._counties = {county: ZoneInfo(zone) for county, zone in _COUNTIES.items()}

    def local(self, received: datetime, places: Iterable[Entity]) -> datetime:
        """``received`` by the clock of the places, unchanged where they name no state or states of several zones."""
        zones = {zone for place in places if (zone := self._zone(place)) is not None}
        return received.astimezone(zones.pop()) if len(zones) == 1 else received

    def _zone(self, place: Entity) -> ZoneInfo | None:
        county = self._counties.get(place.attributes.get("county", ""))
        return county or self._zones.get(place.attributes.get("region", ""))
