"""What every register of partners must do. Subclass and say how to open one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.partner import ApiKey, Partner, PartnerContact, PartnerStatus, Quotas, Scope
from ingest.ports import Partners
from tests.contract.samples import AT, later
from triage.domain.errors import Conflict

HAULIER = Partner(
    "prairie-haul", "Prairie Haul", "trucking", "Keith", "NE", ("en",), PartnerStatus.SUSPENDED, date(2026, 1, 2), date(2026, 3, 4)
)
FULL = Partner(
    slug="first-bank",
    title="First Bank “Café”",
    sector="bank",
    county="Keith",
    state="NE",
    languages=("es", "en"),
    status=PartnerStatus.PENDING,
    agreement_on=date(2026, 1, 2),
    trained_on=date(2026, 3, 4),
    agreement_until=date(2028, 1, 1),
    agreed_fields=("place", "vehicles"),
    contacts=(PartnerContact("Nia", "security", "308-555-0100", "nia@bank.example"), PartnerContact("Night desk")),
    quotas=Quotas(100, 200, 3),
    retention="short",
    photos=True,
    embed_origins=("https://bank.example",),
)
"""With every field given."""
CLINIC = Partner("north-clinic", "North Clinic", "hospital")


def a_key(number: int = 1, **given: Any) -> ApiKey:
    """A key of the clinic."""
    return replace(ApiKey(f"key_{number}", "north-clinic", f"hash_{number}", later(minutes=number), "ward 3", True), **given)


class PartnersSuite:
    def open(self, folder: Path) -> AbstractContextManager[Partners]:
        """Open the register that lives in ``folder``."""
        raise NotImplementedError

    @pytest.fixture
    def partners(self, tmp_path: Path) -> Iterator[Partners]:
        with self.open(tmp_path) as partners:
            partners.put(HAULIER)
            partners.put(CLINIC)
            yield partners

    def test_finds_by_slug(self, partners: Partners) -> None:
        assert (partners.get("prairie-haul"), partners.get("north-clinic"), partners.get("nobody")) == (HAULIER, CLINIC, None)
        assert partners.all() == [CLINIC, HAULIER]

    def test_finds_by_key_hash(self, partners: Partners) -> None:
        haulier_key = a_key(3, partner="prairie-haul", expires_at=later(days=1))
        for key in (a_key(1), a_key(2), haulier_key):
            partners.put_key(key)
        assert partners.by_key("hash_2", AT) == (CLINIC, a_key(2))
        assert partners.by_key("hash_3", AT) == (HAULIER, haulier_key)
        assert partners.by_key("hash_4", AT) is None
        assert partners.keys("north-clinic") == [a_key(2), a_key(1)]
        assert partners.keys("nobody") == []
        assert partners.all_keys() == [haulier_key, a_key(2), a_key(1)]

    def test_a_revoked_or_expired_key_finds_nobody(self, partners: Partners) -> None:
        partners.put_key(a_key(1, revoked=True))
        partners.put_key(a_key(2, expires_at=later(days=1)))
        assert partners.by_key("hash_1", AT) is None
        assert partners.by_key("hash_2", later(hours=23)) is not None
        assert partners.by_key("hash_2", later(days=1)) is None

    def test_put_replaces(self, partners: Partners) -> None:
        changed = replace(CLINIC, title="South Clinic", status=PartnerStatus.SUSPENDED)
        partners.put_key(a_key(1))
        partners.put(changed)
        partners.put_key(a_key(1, key_hash="hash_9"))
        assert partners.all() == [changed, HAULIER]
        assert partners.keys("north-clinic") == [a_key(1, key_hash="hash_9")]
        assert partners.by_key("hash_1", AT) is None

    def test_refuses_a_key_of_nobody(self, partners: Partners) -> None:
        with pytest.raises(Conflict):
            partners.put_key(a_key(1, partner="nobody"))
        assert partners.by_key("hash_1", AT) is None

    def test_keeps_every_field(self, partners: Partners) -> None:
        key = ApiKey("key_9", "first-bank", "hash_9", AT, "fraud desk", True, False, later(days=9), (Scope.READ, Scope.ATTACH), "key_8")
        partners.put(FULL)
        partners.put_key(key)
        assert partners.get("first-bank") == FULL
        assert partners.by_key("hash_9", AT) == (FULL, key)
