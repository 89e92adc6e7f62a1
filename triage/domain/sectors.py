"""The kinds of organisation that report. Policies route by them, forms give hints by them, the corpus is labelled with them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SECTORS: Mapping[str, str] = MappingProxyType(
    {
        "trucking": "Trucking",
        "bus_transit": "Bus and transit",
        "rail_energy": "Rail and energy",
        "hospital": "Hospitals and clinics",
        "medical_practice": "Doctors, nurses and dentists",
        "health_department": "Health department",
        "fire_ems": "Fire and EMS",
        "school": "Schools",
        "hotel": "Hotels and motels",
        "bank": "Banks",
        "retail_business": "Stores and other businesses",
        "house_of_worship": "Houses of worship",
        "community_org": "Community groups and nonprofits",
        "neighborhood_watch": "Neighborhood watch",
        "victim_service": "Victim services",
        "city_council": "City council",
        "city_department": "City departments",
        "prosecutor_court": "Prosecutors and courts",
        "police_partner": "Other police",
        "international": "International, through a national bureau",
        "public": "The public",
    }
)
"""Every sector and its title in English, in the order in which the console lists them."""
