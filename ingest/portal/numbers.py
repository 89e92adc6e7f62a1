"""What became of a partner's reports, in numbers for its own staff, and what would make its reports more useful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.domain.partner import Partner
from ingest.domain.partner_yield import PartnerYield
from ingest.ports import PartnerStorage, PartnerWork
from ingest.quality import Missing, missing
from ingest.submission import GeoIn, PersonIn, PlaceIn, Submission, VehicleIn
from triage.domain.tip import Place, Tip
from triage.ports import Clock

MONTHS = 12
SAMPLE = 200
"""The newest reports that are looked at for what they lack."""
FORM_STEP = 10
"""What people sent by the partner's public form is told in steps of this many, and never of the month that runs: a single report by a
person who may be telling on the partner must not show."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month (its first moment, UTC) and what became of what was sent in it."""

    begins: datetime
    counts: PartnerYield


@dataclass(frozen=True, slots=True)
class Numbers:
    """Twelve months, oldest first, and all of them together.

    ``lacked`` says for how many of the ``looked_at`` newest reports each thing would have helped, the commonest first. ``by_form`` is what
    people sent by the form, rounded down.
    """

    months: tuple[Month, ...]
    together: PartnerYield
    looked_at: int
    lacked: Mapping[Missing, int]
    by_form: int


def numbers_of(partner: Partner, side: PartnerStorage, clock: Clock) -> Numbers:
    """The partner's numbers now."""
    now = clock.now()
    begins = _months(now)
    with side.reading() as work:
        ends = [*begins[1:], now]
        months = tuple(Month(a, work.own.yields(partner.slug, a, b)) for a, b in zip(begins, ends, strict=True))
        together = work.own.yields(partner.slug, begins[0], now)
        by_form = work.own.yields(partner.slug, begins[0], begins[-1], by_form=True).received
        tips = _newest(partner.slug, work)
    wanted = Counter(one for tip in tips for one in missing(_as_sent(tip), partner.sector, partner.agreed_fields))
    return Numbers(months, together, len(tips), dict(wanted.most_common()), by_form // FORM_STEP * FORM_STEP)


def _months(now: datetime) -> list[datetime]:
    """The first moments of this month and of those before it, oldest first."""
    last = now.year * 12 + now.month - 1
    return [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(last - MONTHS + 1, last + 1)]


def _newest(slug: str, work: PartnerWork) -> Sequence[Tip]:
    ids = [head.id for head in work.own.page(slug, None, SAMPLE)]
    return list(work.tips.get_many(ids).values())


def _as_sent(tip: Tip) -> Submission:
    """The answers that the advice looks at, as they were sent: only whether the grouped ones were given counts."""
    return Submission(
        narrative=tip.narrative,
        place=PlaceIn(name="given") if tip.place != Place() else None,
        geo=GeoIn(tip.geo.lat, tip.geo.lon) if tip.geo else None,
        when_bucket=tip.when_bucket,
        when_text=tip.when_text or None,
        persons=[PersonIn() for _ in tip.persons] or None,
        vehicles=[VehicleIn() for _ in tip.vehicles] or None,
    )
