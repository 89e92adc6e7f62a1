"""A register on a store of the test's own, with two partners in it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from infra.security import Argon2Passwords
from infra.storage.database import Database
from infra.storage.partner_work import SqlPartnerStorage
from ingest.domain.partner import Partner
from ingest.registry.registry import Registry
from tests.builders import CountedIds, StillClock
from triage.domain.audit import AuditRow

HAULIER = Partner("prairie-haul", "Prairie Haul", "trucking", "Keith", "NE")
CLINIC = Partner("north-clinic", "North Clinic", "hospital")


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def side(database: Database) -> SqlPartnerStorage:
    return SqlPartnerStorage(database)


@pytest.fixture
def registry(side: SqlPartnerStorage, clock: StillClock) -> Registry:
    registry = Registry(side, Argon2Passwords(), clock, CountedIds(), random.Random(3).randbytes, ("short", "long"))
    for partner in (HAULIER, CLINIC):
        registry.add("system:test", partner)
    return registry


@pytest.fixture
def audit(side: SqlPartnerStorage) -> Callable[[str], list[AuditRow]]:
    """What the audit log says about a partner since it was added."""

    def of(slug: str) -> list[AuditRow]:
        with side.reading() as work:
            return work.audit.of_object(f"partner:{slug}", 100)[1:]

    return of
