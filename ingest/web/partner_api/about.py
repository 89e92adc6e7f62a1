"""What the API says about itself and its caller."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ingest.api.answers import KeyView, Me, PartnerView, ProblemCatalogue, ProblemEntry, QuotaLeft
from ingest.api.day_quota import DayQuota
from ingest.api.problems import PROBLEMS
from ingest.web.deps import IntakeDeps
from ingest.web.partner_api.door import Call, good


class About:
    """``GET /me``."""

    def __init__(self, deps: IntakeDeps, quota: DayQuota) -> None:
        self._deps = deps
        self._quota = quota

    async def me(self, call: Call) -> Response:
        """Partner, key, and what is left."""
        partner, key, rate = call.caller.partner, call.caller.key, self._deps.limits.api
        day = await run_in_threadpool(self._quota.left, partner, call.slug)
        left, until = rate.left(key.id)
        return good(
            Me(
                PartnerView(
                    partner.slug, partner.title, partner.sector, list(partner.agreed_fields), partner.agreement_until, partner.photos
                ),
                KeyView(key.id, key.label, key.sandbox, list(key.scopes), key.created_at, key.expires_at),
                QuotaLeft(day.limit, day.left, day.resets_at),
                QuotaLeft(rate.limit, left, until),
            )
        )


def problem_catalogue() -> bytes:
    """The catalogue of problems, as JSON."""
    entries = [ProblemEntry(kind.type, kind.code, kind.status, kind.title, kind.mend) for kind in PROBLEMS.values()]
    return msgspec.json.encode(ProblemCatalogue(entries))
