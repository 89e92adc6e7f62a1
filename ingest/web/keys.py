"""Who calls the API: the bearer key, looked up by its SHA-256, with a short memory so that a busy partner costs no query a tip."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ingest.api.problems import Refused
from ingest.domain.partner import ApiKey, Partner, PartnerStatus
from ingest.ports import Partners
from triage.ports import Clock

REMEMBER = timedelta(seconds=10)
"""How long a look-up is trusted: a revoked key works at most this much longer."""

_MOST = 1_000
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="tipstream"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """The partner and the key that a request came with. ``secret`` is the key itself, to open kept answers; never logged."""

    partner: Partner
    key: ApiKey
    secret: str

    def __repr__(self) -> str:
        return f"Caller({self.partner.slug!r}, {self.key.id!r})"


class KeyRegister:
    """Finds callers. Used from one event loop."""

    def __init__(self, partners: Partners, clock: Clock) -> None:
        self._partners = partners
        self._clock = clock
        self._known: dict[str, tuple[datetime, tuple[Partner, ApiKey] | None]] = {}

    async def caller(self, request: Request) -> Caller:
        """Whose request it is. Raises 401 without a key that works, ``Refused`` while the partner may not report."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise HTTPException(401, "Send your key as `Authorization: Bearer ts_live_...`.", headers=_CHALLENGE)
        found = await self._find(hashlib.sha256(secret.encode()).hexdigest())
        if found is None:
            raise HTTPException(401, "This key is unknown, revoked or over. Ask for a new one.", headers=_CHALLENGE)
        partner, key = found
        if partner.agreement_over(self._clock.now().date()):
            raise Refused("agreement_over", "your organisation's agreement is over. Call the agency to renew it; in an emergency call 911.")
        if partner.status is not PartnerStatus.ACTIVE:
            raise Refused("suspended", "your organisation's access is suspended. Call the agency; in an emergency call 911.")
        return Caller(partner, key, secret)

    async def _find(self, key_hash: str) -> tuple[Partner, ApiKey] | None:
        now = self._clock.now()
        good_until, found = self._known.get(key_hash, (now, None))
        if now < good_until:
            return found
        found = await run_in_threadpool(self._partners.by_key, key_hash, now)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key_hash] = (now + REMEMBER, found)
        return found
