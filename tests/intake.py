"""The intake on a real store in a folder, with a clock that stands still: for tests of every kind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from infra.blobs import DiskBlobs
from infra.crypto import KeyRing, KeyRingSealer
from infra.pictures import PillowCleaner
from infra.posters import DrawnPosters
from infra.security import Argon2Passwords
from infra.storage.database import open_database
from infra.storage.event_log import SqlEventLog
from infra.storage.intake import SqlIntakeStore
from infra.storage.partner_work import SqlPartnerStorage
from infra.storage.partners import SqlPartners
from infra.storage.unit_of_work import SqlStorage
from infra.tables import table_readers
from ingest.domain.partner import ApiKey, Partner, PartnerStatus
from ingest.receive import Receiver
from ingest.registry.api_key import new_api_key
from ingest.web.deps import IntakeDeps, default_limits
from ingest.web.routes import intake_routes
from ingest.writer import GroupWriter
from streams.ports import EventLog
from tests.builders import NOON, CountedIds, StillClock
from triage.domain.policy import Policy

TRUCKING = Partner("prairie-haul", "Prairie Haul", "trucking", "Keith", "NE")
SCHOOL = Partner("oak-school", "Oak School", "school")
SUSPENDED = Partner("old-inn", "Old Inn", "hotel", status=PartnerStatus.SUSPENDED)


class Client:
    """Calls an application in this process, each request in an event loop of its own; redirects are not followed."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        return asyncio.run(self._request(method, path, **given))

    async def _request(self, method: str, path: str, **given: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url="http://tips.test") as client:
            return await client.request(method, path, **given)

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.request("POST", path, **given)


@dataclass(frozen=True, slots=True)
class Intake:
    """A running intake. ``keys`` are API keys by partner slug."""

    deps: IntakeDeps
    writer: GroupWriter
    events: EventLog
    clock: StillClock
    keys: dict[str, str]

    def client(self, **changed: Any) -> Client:
        """A browser or program that calls it, some of its parts changed."""
        return Client(Starlette(routes=intake_routes(replace(self.deps, **changed))))

    def bearer(self, slug: str = TRUCKING.slug) -> dict[str, str]:
        """The header that carries the partner's key."""
        return {"Authorization": f"Bearer {self.keys[slug]}"}

    def new_bearer(self, slug: str = TRUCKING.slug, **given: Any) -> dict[str, str]:
        """The header that carries a new key of the partner; ``given`` are fields of the key."""
        key, key_hash = new_api_key(self.deps.random, given.get("sandbox", False))
        self.deps.partners.put_key(ApiKey(self.deps.ids.new("key"), slug, key_hash, self.clock.now(), **given))
        return {"Authorization": f"Bearer {key}"}


@contextmanager
def open_intake(folder: Path, policy: Policy) -> Iterator[Intake]:
    """An intake on the migrated database ``tipstream.db`` of the folder. Its random bytes are the same in every run."""
    path, seeded = folder / "tipstream.db", random.Random(7).randbytes
    clock = StillClock()
    with open_database(f"sqlite:///{path}") as database:
        store, partners = SqlIntakeStore(database), SqlPartners(database)
        keys = {}
        for partner in (TRUCKING, SCHOOL, SUSPENDED):
            partners.put(partner)
            keys[partner.slug], key_hash = new_api_key(seeded)
            partners.put_key(ApiKey(f"key_{partner.slug}", partner.slug, key_hash, NOON))
        sealer = KeyRingSealer(KeyRing.load(folder / "keys", seeded), clock, seeded)
        ids = CountedIds()
        with GroupWriter(store, clock) as writer:
            deps = IntakeDeps(
                receiver=Receiver(writer, sealer, clock, ids, seeded),
                partners=partners,
                partner_side=SqlPartnerStorage(database),
                store=store,
                storage=SqlStorage(database),
                sealer=sealer,
                blobs=DiskBlobs(folder / "blobs"),
                pictures=PillowCleaner(),
                posters=DrawnPosters(),
                passwords=Argon2Passwords(),
                clock=clock,
                ids=ids,
                random=seeded,
                policy=policy,
                limits=default_limits(clock),
                secure_cookies=False,
                tables=table_readers(),
                pace_seconds=0.0,
            )
            yield Intake(deps, writer, SqlEventLog(database), clock, keys)
