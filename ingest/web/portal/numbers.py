"""The portal's page of numbers: what became of the partner's reports, as bars and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from ingest.domain.partner import Partner
from ingest.domain.partner_yield import PartnerYield
from ingest.portal.numbers import Month, Numbers, numbers_of
from ingest.web.deps import IntakeDeps
from ingest.web.portal.colleague import Colleague
from ingest.web.portal.frame import Portal
from triage.domain.sender import Useful
from triage.web.wording import spell

GOOD_FOR = timedelta(minutes=5)
"""How long numbers are shown before they are counted anew: for a partner with many reports that takes seconds."""
_KEPT = 100
"""Partners whose numbers are kept at most."""

_HEIGHT = 100
_STEP = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """A month in the picture, in units of its view box: the whole bar is what was received, its filled part what was read."""

    x: int
    received: float
    read: float
    label: str
    count: int


class NumberPages:
    """The page of numbers."""

    def __init__(self, deps: IntakeDeps, portal: Portal) -> None:
        self._deps = deps
        self._portal = portal
        self._counted: dict[str, tuple[datetime, Numbers]] = {}

    def show(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/numbers``."""
        numbers = self._numbers(colleague.partner)
        rows = [(month.begins.strftime("%Y-%m"), _row(month.counts)) for month in reversed(numbers.months)]
        values = {
            "numbers": numbers,
            "together": _row(numbers.together),
            "rows": rows,
            "bars": _bars(numbers.months),
            "width": _STEP * len(numbers.months),
            "height": _HEIGHT,
        }
        return self._portal.show(request, colleague, "numbers.html", values)

    def _numbers(self, partner: Partner) -> Numbers:
        now = self._deps.clock.now()
        known = self._counted.get(partner.slug)
        if known and now - known[0] < GOOD_FOR:
            return known[1]
        if len(self._counted) >= _KEPT:
            self._counted.clear()
        numbers = numbers_of(partner, self._deps.partner_side, self._deps.clock)
        self._counted[partner.slug] = (now, numbers)
        return numbers


@dataclass(frozen=True, slots=True)
class Row:
    """Counts as they are shown. ``useful`` counts what was called useful, wholly or partly, of the ``rated`` ones."""

    received: int
    read: int
    in_time: int
    wait: str
    closed: int
    useful: int
    rated: int


def _row(counts: PartnerYield) -> Row:
    useful = sum(counts.rated.get(answer, 0) for answer in (Useful.YES, Useful.PARTLY))
    wait = "–" if counts.minutes_to_read is None else spell(timedelta(minutes=counts.minutes_to_read))
    return Row(counts.received, counts.read, counts.read_in_time, wait, counts.closed, useful, sum(counts.rated.values()))


def _bars(months: tuple[Month, ...]) -> list[Bar]:
    most = max((month.counts.received for month in months), default=0) or 1
    scale = _HEIGHT / most
    return [
        Bar(
            _STEP * place,
            round(month.counts.received * scale, 1),
            round(month.counts.read * scale, 1),
            month.begins.strftime("%m"),
            month.counts.received,
        )
        for place, month in enumerate(months)
    ]
