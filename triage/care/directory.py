"""Which services fit somebody: by need, county and language, those that fit in more of these first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from triage.domain.care import CareDirectory, Service


@dataclass(frozen=True, slots=True)
class Fit:
    """A service and in what it fits. ``stale``: nobody has checked it lately."""

    service: Service
    need: bool
    county: bool
    language: bool
    stale: bool

    @property
    def fits(self) -> bool:
        """Whether it fits in everything."""
        return self.need and self.county and self.language


def ranked(directory: CareDirectory, needs: Collection[str], county: str, language: str, today: date) -> tuple[Fit, ...]:
    """All services, the best first. An unknown county (empty) or language (empty) is fitted by every service: nobody is turned away for it.

    The need weighs more than the county, and the county more than the language, for which an interpreter may be found; among equals those
    come first that take a warm hand-off, are there for this county alone, and were checked lately.
    """
    found = [
        Fit(
            service,
            not service.needs.isdisjoint(needs),
            not county or service.serves(county),
            not language or service.speaks(language),
            service.is_stale(today),
        )
        for service in directory.services
    ]

    def order(fit: Fit) -> tuple[bool, bool, bool, bool, bool, bool, str]:
        one = fit.service
        return (not fit.need, not fit.county, not fit.language, fit.stale, not one.takes_warm_handoff, not one.counties, one.title)

    return tuple(sorted(found, key=order))
